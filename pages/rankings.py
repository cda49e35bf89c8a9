"""Rankings 排名通报: several bases, ties, intervals, the unreported apart."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd
import streamlit as st

from charts import ranks
from config.language import _
from config.settings import settings
from data_access import metrics
from data_access.accounts import Actor
from data_access.reports import directory, frames, notice, ranking, snapshot, standing
from data_access.reports.scores import COUNTED, OF_PEOPLE, WHOLE, Cut, target
from data_access.reports.view import View
from pages.parts import cache, downloads, empty, figures, filters, guard, posting, style, tables
from pages.parts.dispatch import settle
from pages.parts.rankings import beside, cuts, notices

CSS = """
.sign {{ display: inline-flex; align-items: center; }}
.sign i {{ background: currentColor; width: 10px; height: 2px; box-sizing: border-box; }}
.sign .dot {{ height: 10px; border-radius: 5px; }}
.sign .ring {{ width: 12px; height: 12px; border-radius: 6px; border: 2px solid currentColor; background: none; }}
.parts {{ color: {ink2}; font-size: 13px; white-space: nowrap; }}
.st-key-card_ranking_notice .board-table, .st-key-card_notice_shown .board-table {{ font-size: 14px; }}
.st-key-card_ranking_notice :is(td, th), .st-key-card_notice_shown :is(td, th) {{ padding: 4px; }}
.st-key-card_notice_shown .board-table {{ font-size: 13px; }}
.st-key-card_notice_shown :is(td, th):nth-child(2) {{ white-space: nowrap; }}
"""
BAR, DOT, RING = "<i></i>", '<i class="dot"></i>', '<i class="ring"></i>'
MARKS = {
    "over": lambda: _("▲ >100%, check base"),
    "small_base": lambda: _("n<{n} small base", n=settings().thresholds.small_base),
    "unreconciled": lambda: _("≠ not reconciled"),
    "spans": lambda: _("several days' total"),
    "first": lambda: _("first report"),
    "no_baseline": lambda: _("no base"),
    "partial": lambda: _("not all reported"),
    "no_group": lambda: _("belongs to none"),
    "exempt": lambda: _("Exempt"),
    "accepted": lambda: _("✓ accepted"),
    "estimate": lambda: _("≈ estimate, not ranked"),
}
NOT_RANKED = {
    "not_comparable": lambda: _("not ranked: another kind of unit"),
    "no_denominator": lambda: _("not ranked: nobody eligible"),
}


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
        return {"fraction": "", "rate": people(frames.figure(row, basis)), "value": row[basis]}
    known = not (pd.isna(row["rate_n"]) or pd.isna(row["rate_d"]) or row["rate_d"] == 0)
    return {
        "fraction": "" if basis == "composite" else figures.fraction(*frames.pair(row, "rate")),
        "rate": words,
        "value": 100 * row["rate_n"] / row["rate_d"] if known else None,
    }


def chart_rows(frame: pd.DataFrame, total: pd.Series, basis: str, goal: float | None, grouped: bool) -> pd.DataFrame:
    """The list as the chart wants it, the whole street as one of its rows."""
    rows = []
    counted = basis in COUNTED
    for place, row in enumerate(frame.to_dict("records")):
        words = "" if counted else notice.rate_words(frame, place, goal)
        rows.append(
            {
                "heard": figures.fraction(row["heard"], row["of"]),
                "alike": row["alike"],
                "pace": pace(row) if basis == "coverage" else "",
                "finish": forecast(row) if basis == "coverage" else "",
                "kind": row["state"],
                "community": row["community"],
                "rank": None if pd.isna(row["rank"]) else str(row["rank"]),
                "tied": row["tied"],
                "low": None if pd.isna(row["low"]) else row["low"],
                "high": None if pd.isna(row["high"]) else row["high"],
                "versus": versus(row, place == 0),
                "change": change(row),
                "gain": gain(frames.figure(row, "increment"), row["increment_days"]),
                "distance": distance(frames.figure(row, "left")),
                "note": mark(row),
                **printed(row, basis, words),
            }
        )
    whole: dict[str, Any] = {"kind": "street", "rank": "", "tied": False, "low": None, "high": None}
    whole["community"] = f"{total['community']} {figures.fraction(total['ranked'], total['field'])}"
    whole |= dict.fromkeys(("heard", "versus", "alike", "change", "pace", "finish"), "")
    whole["distance"] = distance(frames.figure(total, "left"))
    whole["gain"] = gain(frames.figure(total, "increment"), total["increment_days"])
    if partial(total):
        whole["gain"] += f" ({figures.fraction(total['increment_counted'], total['reported'])})"
    if counted:
        whole |= {"fraction": "", "rate": figures.count(total[basis]), "value": None, "note": _("Σ of the ranked")}
    else:
        n, d = frames.pair(total, "rate")
        whole |= {
            "fraction": figures.fraction(n, d) if d is not None else "",
            "rate": figures.percent(n, d, notice.PLACES),
        }
        whole |= {"value": 100 * n / d if n is not None and d else None, "note": _("Σ ÷ Σ")}
    made = pd.DataFrame([*rows, whole])
    if basis not in OF_PEOPLE:
        made = made.drop(columns=["versus", "alike"])  # no interval, nothing to compare
    if basis != "coverage" or goal is None:
        made = made.drop(columns=["finish"] if basis == "coverage" else ["finish", "pace"])
    if not grouped:
        made = made.drop(columns="heard")
    return made.astype({"value": "Float64", "low": "Float64", "high": "Float64"}).astype(
        {"value": "float64", "low": "float64", "high": "float64"}
    )


def gain(gained: Any, days: Any) -> str:
    """The increment with its sign; of several days it says so."""
    words = figures.signed(gained)
    return words if pd.isna(days) or days <= 1 else _("{n} in {days} days", n=words, days=days)


def pace(row: dict[Any, Any]) -> str:
    """People a day over the last week, and over how many of its days where some are not known."""
    if pd.isna(row["pace_n"]) or row["state"] != "ranked":
        return figures.MISSING if row["state"] == "ranked" else ""
    shown = str(metrics.half_up(Fraction(int(row["pace_n"]), int(row["pace_d"])), 1)).replace("-", figures.MINUS)
    short = row["pace_known"] < row["pace_window"]
    return f"{shown} ({figures.fraction(row['pace_known'], row['pace_window'])})" if short else shown


def forecast(row: dict[Any, Any]) -> str:
    """When the target is reached at this pace."""
    if row["state"] != "ranked" or pd.isna(row["forecast"]):
        return ""
    if row["forecast"] == "days":
        return figures.short_day(row["finish"])
    return {"reached": _("reached"), "unpredictable": _("cannot be said")}.get(row["forecast"], "")


def partial(total: pd.Series) -> bool:
    """Whether some of the communities that reported have no gain of this one day to add."""
    return bool(total["increment_counted"] < total["reported"]) and pd.notna(total["increment"])


def distance(left: int | None) -> str:
    """People left to the target; 0 once it is reached."""
    return figures.count(0 if left is not None and left < 0 else left)


def dots(view: View, basis: str, cut: Cut, *, dark: bool) -> Any:
    """The list with its dots."""
    frame = cuts.ask(cut, ranking.table)(view, basis, cut)
    total = cache.cached(ranking.total)(view, basis, cut).iloc[0]
    goal = target(directory.campaign(view), cut) if basis == "coverage" else None
    rows = chart_rows(frame, total, basis, goal, cut.by != "community")
    street = rows.loc[rows["kind"] == "street", "value"].iloc[0]
    counted = basis in COUNTED
    return ranks.dots(
        rows,
        goal,
        _("Target {n}%", n=f"{goal:g}") if goal is not None else "",
        None if pd.isna(street) else float(street),
        "" if pd.isna(street) else _("Street {rate}", rate=rows.loc[rows["kind"] == "street", "rate"].iloc[0]),
        heading=_(ranking.NAMES[basis]),
        unit="" if counted else "%",
        who=cuts.who(cut),
        dark=dark,
    )


def draw_list(view: View, basis: str, cut: Cut) -> None:
    """The list; a click on a row opens the community, or narrows the page to the area."""
    made = cuts.ask(cut, dots)(view, basis, cut, dark=style.dark())
    picked: Any = st.vega_lite_chart(
        made.sent(), theme=None, on_select="rerun", selection_mode="row", key="ranking_chart"
    )
    chosen = [item.get("community") for item in picked.selection.get("row", [])]
    if not chosen:
        return
    frame = cuts.ask(cut, ranking.table)(view, basis, cut)
    names = frame.loc[frame["community"].isin(chosen), ["community", "members"]].to_dict("records")
    if names and cut.by == "area" and names[0]["community"] != names[0]["members"]:
        filters.go("rankings", replace(view, area=str(names[0]["community"])), basis=basis)
    elif names and names[0]["community"] == names[0]["members"]:
        filters.go("community", view, community=str(names[0]["community"]))


def draw_history(view: View, basis: str, cut: Cut, alerts: tuple[str, ...]) -> None:
    """The ranks of the last reported days or notices; the two that rose most in teal, those to check in orange."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_('Ranks over time')}**", width="content")
        over = cuts.choose("over_time", _("Over"), {"days": _("Reported days"), "notices": _("Notices")})
        st.markdown(f":small[{_('the last {n}; dashed: not reported', n=8)}]", width="content")
    cuts.draw(cut, bump)(view, basis, cut, over, alerts)


def bump(view: View, basis: str, cut: Cut, over: str, alerts: tuple[str, ...]) -> None:
    """``draw_history`` without its switch."""
    past = cuts.ask(cut, ranking.history)(view, basis, 8, cut, over == "notices")
    if past["day"].nunique() < 2:
        if over == "notices":
            st.caption(_("The chart needs a notice of an earlier day."))
        else:
            st.caption(_("The chart needs two days with evening tallies."))
        return
    now = past[past["day"] == past["day"].max()]
    first = past[past["day"] == past["day"].min()].set_index("community")["rank"]
    moved = (first.reindex(now["community"]).reset_index(drop=True) - now["rank"].reset_index(drop=True)).dropna()
    names = now["community"].reset_index(drop=True)
    chosen = tuple(names[moved[moved > 0].sort_values(ascending=False).index[:2]])
    lines = past.assign(notice=[_issue(day, n) for day, n in zip(past["day"], past["notice"], strict=True)])
    drawn = ranks.bump(lines[["notice", "community", "rank"]], chosen, alerts, dark=style.dark())
    st.altair_chart(drawn, theme=None, key="ranking_bump")


def _issue(day: date, number: Any) -> str:
    """``8/12``, of a notice with its number before it."""
    short = f"{day.month}/{day.day}"
    return short if pd.isna(number) else _("No. {n} {day}", n=number, day=short)


@cache.drawn
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
            ("a b", _("Alike: whoever shares a letter cannot be told apart")),
            ("≈46", _("An estimate, as it was written: no rank by itself")),
            (_("Tied"), _("Equal as fractions, not only as printed")),
            (_sign(RING, colours.red_solid), _("Not reported: no rank, never placed last")),
        ],
        header=False,
    )


def _sign(drawn: str, colour: str) -> tables.Html:
    return tables.Html(f'<span class="sign" style="color:{colour}">{drawn}</span>')


def sheet(view: View, basis: str, cut: Cut) -> pd.DataFrame:
    """The list as it is downloaded, the whole street below it."""
    frame, total = ranking.table(view, basis, cut), ranking.total(view, basis, cut).iloc[0]
    goal = target(directory.campaign(view), cut) if basis == "coverage" else None
    counted = basis in COUNTED
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        figure = row[basis] if counted else notice.rate_words(frame, place, goal)
        rows.append(
            {
                _("Rank"): row["status"] if pd.isna(row["rank"]) else int(row["rank"]),
                cuts.who(cut): row["community"],
                **({_("Area"): row["area"]} if cut.by == "community" else _of_group(row)),
                _("Numerator"): None if counted else row["rate_n"],
                _("Denominator"): None if counted else row["rate_d"],
                _(ranking.NAMES[basis]): figure,
                _("Change"): change(row),
                _("Vs above"): versus(row, place == 0),
                _("Alike"): row["alike"],
                _("Day's gain"): row["increment"],
                **({_("7-day pace"): pace(row), _("Forecast"): forecast(row)} if basis == "coverage" else {}),
                _("To target"): row["left"],
                _("Mark"): (_("Tied") + " " if row["tied"] else "") + mark(row),
            }
        )
    last = {
        cuts.who(cut): total["community"],
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


def _of_group(row: dict[Any, Any]) -> dict[str, str]:
    return {_("Its communities"): row["members"], _("Ranked of"): figures.fraction(row["heard"], row["of"])}


@cache.drawn
def preview(view: View, basis: str) -> None:
    """What would be sent to the group, as a table and as text to copy."""
    frame = cache.cached(ranking.table)(view, basis)
    total, campaign = cache.cached(ranking.total)(view, basis).iloc[0], directory.campaign(view)
    st.markdown(f"**{_('Notice preview')}**")
    heading = _("{street}: {campaign}", street=tables.plain(total["community"]), campaign=campaign.label)
    st.markdown(f"**{heading}**  \n:small[{figures.full_day(view.day)} · {_(ranking.NAMES[basis])}]")
    counted = basis in COUNTED
    target = standing.target(campaign) if basis == "coverage" else None
    rows = []
    for place, row in enumerate(frame.to_dict("records")):
        figure = people(frames.figure(row, basis)) if counted else notice.rate_words(frame, place, target)
        fraction = "" if counted or basis == "composite" else figures.fraction(*frames.pair(row, "rate"))
        note = row["status"] or ("≈" if row["same_as_above"] is True else "")
        rank = figures.MISSING if pd.isna(row["rank"]) else row["rank"]
        said = _("suspect") if row["over"] else note
        rows.append((rank, row["community"], *(() if counted else (fraction,)), figure, said))
    base = () if counted else (_("Done/base"),)
    heads = (_("Rank"), _("Community"), *base, _(ranking.NAMES[basis]), _("Mark"))
    tables.draw(heads, rows, numeric=range(2, len(heads) - 1))
    st.caption(_("Text to copy into the group"))
    st.code(text(view, basis), language=None, wrap_lines=True)


def text(view: View, basis: str) -> str:
    """The notice in words."""
    return notice.text(cache.cached(snapshot.take)(view, basis))


def draw_notice(view: View, basis: str) -> None:
    """``preview``, and the ways it leaves the page."""
    preview(view, basis)
    posting.button(view.actor, "notice", cache.cached(text)(view, basis), key="ranking_post")
    downloads.xlsx_button(
        _("Download xlsx"),
        lambda: {_(ranking.NAMES[basis]): sheet(view, basis, WHOLE)},
        f"{_('Rankings')}_{view.day:%Y%m%d}.xlsx",
        definitions={_(ranking.NAMES[basis]): ranking.definition(basis, cache.cached(directory.campaign)(view))},
        key="ranking_xlsx",
    )


def draw_basis(actor: Actor, view: View, basis: str, cut: Cut) -> None:
    """One basis: the list, its ranks over time, and how to read them."""
    told = cuts.ask(cut, beside.told)(view, basis, cut)
    if not told.ranked:
        empty.state(
            _("Nobody can be ranked on this day."),
            _("Ranks come with the evening tallies. Choose another day, or take the tallies in under Uploads."),
            "uploads" if actor.role != "leader" else None,
            _("Upload evening tallies"),
        )
    with st.container(border=True, key="card_ranking"):
        draw_list(view, basis, cut)
        settle.behind(view, told.accepted, basis)
        with st.container(horizontal=True, vertical_alignment="center"):
            if told.last is not None:
                day = figures.short_day(told.last)
                words = _("Grey: last figures (up to {day}), for information; neither ranked nor added up", day=day)
                st.caption(words, width="content")
            st.space("stretch")
            downloads.xlsx_button(
                _("Download this list"),
                lambda: {_(ranking.NAMES[basis]): sheet(view, basis, cut)},
                f"{_('Rankings')}_{view.day:%Y%m%d}_{cut.by}.xlsx",
                definitions={_(ranking.NAMES[basis]): ranking.explained(basis, cut)},
                key="ranking_list_xlsx",
            )
    with st.container(border=True, key="card_ranking_history"):
        chart, legend = st.columns([2, 1], gap="medium")
        with chart:
            draw_history(view, basis, cut, told.over)
        with legend:
            explain()


actor = guard.enter("rankings")
view = filters.bar(actor, "rankings")
empty.need_register(view)

style.extra(CSS)
with st.container(key="stack_rankings"):
    left, right = st.columns([3, 1], gap="medium")
campaign = cache.cached(directory.campaign)(view)
with left:
    basis = cuts.basis()
    with st.container(horizontal=True, vertical_alignment="center", key="ranking_tabs"):
        cut = cuts.cut(view, basis, campaign)
        if basis != cuts.ALL:
            st.space("stretch")
            words = ranking.definition(basis, campaign, cut)
            st.markdown(f":material/info: {words}", width="content", help=ranking.explained(basis, cut))
    if basis == cuts.ALL:
        with st.container(border=True, key="card_ranking"):
            cuts.draw(cut, cuts.side_by_side)(view, cut)
        basis, cut = "coverage", Cut(cut.by, cut.kind)
    else:
        draw_basis(actor, view, basis, cut)
with right:
    if not notices.shown(view):
        with st.container(border=True, key="card_ranking_notice"):
            draw_notice(view, basis)
    notices.panel(view, basis)
