"""The plain way to the four questions of ``benchmarks.peers``: tables read and grouped with pandas, all on one page.

Not a bad page: it asks for the columns and the days it needs and keeps what it has read for ten minutes, whatever is
committed meanwhile; with ``?fresh`` in its address it reads anew each time. It knows the database and, from a file, the
targets of the indicators (``PLAIN_DATABASE``, ``PLAIN_GOALS``); nothing of the board is imported.
"""

import os

import altair as alt
import pandas as pd
import streamlit as st
from sqlalchemy import Engine, create_engine, text

DAY, YEAR = "2022-08-12", "2022"
IN_FORCE = "s.superseded_at IS NULL AND s.withdrawn_at IS NULL"
OUTCOMES = ["deferred", "contraindicated", "refused", "no_show", "moved", "shortage", "elsewhere"]
TALLIED = ["roster_n", "vacc_on_roster", "walk_in", "vacc_total", *OUTCOMES]


@st.cache_resource
def engine() -> Engine:
    """The database that the environment names."""
    return create_engine(os.environ["PLAIN_DATABASE"].replace("postgresql://", "postgresql+psycopg://", 1))


@st.cache_data(ttl=600)
def read(columns: str, table: str, where: str, more: str = "") -> pd.DataFrame:
    """Columns of what communities handed in, where it is in force."""
    query = (
        f"SELECT c.name AS community, {columns} FROM {table} t JOIN submission s ON s.id = t.submission_id "
        f"JOIN community c ON c.id = t.community_id {more} WHERE t.street_id = 1 AND {where} AND {IN_FORCE}"
    )
    with engine().connect() as connection:
        return pd.read_sql(text(query), connection)


def coverage(names: pd.DataFrame, evenings: pd.DataFrame) -> pd.DataFrame:
    """People vaccinated so far of those surveyed, of those who have reported."""
    bases = read("t.as_of, t.surveyed AS people", "baseline", f"t.person_group = 'all' AND t.as_of <= '{DAY}'")
    latest = bases.sort_values("as_of").drop_duplicates("community", keep="last")[["community", "people"]]
    told = evenings[["community", "cum_d1"]].rename(columns={"cum_d1": "vaccinated"})
    found = names.merge(latest, how="left").merge(told, how="left")
    return found.assign(rate=100 * found["vaccinated"] / found["people"]).sort_values("rate", ascending=False)


def dispatch(names: pd.DataFrame, rosters: pd.DataFrame, evenings: pd.DataFrame) -> pd.DataFrame:
    """Morning, roster and evening side by side."""
    mornings = read("t.planned", "morning_tally", f"t.biz_date = '{DAY}'")
    counted = rosters.assign(roster_vaccinated=rosters["outcome"] == "vaccinated").groupby("community")
    called = counted.agg(roster_rows=("outcome", "size"), roster_vaccinated=("roster_vaccinated", "sum")).reset_index()
    found = names.merge(mornings, how="left").merge(called, how="left").merge(evenings, how="left")
    explained = found[["vacc_on_roster", *OUTCOMES]].sum(axis=1)
    return found.drop(columns="cum_d1").assign(d_unexplained=found["roster_n"] - explained)


def matrix() -> pd.DataFrame:
    """By community and workstream, the completion of the indicator that is least complete."""
    goals = pd.read_csv(os.environ["PLAIN_GOALS"])
    codes = ", ".join(f"'{code}'" for code in goals["indicator"])
    where = f"t.period BETWEEN '{YEAR}' AND '{int(YEAR) + 1}' AND t.biz_date <= '{DAY}' AND t.indicator IN ({codes})"
    told = read("t.indicator, t.period, t.done, t.num, t.den", "progress", where).sort_values("period")
    told = told.astype({"done": float, "num": float, "den": float}).merge(goals, on="indicator")
    by = ["community", "workstream", "indicator"]
    latest = told[told["latest"] == 1].drop_duplicates(by, keep="last")
    rates = latest.assign(reached=latest["factor"] * latest["num"] / latest["den"])
    sums = told[told["latest"] == 0].groupby([*by, "target"], as_index=False).agg(reached=("done", "sum"))
    whole = pd.concat([rates, sums])
    whole["completion"] = whole["reached"] / whole["target"]
    return whole.groupby(["community", "workstream"], as_index=False)["completion"].min()


st.set_page_config(page_title="plain", layout="wide")
if "fresh" in st.query_params:
    st.cache_data.clear()
st.title("Four questions")
st.button("Again")
names = read("t.name AS called", "community_entry", "1 = 1")[["community"]].drop_duplicates()
rosters = read("p.name AS site, t.batch_no, t.outcome", "callup", f"t.vaccination_date = '{DAY}'",
               "LEFT JOIN site p ON p.id = t.site_id")  # fmt: skip
evenings = read(", ".join(f"t.{name}" for name in [*TALLIED, "cum_d1"]), "evening_tally", f"t.biz_date = '{DAY}'")
load = rosters.groupby(["site", "batch_no"]).size().reset_index(name="people")
covered, cells = coverage(names, evenings), matrix()
left, right = st.columns(2)
with left:
    bars = alt.Chart(covered).mark_bar().encode(x="rate:Q", y=alt.Y("community:N", sort="-x"))
    st.altair_chart(bars.encode(tooltip=["vaccinated", "people"]))
with right:
    st.altair_chart(alt.Chart(load).mark_rect().encode(x="batch_no:O", y="site:N", color="people:Q"))
    st.altair_chart(alt.Chart(cells).mark_rect().encode(x="workstream:N", y="community:N", color="completion:Q"))
st.dataframe(dispatch(names, rosters, evenings), hide_index=True)
