"""社区与接种点: the register as it stands, one community to be changed, renamed, merged or ended, and the sites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from config.language import _
from data_access import privacy, sheets
from data_access.accounts import AccountError, Actor
from data_access.office import registry
from data_access.office.registry import Held, RegistryError
from data_access.reports import administration
from data_access.reports.view import View
from data_access.sheets import choices
from data_access.submissions import SubmissionError
from pages.parts import downloads, empty, filters, tables
from pages.parts.frame import session
from pages.parts.uploads import blanks

_PEOPLE = ("lead_cadre", "liaison", "liaison_phone")
_REMOVE = "-"


def show(actor: Actor, view: View) -> None:
    """Communities on top with what can be done to the picked one beside them; the sites below."""
    known = administration.register(actor)
    _said()
    if known.empty:
        empty.state(
            _("There are no communities yet."),
            _("Fill in the base template (communities, sites, surveyed people) and upload it."),
            "uploads",
            _("Get the base template"),
            template="base",
            part="templates",
        )
    left, right = st.columns([62, 38], gap="medium")
    with left:
        name = None if known.empty else _listed(known)
    with right:
        if name is None:
            _new(actor)
        else:
            _one(actor, view, registry.community(actor, name), known)
    if not known.empty:
        _sites(actor)
        _base(actor, view)


def _said() -> None:
    message = st.session_state.pop("register_said", None)
    if message:
        st.success(message, icon=":material/check:")


def _do(act: Callable[[], object], said: str) -> None:
    """Carry out an act on the register and say so after the page is drawn anew; a refusal stays where it happened."""
    try:
        act()
    except (RegistryError, AccountError, SubmissionError) as refusal:
        st.error(tables.plain(str(refusal)), icon=":material/warning:")
        return
    st.session_state["register_said"] = tables.plain(said)
    st.session_state["register_turn"] = _turn() + 1
    st.rerun()


def _turn() -> int:
    """Raised with every change, so that forms begin anew with what stands."""
    return int(st.session_state.get("register_turn", 0))


# Communities ---------------------------------------------------------------------------------------------------


def _listed(known: pd.DataFrame) -> str | None:
    st.subheader(_("{n} communities", n=len(known)), anchor=False)
    kinds = {choice.code: choice.label for choice in choices.COMMUNITY_KIND}
    labels = {column.key: column.label for column in sheets.kind("communities").columns}
    shown = known.assign(
        kind=known["kind"].map(kinds),
        people=[_people(row) for row in known.itertuples()],
        state=[_state(row) for row in known.itertuples()],
    )
    columns = {
        "name": tables.words(labels["name"], 102),
        "code": tables.words(labels["code"], 78),
        "kind": tables.words(labels["kind"], 96),
        "area": tables.words(labels["area"], 70),
        "aliases": tables.words(labels["aliases"], 150),
        "people": tables.words(_("Lead cadre, liaison"), 172),
        "population": tables.counts(labels["population"], 88, "localized"),
        "state": tables.words(_("State"), 240),
    }
    kept = {key: head for key, head in columns.items() if not shown[key].replace("", None).isna().all()}
    chosen = tables.pick(shown, "name", key=f"register_list_{_turn()}", columns=kept)
    st.caption(
        _("Pick a community to change, rename, merge or end it. Names and telephones are masked; nothing is deleted.")
    )
    return None if chosen is None else str(chosen)


def _people(row: Any) -> str:
    return " ".join(part for part in (row.lead_cadre, row.liaison, row.liaison_phone) if part)


def _state(row: Any) -> str:
    parts = []
    if row.ended is not None and not pd.isna(row.ended):
        into = row.merged_into if isinstance(row.merged_into, str) else None
        parts.append(
            _("merged into {name} on {day}", name=into, day=row.ended) if into else _("ended on {day}", day=row.ended)
        )
    elif row.active_from is not None and not pd.isna(row.active_from):
        parts.append(_("since {day}", day=row.active_from))
    if row.joined:
        parts.append(_("took in {names}", names=row.joined))
    if row.former:
        parts.append(_("was called {names}", names=row.former))
    return _("; ").join(parts)


def _new(actor: Actor) -> None:
    with st.container(border=True, key="card_new_community"):
        st.subheader(_("New community"), anchor=False)
        with st.form(f"community_new_{_turn()}", border=False):
            name = st.text_input(_column("name"), key=f"new_name_{_turn()}", max_chars=registry.NAME_MOST)
            values = _fields("new", {})
            pressed = st.form_submit_button(_("Add the community"), type="primary", icon=":material/add_home:")
        if pressed:
            _do(lambda: registry.add(actor, name, values), _("{name} is in the register.", name=name.strip()))


def _one(actor: Actor, view: View, held: Held, known: pd.DataFrame) -> None:
    with st.container(border=True, key="card_community"):
        _parts(actor, view, held, known)


def _parts(actor: Actor, view: View, held: Held, known: pd.DataFrame) -> None:
    st.subheader(tables.plain(held.name), anchor=False)
    change, rename, end = st.tabs([_("Entry"), _("Rename"), _("Merge or end")])
    with change, st.form(f"community_change_{held.name}_{held.revision}", border=False):
        values = _fields(f"{held.name}_{held.revision}", held.values)
        if st.form_submit_button(_("Save the entry"), type="primary", icon=":material/save:"):
            _do(
                lambda: registry.change(actor, held.name, values, seen=held.revision),
                _("The entry of {name} is changed.", name=held.name),
            )
    with rename, st.form(f"community_rename_{held.name}_{_turn()}", border=False):
        new = st.text_input(_("New name"), key=f"rename_to_{_turn()}", max_chars=registry.NAME_MOST)
        since = st.date_input(_("From"), value=view.day, format="YYYY-MM-DD", key=f"rename_from_{_turn()}")
        st.caption(
            _(
                "Earlier days keep the old name, and sheets that bear it are still recognised. "
                "Typing the last name takes it back."
            )
        )
        if st.form_submit_button(_("Rename"), type="primary", icon=":material/edit:") and isinstance(since, date):
            _do(
                lambda: registry.rename(actor, held.name, new, since),
                _("{old} is called {new} now.", old=held.name, new=new.strip()),
            )
    with end:
        _end(actor, view, held, known)


def _end(actor: Actor, view: View, held: Held, known: pd.DataFrame) -> None:
    if held.retired_on is not None:
        st.markdown(_("It has ended on {day}; its history stays.", day=held.retired_on))
        if st.button(_("It goes on after all"), icon=":material/undo:", key="community_resume"):
            _do(lambda: registry.resume(actor, held.name), _("{name} goes on.", name=held.name))
        return
    others = known.loc[known["ended"].isna() & (known["name"] != held.name), "name"].tolist()
    with st.form(f"community_end_{held.name}_{_turn()}", border=False):
        since = st.date_input(_("From"), value=view.day, format="YYYY-MM-DD", key=f"end_from_{_turn()}")
        into = st.selectbox(
            _("Goes on in"), ["", *others], format_func=lambda one: one or _("none of them"), key=f"end_into_{_turn()}"
        )
        st.caption(
            _(
                "From that day on it owes no sheet and is not ranked. Send a baseline of the community it goes on in, "
                "as of that day: people surveyed and doses given before of both."
            )
        )
        if st.form_submit_button(_("End it"), type="primary", icon=":material/call_merge:") and isinstance(since, date):
            _do(
                lambda: registry.retire(actor, held.name, since, into or None),
                _("{name} ends on {day}.", name=held.name, day=since),
            )


def _fields(key: str, held: Mapping[str, Any]) -> dict[str, Any]:
    """The entry's fields; of people only what is typed anew, so that nobody is shown in full."""
    kinds = {choice.code: choice.label for choice in choices.COMMUNITY_KIND}
    first, second = st.columns(2)
    kind = first.selectbox(
        _column("kind"),
        list(kinds),
        index=list(kinds).index(held.get("kind") or "community"),
        format_func=kinds.__getitem__,
        key=f"kind_{key}",
    )
    area = second.text_input(_column("area"), value=held.get("area") or "", key=f"area_{key}", max_chars=20)
    aliases = st.text_input(
        _column("aliases"), value="、".join(held.get("aliases") or ()), key=f"aliases_{key}", max_chars=200
    )
    people = dict(zip(_PEOPLE, st.columns(3), strict=True))
    typed = {
        name: place.text_input(
            _column(name), placeholder=_masked(name, held.get(name)), key=f"{name}_{key}", autocomplete="off"
        )
        for name, place in people.items()
    }
    st.caption(_("Blank: as it is; {sign} takes it out.", sign=_REMOVE))
    third, fourth, fifth = st.columns(3)
    households = _number(third, "households", held, key)
    population = _number(fourth, "population", held, key)
    begins = fifth.date_input(
        _column("active_from"), value=held.get("active_from"), format="YYYY-MM-DD", key=f"active_from_{key}"
    )
    return {
        "kind": kind,
        "area": area.strip() or None,
        "aliases": [
            alias.strip() for alias in aliases.replace(";", "、").replace("；", "、").split("、") if alias.strip()
        ],
        **{name: None if text.strip() == _REMOVE else text.strip() for name, text in typed.items() if text.strip()},
        "households": households,
        "population": population,
        "active_from": begins if isinstance(begins, date) else None,
    }


def _number(place: Any, name: str, held: Mapping[str, Any], key: str) -> int | None:
    given = place.number_input(_column(name), min_value=0, step=1, value=held.get(name), key=f"{name}_{key}")
    return None if given is None else int(given)


def _masked(name: str, value: str | None) -> str:
    return privacy.mask_phone(value) if name == "liaison_phone" else privacy.mask_name(value)


def _column(name: str, kind: str = "communities") -> str:
    return sheets.kind(kind).column(name).label


# Sites ---------------------------------------------------------------------------------------------------------


def _sites(actor: Actor) -> None:
    rows, seen = registry.sites(actor)
    kinds = {choice.code: choice.label for choice in choices.SITE_KIND}
    left, right = st.columns([62, 38], gap="medium")
    with left:
        st.subheader(_("{n} sites", n=len(rows)), anchor=False)
        chosen = None
        if rows:
            frame = pd.DataFrame(rows)
            columns = [column.key for column in sheets.kind("sites").columns]
            heads = {key: _column(key, "sites") for key in columns if not frame[key].isna().all()}
            shown = frame.assign(kind=frame["kind"].map(kinds))
            chosen = tables.pick(shown, "name", key=f"sites_list_{_turn()}", columns=heads)
        st.caption(_("Pick a site to change it; one that has closed is given a last day and stays on the list."))
    held = next((row for row in rows if row["name"] == chosen), {})
    with right, st.container(border=True, key="card_site"):
        st.subheader(tables.plain(str(held["name"])) if held else _("New site"), anchor=False)
        with st.form(f"site_{chosen}_{seen}", border=False):
            row = _site(f"{chosen}_{seen}", held, kinds)
            pressed = st.form_submit_button(
                _("Save the site") if held else _("Add the site"), type="primary", icon=":material/save:"
            )
        if pressed:
            whole = [row if one["name"] == chosen else one for one in rows] + ([] if held else [row])
            _do(lambda: registry.put_sites(actor, whole, seen=seen), _("{name} is kept.", name=row["name"]))


def _site(key: str, held: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    name = str(held["name"]) if held else st.text_input(_column("name", "sites"), key=f"site_name_{key}").strip()
    places = st.columns(3)
    kind = places[0].selectbox(
        _column("kind", "sites"),
        list(kinds),
        index=list(kinds).index(held.get("kind") or "regular"),
        format_func=kinds.__getitem__,
        key=f"site_kind_{key}",
    )
    made: dict[str, Any] = {**held, "name": name, "kind": kind}
    for place, column in zip(places[1:], ("daily_capacity", "batch_capacity"), strict=True):
        given = place.number_input(
            _column(column, "sites"), min_value=1, step=1, value=held.get(column), key=f"{column}_{key}"
        )
        made[column] = None if given is None else int(given)
    address = st.text_input(_column("address", "sites"), value=held.get("address") or "", key=f"address_{key}")
    made["address"] = address.strip() or None
    for place, column in zip(st.columns(2), ("open_from", "open_until"), strict=True):
        day = place.date_input(
            _column(column, "sites"), value=held.get(column), format="YYYY-MM-DD", key=f"{column}_{key}"
        )
        made[column] = day if isinstance(day, date) else None
    return made


def _base(actor: Actor, view: View) -> None:
    asker = session.asker()
    with st.container(border=True, key="card_change_register"):
        st.markdown(_("Many at once: download the base workbook with what stands here, change it, upload it again."))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                _("Base workbook, filled in"),
                lambda: blanks.made(asker, "base", view.campaign, None, view.day, "zh_CN"),
                file_name=blanks.filename("base", None, view.day),
                mime=downloads.XLSX,
                icon=":material/download:",
                on_click="ignore",
                key="register_download",
                help=_("It names liaisons with their telephones; each download is recorded."),
            )
            filters.link("uploads", _("Upload it"), view)
