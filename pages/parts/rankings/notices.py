"""发布通报: freeze a ranking, list the notices, show any of them again exactly, compare it with today."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from charts import pictures, ranks
from config import clock, language
from config.language import _
from data_access.accounts import AccountError, Actor, Capability
from data_access.office import forms, notices
from data_access.office.notices import Notice, NoticeError
from data_access.reports import notice as words
from data_access.reports import ranking
from data_access.reports.scores import COUNTED, OF_PEOPLE
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, posting, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LISTED = 12
ASKED = "notice"  # ?notice=N


def panel(view: View, basis: str) -> None:
    """The button to publish, and every notice of the campaign with the way to open it."""
    with st.container(border=True, key="card_notices"):
        _publishing(view, basis)
        st.markdown(f"**{_('Notices published')}**")
        known = cache.cached(_listed, own=False)(view.actor, view.campaign)
        if not known:
            st.caption(_("No notice has been published yet."))
        for number, about in known[:LISTED]:
            _entry(number, about)
        older = [number for number, _words in known[LISTED:]]
        if older:
            st.selectbox(
                _("Older notices"),
                older,
                index=None,
                format_func=lambda n: _("no. {n}", n=n),
                key="notice_older",
                on_change=lambda: _open(st.session_state["notice_older"]),
            )


def shown(view: View) -> bool:
    """Draw the notice that the address names; whether there is one."""
    asked = st.query_params.get(ASKED)
    if not asked:
        return False
    try:
        found = notices.show(view.actor, int(asked) if asked.isdigit() else 0, view.campaign)
    except NoticeError as refusal:
        st.warning(str(refusal), icon=":material/warning:")
        return False
    with st.container(border=True, key="card_notice_shown"):
        _frozen(found)
        _downloads(view.actor, found)
        _comparison(view.actor, found)
    return True


def _listed(actor: Actor, campaign: str) -> tuple[tuple[int, str], ...]:
    """The notices, newest first: the number of each and what is said of it."""
    rows = notices.notices(actor, campaign).to_dict("records")
    return tuple((int(row["number"]), _about(row)) for row in rows)


def _about(row: dict[Any, Any]) -> str:
    """Day, coverage, who was missing, whether it told corrections."""
    missing = row["field"] - row["reported"]
    marks = [_("{n} not reported", n=missing)] if missing else []
    marks += [_("Corrected")] if row["corrections"] else []
    coverage = figures.rate_text(row["coverage_n"], row["coverage_d"], words.PLACES)
    return " · ".join(tables.plain(part) for part in (figures.short_day(row["day"]), coverage, *marks))


def _entry(number: int, about: str) -> None:
    """One notice of the list."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(_("no. {n}", n=number), type="tertiary", key=f"notice_open_{number}", on_click=_open, args=(number,))
        st.caption(about, width="stretch")


def _open(number: int | None) -> None:
    if number is None:
        st.query_params.pop(ASKED, None)
    else:
        st.query_params[ASKED] = str(number)


def _publishing(view: View, basis: str) -> None:
    may = view.actor.may(Capability.PUBLISH)
    if st.button(
        _("Publish notice"),
        type="primary",
        icon=":material/campaign:",
        disabled=not may or view.as_of is not None,
        help=None if may else _("A supervisor or administrator can publish it."),
        width="stretch",
        key="notice_publish",
    ):
        st.dialog(_("Publish this ranking?"), width="large")(_ask)(view, basis)
    done = st.session_state.pop("notice_done", None)
    if done is not None:
        st.toast(_("Notice no. {n} is published.", n=done), icon=":material/campaign:")


def _ask(view: View, basis: str) -> None:
    """What would be published, under which number, who is missing; then the decision."""
    actor = session.renew()
    asked = View(actor, view.day, view.campaign)
    try:
        made = notices.draft(asked, basis)
    except (NoticeError, AccountError) as refusal:
        st.error(str(refusal), icon=":material/warning:")
        return
    told = made.told
    st.markdown(
        _("It will be notice no. {n}: frozen as it is now; later corrections are told in the next one.", n=made.number)
    )
    heard = _("{n} of {m} reported", n=told.field - len(told.unreported), m=told.field)
    st.markdown(f":material/fact_check: {heard}")
    if told.unreported:
        st.markdown(f":red[:material/block: {_('Missing: {names}', names=tables.plain(words.names(told.unreported)))}]")
    if made.repeats is not None:
        again = _("The same figures of the same day were published as no. {n}.", n=made.repeats)
        st.warning(again, icon=":material/content_copy:")
    st.code(words.text(told, made.number), language=None, wrap_lines=True)
    with st.container(horizontal=True):
        if st.button(_("Publish"), type="primary", icon=":material/campaign:", key="notice_confirm"):
            try:
                done = notices.publish(actor, asked, basis)
            except (NoticeError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.session_state["notice_done"] = done.number
            _open(done.number)
            st.rerun()
        if st.button(_("Do not publish"), key="notice_leave"):
            st.rerun()


def _frozen(found: Notice) -> None:
    """The notice as it was published."""
    told = found.told
    st.markdown(f"**{tables.plain(words.heading(told))}** :blue-badge[:material/lock: {_frozen_as(found)}]")
    said = _(
        "{day}, published {time} by {name}, data version {v}",
        day=figures.full_day(told.day),
        time=_moment(found),
        name=tables.plain(found.by),
        v=figures.count(told.data_version),
    )
    st.caption(said)
    st.markdown(tables.plain(words.joined([words.scope(told), *words.summary(told)])))
    rows = words.lines(told)
    fractions = any(one.fraction for one in rows)
    head = [_("Rank"), _("Community"), *([_("Done/base")] if fractions else []), _(ranking.NAMES[told.basis])]
    tables.draw(
        [*head, _("Change"), _("Mark")],
        [
            [one.rank, one.community, *([one.fraction] if fractions else []), one.figure, one.change, one.note]
            for one in rows
        ],
        numeric=range(2, len(head)),
    )
    for line in words.explanations(told):
        st.caption(tables.plain(line))
    if told.errata:
        st.markdown(f":material/edit: **{_('Corrections to notice {n}', n=told.errata_of)}**")
        for line in words.corrections(told):
            st.caption(tables.plain(line))


def _frozen_as(found: Notice) -> str:
    return _("Notice no. {n}, frozen", n=found.number)


def _moment(found: Notice) -> str:
    return f"{clock.local(found.published_at or found.told.at):%Y-%m-%d %H:%M}"


def _downloads(actor: Actor, found: Notice) -> None:
    """Every form; each is made when it is asked for."""
    stem = f"{_('Notice')}_{found.number}_{found.told.day:%Y%m%d}"
    offered: list[tuple[str, Callable[[Notice], bytes], str, str]] = [
        ("docx", forms.docx, f"{stem}.docx", DOCX),
        ("xlsx", forms.xlsx, f"{stem}.xlsx", downloads.XLSX),
        (_("Picture of the table"), forms.png, f"{stem}.png", "image/png"),
        (_("Picture of the chart"), chart, f"{stem}_chart.png", "image/png"),
    ]
    with st.container(horizontal=True, gap="small"):
        for place, (label, form, name, mime) in enumerate(offered):
            st.download_button(
                label,
                partial(_made, form, session.asker(), found.number, found.told.campaign.code, language.current()),
                file_name=name,
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"notice_form_{place}",
            )
    with st.expander(_("Text to copy"), icon=":material/content_copy:"):
        text = forms.text(found)
        st.code(text, language=None, wrap_lines=True)
        posting.button(actor, "notice", text, key="notice_post")
    st.button(_("Close this notice"), type="tertiary", key="notice_close", on_click=_open, args=(None,))


def _made(form: Callable[[Notice], bytes], asker: Asker, number: int, campaign: str, spoken: str) -> bytes:
    """Asked for by the browser outside the run of the page: account and language are brought along."""
    with language.speaking(spoken):
        return form(notices.show(asker(), number, campaign))


def chart(found: Notice) -> bytes:
    """The list with its dots as a picture, from what was frozen."""
    told = found.told
    counted = told.basis in COUNTED
    rows = pd.DataFrame(
        [
            {
                "kind": row["state"],
                "community": one.community,
                "rank": None if pd.isna(row["rank"]) else one.rank,
                "tied": False,  # the mark says it
                "fraction": one.fraction,
                "rate": one.figure,
                "value": float(row[told.basis]) if counted and one.ranked else one.value,
                "low": one.low if told.basis in OF_PEOPLE else None,
                "high": one.high if told.basis in OF_PEOPLE else None,
                "change": one.change,
                "note": one.note,
            }
            for row, one in zip(told.listing.table.to_dict("records"), words.lines(told), strict=True)
        ]
    ).astype({"value": "float64", "low": "float64", "high": "float64"})
    target = told.target if told.basis == "coverage" else None
    drawn = ranks.dots(
        rows,
        target,
        _("Target {n}%", n=f"{told.target:g}") if target is not None else "",
        heading=_(ranking.NAMES[told.basis]),
        unit="" if counted else "%",
    )
    return pictures.png(drawn, 420)


def _comparison(actor: Actor, found: Notice) -> None:
    """Then and now: what is different of that day today, and which revisions made it so."""
    frame = cache.cached(notices.compare)(actor, found.number, found.told.campaign.code)
    changed = frame[frame["changed"] | (frame["rank_then"].fillna(0) != frame["rank_now"].fillna(0))]
    st.markdown(f"**{_('Then and now')}**")
    if changed.empty:
        st.caption(f":material/check: {_('Nothing of it has changed since.')}")
        return
    n = int(changed["changed"].sum())
    st.markdown(f":orange[:material/edit: {_('{n} communities have other figures today', n=n)}]")
    tables.draw(
        (_("Community"), _("Then"), _("Now"), ""),
        [
            (
                row["community"],
                _told(row, "then"),
                _told(row, "now"),
                tables.state("corrected", row["why"] or None) if row["changed"] else "",
            )
            for row in changed.to_dict("records")
        ],
    )


def _told(row: dict[Any, Any], when: str) -> str:
    """``3 · 57/150`` of then or now."""
    n, d = row[f"{when}_n"], row[f"{when}_d"]
    figure = words.pair((None if pd.isna(n) else int(n), None if pd.isna(d) else int(d)))
    return f"{figures.count(row[f'rank_{when}'])} · {figure}"
