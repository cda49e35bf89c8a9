"""模板: blank workbooks for a kind, community and date, in either language."""

from __future__ import annotations

from datetime import date

import streamlit as st

from config import language
from config.language import _
from data_access import sheets
from data_access.accounts import Actor, Capability
from data_access.reports import administration, directory
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker


def show(actor: Actor, view: View) -> None:
    """The choice of a template and its download."""
    allowed = [key for key in sheets.WORKBOOKS if key != "base" or actor.may(Capability.WITHDRAW)]
    asked = st.query_params.get("template", "")
    with st.container(border=True, key="card_templates"):
        st.subheader(_("Templates"), anchor=False)
        st.markdown(
            _("Drop-downs, formats, an example and instructions are inside. What is known already is filled in.")
        )
        first, second, third, fourth = st.columns([3, 3, 2, 2])
        key = first.selectbox(
            _("Kind of sheet"),
            allowed,
            index=allowed.index(asked) if asked in allowed else 0,
            format_func=name,
            key="template_kind",
        )
        names = cache.cached(directory.communities)(View(actor, view.day, view.campaign))["name"].tolist()
        community = second.selectbox(
            _("Community"),
            [actor.community] if actor.community else names,
            index=0 if actor.community else None,
            placeholder=_("Whole street"),
            key="template_community",
        )
        day = third.date_input(_("Date"), value=view.day, format="YYYY-MM-DD", key="template_day")
        spoken = fourth.selectbox(
            _("Language"),
            list(language.LANGUAGES),
            index=list(language.LANGUAGES).index(language.current()),
            format_func=lambda code: language.LANGUAGES[code],
            key="template_language",
        )
        st.query_params["template"] = key
        if not isinstance(day, date):
            day = view.day
        _explain(key)
        asker = session.asker()
        st.download_button(
            _("Download {name}", name=name(key)),
            lambda: made(asker, key, view.campaign, community, day, spoken),
            file_name=filename(key, community, day),
            mime=downloads.XLSX,
            icon=":material/download:",
            type="primary",
            on_click="ignore",
            key="template_download",
        )


def name(key: str) -> str:
    """What a template is called."""
    if key == "base":
        return _("Base data: communities, sites, surveyed people")
    return sheets.WORKBOOKS[key][0].label


def filename(key: str, community: str | None, day: date) -> str:
    """``春晖社区8月12日早会商.xlsx``: a name by which the reader recognises the file again."""
    if key == "base":
        return f"{_('Base data')}.xlsx"
    return f"{community or ''}{figures.short_day(day)}{sheets.WORKBOOKS[key][0].label}.xlsx".replace(" ", "_")


def made(asker: Asker, key: str, campaign: str, community: str | None, day: date, spoken: str) -> bytes:
    """The workbook."""
    view = View(asker(), day, campaign, community=community)
    return administration.blank_workbook(view, key, spoken)


def _explain(key: str) -> None:
    for kind in sheets.WORKBOOKS[key]:
        required = _(", ").join(column.label for column in kind.columns if column.required)
        st.markdown(f"**{kind.label}**　{tables.plain(language.pick(kind.purpose_zh, kind.purpose_en))}")
        st.caption(_("Must be filled in: {columns}", columns=tables.plain(required)))
