"""个人信息: how long it is kept, what would go by now, and one person who asks what is held or to be erased."""

from __future__ import annotations

from datetime import date

import streamlit as st

from config import clock
from config.language import _
from config.settings import settings
from data_access.accounts import AccountError, Actor
from data_access.faults import FaultError
from data_access.office import erasure, retention
from data_access.office.erasure import ErasureError, Held, Wanted
from data_access.office.retention import RetentionError
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import figures, tables
from pages.parts.frame import session

_REFUSALS = (RetentionError, ErasureError, AccountError, FaultError)


def show(actor: Actor, view: View) -> None:
    """The time personal data are kept on the left, one person on the right."""
    retention.wake()  # it may have been switched on since the board was started
    left, right = st.columns(2, gap="medium")
    with left:
        _retention(actor)
    with right:
        _person(actor, view)


def _retention(actor: Actor) -> None:
    kept, last = settings().retention, retention.last(actor)
    with st.container(border=True, key="card_retention"):
        st.subheader(_("How long personal data are kept"), anchor=False)
        _said("retention_said")
        if not kept.on:
            st.warning(
                _("The street has set no time yet: nothing goes by itself. Set it under Deadlines and thresholds."),
                icon=":material/warning:",
            )
        by_itself = _("{n} months, emptied every day", n=kept.months) if kept.on else _("not set yet")
        done = figures.MISSING if last is None else f"{clock.local(last):%Y-%m-%d %H:%M}"
        tables.draw(("", ""), [(_("Kept for"), by_itself), (_("Emptied last"), done)], header=False)
        st.caption(
            _(
                "Names, telephones, texts, originals and files of evidence go. Rows, outcomes and counts stay,"
                " so no figure and no ranking changes."
            )
        )
        before: date = st.date_input(
            _("What is about days before"), value=retention.limit(), max_value=clock.today(), key="purge_before"
        )
        with st.container(horizontal=True):
            looked = st.button(_("What would go?"), icon=":material/search:", key="purge_look")
            if st.button(_("Empty now"), icon=":material/delete_sweep:", key="purge_now"):
                st.dialog(_("Empty old personal data?"))(_purge)(before)
        if looked:
            _foreseen(actor, before)


def _foreseen(actor: Actor, before: date) -> None:
    try:
        found = retention.foreseen(actor, before)
    except _REFUSALS as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    _counts(found.counts, retention.NAMES)
    _copies(found.copies)


def _purge(before: date) -> None:
    actor = session.renew()
    st.markdown(_("Everything personal of the days before {day} goes for good. It cannot be undone.", day=before))
    if not st.button(_("Empty now"), type="primary", icon=":material/delete_sweep:", key="purge_confirm"):
        return
    try:
        with st.spinner(_("Emptying")):
            done = retention.purge(actor, before)
    except _REFUSALS as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    said = _(", ").join(f"{_(retention.NAMES[key])} {figures.count(n)}" for key, n in done.counts.items() if n)
    st.session_state["retention_said"] = (said or _("There was nothing to empty."), done.compacted)
    st.rerun()


def _person(actor: Actor, view: View) -> None:
    with st.container(border=True, key="card_erasure"):
        st.subheader(_("Look up or erase one person"), anchor=False)
        _said("erasure_said")
        st.markdown(_("Somebody asks what the board holds of them, or wants to be erased: look the person up first."))
        st.caption(
            _("Only what was found is shown, masked. Looking through every original takes a while in a large office.")
        )
        if st.button(_("Look somebody up"), icon=":material/person_search:", key="person_look"):
            names = directory.communities(View(actor, view.day, view.campaign))["name"].tolist()
            st.dialog(_("Look up or erase one person"), width="large")(_look)(names)


def _look(communities: list[str]) -> None:
    """What was typed lives as long as the dialog; what is found is drawn in one run and kept nowhere."""
    actor = session.renew()
    document = st.text_input(_("Document number"), type="password", key="person_document", autocomplete="off")
    name, place = st.columns(2)
    wanted = Wanted(
        document,
        name.text_input(_("Or the name"), key="person_name", autocomplete="off"),
        place.selectbox(_("and the community"), communities, index=None, key="person_community") or "",
        st.session_state.get("person_mark") or "",
    )
    if not (document.strip() or (wanted.name.strip() and wanted.community)):
        st.caption(_("Give the document number, or the name and the community."))
        return
    try:
        with st.spinner(_("Looking through everything")):
            held = erasure.find(actor, wanted)
    except _REFUSALS as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    _found(held)
    if len(held.people) > 1 or wanted.person:
        marks = [one.mark for one in held.people]
        st.selectbox(_("Which of them"), marks, index=None, key="person_mark", help=_("by the mark in the list"))
    if len(held.people) <= 1 and any(held.counts.values()):
        _erase(actor, wanted)


def _found(held: Held) -> None:
    rows = []
    for one in held.people:
        places, days = _(", ").join(one.communities), f"{one.first} – {one.last}"
        rows.append((one.mark, one.name, one.phone, one.document, places, one.rows, days))
    heads = (_("Mark"), _("Name"), _("Telephone"), _("Document"), _("Community"), _("Rows"), _("Days"))
    if rows:
        tables.draw(heads, rows, numeric=(5,))
    elif not any(held.counts.values()):
        st.info(_("Nothing is held of this person."), icon=":material/info:")
        return
    else:
        st.caption(_("Nobody on a roster fits."))
    _counts(held.counts, erasure.NAMES)
    _copies(held.copies)


def _erase(actor: Actor, wanted: Wanted) -> None:
    reason = st.selectbox(
        _("Erase, because"),
        list(erasure.REASONS),
        index=None,
        format_func=lambda one: _(erasure.REASONS[one]),
        placeholder=_("Choose"),
        key="person_reason",
    )
    st.caption(_("Originals that name the person go as a whole; the figures stay. It cannot be undone."))
    if not st.button(
        _("Erase everywhere"), type="primary", icon=":material/person_remove:", disabled=not reason, key="person_erase"
    ):
        return
    try:
        with st.spinner(_("Erasing")):
            done = erasure.erase(actor, wanted, reason or "")
    except _REFUSALS as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    said = _(", ").join(f"{_(erasure.NAMES[key])} {figures.count(n)}" for key, n in done.counts.items() if n)
    st.session_state["erasure_said"] = (said, done.compacted)
    st.rerun()


def _counts(counts: dict[str, int], names: dict[str, str]) -> None:
    if counts:
        tables.draw(("", ""), [(_(names[key]), number) for key, number in counts.items()], numeric=(1,), header=False)


def _copies(copies: list[str]) -> None:
    if copies:
        st.caption(
            _(
                "{n} backups still hold it, the last one {name}; rotation takes them away.",
                n=len(copies),
                name=copies[0],
            )
        )


def _said(key: str) -> None:
    said = st.session_state.pop(key, None)
    if said is None:
        return
    words, compacted = said
    st.success(_("Done: {what}", what=words), icon=":material/check:")
    if not compacted:
        st.warning(
            _("The database could not be written anew just now, so old bytes may lie in it. Run it again."),
            icon=":material/warning:",
        )
