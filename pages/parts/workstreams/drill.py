"""The panel of the workstreams page: a community, one of its cells, an indicator of it, a period of that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from config.catalogue import workstream
from config.language import _, pick
from data_access.reports import actions, honours, records
from data_access.reports import workstreams as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, filters, style, tables
from pages.parts.dispatch import raising
from pages.parts.dispatch.raising import Found
from pages.parts.workstreams import funnels, matrix, periods, photos, progress, record, trail
from pages.parts.workstreams.matrix import Look
from pages.parts.workstreams.progress import WORDS
from pages.parts.workstreams.trail import Drill

_WIDTHS = (2.8, 2.1, 1.5, 1.5, 1.5, 1.1)


def panel(view: View, look: Look, drill: Drill) -> None:
    """What a click on the matrix opens, down to the records of one period; without one, what needs a hand first."""
    if drill.community is None:
        _first(view, look)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="crumbs"):
        trail.crumbs(drill)
        st.space("stretch")
        filters.link("community", _("Community page"), view, community=drill.community)
    if drill.workstream is None:
        _community(view, look, drill.community)
    elif drill.period is not None:
        periods.one(view, drill)
        _files(view, drill, cache.cached(records.within)(view, drill.community, str(drill.indicator), drill.period))
    else:
        _cell(view, look, drill)


def _cell(view: View, look: Look, drill: Drill) -> None:
    """One community and workstream: its indicators, the chosen one (or the worst) through the year, what is open."""
    assert drill.community and drill.workstream
    rows = cache.cached(report.indicators)(view, drill.community, drill.workstream)
    _summary(view, look, drill, rows)
    main = rows[rows["in_matrix"]] if rows["in_matrix"].any() else rows
    code = drill.indicator or str(main["indicator"].iloc[0])
    with st.container(key="indicators"):
        _indicators(drill, main, code)
    others = rows[~rows["indicator"].isin(main["indicator"])]
    if len(others):
        with st.expander(_("{n} more indicators", n=len(others)), expanded=code in set(others["indicator"])):
            _indicators(drill, others, code)
    chosen = replace(drill, indicator=code)
    with st.container(key="stack_history"):
        left, right = st.columns([62, 38], gap="small")
    with left:
        periods.history(view, chosen, progress.records(rows[rows["indicator"] == code])[0])
    with right:
        _files(view, chosen, cache.cached(records.listed)(view, drill.community, code))
    funnels.panel(view, drill.workstream, drill.community)
    _problems(view, drill)
    _sources(view, drill)
    _download(view, chosen, rows)


def _community(view: View, look: Look, community: str) -> None:
    """The cells of one community, those that need a hand first, and its evidence checklist."""
    for slug, label, text, role, solid in cache.cached(_cells, own=False)(view, look, community):
        with st.container(key=f"row_{slug}"):
            name, pill = st.columns([1, 2], vertical_alignment="center")
            name.button(
                label,
                key=f"workstream_{slug}",
                type="tertiary",
                on_click=trail.go,
                args=(Drill(community, slug),),
            )
            pill.html(tables.pill(text, role, solid=solid))
    st.button(
        _("Evidence checklist"),
        icon=":material/checklist:",
        key="to_checklist",
        type="tertiary",
        on_click=trail.go,
        args=(Drill(community),),
        kwargs={"tab": "checklist"},
    )
    downloads.xlsx_button(
        _("Download"),
        lambda: {community: _own(view, look, community)},
        f"{community}.xlsx",
        key="community_download",
    )


def _cells(view: View, look: Look, community: str) -> tuple[tuple[str, str, str, tables.Role, bool], ...]:
    """Slug, name and what ``tables.pill`` takes of each cell of a community, those that need a hand first."""
    order = {state: place for place, state in enumerate((*report.SEVERITY, "unreported"))}
    rows = sorted(progress.records(_own(view, look, community)), key=lambda row: order[row["state"]])
    return tuple((row["workstream"], workstream(row["workstream"]).label, *_told(row)) for row in rows)


def _own(view: View, look: Look, community: str) -> pd.DataFrame:
    """The rows of the matrix that are a community's."""
    cells = matrix.cells(view, look)
    return cells[cells["community"] == community]


def _files(view: View, drill: Drill, told: pd.DataFrame) -> None:
    """The evidence of these records: a tile a file for those who may see them, how many there are for the others."""
    with_files = told[told["files"] > 0]
    st.markdown(
        "**" + _("Evidence") + "**",
        help=_("Files attached to the records of this indicator; n/m: records with a file, of all."),
    )
    st.caption(
        _("{share} records, {n} files", share=figures.fraction(len(with_files), len(told)), n=int(told["files"].sum()))
    )
    if len(with_files) and photos.may(view, str(drill.community)):
        photos.tiles(view, drill, trail.number(view, str(drill.community)), told["record"].tolist())


def _download(view: View, drill: Drill, rows: pd.DataFrame) -> None:
    """The indicators of the cell, the chosen one by period, and the funnels."""
    community, code = str(drill.community), str(drill.indicator)
    sheets = {_("Indicators"): rows, code: cache.cached(records.periods)(view, community, code)}
    steps = cache.cached(honours.table)(view, str(drill.workstream), community)
    if not steps.empty:
        sheets[_("Funnels")] = steps
    name = f"{drill.workstream}_{drill.indicator}_{view.day:%Y%m%d}.xlsx"
    spoken = {name: pick(*words) for name, words in (report.DEFINITIONS | honours.DEFINITIONS).items()}
    downloads.xlsx_button(_("Download"), sheets, name, definitions=spoken, key="cell_download")


def _first(view: View, look: Look) -> None:
    """No cell chosen: the red ones as a list to begin with."""
    st.markdown("#### " + _("Choose a cell of the matrix"))
    st.caption(
        _("It opens here: its indicators, their history, the problems reported and where the figures come from.")
    )
    rows = cache.cached(_reds, own=False)(view, look)
    with st.container(gap=None):
        for community, slug, words in rows:
            st.button(
                words,
                key=f"first_{community}_{slug}",
                type="tertiary",
                on_click=trail.go,
                args=(Drill(community, slug),),
            )
    if not rows:
        st.markdown(":material/check: " + _("No cell is red."))


def _reds(view: View, look: Look) -> tuple[tuple[str, str, str], ...]:
    """The worst cells: community, slug and words of each; what may not happen has no gap and stands first."""
    cells = matrix.cells(view, look)
    red = cells[cells["state"].isin(report.RED)]
    worst = red.sort_values("gap", key=lambda gaps: gaps.astype("float64"), na_position="first").head(12)
    return tuple((row["community"], row["workstream"], _red(row)) for row in progress.records(worst))


def _red(row: dict[str, Any]) -> str:
    mark = f":orange[▼ {figures.points(_gap(row['gap']))}]"
    if row["state"] == "zero_occurred":
        mark = f":red[:material/error: {_('zero tolerance broken')}]"
    return f"{mark}\u2002**{tables.plain(row['community'])}** {workstream(row['workstream']).label}"


def _found(drill: Drill, rows: pd.DataFrame) -> Found:
    """The cell as a matter: which of its indicators are red."""
    assert drill.workstream
    red = rows[rows["state"].isin(report.RED)]
    label = workstream(drill.workstream).label
    names = _(", ").join(red["name"])
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


def _summary(view: View, look: Look, drill: Drill, rows: pd.DataFrame) -> None:
    own = cache.cached(_cells, own=False)(view, look, str(drill.community))
    pills = [
        tables.pill(text, role, solid=solid) for slug, _label, text, role, solid in own if slug == drill.workstream
    ]
    states = rows.loc[rows["in_matrix"], "state"] if rows["in_matrix"].any() else rows["state"]
    words = [
        _("{n} indicators: red {red}, slightly behind {slight}, on track {good}", n=len(states),
          red=int(states.isin(report.RED).sum()), slight=int((states == "slightly_behind").sum()),
          good=int(states.isin(report.GOOD).sum())),
        *([_("not reported {n}", n=n)] if (n := int((states == "missing").sum())) else []),
        *([_("unconfirmed {n}", n=n)] if (n := int((states == "zero_unconfirmed").sum())) else []),
    ]  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<div style="font-size:15px">{"".join(pills)} {_(", ").join(words)}</div>')
        raising.button(view, _found(drill, rows), "cell")


def _told(cell: dict[str, Any]) -> tuple[str, tables.Role, bool]:
    """The words of a cell, their role, and whether they stand out."""
    role, word = WORDS[cell["state"]]
    gap = _gap(cell["gap"])
    text = _(word)
    if gap is not None and gap < 0:
        text = _("Behind by {n} points", n=figures.points(-gap).lstrip("+"))
    elif gap is not None and gap > 0:
        text = _("Ahead by {n} points", n=figures.points(gap).lstrip("+"))
    glyph = "▼ " if cell["state"] == "behind" else "! " if cell["state"] == "zero_occurred" else ""
    return glyph + text, role, cell["state"] in report.RED


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
                on_click=trail.go,
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
    elif not pd.isna(row["left"]) and row["left"]:
        owed = _("lacks {n}", n=figures.count(row["left"]))
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
    return f"{value} {unit}" if pd.isna(row["target"]) else f"{value}/{row['target']:,} {unit}"


def _due(row: dict[str, Any]) -> str:
    if not pd.isna(row["expected"]):
        return _("due {n}", n=figures.count(row["expected"]))
    if row["kind"] == "rate":
        now = figures.measure(row["done_n"], row["done_d"], row["factor"], row["unit"], _target(row))
        return _("now {rate}", rate=now)
    if not pd.isna(row["headroom"]):
        return _("left {n}", n=figures.count(row["headroom"]))
    return ""


def _target(row: dict[str, Any]) -> float | None:
    return None if pd.isna(row["target"]) else float(row["target"])


def _problems(view: View, drill: Drill) -> None:
    """What the community reported as a problem, and the matters open in this workstream."""
    told = report.notes(view, str(drill.community), str(drill.workstream))
    matters = actions.open_items(view, drill.community)
    matters = matters[matters["workstream"] == drill.workstream]
    st.markdown("**" + _("Problems and next steps") + "**")
    if len(matters):
        record.matters(matters)
    rows: list[list[object]] = []
    for one in progress.records(told):
        text = " → ".join(str(part) for part in (one["issue"], one["next_step"]) if not pd.isna(part))
        words = text or _("reported with a problem; its text is not shown to this role")
        mark = tables.pill(_("Needs help"), "act") if one["needs_help"] else tables.pill(one["period"])
        rows.append([mark, words, one["name"], _day(one["due"])])
    if rows:
        tables.draw(["", "", "", ""], rows, header=False)
    elif matters.empty:
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
[class*="st-key-row_"] button p, [class*="st-key-chosen_"] button p {{ font-size: 14px; white-space: normal;
  line-height: 1.25; }}
.st-key-card_matrix [data-testid="stElementToolbar"] {{ display: none; }}
[class*="st-key-first_"] button {{ min-height: 30px; padding: 0; }}
.st-key-crumbs {{ gap: 4px 8px; }}
.st-key-crumbs button {{ min-height: 24px; padding: 0; }}
.st-key-periods button, .st-key-periods_earlier button {{ min-height: 28px; padding: 0 8px; }}
[class*="st-key-tile_"] button {{ min-height: 24px; padding: 0; }}
[class*="st-key-tile_"] button p {{ font-size: 13px; }}
.st-key-card_panel [data-testid="stVerticalBlock"] {{ gap: 6px; }}
"""
