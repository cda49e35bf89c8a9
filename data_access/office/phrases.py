"""The sentences of the spoken summary: those that are shipped, and those the office has worded for itself.

A wording is a template: its ``{fields}`` are filled in with the day's figures, ``<b>…</b>`` marks a figure,
``<act>…</act>`` what needs a hand, ``<red>…</red>`` what is missing. A wording with a field that the sentence does not
have, or with a brace or a mark that is left open, is refused before it is kept; so what is spoken is always the same
function of the figures.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from config import clock, language
from config.language import N_, _
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.schema import Phrase

LONGEST = 200  # characters of a wording: it has to be spoken, and to fit one line of the wall
MARKED = re.compile(r"<(b|act|red)>(.*?)</\1>")

Wordings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shipped:
    """A sentence of the summary: its ``text`` (a message) with every field it may use, and ``when`` it is said."""

    text: str
    when: str

    @property
    def fields(self) -> frozenset[str]:
        """The fields that a wording may use."""
        return frozenset(_fields(self.text))


SHIPPED: Mapping[str, Shipped] = {
    "none_yet": Shipped(N_("No evening tally has been reported yet."), N_("before the first evening tally")),
    "silent": Shipped(
        N_("<red>nobody reported the evening of {day}</red>; on {last} "), N_("an open day without any evening tally")
    ),
    "result": Shipped(
        N_("{n} communities vaccinated <b>{people}</b>, roster completion <b>{rate}</b> ({fraction})"),
        N_("what the last evening ended with"),
    ),
    "missing": Shipped(
        N_("; <red>{names} not reported</red> and not counted"), N_("who has not reported that evening")
    ),
    "settled": Shipped(N_(", no open differences"), N_("every difference is settled")),
    "unsettled": Shipped(
        N_("; <act>{n} differences in {m} communities open</act>"), N_("some differences are still open")
    ),
    "no_roster": Shipped(
        N_("<red>No roster has come yet</red>; due by {time} the day before."), N_("no roster for the day")
    ),
    "called": Shipped(N_("Called up <b>{people}</b>"), N_("whom the day calls up")),
    "capacity": Shipped(N_(", capacity {n}"), N_("what the sites can take")),
    "stock_unknown": Shipped(N_(", stock known by {time}"), N_("no morning sheet yet")),
    "stock": Shipped(N_(", {n} doses in stock"), N_("every morning sheet is in")),
    "stock_partly": Shipped(N_(", {n} doses in stock ({told} reported)"), N_("some morning sheets are in")),
    "enough": Shipped(N_(": enough in all"), N_("capacity and stock suffice in all")),
    "not_enough": Shipped(N_(": <act>not enough in all</act>"), N_("capacity or stock does not suffice in all")),
    "shortage": Shipped(N_("{place} is {n} doses short"), N_("a place with less stock than plan")),
    "crowd": Shipped(N_("{site} batch {batch} is {n} over"), N_("a batch above capacity")),
    "but": Shipped(N_("; but "), N_("before the first trouble")),
    "more": Shipped(N_(" and <act>{n} more</act>"), N_("troubles that are not named")),
    "now": Shipped(N_(", to be settled now."), N_("the end, where there is trouble")),
}


class PhraseError(Exception):
    """A wording cannot be kept like this; the text says what is wrong with it."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


def wordings(actor: Actor, spoken: str | None = None) -> dict[str, str]:
    """The office's own wordings in one language (default: the current one), by key; the shipped ones are not in it."""
    actor.require(Capability.READ_BOARD)
    with database.reading() as connection:
        rows = connection.execute(
            select(Phrase.key, Phrase.text).where(
                Phrase.street_id == actor.street_id, Phrase.language == (spoken or language.current())
            )
        ).all()
    return {row.key: row.text for row in rows if row.key in SHIPPED}


def word(actor: Actor, key: str, spoken: str, text: str) -> None:
    """Say ``key`` in the office's own words, for everybody and from now on.

    For supervisors and administrators. PhraseError where there is no such sentence or language, or ``check`` refuses.
    """
    actor.require(Capability.WORD)
    if spoken not in language.LANGUAGES:
        raise PhraseError(N_("There is no such sentence."))
    check(key, text)
    own = (Phrase.street_id == actor.street_id, Phrase.key == key, Phrase.language == spoken)
    values = {"text": text, "account_id": actor.id, "changed_at": clock.now()}
    with database.writing() as connection:
        if connection.execute(update(Phrase).where(*own).values(**values)).rowcount == 0:
            connection.execute(insert(Phrase).values(street_id=actor.street_id, key=key, language=spoken, **values))
        database.raise_version(connection)
        audit.record(connection, actor, "phrase_worded", key, language=spoken)


def reset(actor: Actor, key: str, spoken: str) -> None:
    """Say ``key`` as it is shipped again; nothing happens where it is."""
    actor.require(Capability.WORD)
    own = (Phrase.street_id == actor.street_id, Phrase.key == key, Phrase.language == spoken)
    with database.writing() as connection:
        if connection.execute(delete(Phrase).where(*own)).rowcount:
            database.raise_version(connection)
            audit.record(connection, actor, "phrase_reset", key, language=spoken)


def check(key: str, text: str) -> None:
    """PhraseError unless ``text`` can stand for the sentence ``key``: known fields, braces and marks closed."""
    if key not in SHIPPED:
        raise PhraseError(N_("There is no such sentence."))
    if not text.strip():
        raise PhraseError(N_("An empty sentence says nothing. Put the shipped one back instead."))
    if len(text) > LONGEST:
        raise PhraseError(N_("The sentence is too long: {n} characters, at most {most}."), n=len(text), most=LONGEST)
    if "\n" in text or "\r" in text:
        raise PhraseError(N_("The sentence has to stand on one line."))
    allowed = SHIPPED[key].fields
    try:
        used = _fields(text)
    except ValueError:
        message = N_("A brace is left open: each field stands plainly in one pair of them, such as {field}.")
        raise PhraseError(message, field="{n}") from None
    for field in used:
        if field not in allowed:
            known = _(", ").join(f"{{{name}}}" for name in sorted(allowed)) or _("none")
            raise PhraseError(
                N_("This sentence has no field {field}. It may use: {known}."), field=f"{{{field}}}", known=known
            )
    if not _marks_close(text):
        raise PhraseError(N_("A mark is left open: <b>…</b>, <act>…</act> and <red>…</red> stand around whole words."))


def _marks_close(text: str) -> bool:
    """Whether nothing is left of the marks once the closed ones are taken out, and no field is cut by one."""
    pieces = MARKED.split(text)
    words = [piece for place, piece in enumerate(pieces) if place % 3 != 1]
    return not any(set("<>") & set(piece) or piece.count("{") != piece.count("}") for piece in words)


def _fields(text: str) -> list[str]:
    """The fields of a template, each plain: no index, attribute, conversion or format. ValueError otherwise."""
    found = []
    for _words, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if spec or conversion or not (name == "" or name.isidentifier()):
            raise ValueError(name)
        found.append(name)
    return found
