"""Administration 系统管理: accounts, communities and sites, campaigns, deadlines, rest days, audit, system."""

from config.language import _
from pages.parts import filters, guard, office, people

actor = guard.enter("administration")
section = filters.Choice(
    "section",
    {
        "accounts": _("Accounts"),
        "register": _("Communities and sites"),
        "campaigns": _("Campaigns"),
        "limits": _("Deadlines and thresholds"),
        "calendar": _("Rest days"),
        "audit": _("Audit"),
        "system": _("System"),
    },
)
view = filters.bar(actor, "administration", areas=False, extra=[section])
match section.value:
    case "register":
        office.register(actor, view)
    case "campaigns":
        office.campaigns(actor)
    case "limits":
        office.limits()
    case "calendar":
        office.calendar(actor, view)
    case "audit":
        office.audit(actor)
    case "system":
        office.system(actor)
    case _other:
        people.show(actor, view)
