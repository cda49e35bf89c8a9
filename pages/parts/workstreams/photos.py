"""Files of evidence on the walk: tiles that open one, and the one file by itself.

Pictures are drawn from bytes encoded anew, as part of the page: no address of theirs outlives the sign-in.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import streamlit as st

from config.catalogue import checklist
from config.language import _
from data_access.office import attachments
from data_access.office.attachments import AttachedError, File
from data_access.reports import progress, records
from data_access.reports.view import View
from pages.parts import empty, figures, style, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker
from pages.parts.workstreams import periods, trail
from pages.parts.workstreams.trail import Drill

_BOX = (
    "height:76px;border-radius:4px;display:flex;align-items:center;justify-content:center;overflow:hidden;"
    "box-sizing:border-box"
)


def may(view: View, community: str) -> bool:
    """Whether the account may see files of the community: not leaders, and clerks only their own."""
    return progress.may_read_text(view, community)


def tiles(view: View, drill: Drill, community_id: int, keys: Sequence[str], *, most: int = 6) -> None:
    """A tile for each file of these records of one sort, in their order, and a dashed one where a record has none.

    A tile opens its file, or the record that has none. At most ``most`` of them.
    """
    sort: records.Sort = "evidence" if drill.item else "progress"
    files = attachments.listed(view.actor, community_id, sort, keys[0] if len(keys) == 1 else None, view.as_of)
    shown: list[tuple[str, File | None]] = []
    for key in keys:
        own: list[File | None] = [file for file in files if file.record == key]
        shown += [(key, file) for file in own or [None]]
    with st.container(horizontal=True, gap="small", key="evidence_tiles"):
        for key, file in shown[:most]:
            named = f"{file.id}" if file else f"none_{key}"
            with st.container(width=112, gap=None, key=f"tile_{named}"):
                st.html(_absent() if file is None else _thumbnail(view, file))
                st.button(
                    tables.plain(_words(records.Key.parse(sort, key), file)),
                    key=f"file_{named}",
                    type="tertiary",
                    help=None if file is None else tables.plain(file.filename),
                    on_click=trail.go,
                    args=(_place(drill, key, file),),
                )
    if len(shown) > most:
        st.caption(_("and {n} more", n=len(shown) - most))


def _place(drill: Drill, key: str, file: File | None) -> Drill:
    period = None if drill.item else drill.period or key.partition("/")[0]
    return replace(drill, period=period, record=key, file=None if file is None else str(file.id))


def _words(key: records.Key, file: File | None) -> str:
    """When, and what kind of evidence: ``7月 照片``; the name of a file may name a person and stays in the hover."""
    if file is None:
        return f"{periods.words_of(key.place)} {_('missing')}"
    kind = checklist().evidence.get(file.piece or "")
    return f"{periods.words_of(key.place)} {kind if kind is not None else _('File')}"


def _absent() -> str:
    colours = style.palette()
    icon = f"font-family:'Material Symbols Rounded';font-size:28px;color:{colours.act}"
    return f'<div style="{_BOX};border:1px dashed {colours.act_solid}"><span style="{icon}">add_a_photo</span></div>'


def _thumbnail(view: View, file: File) -> str:
    colours = style.palette()
    box = f"{_BOX};border:1px solid {colours.line};background:{colours.sunk}"
    small = attachments.thumbnail(view.actor, file.id, view.as_of) if file.pictured else None
    if small is None:
        icon = f"font-family:'Material Symbols Rounded';font-size:32px;color:{colours.ink2}"
        return f'<div style="{box}"><span style="{icon}">description</span></div>'
    look = "width:100%;height:100%;object-fit:cover"
    return f'<div style="{box}"><img alt="{_("Photo")}" src="{_uri(small)}" style="{look}"></div>'


def _uri(data: bytes) -> str:
    return "data:image/jpeg;base64," + b64encode(data).decode()


def page(view: View, drill: Drill, key: records.Key) -> None:
    """One file, large, with the way to the one before and after it on the same record."""
    community = str(drill.community)
    if not may(view, community):
        empty.refused(_("Files are shown to those who may read of people: supervisors, administrators and own clerks."))
        return
    files = attachments.listed(view.actor, trail.number(view, community), key.sort, key.text, view.as_of)
    place = next((place for place, file in enumerate(files) if str(file.id) == drill.file), None)
    if place is None:
        empty.state(_("There is no such file any more."), _("Step back to its record and choose another one."))
        return
    file = files[place]
    with st.container(horizontal=True, vertical_alignment="center", key="file_head"):
        st.markdown(f"#### {tables.plain(_words(key, file))}", width="content")
        st.caption(f"{tables.plain(file.filename)} · {file.by} · {figures.instant(file.at)}", width="content")
        st.space("stretch")
        _step(drill, files, place - 1, _("Previous"), ":material/chevron_left:")
        st.markdown(figures.fraction(place + 1, len(files)), width="content")
        _step(drill, files, place + 1, _("Next"), ":material/chevron_right:")
        st.download_button(
            _("Download"),
            partial(_bytes, session.asker(), file.id, view.as_of),
            file_name=file.filename,
            mime=file.media_type,
            icon=":material/download:",
            on_click="ignore",
            key="file_download",
            help=_("The file as it arrived; each download is recorded."),
        )
    if not file.pictured:
        st.caption(_("This kind of file is not shown here. Download it."))
        return
    try:
        large = attachments.picture(view.actor, file.id, view.as_of)
    except AttachedError as refusal:
        st.warning(str(refusal), icon=":material/warning:")
        return
    look = "max-width:100%;max-height:76vh;border-radius:4px;display:block;margin:0 auto"
    st.html(f'<img alt="{_("Photo")}" src="{_uri(large)}" style="{look}">')


def _step(drill: Drill, files: Sequence[File], place: int, words: str, icon: str) -> None:
    there = 0 <= place < len(files)
    target = replace(drill, file=str(files[place].id)) if there else drill
    st.button(words, icon=icon, key=f"file_{icon}", disabled=not there, on_click=trail.go, args=(target,))


def _bytes(asker: Asker, attachment: int, as_of: datetime | None) -> bytes:
    return attachments.content(asker(), attachment, as_of)
