"""记住的表样: the layouts that somebody explained once; to look at, correct, forget, hand on and take in."""

from __future__ import annotations

from functools import partial

import streamlit as st

from config import clock
from config.catalogue import catalogue
from config.declarations import ConfigError
from config.language import _, pick
from data_access import sheets
from data_access.accounts import AccountError, Actor, Capability
from data_access.layouts import mappings
from data_access.layouts.mappings import Remembered
from data_access.workbooks.model import Layout
from pages.parts import style, tables
from pages.parts.frame import session
from pages.parts.frame.session import Asker
from pages.parts.uploads import mapping


def show(actor: Actor) -> None:
    """The list of layouts; what can be done with each is for those who may, the others are told who."""
    style.extra(_CSS.replace("BUTTON", _("Choose files").replace('"', "'")))
    found = mappings.mappings(actor)
    may = actor.may(Capability.MAP_SHEETS)
    with st.container(border=True, key="card_remembered"):
        st.subheader(_("Remembered layouts"), anchor=False)
        st.caption(
            _("Sheets of these shapes are read by themselves. Another office can take in the file of a layout.")
            if may
            else _("Sheets of these shapes are read by themselves. A supervisor or administrator can change them.")
        )
        if not found:
            st.markdown(_("None yet. The first sheet that nobody knows can be explained beside its file."))
        for number, one in enumerate(found):
            _line(actor, one, number, may)
        if may:
            _take_in(actor)


def _line(actor: Actor, one: Remembered, number: int, may: bool) -> None:
    layout = one.layout
    with st.expander(f"{tables.plain(layout.name)}　:gray[{_kind(layout)}]", icon=":material/schema:"):
        tables.draw((_("Header"), _("Means")), [(path, _meaning(layout, path)) for path in layout.headers])
        said = [f"{_label(layout, key)}：{text}" for key, text in layout.constants.items()]
        said += [f"{written} → {name or _('no community')}" for written, name in layout.communities.items()]
        said += [
            f"{_label(layout, key)}：{written} → {meaning}"
            for key, words in layout.values.items()
            for written, meaning in words.items()
        ]
        if said:
            st.caption(pick("；", "; ").join(map(tables.plain, said)))
        st.caption(_("Said by {name} on {day}", name=tables.plain(one.by), day=f"{clock.local(one.at):%Y-%m-%d %H:%M}"))
        with st.container(horizontal=True):
            st.download_button(
                _("Download as file"),
                partial(_file, session.asker(), layout.name),
                file_name=f"{layout.name}.toml",
                mime="application/toml",
                icon=":material/download:",
                on_click="ignore",
                key=f"layout_file_{number}",
            )
            if may and st.button(_("Correct"), icon=":material/edit:", key=f"layout_correct_{number}"):
                st.dialog(_("What the columns are"), width="large")(mapping.correct)(layout)
            if may and st.button(_("Forget"), icon=":material/delete:", key=f"layout_forget_{number}"):
                st.dialog(_("Forget this layout?"))(_forget)(layout.name)


def _file(asker: Asker, name: str) -> str:
    return mappings.export(asker(), name)


def _kind(layout: Layout) -> str:
    return _("Figures per community, for a workstream") if layout.indicators else sheets.kind(layout.kind).label


def _label(layout: Layout, key: str) -> str:
    return sheets.kind(layout.kind).column(key).label


def _meaning(layout: Layout, path: str) -> str:
    if path in layout.columns:
        return _label(layout, layout.columns[path])
    known = {item.code: item.label for item in catalogue().indicators}
    words = {"num": _("numerator"), "den": _("denominator"), "done": ""}
    for code, parts in layout.indicators.items():
        for part, header in parts.items():
            if header == path:
                return " ".join(filter(None, (known.get(code, code), words[part])))
    return _("not needed")


def _forget(name: str) -> None:
    actor = session.renew()
    st.markdown(f"**{tables.plain(name)}**")
    st.markdown(_("What was read by it stays. The next sheet of this shape has to be explained again."))
    with st.container(horizontal=True):
        if st.button(_("Forget"), type="primary", icon=":material/delete:", key="layout_forget_confirm"):
            try:
                mappings.forget(actor, name)
            except (ConfigError, AccountError) as refusal:
                st.error(tables.plain(refusal), icon=":material/warning:")
                return
            st.rerun()
        if st.button(_("Leave it"), key="layout_forget_leave"):
            st.rerun()


def _take_in(actor: Actor) -> None:
    turn = st.session_state.setdefault("layout_turn", 0)
    file = st.file_uploader(_("Take in the file of a layout"), type=["toml"], key=f"layout_upload_{turn}")
    if file is None:
        return
    try:
        taken = mappings.add(actor, file.getvalue().decode("utf-8-sig"))
    except UnicodeDecodeError:
        st.error(_("This file is no text in UTF-8."), icon=":material/warning:")
    except (ConfigError, AccountError, LookupError) as refusal:
        st.error(tables.plain(refusal), icon=":material/warning:")
    else:
        st.session_state["layout_turn"] = turn + 1
        st.toast(_("The layout {name} is remembered.", name=taken.name), icon=":material/bookmark_added:")
        st.rerun()


# the library's own button and hint speak English only
_CSS = """
[class*="st-key-layout_upload"] [data-testid="stFileUploaderDropzoneInstructions"] {{ display: none; }}
[class*="st-key-layout_upload"] [data-testid="stFileUploaderDropzone"] button > * {{ display: none; }}
[class*="st-key-layout_upload"] [data-testid="stFileUploaderDropzone"] button::after {{ content: "＋ BUTTON";
  font-size: 16px; white-space: nowrap; }}
"""
