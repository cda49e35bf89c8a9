"""Morning briefing 晨会简报: who is missing, what yesterday ended with, what today needs."""

from pages.parts import empty, filters, guard

actor = guard.enter("briefing")
view = filters.bar(actor, "briefing")
empty.need_register(view)
