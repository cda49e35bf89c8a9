"""系统: what the board runs on, what is wrong with it, and the examination of everything that is kept."""

from __future__ import annotations

import streamlit as st

from config.language import N_, _
from data_access.accounts import AccountError, Actor
from data_access.backups import health as examination
from data_access.reports import administration
from data_access.reports.health import Health, health
from pages.parts import figures, tables
from pages.parts.administration import machine

_THREADS = {"postings": N_("texts to the group"), "backups": N_("copies by the clock"), "retention": N_("retention")}


def show(actor: Actor) -> None:
    """The database and the examination on the left; the machine and the versions on the right; the log below."""
    now, found = administration.system(actor), health(actor)
    left, right = st.columns(2, gap="medium")
    with left:
        _data(now, found)
        _examination(actor)
    with right:
        with st.container(border=True, key="card_machine"):
            st.subheader(_("This machine"), anchor=False)
            for check in machine.checks():
                mark = ":blue[:material/check_circle:]" if check.good else ":orange[:material/warning:]"
                st.markdown(f"{mark} {check.title}  \n:gray[{tables.plain(check.detail)}]")
        with st.container(border=True, key="card_libraries"):
            st.subheader(_("Versions"), anchor=False)
            tables.draw(("", ""), [("Python", now.python), *now.libraries.items()], header=False)
    _log(found)


def _data(now: administration.System, found: Health) -> None:
    with st.container(border=True, key="card_database"):
        st.subheader(_("Data"), anchor=False)
        threads = _(", ").join(_(_THREADS[name]) for name in found.threads) or _("none just now")
        schema = (
            found.schema if found.schema == found.head else _("{a}, the program has {b}", a=found.schema, b=found.head)
        )
        tables.draw(
            ("", ""),
            [
                (_("Database"), f"{now.database}（{found.size / 1024**2:,.1f} MB）"),
                (_("Address"), now.address),
                (_("Schema"), schema),
                (_("Data version"), f"{figures.count(now.data_version)}（{figures.instant(now.changed_at)}）"),
                (_("Data folder"), str(now.folder)),
                (_("Free space"), f"{now.free_bytes / 1024**3:,.1f} GB"),
                (_("Submissions"), figures.count(now.submissions)),
                (
                    _("Workbooks kept"),
                    f"{figures.count(now.workbooks)}（{now.workbook_bytes / 1024**2:,.1f} MB）",
                ),
                (_("Key fingerprint"), now.key_fingerprint),
                (_("Settings file"), now.config.name),
                (_("Processes that read workbooks"), figures.count(found.readers)),
                (_("Working in the background"), threads),
            ],
            header=False,
        )


def _examination(actor: Actor) -> None:
    with st.container(border=True, key="card_examination"):
        st.subheader(_("Examination"), anchor=False)
        st.caption(
            _("Walks through everything that is kept: the database, its references, the audit trail, sealed fields.")
        )
        if not st.button(_("Examine everything"), icon=":material/health_and_safety:", key="system_examine"):
            return
        try:
            with st.spinner(_("Examining")):
                checks = examination.examine(actor)
        except AccountError as refusal:
            st.error(tables.plain(str(refusal)), icon=":material/warning:")
            return
        for check in checks:
            mark = ":blue[:material/check_circle:]" if check.good else ":red[:material/error:]"
            st.markdown(f"{mark} **{_(examination.NAMES[check.name])}** {tables.plain(check.text)}")


def _log(found: Health) -> None:
    with st.container(border=True, key="card_log"):
        st.subheader(_("Last warnings and errors of the log"), anchor=False)
        if not found.troubles:
            st.caption(_("None."))
            return
        st.code("\n".join(found.troubles), language=None, wrap_lines=True, height=240)
