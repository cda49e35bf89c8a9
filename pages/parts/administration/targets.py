"""The targets of one indicator: what was set for whom and from when, a new one, and taking one back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from config.indicators import Indicator
from config.language import _
from data_access.accounts import AccountError, Actor
from data_access.catalogue import targets
from data_access.catalogue.targets import TargetError
from data_access.reports import directory
from data_access.reports.view import View
from pages.parts import cache, tables
from pages.parts.frame import session


def show(actor: Actor, view: View, item: Indicator) -> None:
    """The targets on top, the form for a new one below."""
    with st.container(border=True, key="card_targets"):
        st.markdown(f"**{_('Targets of the office')}**")
        _listed(actor, item)
        names = cache.cached(directory.communities)(view)["name"].tolist()
        with st.form(f"target_{item.code}", border=False):
            whom, amount = st.columns(2)
            community = whom.selectbox(
                _("For whom"),
                ["", *names],
                format_func=lambda name: name or _("The whole street"),
                key=f"target_for_{item.code}",
            )
            value = number(amount, _("Target ({unit})", unit=item.unit_text), None, f"target_value_{item.code}")
            first, last = st.columns(2)
            start = first.date_input(
                _("Counts from"), value=view.day, format="YYYY-MM-DD", key=f"target_from_{item.code}"
            )
            end = last.date_input(
                _("To (blank: no end)"), value=None, format="YYYY-MM-DD", key=f"target_to_{item.code}"
            )
            source = st.text_input(_("Source: plan or notice"), key=f"target_source_{item.code}", max_chars=120)
            pressed = st.form_submit_button(_("Set the target"), type="primary", icon=":material/flag:")
            st.caption(_("Left blank, the target is to be set (待定): no traffic light from that day on."))
        if not pressed or not isinstance(start, date):
            return
        try:
            targets.put(
                actor,
                item.code,
                value,
                community=community or None,
                valid_from=start,
                valid_to=end if isinstance(end, date) else None,
                source=source,
            )
        except (TargetError, AccountError) as refusal:
            st.error(tables.plain(str(refusal)), icon=":material/warning:")
            return
        st.toast(_("The target is set from {day} on.", day=start), icon=":material/check:")
        st.rerun()


def number(place: Any, label: str, value: float | None, key: str) -> int | float | None:
    """A number that may be left blank; whole where it is."""
    given = place.number_input(
        label, min_value=0.0, value=None if value is None else float(value), format="%g", key=key
    )
    return None if given is None else int(given) if float(given).is_integer() else float(given)


def _listed(actor: Actor, item: Indicator) -> None:
    frame = targets.listed(actor, item.code)
    if frame.empty:
        st.caption(_("None: the target of the definition counts for all communities."))
        return
    withdrawn = frame["withdrawn_at"].notna()
    shown = frame.assign(
        community=frame["community"].fillna(_("The whole street")),
        value=[_amount(item, value) for value in frame["value"]],
        days=[_days(first, last) for first, last in zip(frame["valid_from"], frame["valid_to"], strict=True)],
        source=[
            _("{source} (withdrawn)", source=source) if gone else source
            for source, gone in zip(frame["source"], withdrawn, strict=True)
        ],
    )
    columns = {
        "community": st.column_config.TextColumn(_("For whom"), width=110),
        "value": st.column_config.TextColumn(_("Target"), width=75),
        "days": st.column_config.TextColumn(_("Counts"), width=175),
        "source": st.column_config.TextColumn(_("Source"), width=190),
    }
    chosen = tables.pick(shown, "id", key=f"targets_{item.code}", columns=columns)
    st.button(
        _("Withdraw the chosen target"),
        icon=":material/undo:",
        disabled=chosen is None or bool(withdrawn[frame["id"] == chosen].any()),
        key=f"target_withdraw_{item.code}",
        on_click=_withdraw,
        args=(chosen,),
    )


def _amount(item: Indicator, value: Decimal | None) -> str:
    return _("to be set") if value is None else f"{item.comparator} {value} {item.unit_text}"


def _days(first: date, last: date | None) -> str:
    return _("from {day} on", day=first) if last is None else f"{first} – {last}"


@session.clicked
def _withdraw(actor: Actor, number: int) -> None:
    try:
        targets.withdraw(actor, int(number))
    except (TargetError, AccountError) as refusal:
        st.toast(str(refusal), icon=":material/warning:")
