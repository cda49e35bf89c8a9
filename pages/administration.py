"""Administration 系统管理: accounts, communities and sites, campaigns, targets, deadlines, rest days, audit, system."""

import streamlit as st

from config.language import _
from data_access.accounts import Capability
from pages.parts import empty, filters, guard, people, posting
from pages.parts.administration import audit, backups, calendar, catalogue, drives, privacy, register, rules, system
from pages.parts.wall import wordings

OFFERED = {"catalogue": Capability.SET_TARGETS, "phrases": Capability.WORD}  # all others are for administrators

actor = guard.enter("administration")
sections = filters.Choice(
    "section",
    {
        "accounts": _("Accounts"),
        "register": _("Communities and sites"),
        "campaigns": _("Campaigns"),
        "catalogue": _("Workstreams and targets"),
        "limits": _("Deadlines and thresholds"),
        "calendar": _("Rest days"),
        "phrases": _("Spoken summary"),
        "postings": _("Group robot"),
        "privacy": _("Personal data"),
        "audit": _("Audit"),
        "backup": _("Backup"),
        "system": _("System"),
    },
)
mine = {key: name for key, name in sections.options.items() if actor.holds(OFFERED.get(key, Capability.ADMINISTER))}
section = filters.Choice(sections.name, mine)
view = filters.bar(actor, "administration", areas=False, extra=[section])
if actor.looking_back and section.value not in ("system", "audit"):
    empty.state(section.options[section.value], _("This part is about now. Go back to now to work in it."))
    st.stop()
match section.value:
    case "register":
        register.show(actor, view)
    case "campaigns":
        drives.show(actor)
    case "catalogue":
        catalogue.show(actor, view)
    case "limits":
        rules.show(actor)
    case "calendar":
        calendar.show(actor, view)
    case "phrases":
        wordings.edit(actor, view)
    case "postings":
        rules.webhook(actor)
        posting.show(actor)
    case "privacy":
        privacy.show(actor, view)
    case "audit":
        audit.show(actor)
    case "backup":
        backups.show(actor)
    case "system":
        system.show(actor)
    case _other:
        people.show(actor, view)
