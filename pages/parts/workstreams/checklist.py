"""资料清单: the scores of all communities, and the 35 items of one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from config.catalogue import checklist as checklist_of
from config.language import N_, _, pick
from data_access.reports import checklist as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, style, tables
from pages.parts.workstreams import item, progress, trail
from pages.parts.workstreams.trail import Drill


def page(view: View, drill: Drill) -> None:
    """The scores of the communities beside the items of one."""
    told = cache.cached(report.table)(view)
    _tiles(told)
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


def _tiles(told: pd.DataFrame) -> None:
    """Scores of the whole from added counts, what waits, and who has handed in nothing."""
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
    parts = cache.cached(report.sections)(view)
    with st.container(border=True, key="card_scores"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("#### " + _("Evidence checklist"), width="content", help=pick(*report.DEFINITIONS["score"]))
            st.caption(_("items passed / applicable items, by what was handed in"), width="content")
            st.space("stretch")
            downloads.xlsx_button(
                _("Download"),
                lambda: {
                    _("Evidence checklist"): told,
                    _("Sections"): parts,
                    _("Items"): _written(cache.cached(report.items)(view)),
                },
                f"checklist_{view.day:%Y%m%d}.xlsx",
                definitions={name: pick(*words) for name, words in report.DEFINITIONS.items()},
                key="checklist_download",
            )
        sections = checklist_of().sections
        shown = told.assign(
            score=[_rate(row, "score") for row in progress.records(told)],
            official=[_rate(row, "score_official") for row in progress.records(told)],
            both=[f"{figures.count(row['reported'])} / {row['files']}" for row in progress.records(told)],
        )
        for section in sections:
            own = parts[parts["section"] == section.code].set_index("community")
            shown[section.code] = [
                figures.fraction(*own.loc[name, ["score_n", "score_d"]]) for name in told["community"]
            ]
        marked = shown.assign(community=[("▸ " if name == community else "") + name for name in shown["community"]])
        picked = tables.pick(
            marked.assign(name=shown["community"]),
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
                    for section in sections
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


def _column(label: str, width: int, definition: str) -> Any:
    return st.column_config.TextColumn(label, width=width, help=pick(*report.DEFINITIONS[definition]))


def _rate(row: dict[str, Any], name: str) -> str:
    if row["state"] == "unreported":
        return _("⊘ Not reported")
    return figures.rate_text(row[f"{name}_n"], row[f"{name}_d"])


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
    told = cache.cached(report.items)(view, community)
    for code, members in told.groupby("section", sort=False):
        passed, applicable = int(members["passed"].sum()), int((members["state"] != "not_applicable").sum())
        name = str(members["section_name"].iloc[0])
        st.markdown(f"**{name}** · " + _("{n} of {m} passed", n=passed, m=applicable))
        _section(community, str(code), members)


def _section(community: str, code: str, members: pd.DataFrame) -> None:
    """The items of one section; a picked one opens."""
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
    colours = style.palette()
    inks = {role: getattr(colours, role) for role in ("pri", "act", "red", "ink3")}
    tones = [f"color: {inks[str(item.STATES[state][0])]}" for state in members["state"]]
    chinese = pick("zh", "en") == "zh"  # English states are longer, Chinese names of items are
    picked: Any = st.dataframe(
        shown.style.apply(lambda _column: tones, subset=["state"]),
        key=f"items_{community}_{code}",
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
    if chosen and chosen[0] < len(shown):
        trail.go(Drill(community, item=str(shown["item"].iloc[chosen[0]])))
        st.rerun()
