"""时限与阈值: the settings of the office, changed in the page and in force at once, over the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, Literal, get_args, get_origin
from zlib import crc32

import pandas as pd
import streamlit as st
from pydantic import BaseModel, SecretStr

from config.language import LANGUAGES, N_, _
from config.settings import Settings, settings
from data_access import sheets
from data_access.accounts import AccountError, Actor
from data_access.office import overrides
from data_access.office.overrides import SettingError, value_of, words
from pages.parts import figures, tables
from pages.parts.frame import session

# The cards of the page: title and the settings on it, by the beginning of their names.
_CARDS: Mapping[str, tuple[str, ...]] = {
    N_("Colours and marks"): ("thresholds.",),
    N_("Figures and sessions"): (
        *("coverage_denominator", "dense_ranks", "count_shared_events", "language"),
        *("idle_minutes", "stay_signed_in_days"),
    ),
    N_("Files"): ("limits.",),
    N_("Copies by the clock"): ("backup.",),
    N_("Personal data"): ("retention.",),
}
_DAILY = ("roster", "morning", "evening")
_OFFSETS = {"due_offset": N_("day"), "due": N_("on time until"), "close_offset": N_("day"), "close": N_("late until")}


def show(actor: Actor) -> None:
    """Deadlines across, the other groups in two columns; below what was set here and by whom."""
    known = overrides.listed(actor).set_index("name")
    _said()
    _deadlines(actor, known)
    left, right = st.columns(2, gap="medium")
    for place, (title, starts) in zip((left, right, right, left, right), _CARDS.items(), strict=True):
        with place:
            _card(actor, known, title, [name for name in known.index if name.startswith(starts)])
    _changed(actor, known)


def webhook(actor: Actor) -> None:
    """The address of the group robot: masked, to be replaced, never shown."""
    known = overrides.listed(actor).set_index("name")
    _said()
    _card(actor, known, N_("Group robot"), [name for name in known.index if name.startswith("webhook.")])
    _changed(actor, known[known.index.str.startswith("webhook.")])


def _said() -> None:
    message = st.session_state.pop("settings_said", None)
    if message:
        st.success(message, icon=":material/check:")


def _deadlines(actor: Actor, known: pd.DataFrame) -> None:
    typed: dict[str, Any] = {}
    with st.container(border=True, key="card_deadlines"), st.form("settings_deadlines", border=False):
        st.subheader(_("Deadlines"), anchor=False)
        for kind in _DAILY:
            head, *places = st.columns([20, 20, 20, 20, 20], vertical_alignment="bottom")
            head.markdown(f"**{sheets.kind(kind).label}**")
            for place, (field, label) in zip(places, _OFFSETS.items(), strict=True):
                name = f"deadlines.{kind}.{field}"
                typed[name] = _field(place, known, name, _(label))
        head, last, _rest = st.columns([20, 20, 60], vertical_alignment="bottom")
        head.markdown(f"**{_('Ranking notice')}**")
        typed["deadlines.notice"] = _field(last, known, "deadlines.notice", _("settled at"))
        st.caption(
            _("Days are counted from the business date: -1 is the day before. Later reports are filed after closing.")
        )
        pressed = st.form_submit_button(_("Save the deadlines"), type="primary", icon=":material/save:")
    if pressed:
        _put(actor, typed)


def _card(actor: Actor, known: pd.DataFrame, title: str, names: Sequence[str]) -> None:
    typed: dict[str, Any] = {}
    card = f"card_settings_{names[0].split('.')[0]}"
    with st.container(border=True, key=card), st.form(f"settings_{names[0]}", border=False):
        st.subheader(_(title), anchor=False)
        places = st.columns(2)
        for number, name in enumerate(names):
            typed[name] = _field(places[number % 2], known, name, str(known.loc[name, "label"]))
        pressed = st.form_submit_button(_("Save"), type="primary", icon=":material/save:", key=f"save_{names[0]}")
    if pressed:
        _put(actor, typed)


def _put(actor: Actor, typed: Mapping[str, Any]) -> None:
    """Only what was changed here is set: somebody else may have set the rest meanwhile."""
    now = settings()
    values = {name: value for name, value in typed.items() if value is not None and value != _shown(now, name)}
    try:
        changed = overrides.put(actor, values)
    except (SettingError, AccountError) as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    if changed:
        names = _(", ").join(overrides.label(name) for name in changed)
        st.session_state["settings_said"] = tables.plain(_("Changed, in force at once: {names}", names=names))
        st.rerun()
    st.info(_("Nothing was changed."), icon=":material/info:")


def _shown(now: Settings, name: str) -> Any:
    """What a field holds for a setting as it is."""
    value = value_of(now, name)
    return words(name, value) if isinstance(value, tuple) else "" if isinstance(value, SecretStr) else value


def _field(place: Any, known: pd.DataFrame, name: str, label: str) -> Any:
    """A field for a setting, by its type; None where nothing was typed."""
    now = settings()
    value, shown, fixed = value_of(now, name), _shown(now, name), bool(known.loc[name, "fixed"])
    common: dict[str, Any] = {
        "key": f"set_{name}_{crc32(words(name, value).encode()):08x}",  # what somebody else set shows at once
        "disabled": fixed,
        "help": _("Set by the environment of the server.") if fixed else _help(known, name),
    }
    choices = _choices(name)
    if choices:
        return place.selectbox(
            label, choices, index=choices.index(value), format_func=lambda one: _choice(name, one), **common
        )
    if isinstance(value, bool):
        return place.toggle(label, value=value, **common)
    if isinstance(value, time):
        return place.time_input(label, value=value, step=300, **common)
    if isinstance(value, int):
        return place.number_input(label, value=value, step=1, **common)
    if isinstance(value, float):
        return place.number_input(label, value=value, step=1.0, format="%g", **common)
    if isinstance(value, tuple):
        text = place.text_input(label, value=shown, **common)
        return shown if text == shown else _steps(text)
    if isinstance(value, SecretStr):
        secret = place.text_input(
            label,
            type="password",
            placeholder=words(name, value),
            autocomplete="new-password",
            **common,
        )
        return secret.strip()
    return place.text_input(label, value=value, **common).strip()


def _steps(text: str) -> tuple[float, ...] | str:
    """The steps that were typed; the text itself where it holds something else, to be refused by the check."""
    try:
        return tuple(float(part) for part in text.replace("，", "/").replace(",", "/").split("/"))
    except ValueError:
        return text


def _choices(name: str) -> tuple[Any, ...]:
    model: type[BaseModel] = Settings
    *above, last = name.split(".")
    for part in above:
        model = model.model_fields[part].annotation  # type: ignore[assignment]
    kind = model.model_fields[last].annotation
    return get_args(kind) if get_origin(kind) is Literal else ()


def _choice(name: str, value: str) -> str:
    return LANGUAGES[value] if name == "language" else words(name, value)


def _help(known: pd.DataFrame, name: str) -> str:
    return _("The file says {value}.", value=tables.plain(known.loc[name, "file"]) or _("nothing"))


def _changed(actor: Actor, known: pd.DataFrame) -> None:
    """What was set here, by whom, and the way back."""
    frame = known[known["set"]].reset_index()
    with st.container(border=True, key="card_settings_set"):
        st.subheader(_("Set in the page"), anchor=False)
        if frame.empty:
            st.caption(_("Nothing: all of it is as the file {file} says.", file=tables.plain(settings().config.name)))
            return
        shown = frame.assign(at=[figures.instant(moment) for moment in frame["at"]])
        columns = {
            "label": _("Setting"),
            "value": _("Value"),
            "file": _("In the file"),
            "by": _("Account"),
            "at": _("When"),
        }
        chosen = tables.pick(shown, "name", key="settings_list", columns=columns)
        st.button(
            _("Back to the file's value"),
            icon=":material/undo:",
            disabled=chosen is None,
            key="settings_reset",
            on_click=_reset,
            args=(chosen,),
        )


@session.clicked
def _reset(actor: Actor, name: str) -> None:
    try:
        overrides.reset(actor, [name])
    except (SettingError, AccountError) as refusal:
        st.toast(tables.plain(str(refusal)), icon=":material/warning:")
