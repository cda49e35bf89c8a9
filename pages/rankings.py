"""Rankings 排名通报: several bases, ties, intervals, the unreported apart."""

from typing import Any

import pandas as pd
import streamlit as st

from charts import ranks
from config.language import _
from config.settings import settings
from data_access.reports import directory, notice, ranking, standing
from data_access.reports.scores import COUNTED, OF_PEOPLE
from data_access.reports.view import View
from pages.parts import cache, downloads, empty, figures, filters, guard, settle, style, tables

CSS = """
.sign {{ display: inline-flex; align-items: center; }}
.sign i {{ background: currentColor; width: 10px; height: 2px; box-sizing: border-box; }}
.sign .dot {{ height: 10px; border-radius: 5px; }}
.sign .ring {{ width: 12px; height: 12px; border-radius: 6px; border: 2px solid currentColor; background: none; }}
.st-key-card_ranking_notice .board-table {{ font-size: 14px; }}
.st-key-card_ranking_notice .board-table td, .st-key-card_ranking_notice .board-table th {{ padding: 4px; }}
"""
BAR, DOT, RING = "<i></i>", '<i class="dot"></i>', '<i class="ring"></i>'
MARKS = {
    "over": lambda: _("▲ >100%, check base"),
    "small_base": lambda: _("n<{n} small base", n=settings().thresholds.small_base),
    "unreconciled": lambda: _("≠ not reconciled"),
    "spans": lambda: _("several days' total"),
    "first": lambda: _("first report"),
    "no_baseline": lambda: _("no base"),
    "accepted": lambda: _("✓ accepted"),
}
NOT_RANKED = {
    "not_comparable": lambda: _("not ranked: another kind of unit"),
    "no_denominator": lambda: _("not ranked: nobody eligible"),
}


def choose_basis() -> str:
    """The tabs of the bases; the choice stands in the address."""
    offered = ranking.available()
    asked = st.query_params.get("basis", "coverage")
    st.session_state["ranking_basis"] = asked if asked in offered else "coverage"

    def keep() -> None:
        st.query_params["basis"] = st.session_state["ranking_basis"]

    return str(
        st.segmented_control(
            _("Ranked by"),
            offered,
            format_func=lambda name: _(ranking.NAMES[name]),
            key="ranking_basis",
            on_change=keep,
            label_visibility="collapsed",
            required=True,
        )
    )


def mark(row: dict[Any, Any]) -> str:
    """The words at the end of a row."""
    if row["state"] == "unreported":
        return _("⊘ not reported")
    words = [MARKS[code]() for code in row["marks"].split()]
    if row["state"] != "ranked" and not words:
        words = [NOT_RANKED[row["state"]]()]
    if not pd.isna(row["reached"]) and row["reached"] and not row["over"]:
        words.append(_("✓ target reached"))
    return "  ".join(words)


def people(n: Any) -> str:
    """A count, negative where more are vaccinated than the base knows."""
    return figures.count(n).replace("-", figures.MINUS)


def change(row: dict[Any, Any]) -> str:
    """The move since the last reported day, with the rank of how many it was then where the field changed."""
    if row["change"] == "new":
        return _("new")
    if row["rank"] is pd.NA or pd.isna(row["rank"]) or row["change"] == "none":
        return ""
    places = int(row["places"])
    moved = f"▲{places}" if places > 0 else f"▼{-places}" if places < 0 else figures.MISSING
    return f"{moved} ({row['was']})" if isinstance(row["was"], str) else moved


def versus(row: dict[Any, Any], first: bool) -> str:
    """Whether the row can be told from the one above."""
    if row["state"] != "ranked":
        return ""
    if row["over"] and pd.isna(row["low"]):
        return _("no interval")
    if first or pd.isna(row["same_as_above"]):
        return figures.MISSING
    return _("≈ alike") if row["same_as_above"] else _("distinct")


def printed(row: dict[Any, Any], basis: str, words: str) -> dict[str, Any]:
    """Figure, fraction and position of one row; a community that did not report keeps its last figures."""
    if row["state"] == "unreported" and basis == "coverage" and not pd.isna(row["last_n"]):
        return {
            "fraction": figures.fraction(row["last_n"], row["last_d"]),
            "rate": figures.percent(row["last_n"], row["last_d"], notice.PLACES),
            "value": None,
        }
    if basis in COUNTED:
        return {"fraction": "", "rate": people(row[basis]), "value": row[basis]}
    known = not (pd.isna(row["rate_n"]) or pd.isna(row["rate_d"]) or row["rate_d"] == 0)
    return {
        "fraction": "" if basis == "composite" else figures.fraction(row["rate_n"], row["rate_d"]),
        "rate": words,
        "value": 100 * row["rate_n"] / row["rate_d"] if known else None,
    }


def chart_rows(frame: pd.DataFrame, total: pd.Series, basis: str, target: float | None) -> pd.DataFrame:
    """The list as the chart wants it, the whole street as one of its rows."""
    rows = []
    counted = basis in COUNTED
    for place, row in enumerate(frame.to_dict("records")):
        words = "" if counted else notice.rate_words(frame, place, target)
        rows.append(
            {
                "kind": row["state"],
                "community": row["community"],
                "rank": None if pd.isna(row["rank"]) else str(row["rank"]),
                "tied": row["tied"],
                "low": None if pd.isna(row["low"]) else row["low"],
                "high": None if pd.isna(row["high"]) else row["high"],
                "versus": versus(row, place == 0),
                "change": change(row),
                "gain": gain(row["increment"], row["increment_days"]),
                "distance": distance(row["left"]),
                "note": mark(row),
                **printed(row, basis, words),
            }
        )
    whole: dict[str, Any] = {"kind": "street", "rank": "", "tied": False, "low": None, "high": None}
    whole["community"] = f"{total['community']} {figures.fraction(total['ranked'], total['field'])}"
    whole |= {"versus": "", "change": "", "distance": distance(total["left"])}
    whole["gain"] = gain(total["increment"], total["increment_days"])
    if partial(total):
        whole["gain"] += f" ({figures.fraction(total['increment_counted'], total['reported'])})"
    if counted:
        whole |= {"fraction": "", "rate": figures.count(total[basis]), "value": None, "note": _("Σ of the ranked")}
    else:
        n, d = total["rate_n"], total["rate_d"]
        whole |= {
            "fraction": figures.fraction(n, d) if pd.notna(d) else "",
            "rate": figures.percent(n, d, notice.PLACES),
        }
        whole |= {"value": 100 * n / d if pd.notna(d) and d else None, "note": _("Σ ÷ Σ")}
    made = pd.DataFrame([*rows, whole])
    if basis not in OF_PEOPLE:
        made = made.drop(columns="versus")  # no interval, nothing to compare
    return made.astype({"value": "Float64", "low": "Float64", "high": "Float64"}).astype(
        {"value": "float64", "low": "float64", "high": "float64"}
    )


def gain(gained: Any, days: Any) -> str:
    """The increment with its sign; of several days it says so."""
    words = figures.signed(gained)
    return words if pd.isna(days) or days <= 1 else _("{n} in {days} days", n=words, days=days)


def partial(total: pd.Series) -> bool:
    """Whether some of the communities that reported have no gain of this one day to add."""
    return bool(total["increment_counted"] < total["reported"]) and pd.notna(total["increment"])


def distance(left: Any) -> str:
    """People left to the target; 0 once it is reached."""
    return figures.count(left if pd.isna(left) else max(left, 0))


def draw_list(view: View, basis: str, frame: pd.DataFrame, total: pd.Series) -> None:
    """The list with its dots; a click on a row opens the community."""
    campaign = directory.campaign(view)
    target = standing.target(campaign) if basis == "coverage" else None
    rows = chart_rows(frame, total, basis, target)
    street = rows.loc[rows["kind"] == "street", "value"].iloc[0]
    counted = basis in COUNTED
    made = ranks.dots(
        rows,
        target,
        _("Target {n}%", n=f"{target:g}") if target is not None else "",
        None if pd.isna(street) else float(street),
        "" if pd.isna(street) else _("Street {rate}", rate=rows.loc[rows["kind"] == "street", "rate"].iloc[0]),
        heading=_(ranking.NAMES[basis]),
        unit="" if counted else "%",
        dark=style.dark(),
    )
    picked: Any = st.altair_chart(made, theme=None, on_select="rerun", selection_mode="row", key="ranking_chart")
    chosen = [item.get("community") for item in picked.selection.get("row", [])]
    if chosen and chosen[0] in set(frame["community"]):
        filters.go("community", view, community=str(chosen[0]))


def draw_history(view: View, basis: str, alerts: tuple[str, ...]) -> None:
    """The ranks of the last reported days; the two that rose most in teal, those to be checked in orange."""
    st.markdown(f"**{_('Ranks over time')}** :small[{_('last {n} reported days; dashed: not reported', n=8)}]")
    past = cache.cached(ranking.history)(view, basis)
    if past["day"].nunique() < 2:
        st.caption(_("The chart needs two days with evening tallies."))
        return
    now = past[past["day"] == past["day"].max()]
    first = past[past["day"] == past["day"].min()].set_index("community")["rank"]
    moved = (first.reindex(now["community"]).reset_index(drop=True) - now["rank"].reset_index(drop=True)).dropna()
    names = now["community"].reset_index(drop=True)
    chosen = tuple(names[moved[moved > 0].sort_values(ascending=False).index[:2]])
    lines = past.assign(notice=[f"{day.month}/{day.day}" for day in past["day"]])
    drawn = ranks.bump(lines[["notice", "community", "rank"]], chosen, alerts, dark=style.dark())
    st.altair_chart(drawn, theme=None, key="ranking_bump")


def explain() -> None:
    """How the signs are read."""
    colours = style.palette()
    st.markdown(f"**{_('How to read it')}**")
    tables.draw(
        ("", ""),
        [
            (_sign(BAR + DOT + BAR, colours.pri_mid), _("Rate with its 95% Wilson interval")),
            (_sign(RING, colours.act_solid), _("Above 100%: shown as it is, without interval")),
            ("✓", _("Accepted: a difference behind the figure stands as it is")),
            ("◆", _("The whole street: numerators and denominators added up")),
            ("≈", _("Overlaps the interval above: not distinguishable")),
            (_("Tied"), _("Equal as fractions, not only as printed")),
            (_sign(RING, colours.red_solid), _("Not reported: no rank, never placed last")),
        ],
        header=False,
    )


def _sign(drawn: str, colour: str) -> tables.Html:
    return tables.Html(f'<span class="sign" style="color:{colour}">{drawn}</span>')


def sheet(view: View, basis: str) -> pd.DataFrame:
    """The list as it is downloaded, the whole street below it."""
    frame, total = ranking.table(view, basis), ranking.total(view, basis).iloc[0]
    target = standing.target(directory.campaign(view)) if basis == "coverage" else None
    counted = basis in COUNTED
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        figure = row[basis] if counted else notice.rate_words(frame, place, target)
        rows.append(
            {
                _("Rank"): row["status"] if pd.isna(row["rank"]) else int(row["rank"]),
                _("Community"): row["community"],
                _("Area"): row["area"],
                _("Numerator"): None if counted else row["rate_n"],
                _("Denominator"): None if counted else row["rate_d"],
                _(ranking.NAMES[basis]): figure,
                _("Change"): change(row),
                _("Vs above"): versus(row, place == 0),
                _("Day's gain"): row["increment"],
                _("To target"): row["left"],
                _("Mark"): (_("Tied") + " " if row["tied"] else "") + mark(row),
            }
        )
    last = {
        _("Community"): total["community"],
        _("Rank"): "",
        _("Numerator"): None if counted else total["rate_n"],
        _("Denominator"): None if counted else total["rate_d"],
        _(ranking.NAMES[basis]): total[basis]
        if counted
        else figures.percent(total["rate_n"], total["rate_d"], notice.PLACES),
        _("Day's gain"): total["increment"],
        _("To target"): total["left"],
        _("Mark"): _("{n} of {m} ranked", n=total["ranked"], m=total["field"]),
    }
    if partial(total):
        counted_of = _("day's gain of {n} of {m}", n=total["increment_counted"], m=total["reported"])
        last[_("Mark")] = "  ".join((last[_("Mark")], counted_of))
    whole = {_("Numerator"): "Int64", _("Denominator"): "Int64", _("Day's gain"): "Int64", _("To target"): "Int64"}
    return pd.DataFrame([*rows, last]).astype(whole)


def draw_notice(view: View, basis: str, frame: pd.DataFrame, total: pd.Series) -> None:
    """What would be sent to the group, as a table and as text to copy."""
    campaign = directory.campaign(view)
    st.markdown(f"**{_('Notice preview')}**")
    heading = _("{street}: {campaign}", street=tables.plain(total["community"]), campaign=campaign.label)
    st.markdown(f"**{heading}**  \n:small[{figures.full_day(view.day)} · {_(ranking.NAMES[basis])}]")
    counted = basis in COUNTED
    target = standing.target(campaign) if basis == "coverage" else None
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        figure = people(row[basis]) if counted else notice.rate_words(frame, place, target)
        fraction = "" if counted or basis == "composite" else figures.fraction(row["rate_n"], row["rate_d"])
        note = row["status"] or ("≈" if row["same_as_above"] is True else "")
        rank = figures.MISSING if pd.isna(row["rank"]) else row["rank"]
        said = _("suspect") if row["over"] else note
        rows.append((rank, row["community"], *(() if counted else (fraction,)), figure, said))
    base = () if counted else (_("Done/base"),)
    heads = (_("Rank"), _("Community"), *base, _(ranking.NAMES[basis]), _("Mark"))
    tables.draw(heads, rows, numeric=range(2, len(heads) - 1))
    st.caption(_("Text to copy into the group"))
    st.code(cache.cached(notice.text)(view, basis), language=None, wrap_lines=True)
    downloads.xlsx_button(
        _("Download xlsx"),
        lambda: {_(ranking.NAMES[basis]): sheet(view, basis)},
        f"{_('Rankings')}_{view.day:%Y%m%d}.xlsx",
        definitions={_(ranking.NAMES[basis]): ranking.definition(basis, campaign)},
        key="ranking_xlsx",
    )


actor = guard.enter("rankings")
view = filters.bar(actor, "rankings")
empty.need_register(view)

style.extra(CSS)
with st.container(key="stack_rankings"):
    left, right = st.columns([3, 1], gap="medium")
with left:
    with st.container(horizontal=True, vertical_alignment="center", key="ranking_tabs"):
        basis = choose_basis()
        st.space("stretch")
        words = ranking.definition(basis, directory.campaign(view))
        st.markdown(f":material/info: {words}", width="content", help=ranking.explained(basis))
    frame = cache.cached(ranking.table)(view, basis)
    total = cache.cached(ranking.total)(view, basis).iloc[0]
    if total["ranked"] == 0:
        empty.state(
            _("Nobody can be ranked on this day."),
            _("Ranks come with the evening tallies. Choose another day, or take the tallies in under Uploads."),
            "uploads" if actor.role != "leader" else None,
            _("Upload evening tallies"),
        )
    with st.container(border=True, key="card_ranking"):
        draw_list(view, basis, frame, total)
        settle.behind(view, frame, basis)
        if basis == "coverage" and frame["last_n"].notna().any():
            day = frame["last_day"].dropna().max()
            st.caption(
                _(
                    "Grey: last figures (up to {day}), for information; neither ranked nor added up",
                    day=figures.short_day(day),
                )
            )
    with st.container(border=True, key="card_ranking_history"):
        chart, legend = st.columns([2, 1], gap="medium")
        with chart:
            draw_history(view, basis, tuple(frame.loc[frame["over"], "community"]))
        with legend:
            explain()
with right, st.container(border=True, key="card_ranking_notice"):
    draw_notice(view, basis, frame, total)
