"""备份: how the copies stand, the button for one more, and what lies in the folder."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from config import clock
from config.language import _
from config.settings import settings
from data_access import privacy
from data_access.accounts import AccountError, Actor
from data_access.backups import copies, health
from data_access.backups.archive import BackupError
from data_access.backups.copies import State
from pages.parts import figures, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker

_SECONDS = 1.0


def show(actor: Actor) -> None:
    """The state on the left, what is there on the right."""
    copies.wake()  # the clock may have been switched on since the board was started
    state = copies.state(actor)
    left, right = st.columns([42, 58], gap="medium")
    with left:
        _state(actor, state)
    with right:
        _list(actor, state)


def _state(actor: Actor, state: State) -> None:
    with st.container(border=True, key="card_backup"):
        st.subheader(_("Backup"), anchor=False)
        if state.failure:
            st.error(_("The last backup failed: {why}", why=tables.plain(state.failure)), icon=":material/error:")
        elif state.late:
            st.error(_("There is no good backup of the last day."), icon=":material/error:")
        rows = [
            (_("Last good backup"), _moment(state.good)),
            (_("Proved by restoring it aside"), _moment(state.proved)),
            (_("Next by the clock"), _moment(state.next_at) if state.next_at else _("switched off")),
            (_("Folder"), str(state.folder)),
        ]
        tables.draw(("", ""), rows, header=False)
        _button(actor, state)
    kept = settings().backup
    st.caption(
        _(
            "Of those made by the clock the last of {d} days, {w} weeks and {m} months stay; those asked for all stay.",
            d=kept.daily,
            w=kept.weekly,
            m=kept.monthly,
        )
    )
    st.caption(
        _(
            "A backup can only be read with the key file {file} of the data folder, which is not in it."
            " Keep a copy of the key elsewhere: without it nobody opens names and telephones again.",
            file=tables.plain(privacy.KEY_FILE),
        )
    )


def _button(actor: Actor, state: State) -> None:
    if copies.progress() is not None or state.under_way:
        _follow()
        return
    st.button(_("Back up now"), type="primary", icon=":material/backup:", key="backup_now", on_click=_start)


@st.fragment(run_every=_SECONDS)
def _follow() -> None:
    """How far a copy has come; the page is drawn anew when it is done."""
    actor = session.renew()
    now = copies.progress()
    if now is None:
        if not copies.state(actor).under_way:
            st.rerun(scope="app")
        st.caption(_("A backup is under way."))  # in another process
        return
    words = {"making": _("Writing the backup"), "proving": _("Proving it")}[now.stage]
    share = min(now.done / now.every, 1.0) if now.every else 0.0
    st.progress(share, f"{words} · {figures.count(now.done)}/{figures.count(now.every)}")


@session.clicked
def _start(actor: Actor) -> None:
    try:
        copies.start(actor)
    except (BackupError, AccountError) as refusal:
        st.toast(str(refusal), icon=":material/warning:")


def _list(actor: Actor, state: State) -> None:
    found = state.copies
    if found.empty:
        st.caption(_("No backup has been made yet."))
        return
    shown = found.assign(
        at=[f"{clock.local(moment):%Y-%m-%d %H:%M}" for moment in found["at"]],
        by=[_("the clock") if pd.isna(name) else name for name in found["by"]],
        size=[figures.MISSING if pd.isna(size) else f"{size / 1024**2:,.1f} MB" for size in found["size"]],
        state=[_word(row) for row in found.itertuples()],
    )
    columns = {
        "at": _("Made"),
        "by": _("Asked by"),
        "size": _("Size"),
        "data_version": _("Data version"),
        "state": _("State"),
    }
    chosen = tables.pick(shown, "id", key="backup_list", columns=columns, most=12)
    row = None if chosen is None else found[found["id"] == chosen].iloc[0]
    there = row is not None and bool(row["there"])
    with st.container(horizontal=True):
        st.download_button(
            _("Download the chosen one"),
            partial(_content, session.asker(), int(chosen)) if there and chosen is not None else b"",
            file_name=str(row["name"]) if row is not None else "street.backup",
            mime="application/octet-stream",
            icon=":material/download:",
            on_click="ignore",
            disabled=not there,
            key="backup_download",
        )
        if st.button(_("Prove it again"), icon=":material/fact_check:", disabled=not there, key="backup_prove"):
            _prove(actor, int(row["id"]) if row is not None else 0)
    if row is None:
        st.caption(_("Choose a backup to download it or to prove it again."))


def _content(asker: Asker, number: int) -> bytes:
    return copies.content(asker(), number)


def _word(row: object) -> str:
    failure, verified, there = (getattr(row, name) for name in ("failure", "verified_at", "there"))
    if isinstance(failure, str) and failure:
        return f"✗ {failure}"
    if verified is None or pd.isna(verified):
        return _("under way")
    return _("✓ proved") if there else _("✓ proved, rotated away")


def _prove(actor: Actor, number: int) -> None:
    try:
        with st.spinner(_("Proving it")):
            proof = copies.prove(actor, number)
    except (BackupError, AccountError) as refusal:
        st.error(str(refusal), icon=":material/warning:")
        return
    for check in proof.checks:
        mark = ":blue[:material/check_circle:]" if check.good else ":red[:material/error:]"
        st.markdown(f"{mark} **{_(health.NAMES[check.name])}** {tables.plain(check.text)}")


def _moment(moment: datetime | None) -> str:
    return figures.MISSING if moment is None else f"{clock.local(moment):%Y-%m-%d %H:%M}"
