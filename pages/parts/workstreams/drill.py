"""The panel of the workstreams page: one cell of the matrix, its indicators, their history, problems and sources."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from charts import lines
from config.catalogue import indicator, workstream
from config.language import _, pick
from data_access.reports import actions
from data_access.reports import workstreams as report
from data_access.reports.view import View
from pages.parts import cache, figures, filters, style, tables
from pages.parts.dispatch import raising
from pages.parts.dispatch.raising import Found
from pages.parts.workstreams import progress
from pages.parts.workstreams.progress import WORDS, Drill

_WIDTHS = (2.8, 2.1, 1.5, 1.5, 1.5, 1.1)


def panel(view: View, drill: Drill) -> None:
    """What a click on the matrix opens; without one, the cells that need a hand first."""
    if not drill.community or not drill.workstream:
        _first(view)
        return
    rows = cache.cached(report.indicators)(view, drill.community, drill.workstream)
    _crumbs(view, drill, rows)
    _summary(view, drill, rows)
    main = rows[rows["in_matrix"]]
    code = drill.indicator or (main if len(main) else rows)["indicator"].iloc[0]
    with st.container(key="indicators"):
        _indicators(drill, main, code)
    others = rows[~rows["in_matrix"]]
    if len(others):
        with st.expander(_("{n} more indicators", n=len(others)), expanded=code in set(others["indicator"])):
            _indicators(drill, others, code)
    _history(view, drill.community, progress.records(rows[rows["indicator"] == code])[0], code)
    _problems(view, drill)
    _sources(view, drill)


def _first(view: View) -> None:
    """No cell chosen: the red ones as a list to begin with."""
    st.markdown("#### " + _("Choose a cell of the matrix"))
    st.caption(
        _("It opens here: its indicators, their history, the problems reported and where the figures come from.")
    )
    cells = cache.cached(report.matrix)(view)
    red = cells[cells["state"].isin(report.RED)]
    # what may not happen has no gap and stands first
    red = red.sort_values("gap", key=lambda gaps: gaps.astype("float64"), na_position="first")
    with st.container(gap=None):
        for row in progress.records(red.head(12)):
            if row["state"] == "zero_occurred":
                words = _("zero tolerance broken")
                mark = f":red[:material/error: {words}]"
            else:
                mark = f":orange[▼ {figures.points(_gap(row['gap']))}]"
            st.button(
                f"{mark}\u2002**{tables.plain(row['community'])}** {workstream(row['workstream']).label}",
                key=f"first_{row['community']}_{row['workstream']}",
                type="tertiary",
                on_click=progress.go,
                args=(Drill(row["community"], row["workstream"]),),
            )
    if not len(red):
        st.markdown(":material/check: " + _("No cell is red."))


def _crumbs(view: View, drill: Drill, rows: pd.DataFrame) -> None:
    """专项进展 › community › workstream, each a step back; raising a matter from here."""
    assert drill.workstream
    with st.container(horizontal=True, vertical_alignment="center", key="crumbs"):
        st.button(_("Workstreams"), type="tertiary", key="crumb_all", on_click=progress.go, args=(Drill(),))
        st.markdown("›", width="content")
        filters.link("community", str(drill.community), view, community=str(drill.community))
        st.markdown(f"› **{workstream(drill.workstream).label}**", width="content")
        st.space("stretch")
        raising.button(view, _found(drill, rows), "cell")


def _found(drill: Drill, rows: pd.DataFrame) -> Found:
    """The cell as a matter: which of its indicators are red."""
    assert drill.workstream
    red = rows[rows["state"].isin(report.RED)]
    label = workstream(drill.workstream).label
    names = "、".join(red["name"])
    return Found(
        origin="cell",
        community=str(drill.community),
        issue=f"{label}: {names}" if names else "",  # nothing is red: to be said by hand
        issue_type=label,
        demand=_("Bring it up to elapsed time, or say why not."),
        source="monthly",
        severity="major" if names else "minor",
        workstream=drill.workstream,
    )


def _summary(view: View, drill: Drill, rows: pd.DataFrame) -> None:
    cells = cache.cached(report.matrix)(view)
    found = cells[(cells["community"] == drill.community) & (cells["workstream"] == drill.workstream)]
    states = rows.loc[rows["in_matrix"], "state"] if rows["in_matrix"].any() else rows["state"]
    words = [
        _("{n} indicators: red {red}, slightly behind {slight}, on track {good}", n=len(states),
          red=int(states.isin(report.RED).sum()), slight=int((states == "slightly_behind").sum()),
          good=int(states.isin(report.GOOD).sum())),
        *([_("not reported {n}", n=n)] if (n := int((states == "missing").sum())) else []),
        *([_("unconfirmed {n}", n=n)] if (n := int((states == "zero_unconfirmed").sum())) else []),
    ]  # fmt: skip
    pill = _pill(progress.records(found)[0]) if len(found) else ""
    st.html(f'<div style="font-size:15px">{pill} {_(", ").join(words)}</div>')


def _pill(cell: dict[str, Any]) -> tables.Html:
    role, word = WORDS[cell["state"]]
    gap = _gap(cell["gap"])
    text = _(word)
    if gap is not None and gap < 0:
        text = _("Behind by {n} points", n=figures.points(-gap).lstrip("+"))
    elif gap is not None:
        text = _("Ahead by {n} points", n=figures.points(gap).lstrip("+"))
    glyph = "▼ " if cell["state"] == "behind" else "! " if cell["state"] == "zero_occurred" else ""
    return tables.pill(glyph + text, role, solid=cell["state"] in report.RED)  # type: ignore[arg-type]


def _gap(value: Any) -> Any:
    return None if pd.isna(value) else value


def _indicators(drill: Drill, rows: pd.DataFrame, code: str) -> None:
    """One line per indicator: done of what, due today, bullet, gap, what is owed; the name opens its history."""
    heads = (_("Indicator"), _("Done / target"), _("Due today"), _("Pace"), _("Gap"), _("Owed"))
    for column, head in zip(st.columns(_WIDTHS, gap="xsmall"), heads, strict=True):
        column.caption(head)
    for row in progress.records(rows):
        chosen = row["indicator"] == code
        with st.container(key=f"{'chosen' if chosen else 'row'}_{row['indicator'].replace('-', '_')}"):
            columns = st.columns(_WIDTHS, gap="xsmall", vertical_alignment="center")
            columns[0].button(
                f"**{row['name']}**" if chosen else row["name"],
                key=f"indicator_{row['indicator']}",
                type="tertiary",
                help=f"{row['target_text']}\n\n{row['definition']}",
                on_click=progress.go,
                args=(Drill(drill.community, drill.workstream, row["indicator"]),),
            )
            for column, html in zip(columns[1:], _line(row), strict=True):
                column.html(f'<div style="font-size:14px;line-height:1.2">{html}</div>')


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    """The cells of one indicator after its name."""
    role, word = WORDS[row["state"]]
    gap = _gap(row["gap"])
    red = row["state"] in report.RED
    owed = ""
    if row["state"] == "missing" and row["unreported"]:
        owed = _ink("red", _("{n} missing", n=row["unreported"]))
    elif not pd.isna(row["shortfall"]):
        count = figures.count(row["shortfall"])
        owed = _ink("act", _("owes {n}", n=count), bold=True) if row["shortfall"] else _("owes none")
    shown = figures.points(gap) if gap is not None and row["state"] != "missing" else _(word)
    mark = "▼ " if row["state"] == "behind" else "! " if row["state"] == "zero_occurred" else ""
    share = _share(row["completion_n"], row["completion_d"])
    bar = tables.bar(share, "act_solid" if red else "pri_mid", _share(row["asked_n"], row["asked_d"]))
    if share is None:
        bar = tables.Html("")
    return (
        _done(row),
        _due(row),
        bar,
        _ink(role, mark + shown, bold=red),
        owed,
    )


def _ink(role: str, text: str, bold: bool = False) -> str:
    colour = getattr(style.palette(), role)
    return f'<span style="color:{colour};font-weight:{700 if bold else 400}">{text}</span>'


def _share(numerator: Any, denominator: Any) -> float | None:
    """For the length of a bar only."""
    return None if pd.isna(numerator) or pd.isna(denominator) else float(numerator) / float(denominator)


def _done(row: dict[str, Any]) -> str:
    if row["kind"] == "zero":
        return figures.MISSING if pd.isna(row["value"]) else f"{row['value']:,} {row['unit']}"
    if row["kind"] == "rate":
        return figures.fraction(row["done_n"], row["done_d"])
    unit = row["unit"] if pick("zh", "en") == "zh" else ""
    value = figures.MISSING if pd.isna(row["value"]) else f"{row['value']:,}"
    return f"{value}/{figures.MISSING if pd.isna(row['target']) else format(row['target'], ',')} {unit}"


def _due(row: dict[str, Any]) -> str:
    if not pd.isna(row["expected"]):
        return _("due {n}", n=figures.count(row["expected"]))
    if row["kind"] == "rate":
        return _("now {rate}", rate=figures.percent(row["done_n"], row["done_d"], threshold=_target(row)))
    if not pd.isna(row["headroom"]):
        return _("left {n}", n=figures.count(row["headroom"]))
    return ""


def _target(row: dict[str, Any]) -> float | None:
    return None if pd.isna(row["target"]) else float(row["target"])


def _history(view: View, community: str, row: dict[str, Any], code: str) -> None:
    told = cache.cached(report.history)(view, community, code)
    name = f"**{row['name']}**"
    if told.empty:
        st.markdown(name)
        counted = not pd.isna(row["done_n"])
        st.caption(_("Counted from the daily sheets.") if counted else _("No report this year yet."))
        return
    if row["kind"] == "rate":
        st.markdown(name + " · " + _("by report"))
        drawn = lines.coverage(_rates(told), _target(row), _target_words(row), dark=style.dark())
        st.altair_chart(drawn, theme=None, width="stretch")
    elif row["kind"] == "zero" or pd.isna(row["target"]):
        st.markdown(name + " · " + _("by report"))
        _numbers(told, row)
    else:
        st.markdown(name + " · " + _("cumulative") + "  :small[" + _("grey band: the month that has not ended") + "]")
        st.altair_chart(_steps(view, told, row), theme=None, width="stretch", key="history")
    if not pd.isna(row["sheet_target"]):
        st.caption(_("The sheet names another target: {n}. The board keeps to its own.", n=row["sheet_target"]))


def _target_words(row: dict[str, Any]) -> str:
    return "" if pd.isna(row["target"]) else _("Target") + " " + row["target_text"]


def _rates(told: pd.DataFrame) -> pd.DataFrame:
    known = [(n, d) for n, d in zip(told["num_n"], told["num_d"], strict=True)]
    return pd.DataFrame(
        {
            "day": told["day"],
            "value": [None if (share := _share(n, d)) is None else 100 * share for n, d in known],
            "open": False,
            "rate": [figures.percent(n, d) for n, d in known],
            "fraction": [figures.fraction(n, d) for n, d in known],
        }
    ).astype({"value": "float64"})


def _numbers(told: pd.DataFrame, row: dict[str, Any]) -> None:
    tables.draw(
        [_("Period"), str(row["name"])],
        [[one["period"], None if pd.isna(one["value"]) else f"{one['value']:,}"] for one in progress.records(told)],
        numeric=[1],
    )


def _steps(view: View, told: pd.DataFrame, row: dict[str, Any]) -> Any:
    item = indicator(row["indicator"])
    start, end = item.window_in(view.day.year)
    shown = told[~(told["open"] & told["cumulative"].isna())]
    frame = pd.DataFrame(
        {
            "day": [min(day, view.day) for day in shown["day"]],
            "n": pd.array([None if pd.isna(n) else int(n) for n in shown["cumulative"]], dtype="Int64"),
        }
    )
    month_end = date(view.day.year, view.day.month, monthrange(view.day.year, view.day.month)[1])
    running = start <= view.day <= end
    last = frame["n"].dropna()
    return lines.steps(
        frame,
        int(row["target"]),
        _("elapsed time ({n} {unit})", n=f"{row['target']:,}", unit=row["unit"]),
        start,
        end,
        open_from=view.day.replace(day=1) if running else None,
        open_to=min(month_end, end) if running else None,
        last_text=f"{int(last.iloc[-1]):,} {row['unit']}" if len(last) else "",
        alert=row["state"] in report.RED,
        dark=style.dark(),
    )


def _problems(view: View, drill: Drill) -> None:
    """What the community reported as a problem, and the matters open in this workstream."""
    told = report.notes(view, str(drill.community), str(drill.workstream))
    matters = actions.open_items(view, drill.community)
    matters = matters[matters["workstream"] == drill.workstream]
    st.markdown("**" + _("Problems and next steps") + "**")
    rows: list[list[object]] = []
    for one in progress.records(matters):
        late = tables.state("overdue", _("{n} days overdue", n=one["overdue_days"])) if one["overdue_days"] else None
        words = one["about"] if pd.isna(one["issue"]) else one["issue"]
        rows.append([late or tables.pill(_("To be settled"), "act"), words, one["unit"], _day(one["due"])])
    for one in progress.records(told):
        text = " → ".join(str(part) for part in (one["issue"], one["next_step"]) if not pd.isna(part))
        words = text or _("reported with a problem; its text is not shown to this role")
        mark = tables.pill(_("Needs help"), "act") if one["needs_help"] else tables.pill(one["period"])
        rows.append([mark, words, one["name"], _day(one["due"])])
    if rows:
        tables.draw(["", "", "", ""], rows, header=False)
    else:
        st.caption(_("Nothing reported."))


def _day(value: Any) -> str:
    return figures.MISSING if pd.isna(value) else figures.day(value)


def _sources(view: View, drill: Drill) -> None:
    told = cache.cached(report.sources)(view, str(drill.community), str(drill.workstream))
    if told.empty:
        st.caption(_("Source: no progress sheet this year; figures come from the daily sheets where there are any."))
        return
    last = told.iloc[0]
    words = _(
        "Source: progress sheet {period} v{revision}, received {time}; {n} sheets this year. Targets: the catalogue.",
        period=last["period"],
        revision=last["revision"],
        time=f"{figures.short_day(last['received'].date())} {figures.hour(last['received'])}",
        n=len(told),
    )
    with st.container(key="sources"):
        st.caption(words)


def look() -> None:
    """The few rules of the panel: quiet rows, the chosen one tinted."""
    style.extra(_CSS)


_CSS = """
[class*="st-key-row_"], [class*="st-key-chosen_"] {{ border-bottom: 1px solid {line}; padding: 2px 6px; }}
[class*="st-key-chosen_"] {{ background: {pri_tint}; border-radius: 4px; }}
[class*="st-key-row_"] button, [class*="st-key-chosen_"] button {{ min-height: 30px; padding: 0; text-align: left;
  justify-content: flex-start; }}
[class*="st-key-row_"] button p, [class*="st-key-chosen_"] button p {{ font-size: 14px; }}
.st-key-card_matrix [data-testid="stElementToolbar"] {{ display: none; }}
[class*="st-key-first_"] button {{ min-height: 30px; padding: 0; }}
.st-key-crumbs button {{ min-height: 24px; padding: 0; }}
.st-key-card_panel [data-testid="stVerticalBlock"] {{ gap: 6px; }}
"""
