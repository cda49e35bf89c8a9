"""The two sentences that open the morning meeting, in words, from the figures of the briefing and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.language import _, fill, template
from config.settings import settings
from data_access import metrics
from data_access.metrics import Rate
from data_access.office import phrases
from data_access.office.phrases import Wordings
from data_access.reports.agenda import listed, place
from data_access.reports.briefing import Briefing, Today

Tone = Literal["", "b", "act", "red"]

SHIPPED_ONLY: Wordings = {}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence and how it is said: plain, a figure, what needs a hand, what is missing."""

    text: str
    tone: Tone = ""


Sentence = tuple[Part, ...]


def text(sentence: Sentence) -> str:
    """The sentence without its emphasis, ready to be copied."""
    return "".join(part.text for part in sentence)


def yesterday(told: Briefing, wordings: Wordings = SHIPPED_ONLY) -> Sentence:
    """What the last evening ended with: doses, roster completion, who is missing, what is not reconciled.

    ``wordings`` are the office's own (``phrases.wordings``); what it has not worded is said as shipped.
    """
    say = _Speaker(wordings)
    last = told.result
    if last is None:
        return say("none_yet")
    said: list[Part] = []
    if told.days.silent and told.days.evening is not None:
        said += say("silent", day=_day(told.days.evening), last=_day(last.day))
    said += say(
        "result",
        n=last.reported,
        people=_count(last.vaccinated),
        rate=_percent(last.completion, settings().thresholds.completion_low),
        fraction=_fraction(last.completion),
    )
    if last.missing:
        said += say("missing", names=listed([told.short(name) for name in last.missing]))
    said += say("settled") if last.open.empty else say("unsettled", n=len(last.open), m=len(last.disputed))
    return (*said, Part(_(".")))


def today(told: Briefing, wordings: Wordings = SHIPPED_ONLY) -> Sentence:
    """Whom the day calls up, whether capacity and stock suffice in all, and where they do not."""
    say = _Speaker(wordings)
    day = told.today
    if day.people is None:
        return say("no_roster", time=_due("roster"))
    said = [*say("called", people=_count(day.people)), *say("capacity", n=_count(day.capacity)), *_enough(say, day)]
    troubles = [*_shortages(say, told), *_crowds(say, day)]
    if not troubles:
        return (*said, Part(_(".")))
    said += say("but")
    for number, trouble in enumerate(troubles[:2]):
        said += [*((Part(_(", ")),) if number else ()), Part(trouble, "act")]
    if len(troubles) > 2:
        said += say("more", n=len(troubles) - 2)
    return (*said, *say("now"))


def _enough(say: _Speaker, day: Today) -> Sentence:
    if day.stock is None:
        return say("stock_unknown", time=_due("morning"))
    whole = day.mornings == day.expected
    told = {} if whole else {"told": f"{day.mornings}/{day.expected}"}
    doses = say("stock" if whole else "stock_partly", n=_count(day.stock), **told)
    short = day.planned is not None and day.planned > day.stock
    return (*doses, *say("not_enough" if day.load.over or short else "enough"))


def _shortages(say: _Speaker, told: Briefing) -> list[str]:
    rows = told.today.short
    return [
        text(say("shortage", place=told.short(place(label)), n=short))
        for label, short in zip(rows["label"], rows["short"], strict=True)
    ]


def _crowds(say: _Speaker, day: Today) -> list[str]:
    rows = day.crowded
    return [
        text(say("crowd", site=place(site), batch=batch, n=over))
        for site, batch, over in zip(rows["site"], rows["batch_no"], rows["over"], strict=True)
    ]


class _Speaker:
    """Says a sentence by its key, in the office's words where it has some."""

    def __init__(self, wordings: Wordings) -> None:
        self.wordings = wordings

    def __call__(self, key: str, **fields: object) -> Sentence:
        """The sentence cut at its emphasis, its fields filled in last, so that no figure is read as a mark."""
        wording = self.wordings.get(key) or template(phrases.SHIPPED[key].text)
        parts: list[Part] = []
        end = 0
        for marked in phrases.MARKED.finditer(wording):
            parts += [Part(wording[end : marked.start()]), Part(marked[2], marked[1])]  # type: ignore[arg-type]
            end = marked.end()
        parts.append(Part(wording[end:]))
        return tuple(Part(fill(part.text, **fields), part.tone) for part in parts if part.text)


def _day(day: date) -> str:
    return _("{month}/{day}", month=day.month, day=day.day)


def _due(kind: str) -> str:
    return f"{getattr(settings().deadlines, kind).due:%H:%M}"


def _count(n: int | None) -> str:
    return "—" if n is None else f"{n:,}"


def _percent(rate: Rate, threshold: float) -> str:
    shown = metrics.display_percent(rate, 1, threshold)
    return "—" if shown is None else f"{metrics.SIGN if rate.approximate else ''}{shown:,}%"


def _fraction(rate: Rate) -> str:
    return f"{_count(rate.numerator)}/{_count(rate.denominator)}"
