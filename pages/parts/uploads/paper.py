"""One file of a batch: what went in, what it would change, what was found, what the sender has to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from config import language
from config.language import _
from data_access import sheets
from data_access.accounts import Actor
from data_access.findings import Finding
from data_access.inbox import batches
from data_access.reports import directory, events
from data_access.reports.changes import Difference
from data_access.reports.view import View
from data_access.workbooks import returns
from data_access.workbooks.model import Hints
from pages.parts import cache, downloads, figures, filters, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker
from pages.parts.uploads import comparison, intake, preview, undo
from pages.parts.uploads.intake import Batch, File

_BESIDE = ("OUTLIER", "OUTLIER_PERIOD", "SAME_AS_EARLIER")


def receipt(actor: Actor, batch: Batch, view: View) -> None:
    """What has gone in, under which numbers, and what it took the place of."""
    done = batch.in_state("committed")
    if not done:
        return
    with st.container(border=True, key="card_receipt"):
        st.markdown(f":blue[:material/task_alt: **{_('{n} files are in', n=len(done))}**]  {intake.numbers(done)}")
        replaced = {
            _(
                "{sheet} v{n} takes the place of #{number} ({username}, {time})",
                sheet=f"{sheet.community or ''} {intake.kind_label(sheet.kind)}".strip(),
                n=sheet.revision,
                number=sheet.replaces[0],
                username=sheet.replaces[1],
                time=figures.instant(sheet.replaces[2]),
            ): None
            for item in done
            for sheet in item.sheets
            if sheet.replaces
        }
        if replaced:
            shown = [tables.plain(line) for line in replaced][:5]
            if len(replaced) > 5:
                shown.append(_("{n} more corrections", n=len(replaced) - 5))
            st.caption("  \n".join(shown))
        with st.container(horizontal=True, vertical_alignment="center"):
            filters.link("dispatch", _("See morning and evening"), view)
            filters.link("rankings", _("See the ranking"), view)
            st.button(
                _("Clear the list of them"),
                key="uploads_clear",
                on_click=session.clicked(intake.clear),
                args=(batch, "committed"),
            )
            if batch.number is not None:
                undo.button(actor, batch.number, sum(_went_in(item) for item in done), key="uploads_undo")


def _went_in(item: File) -> int:
    return sum(sheet.status == "committed" for sheet in item.sheets)


def compare(actor: Actor, batch: Batch, item: File) -> None:
    """What a file would change in what its scopes hold."""
    found = preview.parts(item)
    if not found:
        return
    with st.container(border=True, key="card_compare"):
        place = 0
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(_("Before the commit"), anchor=False, width="content")
            if len(found) > 1:
                place = st.selectbox(
                    _("Sheet"),
                    range(len(found)),
                    format_func=lambda n: found[n].label,
                    label_visibility="collapsed",
                    key=f"uploads_part_{item.number}_{item.version}",
                )
            else:
                st.caption(tables.plain(found[0].label), width="content")
        part = found[place]
        difference = preview.difference(actor, item, place)
        comparison.counts(difference, _ending(part))
        comparison.losses(difference)
        comparison.asides([f for f in part.sheet.findings if f.code in _BESIDE])
        if part.before is None:
            st.caption(_("The first version of this scope: all rows are new."))
        else:
            _fewer(actor, batch, item, difference)
            comparison.changes(difference)


def _fewer(actor: Actor, batch: Batch, item: File, difference: Difference) -> None:
    """A correction that takes rows out says so in words; the sender may say that only the changed rows were sent."""
    if difference.gone:
        st.markdown(f":orange[:material/warning: {_('This correction takes {n} rows out.', n=difference.gone)}]")
    if item.state == "unchanged" or not (difference.gone or item.hints.partial):
        return
    said = st.checkbox(
        _("It holds the changed rows only: the other rows stay"),
        value=item.hints.partial,
        key=f"uploads_changed_only_{item.number}",
    )
    if said != item.hints.partial:
        intake.say(actor, batch, item, replace(item.hints, partial=said))
        st.rerun()


def _ending(part: preview.Part) -> str:
    sheet = part.sheet
    if sheet.replaces is None:
        return ""
    _number, username, moment = sheet.replaces
    return _(
        "v{n} ({username}, {time}) is kept and can be brought back",
        n=(sheet.revision or 2) - 1,
        username=username,
        time=figures.instant(moment),
    )


def annotated(actor: Actor, item: File) -> None:
    """The file back to its sender, with everything that was found in it; made when it is asked for."""
    found, spoken = item.findings, language.current()
    st.download_button(
        _("Download annotated copy"),
        partial(_annotated, session.asker(), item.number, item.name, found, spoken),
        file_name=returns.returned_name(item.name),
        mime=downloads.XLSX,
        icon=":material/rate_review:",
        on_click="ignore",
        disabled=not found,
        help=_("The chosen file as it was sent, with its bad cells coloured and a list of what was found."),
        key="uploads_annotated",
    )


def _annotated(asker: Asker, number: int, name: str, found: Sequence[Finding], spoken: str) -> bytes:
    actor = asker()
    data = batches.content(actor, number)
    events.annotated(actor, number)
    return returns.annotated(data, name, found, spoken)


def confirm(actor: Actor, view: View, batch: Batch, item: File) -> None:
    """What nobody could tell from the file, and the choice that settles it."""
    with st.container(border=True, key="card_confirm"):
        st.subheader(f":orange[:material/help:] {_('Please confirm')}", anchor=False)
        for finding in item.questions[:4]:
            st.markdown(tables.plain(finding.message))
        hints(actor, view, batch, item)


def hints(actor: Actor, view: View, batch: Batch, item: File) -> None:
    """What the sender says beside the file; each choice reads the file again."""
    prefix = f"uploads_hint_{item.number}"
    labels = {campaign.code: campaign.label for campaign in directory.campaigns(actor)}
    names = cache.cached(directory.communities)(View(actor, view.day, view.campaign))["name"].tolist()
    first, second = st.columns(2), st.columns(2)
    kind = first[0].selectbox(
        _("Kind of sheet"),
        list(sheets.KINDS),
        index=_index(list(sheets.KINDS), item.hints.kind),
        format_func=intake.kind_label,
        placeholder=_("As the file says"),
        key=f"{prefix}_kind",
    )
    community = first[1].selectbox(
        _("Community"),
        [actor.community] if actor.community else names,
        index=_index([actor.community] if actor.community else names, item.hints.community),
        placeholder=_("As the file says"),
        key=f"{prefix}_community",
    )
    day: date | None = second[0].date_input(_("Date"), value=item.hints.day, format="YYYY-MM-DD", key=f"{prefix}_day")
    campaign = second[1].selectbox(
        _("Campaign"),
        list(labels),
        index=_index(list(labels), item.hints.campaign),
        format_func=lambda code: labels.get(code, code),
        placeholder=_("As the file says"),
        key=f"{prefix}_campaign",
    )
    said = Hints(community, day, campaign, kind, item.hints.partial)
    if said != item.hints:
        intake.say(actor, batch, item, said)
        st.rerun()


def _index(options: Sequence[Any], value: Any) -> int | None:
    return options.index(value) if value in options else None
