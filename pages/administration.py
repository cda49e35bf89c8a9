"""Administration 系统管理: accounts, communities and sites, campaigns, deadlines, rest days, audit, system."""

import streamlit as st

from config.language import _
from pages.parts import empty, filters, guard, people
from pages.parts.administration import office
from pages.parts.wall import posting, wordings

actor = guard.enter("administration")
section = filters.Choice(
    "section",
    {
        "accounts": _("Accounts"),
        "register": _("Communities and sites"),
        "campaigns": _("Campaigns"),
        "limits": _("Deadlines and thresholds"),
        "calendar": _("Rest days"),
        "phrases": _("Spoken summary"),
        "postings": _("Group robot"),
        "audit": _("Audit"),
        "system": _("System"),
    },
)
view = filters.bar(actor, "administration", areas=False, extra=[section])
if actor.looking_back and section.value in ("accounts", "calendar", "phrases", "postings"):
    empty.state(section.options[section.value], _("This part is about now. Go back to now to work in it."))
    st.stop()
match section.value:
    case "register":
        office.register(actor, view)
    case "campaigns":
        office.campaigns(actor)
    case "limits":
        office.limits()
    case "calendar":
        office.calendar(actor, view)
    case "phrases":
        wordings.edit(actor, view)
    case "postings":
        posting.show(actor)
    case "audit":
        office.audit(actor)
    case "system":
        office.system(actor)
    case _other:
        people.show(actor, view)
