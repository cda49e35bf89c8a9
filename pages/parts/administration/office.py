"""What the office runs by: register and sites, campaigns, deadlines and thresholds, rest days, machinery."""

from __future__ import annotations

import os

import pandas as pd
import streamlit as st

from config.campaigns import Campaign
from config.language import _
from config.settings import Deadline, settings
from data_access import sheets
from data_access.accounts import AccountError, Actor
from data_access.office import calendars
from data_access.office.calendars import CalendarError
from data_access.reports import administration, directory
from data_access.reports.view import View
from data_access.sheets import choices
from pages.parts import downloads, empty, figures, filters, tables
from pages.parts.administration import machine
from pages.parts.uploads import blanks

# Communities and sites -----------------------------------------------------------------------------------------


def register(actor: Actor, view: View) -> None:
    """The register and the sites as they stand, and how to change them."""
    communities, sites = administration.register(actor), directory.sites(view)
    if communities.empty:
        empty.state(
            _("There are no communities yet."),
            _("Fill in the base template (communities, sites, surveyed people) and upload it."),
            "uploads",
            _("Get the base template"),
            template="base",
            part="templates",
        )
        return
    with st.container(border=True, key="card_change_register"):
        st.markdown(_("To change them: download the base workbook with what stands here, change it, upload it again."))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                _("Base workbook, filled in"),
                lambda: blanks.made(actor.username, "base", view.campaign, None, view.day, "zh_CN"),
                file_name=blanks.filename("base", None, view.day),
                mime=downloads.XLSX,
                icon=":material/download:",
                on_click="ignore",
                key="register_download",
                help=_("It names liaisons with their telephones; each download is recorded."),
            )
            filters.link("uploads", _("Upload it"), view)
    labels = {
        **{column.key: column.label for column in sheets.kind("communities").columns},
        "active_from": _("Active from"),
        "active_until": _("Active until"),
    }
    st.subheader(_("{n} communities", n=len(communities)), anchor=False)
    kinds = {choice.code: choice.label for choice in choices.COMMUNITY_KIND}
    st.dataframe(
        _named(communities.assign(kind=communities["kind"].map(kinds)), labels),
        hide_index=True,
        row_height=36,
        height="content",
    )
    st.caption(_("Names and telephones are masked."))
    st.subheader(_("{n} sites", n=len(sites)), anchor=False)
    if sites.empty:
        st.caption(_("No sites yet; the base workbook has a sheet for them."))
        return
    named = {column.key: column.label for column in sheets.kind("sites").columns}
    kinds = {choice.code: choice.label for choice in choices.SITE_KIND}
    shown = sites.drop(columns="id").assign(kind=sites["kind"].map(kinds))
    st.dataframe(_named(shown, named), hide_index=True, row_height=36, height="content")


def _named(frame: pd.DataFrame, labels: dict[str, str]) -> pd.DataFrame:
    """Headings in the current language; columns that hold nothing are left out."""
    kept = frame.loc[:, [name for name in frame.columns if not frame[name].replace("", None).isna().all()]]
    return tables.integers(kept.rename(columns=labels))


# Campaigns -----------------------------------------------------------------------------------------------------


def campaigns(actor: Actor) -> None:
    """Each campaign with its doses, groups, target and dates."""
    for item in directory.campaigns(actor):
        with st.container(border=True, key=f"card_campaign_{item.code}"):
            st.subheader(tables.plain(item.label), anchor=False)
            tables.draw(("", ""), _campaign(item), header=False)
    st.caption(_("Campaigns are data: what an office begins with stands in config/campaigns.toml."))


def _campaign(item: Campaign) -> list[tuple[str, str]]:
    course = "、".join(item.dose(code).label for code in item.full_course)
    target = settings().thresholds.coverage_target if item.target is None else item.target
    denominators = {"surveyed": _("people surveyed"), "eligible": _("people eligible")}
    return [
        (_("Code"), item.code),
        (_("Doses"), "、".join(dose.label for dose in item.doses)),
        (_("Full course"), course),
        (_("Headline"), item.dose(item.headline).label),
        (_("Groups"), "、".join(group.label for group in item.groups)),
        (_("Target"), f"{target:g}%"),
        (_("Rate is taken of"), denominators[item.denominator or settings().coverage_denominator]),
        (_("Dates"), f"{_day(item.starts)} – {_day(item.ends)}"),
    ]


def _day(value: object) -> str:
    return _("not set") if value is None else str(value)


# Deadlines and thresholds --------------------------------------------------------------------------------------


def limits() -> None:
    """The settings in force, and where they come from."""
    now = settings()
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="card_deadlines"):
        st.subheader(_("Deadlines"), anchor=False)
        rows = [
            (sheets.kind(kind).label, _hour(deadline, "due"), _hour(deadline, "close"))
            for kind, deadline in (
                ("roster", now.deadlines.roster),
                ("morning", now.deadlines.morning),
                ("evening", now.deadlines.evening),
            )
        ]
        tables.draw((_("Sheet"), _("On time until"), _("Late until, then filed after closing")), rows)
        st.caption(_("Ranking notice at {hour}", hour=f"{now.deadlines.notice:%H:%M}"))
    with right, st.container(border=True, key="card_thresholds"):
        st.subheader(_("Thresholds"), anchor=False)
        bounds = now.thresholds
        load = " / ".join(f"{step:.0%}" for step in bounds.load_steps)
        tables.draw(
            (_("What"), _("Value")),
            [
                (_("Coverage target"), f"{bounds.coverage_target:g}%"),
                (_("Plan completion is low below"), f"{bounds.completion_low:g}%"),
                (_("Behind elapsed time, red"), _points(bounds.behind)),
                (_("Behind elapsed time, slightly"), _points(bounds.slightly_behind)),
                (_("Ahead of elapsed time"), _points(bounds.ahead)),
                (_("Steps of a site's load"), load),
                (_("Small base below"), figures.count(bounds.small_base)),
                (_("Printed and computed rate may differ by"), _points(bounds.rate_difference)),
                (_("A roster may lie this many days away"), figures.count(bounds.roster_days_away)),
            ],
            numeric=(1,),
        )
    with st.container(border=True, key="card_limits"):
        st.subheader(_("Workbooks"), anchor=False)
        st.markdown(
            _(
                "At most {mb} MB, {sheets} sheets, {rows} rows and {columns} columns a sheet.",
                mb=now.limits.file_mb,
                sheets=now.limits.sheets,
                rows=figures.count(now.limits.rows),
                columns=now.limits.columns,
            )
        )
    asked = sorted(name for name in os.environ if name.startswith("STREET_"))
    st.caption(_("From the file {file}; restart the board after changing it.", file=tables.plain(now.config.name)))
    if asked:
        st.caption(_("Set by the environment: {names}", names=tables.plain(", ".join(asked))))


def _hour(deadline: Deadline, which: str) -> str:
    hour, offset = getattr(deadline, which), getattr(deadline, f"{which}_offset")
    shown = f"{hour:%H:%M}"
    if offset == -1:
        return _("{hour} the day before", hour=shown)
    return shown if offset == 0 else _("{hour} and {n} days", hour=shown, n=offset)


def _points(value: float) -> str:
    return _("{n} points", n=f"{value:g}".replace("-", figures.MINUS))


# Rest days -----------------------------------------------------------------------------------------------------


def calendar(actor: Actor, view: View) -> None:
    """The rest days on the left, a new one on the right."""
    labels = {campaign.code: campaign.label for campaign in directory.campaigns(actor)}
    frame = calendars.rest_days(actor)
    left, right = st.columns([58, 42], gap="medium")
    with left:
        if frame.empty:
            empty.state(_("No rest days."), _("Every day is a working day: each community owes its daily sheets."))
        else:
            shown = frame.assign(
                day=[figures.day(day) for day in frame["day"]],
                year=[day.year for day in frame["day"]],
                campaign=[labels.get(code, _("All campaigns")) for code in frame["campaign"]],
            )
            columns = {
                "day": _("Day"),
                "year": st.column_config.NumberColumn(_("Year"), format="plain", width=70),
                "campaign": _("Campaign"),
                "note": _("Note"),
            }
            chosen = tables.pick(shown, "id", key="calendar_list", columns=columns)
            st.button(
                _("Take the chosen day out"),
                icon=":material/event_busy:",
                disabled=chosen is None,
                key="calendar_remove",
                on_click=_remove,
                args=(actor, chosen),
            )
    with right, st.container(border=True, key="card_rest_day"):
        st.subheader(_("New rest day"), anchor=False)
        st.caption(_("No sheet is due on it, and nobody counts as unreported."))
        with st.form("calendar_form", border=False):
            day = st.date_input(_("Day"), value=view.day, format="YYYY-MM-DD", key="calendar_day")
            code = st.selectbox(
                _("Campaign"),
                ["", *labels],
                format_func=lambda value: labels.get(value, _("All campaigns")),
                key="calendar_campaign",
            )
            note = st.text_input(_("Note"), key="calendar_note", max_chars=60)
            pressed = st.form_submit_button(_("Add the rest day"), type="primary", icon=":material/event_available:")
        if pressed:
            try:
                calendars.add(actor, day, code or None, note)
            except (CalendarError, AccountError) as refusal:
                st.error(str(refusal), icon=":material/warning:")
                return
            st.rerun()


def _remove(actor: Actor, number: int) -> None:
    try:
        calendars.remove(actor, int(number))
    except (CalendarError, AccountError) as refusal:
        st.toast(str(refusal), icon=":material/warning:")


# Machinery -------------------------------------------------------------------------------------------------------


def system(actor: Actor) -> None:
    """What the board runs on."""
    now = administration.system(actor)
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, key="card_database"):
        st.subheader(_("Data"), anchor=False)
        tables.draw(
            ("", ""),
            [
                (_("Database"), now.database),
                (_("Address"), now.address),
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
            ],
            header=False,
        )
    with right:
        with st.container(border=True, key="card_machine"):
            st.subheader(_("This machine"), anchor=False)
            for check in machine.checks():
                mark = ":blue[:material/check_circle:]" if check.good else ":orange[:material/warning:]"
                st.markdown(f"{mark} {check.title}  \n:gray[{tables.plain(check.detail)}]")
        with st.container(border=True, key="card_libraries"):
            st.subheader(_("Versions"), anchor=False)
            rows = [("Python", now.python), *now.libraries.items()]
            tables.draw(("", ""), rows, header=False)
