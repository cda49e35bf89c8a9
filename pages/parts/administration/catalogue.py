"""Workstreams and targets 专项与目标: what each indicator means, from which day on, and what is asked of whom."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any
from zlib import crc32

import pandas as pd
import streamlit as st

from config import clock
from config.catalogue import UnknownIndicatorError, catalogue, workstream, workstreams
from config.declarations import ConfigError
from config.indicators import ACCRUALS, BASES, KINDS, PERIODS, POLARITIES, Indicator, Workstream
from config.language import N_, _
from data_access.accounts import AccountError, Actor
from data_access.catalogue import declared
from data_access.catalogue import tables as ledger
from data_access.catalogue.tables import Proposal, TableError
from data_access.catalogue.targets import listed
from data_access.reports.view import View
from pages.parts import downloads, figures, tables
from pages.parts.administration import targets
from pages.parts.frame import session

_COMPARATORS: dict[Any, Any] = {"": figures.MISSING, "≥": "≥", "≤": "≤", "=": "="}
_SHORT: dict[Any, str] = {
    "target": N_("plan"),
    "implied": N_("requirement"),
    "field": N_("practice"),
    "setting": N_("office"),
    "observed": N_("result"),
}
_CHOICES: dict[str, dict[Any, Any]] = {
    "kind": {**KINDS},
    "period": {**PERIODS},
    "accrual": {
        "per_period": N_("each period its own"),
        "annual_total": N_("sum of the period"),
        "cumulative_all_time": N_("all years together"),
        "snapshot": N_("latest value"),
    },
    "polarity": {**POLARITIES},
    "basis": {**BASES},
}


def show(actor: Actor, view: View) -> None:
    """The indicators of a workstream, the chosen one to be edited, a new one, and the whole catalogue as a workbook."""
    streams = {one.slug: one.label for one in workstreams(day=view.day)}
    asked = st.query_params.get("stream", "")
    with st.container(horizontal=True, vertical_alignment="center"):
        slug = st.selectbox(
            _("Workstream"),
            list(streams),
            index=list(streams).index(asked) if asked in streams else 0,
            format_func=lambda one: streams[one],
            key="catalogue_stream",
            label_visibility="collapsed",
            width=260,
        )
        part = st.segmented_control(
            _("What to do"),
            ["indicators", "new", "workbook"],
            format_func={
                "indicators": _("Indicators and targets"),
                "new": _("New indicator"),
                "workbook": _("As a workbook"),
            }.__getitem__,
            default="indicators",
            required=True,
            key="catalogue_part",
            label_visibility="collapsed",
        )
    if slug != asked and (asked or slug != next(iter(streams))):
        st.query_params["stream"] = slug
    stream = workstream(slug, view.day)
    if part == "new":
        _new(actor, stream)
    elif part == "workbook":
        _workbook(actor, view)
    else:
        _indicators(actor, view, stream)


# The indicators of a workstream --------------------------------------------------------------------------------


def _indicators(actor: Actor, view: View, stream: Workstream) -> None:
    st.caption(
        _("As defined on {day}; choose another day above to see what holds then.", day=figures.full_day(view.day))
    )
    code = _picked(actor, stream)
    if code is None:
        st.caption(_("Pick an indicator to change its definition or its targets."))
        return
    item = catalogue(view.day).indicator(code)
    st.subheader(f"{tables.plain(item.label)} :gray[{tables.plain(item.code)}]", anchor=False)
    st.caption(tables.plain(str(item.definition)))
    left, right = st.columns(2, gap="medium")
    with left:
        _definition(actor, item)
    with right:
        targets.show(actor, view, item)
    _versions(actor, item)


def _picked(actor: Actor, stream: Workstream) -> str | None:
    """The table; the picked indicator, else the one that the address names."""
    goals = listed(actor)
    counts = goals.loc[goals["withdrawn_at"].isna(), "indicator"].value_counts()
    frame = pd.DataFrame(
        {
            "code": [item.code for item in stream.indicators],
            "name": [item.label for item in stream.indicators],
            "kind": [str(KINDS[item.kind]) for item in stream.indicators],
            "target": [str(item.target_text) for item in stream.indicators],
            "basis": [_(_SHORT[item.basis]) for item in stream.indicators],
            "accrual": [_word(_CHOICES["accrual"], item.accrual) for item in stream.indicators],
            "matrix": [item.matrix for item in stream.indicators],
            "enabled": [item.enabled for item in stream.indicators],
            "changes": [len(catalogue().breaks(item.code)) for item in stream.indicators],
            "goals": [int(counts.get(item.code, 0)) for item in stream.indicators],
        }
    )
    columns: dict[str, Any] = {
        "code": st.column_config.TextColumn(_("Code"), width=70),
        "name": st.column_config.TextColumn(_("Indicator"), width=240),
        "kind": st.column_config.TextColumn(_("Kind"), width=60),
        "target": st.column_config.TextColumn(_("Target"), width=260),
        "basis": st.column_config.TextColumn(_("Basis"), width=90, help=_("Basis of the target")),
        "accrual": st.column_config.TextColumn(_("How it adds up"), width=120),
        "matrix": st.column_config.CheckboxColumn(_("Matrix"), width=60, help=_("In the matrix")),
        "enabled": st.column_config.CheckboxColumn(_("In use"), width=50),
        "changes": st.column_config.NumberColumn(
            _("Changes"), width=60, help=_("Days on which the definition changes or has changed")
        ),
        "goals": st.column_config.NumberColumn(_("Targets"), width=60, help=_("Targets set by the office that stand")),
    }
    code = tables.pick(frame, "code", key=f"catalogue_table_{stream.slug}", columns=columns, most=9)
    if code is not None:
        st.query_params["indicator"] = str(code)
        return str(code)
    asked = st.query_params.get("indicator", "")
    return asked if asked in set(frame["code"]) else None


def _definition(actor: Actor, item: Indicator) -> None:
    """The definition as fields; what is changed counts from the chosen day on."""
    with st.container(border=True, key="card_definition"):
        st.markdown(f"**{_('Definition')}**")
        with st.form(f"definition_{item.code}", border=False):
            values = _fields(item)
            with st.container(horizontal=True, vertical_alignment="bottom"):
                day = st.date_input(
                    _("Counts from"),
                    value=_next_month(),
                    format="YYYY-MM-DD",
                    key=f"define_from_{item.code}",
                    width=160,
                )
                pressed = st.form_submit_button(_("Put into force"), type="primary", icon=":material/event_upcoming:")
            st.caption(
                _("Days before it keep the definition they had. Charts show a break on that day.")
                + " "
                + _("Season, factor, note and other names are changed by workbook.")
            )
        if pressed and isinstance(day, date):
            _define(actor, item, day, values)


def _fields(item: Indicator) -> dict[str, Any]:
    """The widgets of a definition; their values by field."""
    # another definition, and the same one after it was put into force, has widgets of its own
    key = f"define_{item.code}_{crc32(item.model_dump_json().encode())}_{st.session_state.get('define_turn', 0)}"
    values: dict[str, Any] = {}
    left, right = st.columns(2)
    values["zh"] = left.text_input(_("Chinese name"), item.zh, key=f"{key}_zh", max_chars=80)
    values["en"] = right.text_input(_("English name"), item.en, key=f"{key}_en", max_chars=80)
    labels = {
        "kind": _("Kind"),
        "period": _("Reporting period"),
        "accrual": _("How it adds up"),
        "polarity": _("What is better"),
        "basis": _("Basis of the target"),
    }
    lines = [st.columns(3), st.columns([5, 4, 3])]
    places = {"kind": lines[0][0], "period": lines[0][1], "accrual": lines[0][2]}
    places |= {"basis": lines[1][0], "polarity": lines[1][1]}
    for name, words in _CHOICES.items():
        values[name] = places[name].selectbox(
            labels[name],
            list(words),
            index=list(words).index(getattr(item, name)),
            format_func=partial(_word, words),
            key=f"{key}_{name}",
            help=str(ACCRUALS[item.accrual]) if name == "accrual" else None,
        )
    values["unit"] = lines[1][2].text_input(_("Unit"), item.unit, key=f"{key}_unit", max_chars=20)
    which, amount, many, origin = st.columns([1, 1, 1, 2])
    values["comparator"] = which.selectbox(
        _("Comparator"),
        list(_COMPARATORS),
        index=list(_COMPARATORS).index(item.comparator),
        format_func=partial(_word, _COMPARATORS),
        key=f"{key}_comparator",
    )
    values["target"] = targets.number(amount, _("Target"), item.target, f"{key}_target")
    slots = many.number_input(_("Periods in a year"), min_value=1, max_value=366, value=item.slots, key=f"{key}_slots")
    values["slots"] = None if slots is None else int(slots)
    values["source"] = origin.text_input(_("Source of the target"), item.source, key=f"{key}_source", max_chars=120)
    for name, label in (("numerator", _("Numerator")), ("denominator", _("Denominator")), ("evidence", _("Evidence"))):
        values[name] = _both(name, label, item, key)
    with st.container(horizontal=True):
        values["matrix"] = st.checkbox(_("In the matrix"), item.matrix, key=f"{key}_matrix")
        values["enabled"] = st.checkbox(_("In use"), item.enabled, key=f"{key}_enabled")
    return values


def _word(words: dict[Any, Any], code: Any) -> str:
    word = words[code]
    return _(word) if isinstance(word, str) else str(word)


def _both(name: str, label: str, item: Indicator, key: str) -> dict[str, str] | None:
    """A text in both languages; one of them alone goes into both."""
    text = getattr(item, name)
    zh, en = st.columns(2)
    chinese = zh.text_input(
        _("{what} (Chinese)", what=label), text.zh if text else "", key=f"{key}_{name}_zh", max_chars=120
    )
    english = en.text_input(
        _("{what} (English)", what=label), text.en if text else "", key=f"{key}_{name}_en", max_chars=160
    )
    return {"zh": chinese or english, "en": english or chinese} if chinese or english else None


def _define(actor: Actor, item: Indicator, day: date, values: dict[str, Any]) -> None:
    now = item.model_dump(mode="json")
    changes = {name: value for name, value in values.items() if value != now[name]}
    if not changes:
        st.info(_("Nothing was changed."), icon=":material/info:")
        return
    try:
        declared.define(actor, item.code, day, **changes)
    except (ConfigError, UnknownIndicatorError, AccountError) as refusal:
        st.error(tables.plain(_said(refusal)), icon=":material/warning:")
        return
    st.session_state["define_turn"] = st.session_state.get("define_turn", 0) + 1
    st.toast(_("{name} is defined anew from {day} on.", name=item.label, day=f"{day}"), icon=":material/check:")
    st.rerun()


def _said(refusal: Exception) -> str:
    if not isinstance(refusal, ConfigError):
        return str(refusal)
    heads = {**ledger.COLUMNS, "numerator": "Numerator", "denominator": "Denominator", "evidence": "Evidence"}
    head = heads.get(refusal.field) or heads.get(refusal.field.split(".")[0])
    return f"{_(head)}: {refusal.reason}" if head else refusal.reason


def _versions(actor: Actor, item: Indicator) -> None:
    frame = declared.history(actor, item.code)
    if len(frame) < 2:
        return
    st.markdown(f"**{_('Versions of the definition')}**")
    rows = [
        (
            row["version"],
            figures.full_day(row["valid_from"]) if row["valid_from"] else _("from the beginning"),
            row["definition"],
            row["by"] or _("shipped"),
            figures.instant(row["made_at"]) if row["made_at"] else "",
        )
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]
    tables.draw((_("Version"), _("Counts from"), _("Definition"), _("Account"), _("Entered at")), rows)


# A new indicator -----------------------------------------------------------------------------------------------


def _new(actor: Actor, stream: Workstream) -> None:
    blank = Indicator(
        code="new",
        zh="",
        en="",
        kind="count",
        unit="次",
        comparator="≥",
        basis="setting",
        period="month",
        accrual="per_period",
        slots=12,
        evidence={"zh": "所报表格", "en": "the table sent"},  # type: ignore[arg-type]
    )
    with st.container(border=True, key="card_new_indicator"):
        st.markdown(f"**{_('New indicator in {workstream}', workstream=tables.plain(stream.label))}**")
        with st.form("new_indicator", border=False):
            values = _fields(blank)
            with st.container(horizontal=True, vertical_alignment="bottom"):
                day = st.date_input(
                    _("Counts from"), value=clock.today(), format="YYYY-MM-DD", key="new_from", width=160
                )
                pressed = st.form_submit_button(_("Declare it"), type="primary", icon=":material/add:")
            st.caption(_("The board gives the code. A rate or a score needs numerator and denominator."))
    if not pressed or not isinstance(day, date):
        return
    named = {name: value for name, value in values.items() if value not in (None, "")}
    try:
        made = declared.define_all(actor, day, {}, [{**named, "workstream": stream.slug}])[0]
    except (ConfigError, AccountError) as refusal:
        st.error(tables.plain(_said(refusal)), icon=":material/warning:")
        return
    st.success(
        _("{name} is declared as {code}.", name=tables.plain(made.label), code=made.code), icon=":material/check:"
    )


# The catalogue as a workbook -----------------------------------------------------------------------------------


def _workbook(actor: Actor, view: View) -> None:
    left, right = st.columns([2, 3], gap="medium")
    with left, st.container(border=True, key="card_catalogue_download"):
        st.markdown(f"**{_('1 · Download, change')}**")
        st.markdown(_("One row an indicator, one column a field. A row without a code becomes a new indicator."))
        asker, day = session.asker(), view.day
        downloads.xlsx_button(
            _("Download the catalogue"),
            lambda: {_(ledger.SHEET): ledger.table(asker(), day)},
            f"{_(ledger.SHEET)} {day}.xlsx",
            key="catalogue_xlsx",
        )
    with right, st.container(border=True, key="card_catalogue_upload"):
        st.markdown(f"**{_('2 · Hand it in again')}**")
        turn = st.session_state.get("catalogue_turn", 0)
        with st.container(horizontal=True, vertical_alignment="top"):
            day = st.date_input(
                _("Counts from"), value=_next_month(), format="YYYY-MM-DD", key="catalogue_from", width=160
            )
            file = st.file_uploader(
                _("The changed workbook"), type=["xlsx", "xlsm", "xls", "ods"], key=f"catalogue_file_{turn}"
            )
    if file is None or not isinstance(day, date):
        return
    try:
        proposal = ledger.propose(actor, file.getvalue(), file.name, day)
    except (TableError, AccountError) as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    _proposal(actor, proposal, turn)


def _proposal(actor: Actor, proposal: Proposal, turn: int) -> None:
    """What is wrong, what would change, and the button that puts it into force."""
    if proposal.troubles:
        st.error(
            _("{n} cells cannot be taken. Mend them and hand the table in again.", n=len(proposal.troubles)),
            icon=":material/warning:",
        )
        wrong = [(one.cell, one.heading, one.value, one.reason) for one in proposal.troubles]
        tables.draw((_("Cell"), _("Column"), _("It says"), _("What is wrong")), wrong)
    if not proposal.differences:
        st.info(_("The table says what the catalogue says: nothing to change."), icon=":material/info:")
        return
    rows = [(one.code, one.name, one.field, one.before, one.after) for one in proposal.differences]
    codes = len({one.code for one in proposal.differences if one.before}) + len(proposal.added)
    st.markdown(f"**{_('{n} indicators change from {day} on', n=codes, day=proposal.valid_from)}**")
    tables.draw((_("Code"), _("Indicator"), _("Field"), _("Before"), _("After")), rows)
    if st.button(
        _("Put into force"),
        type="primary",
        icon=":material/event_upcoming:",
        disabled=bool(proposal.troubles),
        key="catalogue_commit",
    ):
        try:
            ledger.commit(actor, proposal)
        except (ConfigError, AccountError) as refusal:
            st.error(tables.plain(_said(refusal)), icon=":material/warning:")
            return
        st.session_state["catalogue_turn"] = turn + 1
        st.toast(_("The catalogue changes from {day} on.", day=proposal.valid_from), icon=":material/check:")
        st.rerun()


def _next_month() -> date:
    return (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)
