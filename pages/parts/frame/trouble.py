"""What a visitor sees where disk or database fail: a calm sentence, and the page again as soon as it can be drawn.

Streamlit has one place to which everything comes that a page, a fragment or a click lets fall; faults are taken out of
it there, so that no page has to think of them. For anything else Streamlit has a sentence of its own; but it would
write the exception's text to the log, which may quote a sheet or a row. The log gets kind and places instead.
"""

from __future__ import annotations

import logging
import time
import traceback
from typing import Any

import streamlit as st
from streamlit import error_util
from streamlit.errors import StreamlitDuplicateElementKey
from streamlit.runtime import fragment
from streamlit.runtime.scriptrunner import exec_code

from config import language
from config.language import _
from config.settings import settings
from data_access import database, faults, privacy
from pages.parts.frame import session

log = logging.getLogger("street.pages")

_SECONDS = 5.0


def watch() -> None:
    """From here on faults are told by this module and clicks are heeded, in the whole process."""
    session.heed()
    for place in (exec_code, fragment):
        setattr(place, "handle_user_script_exception", _told)  # noqa: B010
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("streamlit") and isinstance(logger, logging.Logger):
            logger.addFilter(_unsaid)


def _unsaid(record: logging.LogRecord) -> bool:
    """A line of Streamlit's own log, of an exception its kind and place alone."""
    problem = record.exc_info[1] if record.exc_info else None
    if problem is not None:
        record.msg, record.args = f"{record.getMessage()}: {privacy.failure(problem)}", ()
        record.exc_info = record.exc_text = None
    return True


def _told(problem: Exception, _on_script_error: Any) -> None:
    """What Streamlit calls with whatever a script let fall."""
    if faults.sentence(problem) is None:
        log.error("%s\n%s", privacy.failure(problem), "".join(traceback.format_tb(problem.__traceback__)))
        error_util.show_uncaught_app_exception(problem)
        return
    try:
        _tell(problem)
    except StreamlitDuplicateElementKey:  # two parts of a page have failed at once: it is said already
        return


def _tell(problem: Exception) -> None:
    # a click is carried out before the page has said which language it speaks
    language.use(st.session_state.get("lang") or settings().language)
    with st.container(border=True, key="card_fault"):
        st.markdown(f":orange[:material/cloud_off: **{_('Not just now')}**]")
        st.markdown(faults.sentence(problem) or "")
        if faults.kind(problem) in faults.WRITING:
            st.caption(_("What you did last was not kept. Look at the page again, then do it once more."))
            st.button(_("Back to the page"), icon=":material/refresh:", key="fault_back")
        else:
            st.caption(_("This page comes back by itself. Look whether what you did last was kept."))
            _again(time.monotonic())


@st.fragment(run_every=_SECONDS)
def _again(told: float) -> None:
    """Look every few seconds whether the database is there; then the whole page is drawn anew."""
    if time.monotonic() - told < _SECONDS / 2:
        return
    try:
        database.data_version()
    except Exception:  # whatever it is, it is told above; the next look comes by itself
        return
    session.again()
