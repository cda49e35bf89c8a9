"""First start: nobody can sign in yet. Create the administrator, then load the sample street or begin empty."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import partial

import streamlit as st

from config.language import N_, _
from data_access import accounts
from data_access.access import first
from data_access.accounts import AccountError, Actor
from pages.parts import style, tables
from pages.parts.administration import machine
from pages.parts.frame import password, session, shell, visitor

_LOOK = 0.2  # seconds between two looks at how far the sample is
SAMPLE, EMPTY, BACKUP = "sample", "empty", "backup"
_STEPS = (
    (N_("Create the administrator"), N_("Only once")),
    (N_("Choose the first data"), N_("Sample or empty")),
    (N_("Enter communities and sites"), N_("Upload the base workbook, about 10 minutes")),
    (N_("Open accounts for the communities"), N_("One by one or all at once")),
)
_RESTORE = N_(
    "Stop the board, put the key file of the backup (street.key) into the data folder, and type at the machine: "
    "`python -m data_access restore FILE`. Then start the board again; the accounts of the backup can sign in."
)


def done() -> bool:
    """Whether somebody can sign in already."""
    return accounts.exist()


def show() -> None:
    """The page of an office that has no account yet."""
    style.extra(_CSS)
    with st.container(key="card_first"):
        aside, main = st.columns([2, 5], gap=None)
        with aside, st.container(key="first_aside"):
            _aside()
        with main, st.container(key="first_main"):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                st.title(_("First start"), anchor=False, width="content")
                with st.container(width="content"):
                    session.choose_language()
            st.markdown(_("Create an administrator account first, then choose where to begin."))
            _form()


def _aside() -> None:
    style.brand(30, 24)
    st.space("small")
    for number, (title, detail) in enumerate(_STEPS, start=1):
        mark = f":material/counter_{number}:"
        shown = f":blue[{mark}] **{_(title)}**" if number <= 2 else f":gray[{mark}] {_(title)}"
        st.markdown(f"{shown}  \n:gray[{_(detail)}]")
    st.divider()
    heading = _("This machine")
    st.markdown(f"**{heading}**")
    for check in machine.checks():
        mark = ":blue[:material/check_circle:]" if check.good else ":orange[:material/warning:]"
        st.markdown(f"{mark} {check.title}  \n:gray[{tables.plain(check.detail)}]")


def _form() -> None:
    code = None if visitor.local() else _code()
    left, right = st.columns(2)
    name = left.text_input(_("Administrator account"), key="first_name", autocomplete="username").strip()
    left.caption(_("Small letters, digits, underscores; 4 to 20 characters"))
    street = right.text_input(_("Name of the street"), key="first_street", placeholder=_("e.g. Model Street")).strip()
    right.caption(_("Stands on pages and notices"))
    typed = password.fields("first", name)
    st.divider()
    # told anew on every run: after a change of language the browser would show no choice at all
    st.session_state["first_begin"] = st.session_state.get("first_begin", SAMPLE)
    begin = st.radio(
        _("Where to begin"),
        [SAMPLE, EMPTY, BACKUP],
        format_func={
            SAMPLE: _("Load the sample street"),
            EMPTY: _("Begin empty"),
            BACKUP: _("Restore a backup"),
        }.__getitem__,
        captions=[
            _("12 communities, 30 days, all invented. About a minute."),
            _("Download the base template, fill in communities, sites and surveyed people, and upload it."),
            _("Needs the backup and the key file of its day; it brings its own accounts."),
        ],
        key="first_begin",
    )
    if begin == BACKUP:
        st.info(_(_RESTORE), icon=":material/settings_backup_restore:")
        return
    label = _("Create the account and load the sample") if begin == SAMPLE else _("Create the account")
    if st.button(label, type="primary", icon=":material/rocket_launch:", width="stretch", key="first_create"):
        _create(name, street, typed, code, begin)
    st.caption(_("While the sample is loaded, every page says so; it never mixes with real figures."))


def _code() -> str:
    """The field for the code of whoever does not sit at the machine itself: no stranger can be the first."""
    first.ask()
    typed = st.text_input(_("Code from the terminal of the server"), key="first_code", autocomplete="one-time-code")
    st.caption(_("You are not at the machine itself. The code stands in its terminal, or in the log of the service."))
    return typed


def _create(name: str, street: str, typed: tuple[str, str], code: str | None, begin: str) -> None:
    wrong = None if street else N_("Enter the name of the street.")
    wrong = wrong or password.problem(name, *typed)
    if wrong is None:
        try:
            if code is not None:
                first.check(code)
            with session.whole():
                actor = accounts.create_first_administrator(name, typed[0], street)
                session.begin(actor)
        except AccountError as refusal:
            wrong = str(refusal)
    if wrong is not None:
        st.error(_(wrong), icon=":material/warning:")
        return
    if begin == SAMPLE:
        _load_sample(actor)
        st.rerun()
    st.switch_page(shell.PLACES["uploads"].script, query_params={"template": "base"})


def _load_sample(actor: Actor) -> None:
    from data_access import sample

    text = _("Loading the sample street")
    line, told = st.progress(0.0, text), [(0, 1, "")]
    load = partial(sample.load, actor, communities=12, days=30, seed=7, progress=lambda *now: told.append(now))
    try:
        # in a thread: it goes on where the browser asks for another run meanwhile, which breaks off whatever draws here
        with ThreadPoolExecutor(1) as worker:
            loading = worker.submit(copy_context().run, load)
            while not loading.done():
                done, total, what = told[-1]
                line.progress(min(done / max(total, 1), 1.0), f"{text}  {tables.plain(what)}")
                wait([loading], timeout=_LOOK)
        loading.result()
    except sample.SampleError as refusal:
        st.error(str(refusal), icon=":material/warning:")
        st.stop()


_CSS = """
.st-key-card_first {{ max-width: 1180px; margin: 0 auto; border: 1px solid {rule}; overflow: hidden; }}
.st-key-first_aside {{ background: {page}; padding: 32px; border-right: 1px solid {line};
  min-height: calc(100vh - 64px); }}
.st-key-first_main {{ padding: 32px 56px; }}
.st-key-first_begin, .st-key-first_begin .stRadio, .st-key-first_begin [role="radiogroup"] {{ width: 100%; }}
.st-key-first_begin [data-testid="stWidgetLabel"] p {{ font-size: 18px; font-weight: 700; }}
.st-key-first_begin [role="radiogroup"] > div {{ border: 1px solid {line}; border-radius: 8px; padding: 12px 16px;
  width: 100%; }}
.st-key-first_begin [role="radiogroup"] > div[data-selected] {{ background: {pri_tint}; border: 2px solid {pri};
  padding: 11px 15px; }}
[data-testid="stHeader"] {{ display: none; }}
[data-testid="stMainBlockContainer"] {{ padding-top: 24px; }}
"""
