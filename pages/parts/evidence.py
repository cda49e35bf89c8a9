"""Files of evidence on any record: dropping them there, and taking one away with a reason."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from config.language import N_, _
from config.settings import settings
from data_access.accounts import AccountError, Capability
from data_access.office import attachments
from data_access.office.attachments import AttachedError, File
from data_access.reports import directory, progress
from data_access.reports.view import View
from pages.parts import cache, figures, style, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker

_SAID = "evidence_said"
_MATTER = {"before": N_("Before fixing"), "after": N_("After fixing")}


def panel(
    view: View, community: str, community_id: int, sort: str, records: Mapping[str, str], pieces: Mapping[str, str]
) -> None:
    """Attach files to one of ``records`` (key → how it is called), saying which of ``pieces`` (code → name) they show;
    take one away. Nothing is drawn for those who may not."""
    if not (view.actor.may(Capability.UPLOAD) and progress.may_read_text(view, community)):
        return
    first = next(iter(records))
    st.html(_style())
    _said()
    with st.form(f"attach_{sort}_{first}", border=False, clear_on_submit=True):
        chosen = first
        with st.container(horizontal=True):
            if len(records) > 1:
                chosen = st.selectbox(
                    _("Attach to"), list(records), format_func=records.__getitem__, key=f"attach_{first}_to"
                )
            piece = st.selectbox(
                _("What it shows"),
                list(pieces),
                index=0 if len(pieces) == 1 else None,
                format_func=pieces.__getitem__,
                key=f"attach_{first}_piece",
                placeholder=_("Choose"),
            )
        dropped = st.file_uploader(
            _("Photos, scans, documents"),
            type=[suffix[1:] for suffix in attachments.SUFFIXES],
            accept_multiple_files=True,
            key=f"drop_{first}",
            max_upload_size=settings().limits.evidence_mb,
        )
        if st.form_submit_button(_("Attach"), icon=":material/attach_file:", key=f"attach_{first}_send"):
            if dropped:
                _attach(view, community_id, sort, chosen, piece, dropped)
            else:
                st.caption(_("Choose a file first."))
    files = [
        file
        for file in attachments.listed(view.actor, community_id, sort, first if len(records) == 1 else None)
        if file.record in records
    ]
    if files:
        _away(view, files, first, records)


def on_matter(view: View, community: str, item_no: str) -> None:
    """The photos of a matter before and after it was fixed, and where more are dropped, for those who may see them."""
    if not progress.may_read_text(view, community):
        return
    keys: pd.Series = cache.cached(directory.communities)(view).set_index("name")["id"]
    if community not in keys.index:
        return
    number = int(keys[community])
    files = attachments.listed(view.actor, number, "action", item_no, view.as_of)
    pieces = {code: _(name) for code, name in _MATTER.items()}
    with st.expander(_("Evidence") + " · " + _("{n} files", n=len(files)), expanded=bool(files)):
        with st.container(horizontal=True, gap="small"):
            for file in files:
                _tile(view, file, pieces.get(file.piece or "", _("File")))
        panel(view, community, number, "action", {item_no: item_no}, pieces)


def _tile(view: View, file: File, words: str) -> None:
    """A small picture that opens in a dialog; a document is only named."""
    with st.container(width=124, gap=None):
        small = attachments.thumbnail(view.actor, file.id, view.as_of) if file.pictured else None
        st.html(_image(small, 124) if small else tables.pill(file.kind))
        if st.button(words, key=f"look_{file.id}", type="tertiary", help=tables.plain(file.filename)):
            st.dialog(tables.plain(words), width="large")(_look)(file, view.as_of)


def _look(file: File, as_of: datetime | None) -> None:
    actor = session.renew()
    st.caption(f"{tables.plain(file.filename)} · {file.by} · {figures.instant(file.at)}")
    try:
        if file.pictured:
            st.html(_image(attachments.picture(actor, file.id, as_of)))
    except (AttachedError, AccountError) as refusal:
        st.warning(str(refusal), icon=":material/warning:")
        return
    st.download_button(
        _("Download"),
        partial(_bytes, session.asker(), file.id, as_of),
        file_name=file.filename,
        mime=file.media_type,
        icon=":material/download:",
        on_click="ignore",
        key=f"look_{file.id}_download",
        help=_("The file as it arrived; each download is recorded."),
    )


def _bytes(asker: Asker, attachment: int, as_of: datetime | None) -> bytes:
    return attachments.content(asker(), attachment, as_of)


def _image(data: bytes, width: int | None = None) -> str:
    """A picture that is part of the page: no address of it outlives the sign-in."""
    look = f"width:{width}px;height:84px;object-fit:cover" if width else "max-width:100%;max-height:70vh"
    return (
        f'<img alt="{_("Photo")}" style="{look};border-radius:4px;display:block" '
        f'src="data:image/jpeg;base64,{b64encode(data).decode()}">'
    )


def _style() -> str:
    """The library's own button and hint speak English only."""
    hint = _("jpg, png, pdf or docx, up to {n} MB each; drop them here", n=settings().limits.evidence_mb)
    css = _CSS.replace("BUTTON", _("Choose files")).replace("HINT", hint)
    return f"<style>{css.format(**vars(style.palette()))}</style>"


_CSS = """
[class*="st-key-drop_"] [data-testid="stFileUploaderDropzone"] {{ background: {surface}; border: 1px dashed {rule};
  align-items: center; }}
[class*="st-key-drop_"] [data-testid="stFileUploaderDropzoneInstructions"] {{ display: none; }}
[class*="st-key-drop_"] [data-testid="stFileUploaderDropzone"]::after {{ content: "HINT"; color: {ink2};
  font-size: 14px; }}
[class*="st-key-drop_"] [data-testid="stFileUploaderDropzone"] > div {{ width: auto; flex: none; }}
[class*="st-key-drop_"] [data-testid="stFileUploaderDropzone"] button > * {{ display: none; }}
[class*="st-key-drop_"] [data-testid="stFileUploaderDropzone"] button::after {{ content: "＋ BUTTON"; }}
"""


def _attach(
    view: View, community_id: int, sort: str, record: str, piece: str | None, dropped: Sequence[object]
) -> None:
    """Attach each file by itself: one that is refused keeps no other back."""
    refused: list[str] = []
    for file in dropped:
        name, data = file.name, file.getvalue()  # type: ignore[attr-defined]
        try:
            attachments.add(view.actor, community_id, sort, record, name, data, piece)
        except (AttachedError, AccountError) as refusal:
            refused.append(f"{name}: {refusal}")
    st.session_state[_SAID] = (len(dropped) - len(refused), refused)
    st.rerun()


def _said() -> None:
    """After an attempt: how many were attached, and why others were not."""
    done, refused = st.session_state.pop(_SAID, (0, []))
    if done:
        st.toast(_("{n} files attached.", n=done), icon=":material/attach_file:")
    for words in refused:
        st.error(tables.plain(words), icon=":material/warning:")


def _away(view: View, files: Sequence[File], first: str, records: Mapping[str, str]) -> None:
    by_id = {file.id: file for file in files}

    def called(number: int) -> str:
        file = by_id[number]
        return f"{records[file.record]} · {file.filename} · {figures.instant(file.at)}"

    with (
        st.expander(_("Take a file away"), icon=":material/delete:"),
        st.form(f"away_{first}", border=False, clear_on_submit=True),
    ):
        number = st.selectbox(_("File to take away"), list(by_id), format_func=called, key=f"away_{first}_file")
        reason = st.text_input(_("Reason"), key=f"away_{first}_reason", max_chars=200)
        st.caption(_("It is kept for looking back and no longer shown."))
        if st.form_submit_button(_("Take away"), key=f"away_{first}_send"):
            try:
                attachments.remove(view.actor, number, reason)
            except (AttachedError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.rerun()
