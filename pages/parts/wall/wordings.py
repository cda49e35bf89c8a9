"""The spoken summary: to copy, and to be worded by the office itself, sentence by sentence."""

from __future__ import annotations

import streamlit as st

from config import language
from config.language import _
from data_access.accounts import AccountError, Actor, Capability
from data_access.office import phrases
from data_access.office.phrases import PhraseError
from data_access.reports import agenda, spoken
from data_access.reports.briefing import Briefing
from data_access.reports.view import View
from pages.parts import cache, tables
from pages.parts.frame import session


def said(told: Briefing, wordings: phrases.Wordings) -> str:
    """Both sentences as they are spoken, ready to be pasted."""
    return "\n".join(spoken.text(say(told, wordings)) for say in (spoken.yesterday, spoken.today))


def copy(view: View, words: str) -> None:
    """The summary with a button that copies it; whoever may word it finds the way there."""
    with st.popover(_("Spoken summary"), icon=":material/content_copy:"):
        st.code(words, language=None, wrap_lines=True)
        if view.actor.may(Capability.WORD):
            st.button(_("Word it yourselves"), icon=":material/edit:", key="wordings_open", on_click=_ask)
    if st.session_state.pop("wordings_asked", False):
        st.dialog(_("Spoken summary"), width="large")(_editing)(view)


def _ask() -> None:
    st.session_state["wordings_asked"] = True


def _editing(view: View) -> None:
    edit(session.renew(), view)


def edit(actor: Actor, view: View) -> None:
    """One sentence: as it is shipped, the office's own words, what it would say today; keep it or put it back."""
    first, second = st.columns([3, 1], vertical_alignment="bottom")
    lang = second.segmented_control(
        _("Language"),
        list(language.LANGUAGES),
        format_func=lambda code: language.LANGUAGES[code],
        default=language.current(),
        required=True,
        key="wordings_language",
    )
    lang = lang or language.current()
    own = phrases.wordings(actor, lang)
    key = first.selectbox(
        _("Sentence"),
        list(phrases.SHIPPED),
        format_func=lambda name: _(phrases.SHIPPED[name].when) + (" ✎" if name in own else ""),
        key="wordings_key",
    )
    with language.speaking(lang):
        shipped = _(phrases.SHIPPED[key].text)
    st.caption(_("As shipped"))
    st.code(shipped, language=None, wrap_lines=True)
    # a number in the key lets the field take the shipped words again once the sentence has been put back
    field = f"wordings_text_{lang}_{key}_{st.session_state.get('wordings_round', 0)}"
    text = st.text_area(
        _("In your own words"), value=own.get(key, shipped), key=field, height=80, max_chars=phrases.LONGEST
    )
    fields = "  ".join(f"`{{{name}}}`" for name in sorted(phrases.SHIPPED[key].fields)) or _("none")
    st.caption(
        _("Fields it may use:")
        + f" {fields}  \n"
        + _("Marks: `<b>figure</b>`, `<act>needs a hand</act>`, `<red>missing</red>`.")
    )
    refusal = _refusal(key, text)
    if refusal:
        st.error(tables.plain(refusal), icon=":material/warning:")
    else:
        _preview(view, own | {key: text}, lang)
    with st.container(horizontal=True):
        changed = text != own.get(key, shipped)
        if st.button(_("Keep these words"), type="primary", disabled=bool(refusal) or not changed, key="wordings_keep"):
            _write(actor, key, lang, text, text == shipped)
        if st.button(_("Put the shipped words back"), disabled=key not in own, key="wordings_reset"):
            _write(actor, key, lang, text, True)


def _refusal(key: str, text: str) -> str:
    try:
        phrases.check(key, text)
    except PhraseError as refusal:
        return str(refusal)
    return ""


def _preview(view: View, wordings: phrases.Wordings, lang: str) -> None:
    told, _agenda = cache.cached(agenda.meeting)(view)
    with language.speaking(lang):
        words = said(told, wordings)
    st.caption(_("What the summary says today"))
    st.code(words, language=None, wrap_lines=True)


def _write(actor: Actor, key: str, lang: str, text: str, shipped: bool) -> None:
    try:
        if shipped:
            phrases.reset(actor, key, lang)
        else:
            phrases.word(actor, key, lang, text)
    except (PhraseError, AccountError) as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    st.session_state["wordings_round"] = st.session_state.get("wordings_round", 0) + 1
    st.rerun()
