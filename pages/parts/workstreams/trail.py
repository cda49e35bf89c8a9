"""Where one stands between the matrix and a single file of evidence: the address holds it, the crumbs lead back.

One walk for indicators and for items of the checklist: 矩阵 › community › workstream › indicator › period › record ›
file. The address holds names of communities, codes, periods and keys, never free text, so that a link reopens every
level and the browser's own back button steps through them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import streamlit as st

from config.catalogue import (
    UnknownIndicatorError,
    UnknownItemError,
    UnknownWorkstreamError,
    checklist_item,
    indicator,
    workstream,
)
from config.language import _
from data_access.metrics import Period, PeriodUnknownError
from data_access.reports import directory, records
from data_access.reports.view import View
from pages.parts import cache, tables

NAMES = ("community", "workstream", "indicator", "item", "period", "record", "file")


@dataclass(frozen=True, slots=True)
class Drill:
    """Where one stands: nothing, or as far down as the names reach, each as in the address and checked.

    ``item`` of the checklist stands in place of workstream and indicator; ``record`` is a key of
    ``data_access.reports.records``, ``file`` the number of an attachment.
    """

    community: str | None = None
    workstream: str | None = None
    indicator: str | None = None
    item: str | None = None
    period: str | None = None
    record: str | None = None
    file: str | None = None

    @property
    def key(self) -> records.Key | None:
        """The record one stands at."""
        return records.Key.parse("evidence" if self.item else "progress", self.record) if self.record else None


def asked() -> Drill:
    """What the address asks for; nothing of it is checked yet."""
    return Drill(*(st.query_params.get(name) or None for name in NAMES))


def keep(view: View, drill: Drill) -> Drill:
    """The part of ``drill`` that exists, written back into the address."""
    kept = Drill(drill.community if drill.community and drill.community in names(view) else None)
    try:
        if kept.community and drill.item:
            kept = replace(kept, item=checklist_item(drill.item).code)
        elif kept.community and drill.workstream:
            kept = replace(kept, workstream=workstream(drill.workstream).slug)
            if drill.indicator and indicator(drill.indicator).workstream == kept.workstream:
                kept = replace(kept, indicator=indicator(drill.indicator).code)
        if kept.indicator and drill.period:
            kept = replace(kept, period=str(Period.parse(drill.period)))
        if (kept.indicator or kept.item) and drill.record:
            key = replace(kept, record=drill.record).key
            if key is not None and key.code in (kept.indicator, kept.item):
                number = drill.file if drill.file and drill.file.isdecimal() and len(drill.file) < 12 else None
                kept = replace(kept, record=drill.record, file=number)
    except (UnknownWorkstreamError, UnknownIndicatorError, UnknownItemError, PeriodUnknownError, records.KeyFormError):
        pass
    go(kept)
    return kept


def go(drill: Drill, **more: str) -> None:
    """Write ``drill`` and ``more`` of the page's own parameters into the address, as one step of its history."""
    before: dict[str, Any] = st.query_params.to_dict()
    rest = {name: value for name, value in before.items() if name not in NAMES}
    after = rest | more | {name: value for name, value in asdict(drill).items() if value}
    if after != before:
        st.query_params.from_dict(after)


def steps(drill: Drill) -> list[tuple[str, Drill]]:
    """The levels from the first one down to where one stands: how each is called, and the way back to it."""
    found: list[tuple[str, Drill]] = []
    if drill.item:
        found.append((_("Evidence checklist"), Drill()))
    else:
        found.append((_("Matrix"), Drill()))
    if drill.community:
        found.append((drill.community, Drill(drill.community)))
    if drill.workstream:
        found.append((workstream(drill.workstream).label, Drill(drill.community, drill.workstream)))
    if drill.indicator:
        found.append((indicator(drill.indicator).label, replace(drill, period=None, record=None, file=None)))
    if drill.item:
        item = checklist_item(drill.item)
        found.append((f"{item.code} {item.label}", replace(drill, record=None, file=None)))
    if drill.period:
        found.append((drill.period, replace(drill, record=None, file=None)))
    if drill.key is not None:
        found.append((_("Record {name}", name=drill.key.place), replace(drill, file=None)))
    if drill.file:
        found.append((_("File {n}", n=drill.file), drill))
    return found


def names(view: View) -> tuple[str, ...]:
    """The communities that the view asks for, in register order."""
    return cache.cached(_names, own=False)(view)


def _names(view: View) -> tuple[str, ...]:
    return tuple(cache.cached(directory.communities)(view)["name"])


def number(view: View, community: str) -> int:
    """The key of a community of the register, as files are kept under it."""
    keys = cache.cached(directory.communities)(view).set_index("name")["id"]
    return int(keys[community])


def crumbs(drill: Drill) -> None:
    """矩阵 › community › …: each level a step back, the last one in words."""
    found = steps(drill)
    for place, (words, target) in enumerate(found):
        if place:
            st.markdown("›", width="content")
        if place == len(found) - 1:
            st.markdown(f"**{tables.plain(words)}**", width="content")
        else:
            st.button(tables.plain(words), type="tertiary", key=f"crumb_{place or 'all'}", on_click=go, args=(target,))
