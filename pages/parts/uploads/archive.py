"""历史: every version of every sheet, what it held and changed, the original, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from charts import theme
from config import clock
from config.language import N_, _
from data_access import sheets, submissions
from data_access.accounts import AccountError, Actor, Capability
from data_access.reports import directory, history
from data_access.reports.history import Filters, Version
from data_access.reports.view import View
from data_access.submissions import SubmissionError
from data_access.workbooks.attached import plain_name
from pages.parts import cache, downloads, empty, figures, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker
from pages.parts.uploads import comparison, intake, undo

_STATES = {"in_force": N_("In force"), "superseded": N_("Superseded"), "withdrawn": N_("Withdrawn")}
_GLYPHS = {"in_force": "●", "superseded": "↺", "withdrawn": "✕"}
_WIDE_ONLY = {"revision", "state", "rows_refused", "errors", "warnings", "username", "campaign"}
_TIMELINESS = {"on_time": "on_time", "late": "late", "supplied": "back_filed"}


def show(actor: Actor, view: View) -> None:
    """The list of submissions on the left, the chosen one on the right; or the batches they came in."""
    options = {"submissions": _("By submission"), "batches": _("By batch")}
    chosen_list = st.segmented_control(
        _("List"),
        list(options),
        format_func=options.__getitem__,
        default="submissions",
        required=True,
        label_visibility="collapsed",
        key="history_by",
    )
    if chosen_list == "batches":
        undo.listing(actor)
    else:
        _submissions(actor, view)


def _submissions(actor: Actor, view: View) -> None:
    wide = _number() is None  # alone the list has room for all its columns
    left, right = (st.container(), st.container()) if wide else st.columns([56, 44], gap="medium")
    with left:
        chosen = _list(actor, view, wide)
    if wide and chosen is not None:
        st.rerun()
    with right:
        if chosen is None:
            st.caption(_("Choose a submission: its rows, findings, versions and the original appear here."))
            return
        try:
            found = history.version(actor, chosen)
        except (SubmissionError, AccountError) as refusal:
            st.warning(str(refusal), icon=":material/warning:")
            return
        _one(actor, found)


# The list ------------------------------------------------------------------------------------------------------


def _list(actor: Actor, view: View, wide: bool) -> int | None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="history_filters"):
        days = {"": _("All days"), "day": figures.short_day(view.day)}
        day = _choice("of", _("Business date"), list(days), days.__getitem__, 130)
        kind = _choice(
            "kind", _("Sheet"), ["", *sheets.KINDS], lambda k: intake.kind_label(k) if k else _("All sheets"), 140
        )
        names = cache.cached(directory.communities)(View(actor, view.day, view.campaign))["name"].tolist()
        own = [actor.community] if actor.community else ["", *names]
        community = _choice("from", _("Community"), own, lambda name: name or _("All communities"), 150)
        state = _choice("state", _("State"), ["", *_STATES], lambda s: _(_STATES[s]) if s else _("All states"), 130)
    asked = Filters(day=view.day if day else None, kind=kind or None, community=community or None, state=state or None)
    frame = history.submissions(actor, asked)
    if frame.empty:
        empty.state(_("No submissions here yet."), _("Choose other filters, or upload workbooks under the first tab."))
        return _number()
    names_of = {campaign.code: campaign.label for campaign in directory.campaigns(actor)}
    shown = frame.assign(
        kind=frame["kind"].map(intake.kind_label),
        community=frame["community"].fillna(figures.MISSING),
        when=[_when(row) for row in frame.itertuples()],
        campaign=frame["campaign"].map(names_of).fillna(figures.MISSING),
        revision="v" + frame["revision"].astype(str),
        state=[f"{_GLYPHS[value]} {_(_STATES[value])}" for value in frame["state"]],
        brief=[f"{_GLYPHS[value]} v{n}" for value, n in zip(frame["state"], frame["revision"], strict=True)],
        received=frame["received_at"].map(_moment),
        timeliness=[_timeliness(n, value) for n, value in zip(frame["revision"], frame["timeliness"], strict=True)],
    )
    columns = {
        "submission": tables.counts(_("No."), 54, "%d"),
        "kind": tables.words(_("Sheet"), 120),
        "community": tables.words(_("Community"), 86),
        "when": tables.words(_("Date"), 80),
        "brief": tables.words(_("Version"), 56),
        "revision": tables.words(_("Version"), 52),
        "state": tables.words(_("State"), 80),
        "received": tables.words(_("Received"), 100),
        "timeliness": tables.words(_("Punctual"), 108),
        "rows_accepted": tables.counts(_("Rows"), 52, "localized"),
        "rows_refused": tables.counts(_("Out"), 48),
        "errors": tables.counts(_("Err."), 44),
        "warnings": tables.counts(_("Warn."), 44),
        "username": tables.words(_("Account"), 80),
        "campaign": tables.words(_("Campaign"), 112),
    }
    left_out = _WIDE_ONLY if not wide else {"brief"}  # what stands on the right of a chosen one
    picked = tables.pick(
        shown,
        "submission",
        key="history_list",
        columns={name: column for name, column in columns.items() if name not in left_out},
        most=17,
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(_("{n} submissions, newest first", n=figures.count(len(frame))), width="content")
        st.space("stretch")
        downloads.xlsx_button(
            _("Download the list"),
            {_("Submissions"): frame.assign(kind=shown["kind"], campaign=frame["campaign"].map(names_of))},
            f"{_('Submissions')}.xlsx",
            key="history_xlsx",
        )
    if picked is not None:
        st.query_params["submission"] = str(picked)
    return _number()


def _number() -> int | None:
    asked = st.query_params.get("submission", "")
    return int(asked) if asked.isdecimal() and len(asked) < 12 else None


def _choice(name: str, label: str, options: Sequence[str], words: Callable[[str], str], width: int) -> str:
    """A filter whose value stands in the address."""
    asked = st.query_params.get(name, "")
    key = f"history_{name}"
    st.session_state[key] = asked if asked in options else options[0]

    def changed() -> None:
        value = st.session_state[key]
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)
        st.query_params.pop("submission", None)

    return st.selectbox(label, options, format_func=words, key=key, on_change=changed, width=width)


def _when(row: object) -> str:
    day, period = getattr(row, "business_date", None), getattr(row, "period", None)
    if day is not None and day == day:
        return figures.short_day(day)
    return period if isinstance(period, str) else figures.MISSING


def _moment(moment: object) -> str:
    local = clock.local(moment)  # type: ignore[arg-type]
    return f"{local:%m-%d %H:%M}"


def _timeliness(revision: int, value: object) -> str:
    """How the first version arrived; a correction does not change that."""
    state = theme.STATES.get("corrected" if revision > 1 else _TIMELINESS.get(str(value), ""))
    return f"{state.sign} {state.label}" if state is not None else figures.MISSING


# One submission ------------------------------------------------------------------------------------------------


def _one(actor: Actor, found: Version) -> None:
    with st.container(border=True, key="card_version"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(f"#{found.submission}　{tables.plain(_title(found))}", anchor=False, width="content")
            colour = {"in_force": "blue", "superseded": "gray", "withdrawn": "orange"}[found.state]
            st.markdown(f":{colour}-badge[{_(_STATES[found.state])}]", width="content")
        st.markdown(
            _(
                "Received {received} · committed {committed} by {username} · {n} rows, {m} refused",
                received=_moment(found.received_at),
                committed=_moment(found.committed_at),
                username=tables.plain(found.username),
                n=figures.count(found.rows_accepted),
                m=figures.count(found.rows_refused),
            )
        )
        if found.filename:
            st.caption(f":material/draft: {tables.plain(found.filename)}　{tables.plain(found.sheet or '')}")
        if found.withdrawn_at is not None:
            text = _(
                "Withdrawn {time} by {username}: {reason}",
                time=_moment(found.withdrawn_at),
                username=found.withdrawn_by or figures.MISSING,
                reason=found.reason or "",
            )
            st.markdown(f":orange[:material/undo: {tables.plain(text)}]")
        with st.container(horizontal=True):
            original(actor, found)
            if found.state != "withdrawn":
                _withdraw_button(actor, found)
    _versions(actor, found)
    lines = history.findings(actor, found.submission)
    if not lines.empty:
        with st.container(border=True, key="card_history_findings"):
            st.subheader(_("Findings"), anchor=False)
            comparison.findings(_finding(line) for line in lines.itertuples())
    with st.expander(_("Rows ({n})", n=figures.count(found.rows_accepted)), icon=":material/table_rows:"):
        st.dataframe(history.detail(actor, found.submission), hide_index=True, row_height=36, height="auto")
        st.caption(_("Names, telephones and document numbers are masked."))


def _title(found: Version) -> str:
    when = figures.short_day(found.business_date) if found.business_date else found.period
    parts = (found.community, intake.kind_label(found.kind), when, found.topic, f"v{found.revision}")
    return " · ".join(str(part) for part in parts if part)


def _versions(actor: Actor, found: Version) -> None:
    frame = history.versions(actor, found.submission)
    others = frame[frame["submission"] != found.submission]
    if others.empty:
        return
    rows: list[Any] = list(others.itertuples())
    labels = {
        int(row.submission): f"v{row.revision} · {_moment(row.committed_at)} · {row.username} · {_(_STATES[row.state])}"
        for row in rows
    }
    earlier = [number for number in labels if number < found.submission]
    with st.container(border=True, key="card_versions"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("Compare with"), anchor=False, width="content")
            other = st.selectbox(
                _("Compare with"),
                list(labels),
                index=list(labels).index(earlier[0]) if earlier else 0,
                format_func=labels.__getitem__,
                label_visibility="collapsed",
                key=f"history_other_{found.submission}",
            )
        older, newer = sorted((other, found.submission))
        difference = history.difference(actor, older, newer)
        comparison.counts(difference)
        if difference.changes.empty:
            st.caption(_("Both versions say the same."))
        comparison.changes(difference)


def original(actor: Actor, found: Version) -> None:
    """The button that hands out the workbook of a submission, to those who may have all of it."""
    if found.workbook is None:
        st.caption(_("Typed in; there is no workbook."))
        return
    if found.purged_at is not None:
        st.caption(_(history.PURGED))
        return
    st.download_button(
        _("Original"),
        partial(_bytes, session.asker(), found.workbook),
        file_name=plain_name(found.filename or ""),
        icon=":material/download:",
        on_click="ignore",
        key="history_original",
        disabled=actor.community is not None and not history.may_have_original(actor, found.workbook),
        help=_("The workbook as it arrived; each download is recorded. A clerk gets only what the community sent."),
    )


def _bytes(asker: Asker, workbook: int) -> bytes:
    return history.original(asker(), workbook)[1]


def _withdraw_button(actor: Actor, found: Version) -> None:
    may = actor.may(Capability.WITHDRAW)
    if st.button(
        _("Withdraw"),
        icon=":material/undo:",
        disabled=not may,
        help=None if may else _("A supervisor or administrator can withdraw it."),
        key="history_withdraw",
    ):
        st.dialog(_("Withdraw this submission?"))(_withdraw)(found)


def _withdraw(found: Version) -> None:
    actor = session.renew()
    st.markdown(f"**#{found.submission}　{tables.plain(_title(found))}**")
    st.markdown(
        _("It no longer counts on any page; the version before it comes back. It is kept and stays in the history.")
    )
    reason = st.text_input(_("Reason"), key="withdraw_reason", max_chars=200)
    with st.container(horizontal=True):
        if st.button(_("Withdraw"), type="primary", icon=":material/undo:", key="withdraw_confirm"):
            try:
                restored = submissions.withdraw(actor, found.submission, reason)
            except (SubmissionError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.session_state["withdrawn"] = (found.submission, restored)
            st.rerun()
        if st.button(_("Leave it"), key="withdraw_leave"):
            st.rerun()


def said() -> None:
    """After a withdrawal, of one submission or of a batch: what is in force now."""
    undo.said()
    done = st.session_state.pop("withdrawn", None)
    if done is None:
        return
    number, restored = done
    if restored is None:
        text = _("Submission {n} is withdrawn; nothing stands in its place.", n=number)
    else:
        text = _("Submission {n} is withdrawn; submission {m} is in force again.", n=number, m=restored)
    st.toast(text, icon=":material/undo:")


def _finding(line: Any) -> tuple[str, ...]:
    place = "!".join(part for part in (line.sheet, line.cell) if part)
    return (line.severity, place, line.column, line.value, line.message, line.remedy)
