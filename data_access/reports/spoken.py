"""The two sentences that open the morning meeting, in words, from the figures of the briefing and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.language import N_, _
from config.settings import settings
from data_access import metrics
from data_access.metrics import Rate
from data_access.reports.agenda import listed, place
from data_access.reports.briefing import Briefing, Result, Today

Tone = Literal["", "b", "act", "red"]

# Messages carry their own emphasis: <b> a figure, <act> needs a hand, <red> unreported.
_MARKED = re.compile(r"<(b|act|red)>(.*?)</\1>")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence and how it is said: plain, a figure, what needs a hand, what is missing."""

    text: str
    tone: Tone = ""


Sentence = tuple[Part, ...]


def text(sentence: Sentence) -> str:
    """The sentence without its emphasis, ready to be copied."""
    return "".join(part.text for part in sentence)


def yesterday(told: Briefing) -> Sentence:
    """What the last evening ended with: doses, roster completion, who is missing, what is not reconciled."""
    last = told.result
    if last is None:
        return _say(N_("No evening tally has been reported yet."))
    said: list[Part] = []
    if told.days.silent and told.days.evening is not None:
        days = {"day": _day(told.days.evening), "last": _day(last.day)}
        said += _say(N_("<red>nobody reported the evening of {day}</red>; on {last} "), **days)
    said += _doses(last)
    said += _missing(told, last)
    said += _unsettled(last)
    return (*said, *_say(N_(".")))


def _doses(last: Result) -> Sentence:
    return _say(
        N_("{n} communities vaccinated <b>{people}</b>, roster completion <b>{rate}</b> ({fraction})"),
        n=last.reported,
        people=_count(last.vaccinated),
        rate=_percent(last.completion, settings().thresholds.completion_low),
        fraction=_fraction(last.completion),
    )


def _missing(told: Briefing, last: Result) -> Sentence:
    if not last.missing:
        return ()
    names = listed([told.short(name) for name in last.missing])
    return _say(N_("; <red>{names} not reported</red> and not counted"), names=names)


def _unsettled(last: Result) -> Sentence:
    if last.open.empty:
        return _say(N_(", no open differences"))
    return _say(N_("; <act>{n} differences in {m} communities open</act>"), n=len(last.open), m=len(last.disputed))


def today(told: Briefing) -> Sentence:
    """Whom the day calls up, whether capacity and stock suffice in all, and where they do not."""
    day = told.today
    if day.people is None:
        return _say(N_("<red>No roster has come yet</red>; due by {time} the day before."), time=_due("roster"))
    said = [*_say(N_("Called up <b>{people}</b>"), people=_count(day.people)), *_enough(day)]
    troubles = [*_shortages(told), *_crowds(day)]
    if not troubles:
        return (*said, *_say(N_(".")))
    said += _say(N_("; but "))
    for number, trouble in enumerate(troubles[:2]):
        said += [*(_say(N_(", ")) if number else ()), Part(trouble, "act")]
    if len(troubles) > 2:
        said += _say(N_(" and <act>{n} more</act>"), n=len(troubles) - 2)
    return (*said, *_say(N_(", to be settled now.")))


def _enough(day: Today) -> Sentence:
    room = _say(N_(", capacity {n}"), n=_count(day.capacity))
    if day.stock is None:
        return (*room, *_say(N_(", stock known by {time}"), time=_due("morning")))
    some = N_(", {n} doses in stock") if day.mornings == day.expected else N_(", {n} doses in stock ({told} reported)")
    doses = _say(some, n=_count(day.stock), told=f"{day.mornings}/{day.expected}")
    crowded = day.load.over
    short = day.planned is not None and day.planned > day.stock
    if crowded or short:
        return (*room, *doses, *_say(N_(": <act>not enough in all</act>")))
    return (*room, *doses, *_say(N_(": enough in all")))


def _shortages(told: Briefing) -> list[str]:
    rows = told.today.short
    return [
        _("{place} is {n} doses short", place=told.short(place(label)), n=short)
        for label, short in zip(rows["label"], rows["short"], strict=True)
    ]


def _crowds(day: Today) -> list[str]:
    rows = day.crowded
    return [
        _("{site} batch {batch} is {n} over", site=place(site), batch=batch, n=over)
        for site, batch, over in zip(rows["site"], rows["batch_no"], rows["over"], strict=True)
    ]


def _say(message: str, **fields: object) -> Sentence:
    """A message in the current language, cut at its emphasis, its fields filled in last."""
    template = _(message)
    parts: list[Part] = []
    end = 0
    for marked in _MARKED.finditer(template):
        parts += [Part(template[end : marked.start()]), Part(marked[2], marked[1])]  # type: ignore[arg-type]
        end = marked.end()
    parts.append(Part(template[end:]))
    return tuple(Part(part.text.format(**fields), part.tone) for part in parts if part.text)


def _day(day: date) -> str:
    return _("{month}/{day}", month=day.month, day=day.day)


def _due(kind: str) -> str:
    return f"{getattr(settings().deadlines, kind).due:%H:%M}"


def _count(n: int | None) -> str:
    return "—" if n is None else f"{n:,}"


def _percent(rate: Rate, threshold: float) -> str:
    shown = metrics.display_percent(rate, 1, threshold)
    return "—" if shown is None else f"{shown:,}%"


def _fraction(rate: Rate) -> str:
    return f"{_count(rate.numerator)}/{_count(rate.denominator)}"
