"""资料清单: the scores of all communities, and the 35 items of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from charts import theme
from config.catalogue import checklist as checklist_of
from config.language import N_, _, pick
from data_access.reports import checklist as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, style, tables, written
from pages.parts.workstreams import item, progress, trail
from pages.parts.workstreams.trail import Drill


def page(view: View, drill: Drill) -> None:
    """The scores of the communities beside the items of one."""
    _tiles(view)
    told = cache.cached(report.table)(view)
    community = drill.community or view.actor.community or str(told["community"].iloc[0])
    with st.container(key="stack_checklist"):
        left, right = st.columns([56, 44], gap="small")
    with left:
        picked = _communities(view, told, community)
        if picked is not None and picked != community:
            trail.go(Drill(picked))
            st.rerun()
        _pledge(view, community)
    with right, st.container(border=True, key="card_items"):
        _items(view, community)


# The communities -----------------------------------------------------------------------------------------------


@cache.drawn
def _tiles(view: View) -> None:
    """Scores of the whole from added counts, what waits, and who has handed in nothing."""
    told = cache.cached(report.table)(view)
    known = told[told["state"] == "reported"]
    whole = {name: int(known[name].sum()) for name in known.columns if str(known[name].dtype) == "Int64"}
    files = int(told["files"].sum())

    def rate(label: str, name: str) -> figures.Tile:
        n, d = whole[f"{name}_n"], whole[f"{name}_d"]
        words = pick(*report.DEFINITIONS[name])
        return figures.Tile(label, figures.percent(n, d), note=figures.fraction(n, d), help=words)

    silent = len(told) - len(known)
    figures.tiles(
        [
            rate(_("Handed in"), "score"),
            rate(_("Official"), "score_official"),
            rate(_("Evidence there"), "pieces"),
            figures.Tile(
                _("To review"),
                figures.count(whole["pending"]),
                N_("rows"),
                _("sent back {n}", n=whole["returned"]),
                help=_("Rows of the lists that the street has neither passed nor sent back."),
            ),
            figures.Tile(
                _("Files attached"),
                figures.count(files),
                note=_("the sheets say {n}", n=figures.count(whole["reported"])),
                help=pick(*report.DEFINITIONS["files"]),
            ),
            figures.Tile(
                _("Handed in nothing"),
                figures.count(silent),
                N_("communities"),
                _("of {n}; no score", n=len(told)),
                "red" if silent else "",
            ),
        ],
        "checklist_tiles",
    )


def _written(items: pd.DataFrame) -> pd.DataFrame:
    """The items with the states that an item has: a missing one is not handed in, a missing figure not reported."""
    return items.assign(state=[_(item.STATES[state][2]) for state in items["state"]])


def _communities(view: View, told: pd.DataFrame, community: str) -> str | None:
    """Community × section; the name of the row that was picked."""
    shown = cache.cached(_scores)(view, community)
    with st.container(border=True, key="card_scores"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("#### " + _("Evidence checklist"), width="content", help=pick(*report.DEFINITIONS["score"]))
            st.caption(_("items passed / applicable items, by what was handed in"), width="content")
            st.space("stretch")
            downloads.xlsx_button(
                _("Download"),
                lambda: {
                    _("Evidence checklist"): told,
                    _("Sections"): cache.cached(report.sections)(view),
                    _("Items"): _written(cache.cached(report.items)(view)),
                },
                f"checklist_{view.day:%Y%m%d}.xlsx",
                definitions={name: pick(*words) for name, words in report.DEFINITIONS.items()},
                key="checklist_download",
            )
        picked = tables.pick(
            shown,
            "name",
            key=f"checklist_scores_{community}",
            columns={
                "community": st.column_config.TextColumn(_("Community"), width=84),
                "score": _column(_("Handed in"), 100, "score"),
                "official": _column(_("Official"), 100, "score_official"),
                **{
                    section.code: st.column_config.TextColumn(
                        pick(section.label, section.code.capitalize()),
                        width=92,
                        help=_("{section}: items passed / applicable items", section=section.label),
                    )
                    for section in checklist_of().sections
                },
                "pending": st.column_config.NumberColumn(_("To review"), width=64),
                "returned": st.column_config.NumberColumn(_("Sent back"), width=68),
                **({"shared": _column(_("Repeated"), 70, "shared")} if told["shared"].any() else {}),
                "both": _column(_("Sheet / files"), 84, "files"),
            },
        )
        silent = int((told["state"] == "unreported").sum())
        if silent:
            st.caption(_("{n} communities have handed in nothing; they have no score.", n=silent))
    return None if picked is None else str(picked)


def _scores(view: View, community: str) -> written.Written:
    """The rows of the table of communities: what it shows beside ``report.table``, and ``name`` as the register has it.

    The mark before a name says whose items stand beside it.
    """
    told = cache.cached(report.table)(view)
    rows = progress.records(told)
    passed = {
        (row["community"], row["section"]): figures.fraction(row["score_n"], row["score_d"])
        for row in progress.records(cache.cached(report.sections)(view))
    }
    shown = told.assign(
        score=[_rate(row, "score") for row in rows],
        official=[_rate(row, "score_official") for row in rows],
        both=[f"{figures.count(row['reported'])} / {row['files']}" for row in rows],
        **{one.code: [passed[row["community"], one.code] for row in rows] for one in checklist_of().sections},
        name=told["community"],
        community=[("▸ " if row["community"] == community else "") + row["community"] for row in rows],
    )
    return written.written(tables.integers(shown))


def _column(label: str, width: int, definition: str) -> Any:
    return st.column_config.TextColumn(label, width=width, help=pick(*report.DEFINITIONS[definition]))


def _rate(row: dict[str, Any], name: str) -> str:
    if row["state"] == "unreported":
        return _("⊘ Not reported")
    return figures.rate_text(row[f"{name}_n"], row[f"{name}_d"])


@cache.drawn
def _pledge(view: View, community: str) -> None:
    """The ten points promised, and which of the items that show them pass."""
    told = cache.cached(report.pledge)(view, community)
    with st.container(border=True, key="card_pledge"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("#### " + _("The ten points of the pledge"), width="content")
            st.caption(tables.plain(community), width="content")
        tables.draw(
            ["", _("Point"), _("Items"), _("Handed in"), _("Official")],
            [
                [
                    row["code"],
                    row["name"],
                    row["items"],
                    figures.fraction(row["kept_n"], row["kept_d"]),
                    figures.fraction(row["kept_official_n"], row["kept_official_d"]),
                ]
                for row in progress.records(told)
            ],
            numeric=[3, 4],
        )
        st.caption(_("In a few words; the office puts its own wording into the checklist's file."))


# The items of one community ------------------------------------------------------------------------------------


def _items(view: View, community: str) -> None:
    st.markdown("#### " + tables.plain(community) + " · " + _("Items"))
    if item.foreign(view, community):
        st.caption(":material/lock: " + _("A clerk sees the items of the own community; of the others the scores."))
        return
    for one in cache.cached(_sections, own=False)(view, community, dark=style.dark()):
        st.markdown(f"**{one.name}** · " + _("{n} of {m} passed", n=one.passed, m=one.applicable))
        _section(community, one)


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of the list for one community: its items as they are drawn, and their codes row for row."""

    code: str
    name: str
    passed: int
    applicable: int
    items: tuple[str, ...]
    drawn: Styler


def _sections(view: View, community: str, *, dark: bool) -> tuple[_Section, ...]:
    colours = theme.palette(dark)
    told = cache.cached(report.items)(view, community)
    return tuple(_made(str(code), members, colours) for code, members in told.groupby("section", sort=False))


def _made(code: str, members: pd.DataFrame, colours: theme.Palette) -> _Section:
    rows = progress.records(members)
    shown = pd.DataFrame(
        {
            "item": members["item"].tolist(),
            "name": [f"{row['item']} {row['name']}" for row in rows],
            "state": [f"{item.STATES[row['state']][1]} {_(item.STATES[row['state']][2])}" for row in rows],
            "got": [figures.fraction(row["got"], row["need"]) for row in rows],
            "both": [f"{row['reported']} / {row['files']}" for row in rows],
            "review": [item.remarks(row) for row in rows],
        }
    )
    tones = [f"color: {getattr(colours, item.STATES[row['state']][0])}" for row in rows]
    return _Section(
        code,
        str(members["section_name"].iloc[0]),
        int(members["passed"].sum()),
        int((members["state"] != "not_applicable").sum()),
        tuple(members["item"]),
        tables.settled(shown.style.apply(lambda _column: tones, subset=["state"])),
    )


def _section(community: str, one: _Section) -> None:
    """The items of one section; a picked one opens."""
    chinese = pick("zh", "en") == "zh"  # English states are longer, Chinese names of items are
    picked: Any = st.dataframe(
        one.drawn,
        key=f"items_{community}_{one.code}",
        hide_index=True,
        column_order=["name", "state", "got", "both", "review"],
        row_height=34,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            "name": st.column_config.TextColumn(_("Checklist item"), width=272 if chinese else 244),
            "state": st.column_config.TextColumn(_("State"), width=80 if chinese else 98),
            "got": st.column_config.TextColumn(_("There/needed"), width=92 if chinese else 98),
            "both": _column(_("Sheet / files"), 88, "files"),
            "review": st.column_config.TextColumn(_("Review"), width=204),
        },
    )
    chosen = picked.selection.rows
    if chosen and chosen[0] < len(one.items):
        trail.go(Drill(community, item=one.items[chosen[0]]))
        st.rerun()
