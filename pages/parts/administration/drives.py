"""接种项目: each campaign with its doses, groups, target and dates; changed here, or a new one begun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from config.campaigns import Campaign
from config.language import _
from config.settings import settings
from data_access.accounts import AccountError, Actor
from data_access.office import drives
from data_access.office.drives import CampaignError
from data_access.reports import directory
from pages.parts import figures, tables

_NEW = ""
_DOSES = ("d1", "d2", "b")


def show(actor: Actor) -> None:
    """The campaigns on the left; the chosen one, or a new one, to be edited on the right."""
    known = directory.campaigns(actor)
    message = st.session_state.pop("campaigns_said", None)
    if message:
        st.success(message, icon=":material/check:")
    left, right = st.columns([36, 64], gap="medium")
    with left:
        for item in known:
            with st.container(border=True, key=f"card_campaign_{item.code}"):
                st.subheader(tables.plain(item.label), anchor=False)
                tables.draw(("", ""), [(tables.whole(name), said) for name, said in _told(item)], header=False)
    with right, st.container(border=True, key="card_campaign_edit"):
        labels = {item.code: item.label for item in known}
        code = st.selectbox(
            _("Campaign"),
            [*labels, _NEW],
            format_func=lambda one: labels.get(one, _("A new campaign")),
            key="campaign_chosen",
        )
        _edit(actor, next((item for item in known if item.code == code), None), known[0])


def _told(item: Campaign) -> list[tuple[str, str]]:
    course = _(", ").join(item.dose(code).label for code in item.full_course)
    target = settings().thresholds.coverage_target if item.target is None else item.target
    denominators = {"surveyed": _("people surveyed"), "eligible": _("people eligible")}
    return [
        (_("Code"), item.code),
        (_("Doses"), _(", ").join(dose.label for dose in item.doses)),
        (_("Full course"), course),
        (_("Headline"), item.dose(item.headline).label),
        (_("Groups"), _(", ").join(group.label for group in item.groups)),
        (_("Target"), f"{target:g}%"),
        (_("Rate is taken of"), denominators[item.denominator or settings().coverage_denominator]),
        (_("Dates"), f"{_day(item.starts)} – {_day(item.ends)}"),
    ]


def _day(value: object) -> str:
    return _("not set") if value is None else str(value)


def _edit(actor: Actor, item: Campaign | None, pattern: Campaign) -> None:
    """The form; a new campaign begins with the doses and groups of the first one."""
    turn = st.session_state.get("campaigns_turn", 0)
    key = f"{item.code if item else 'new'}_{turn}"
    with st.form(f"campaign_{key}", border=False):
        definition = _fields(key, item, pattern)
        label = _("Save the campaign") if item else _("Begin the campaign")
        pressed = st.form_submit_button(label, type="primary", icon=":material/save:")
    st.caption(_("It counts at once and for all days; published notices stay as they are."))
    if not pressed:
        return
    try:
        made = drives.put(actor, definition)
    except (CampaignError, AccountError) as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    st.session_state["campaigns_said"] = tables.plain(_("{name} is kept.", name=made.label))
    st.session_state["campaigns_turn"] = turn + 1
    st.rerun()


def _fields(key: str, item: Campaign | None, pattern: Campaign) -> dict[str, Any]:
    like = item or pattern
    first, second, third = st.columns(3)
    code = item.code if item else first.text_input(_("Code (small letters)"), key=f"campaign_code_{key}").strip()
    if item:
        first.text_input(_("Code (small letters)"), value=item.code, disabled=True, key=f"campaign_code_{key}")
    zh = second.text_input(_("Chinese name"), value=item.zh if item else "", key=f"campaign_zh_{key}").strip()
    en = third.text_input(_("English name"), value=item.en if item else "", key=f"campaign_en_{key}").strip()
    synonyms = st.text_input(
        _("Other names in titles and file names"),
        value="、".join(item.synonyms) if item else "",
        key=f"campaign_synonyms_{key}",
    )
    places = st.columns(4)
    target = places[0].number_input(
        _("Target (%)"),
        min_value=1.0,
        max_value=100.0,
        value=item.target if item else None,
        key=f"campaign_target_{key}",
    )
    starts = places[1].date_input(
        _("Begins"), value=item.starts if item else None, format="YYYY-MM-DD", key=f"campaign_starts_{key}"
    )
    ends = places[2].date_input(
        _("Ends"), value=item.ends if item else None, format="YYYY-MM-DD", key=f"campaign_ends_{key}"
    )
    denominators = {"": _("as set"), "surveyed": _("people surveyed"), "eligible": _("people eligible")}
    denominator = places[3].selectbox(
        _("Rate is taken of"),
        list(denominators),
        index=list(denominators).index((item.denominator or "") if item else ""),
        format_func=denominators.__getitem__,
        key=f"campaign_denominator_{key}",
    )
    course, headline = st.columns(2)
    full = course.multiselect(
        _("Full course"), _DOSES, default=list(like.full_course), format_func=_dose(like), key=f"campaign_course_{key}"
    )
    chief = headline.selectbox(
        _("Headline"), _DOSES, index=_DOSES.index(like.headline), format_func=_dose(like), key=f"campaign_head_{key}"
    )
    doses = _table(_("Doses"), [dose.model_dump() for dose in like.doses], f"campaign_doses_{key}")
    groups = _table(_("Groups"), [group.model_dump() for group in like.groups], f"campaign_groups_{key}")
    return {
        **(item.model_dump(mode="json") if item else {}),
        **{"code": code, "zh": zh, "en": en, "synonyms": _names(synonyms), "target": target},
        **{"starts": starts if isinstance(starts, date) else None, "ends": ends if isinstance(ends, date) else None},
        **{"denominator": denominator or None, "full_course": full, "headline": chief},
        **{"doses": doses, "groups": groups},
    }


def _dose(like: Campaign) -> Any:
    labels = {dose.code: dose.label for dose in like.doses}
    return lambda code: labels.get(code, code)


def _table(title: str, rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Doses or groups, one a row; a row without a code is left out."""
    st.markdown(f"**{title}**")
    frame = pd.DataFrame([{**row, "synonyms": "、".join(row["synonyms"])} for row in rows])
    heads: Mapping[str, Any] = {
        "code": tables.words(_("Code"), 90),
        "zh": tables.words(_("Chinese name"), 120),
        "en": tables.words(_("English name"), 130),
        "synonyms": tables.words(_("Also written"), 170),
        "age_from": tables.counts(_("Age from"), 70),
        "age_to": tables.counts(_("Age to"), 70),
    }
    edited = st.data_editor(
        tables.integers(frame),
        key=key,
        hide_index=True,
        num_rows="dynamic",
        column_order=[name for name in heads if name in frame],
        column_config={name: head for name, head in heads.items() if name in frame},
        row_height=tables.ROW,
        placeholder=figures.MISSING,
    )
    kept = []
    for row in edited.astype(object).where(edited.notna(), None).to_dict("records"):
        if row["code"]:
            kept.append(
                {**{str(name): value for name, value in row.items()}, "synonyms": _names(row["synonyms"] or "")}
            )
    return kept


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("；", "、").replace(";", "、").split("、") if name.strip()]
