"""The plain way: the morning's questions asked with pandas on each run, nothing kept, charts by shorthand.

Not a bad page: it asks for the columns it needs, and of the rosters only for the day and the two weeks before. What it
leaves out of the board's briefing: workstreams, matters to settle, targets, corrections, languages, sign-in, masks.
"""

from datetime import date, timedelta

import altair as alt
import pandas as pd
import streamlit as st
from sqlalchemy import text

from data_access import database

DAY = date(2022, 8, 12)
IN_FORCE = "s.superseded_at IS NULL AND s.withdrawn_at IS NULL"


def read(query: str, since: date) -> pd.DataFrame:
    """The rows of a query from a day on."""
    with database.engine().connect() as connection:
        return pd.read_sql(text(query), connection, params={"since": since.isoformat(), "day": DAY.isoformat()})


def tally(table: str, columns: str, since: date) -> pd.DataFrame:
    """The tallies in force of every community from a day on."""
    return read(
        f"SELECT c.name AS community, t.biz_date, {columns} FROM {table} t JOIN submission s ON s.id = t.submission_id "
        f"JOIN community c ON c.id = t.community_id WHERE {IN_FORCE} AND t.biz_date BETWEEN :since AND :day",
        since,
    )


st.set_page_config(page_title="plain", layout="wide")
st.title("Morning briefing")
day = st.date_input("Day", DAY)
st.button("Again")
rosters = read(
    "SELECT c.name AS community, t.vaccination_date, t.site_id, t.batch_no, t.dose_no, t.person_group, t.outcome "
    "FROM callup t JOIN submission s ON s.id = t.submission_id JOIN community c ON c.id = t.community_id "
    f"WHERE {IN_FORCE} AND t.vaccination_date BETWEEN :since AND :day",
    DAY - timedelta(days=14),
)
mornings = tally("morning_tally", "t.planned, t.stock", DAY - timedelta(days=14))
evenings = tally(
    "evening_tally", "t.roster_n, t.vacc_on_roster, t.walk_in, t.no_show, t.cum_d1", DAY - timedelta(days=60)
)
base = read("SELECT c.name AS community, b.surveyed FROM baseline b JOIN community c ON c.id = b.community_id "
            "WHERE b.person_group = 'all'", DAY)  # fmt: skip
today, tonight = rosters[rosters["vaccination_date"] == str(DAY)], evenings[evenings["biz_date"] == str(DAY)]
left, middle, right = st.columns(3)
left.metric("Called up", len(today))
middle.metric("Vaccinated", int(tonight["vacc_on_roster"].sum()))
right.metric("Not reported", len(base) - len(tonight))
load = today.groupby(["site_id", "batch_no"]).size().reset_index(name="people")
coverage = tonight.merge(base, on="community")
coverage["rate"] = 100 * coverage["cum_d1"] / coverage["surveyed"]
outcomes = today.groupby("outcome").size().reset_index(name="people")
lines = evenings.groupby("biz_date")[["vacc_on_roster", "no_show"]].sum().reset_index().melt("biz_date")
with left:
    st.altair_chart(alt.Chart(load).mark_rect().encode(x="batch_no:O", y="site_id:O", color="people:Q"))
with middle:
    st.altair_chart(alt.Chart(coverage).mark_bar().encode(x="rate:Q", y=alt.Y("community:N", sort="-x")))
with right:
    st.altair_chart(alt.Chart(outcomes).mark_bar().encode(x="people:Q", y="outcome:N"))
st.altair_chart(alt.Chart(lines).mark_line().encode(x="biz_date:T", y="value:Q", color="variable:N"))
st.dataframe(mornings[mornings["biz_date"] == str(DAY)].merge(tonight, on="community", how="outer"), hide_index=True)
