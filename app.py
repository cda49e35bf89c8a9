"""Front door: page config, language, login, navigation by role. Nothing else."""

import streamlit as st

from config.language import _
from pages.parts import filters, style
from pages.parts.frame import first_start, menu, password, session, shell, sign_in

shell.settle()
session.speak()
st.set_page_config(page_title=_("Street briefing board"), page_icon=style.icon(), layout="wide")
actor = session.enter()
style.apply()
page = shell.navigation(actor, street=filters.street())
session.keep_cookie(actor)

if actor is None and not first_start.done():
    first_start.show()
elif actor is None:
    sign_in.show()
elif actor.must_change:
    password.demand(actor)
else:
    menu.show(actor)
    page.run()
