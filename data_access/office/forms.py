"""The forms a notice is handed out in: text, workbook, official paper, picture, JSON. All from what was frozen."""

from __future__ import annotations

from typing import Any

from config import clock
from config.language import _
from data_access.commands import answers
from data_access.office.notices import Notice
from data_access.reports import notice as words
from data_access.reports import ranking
from data_access.reports.scores import COUNTED, OF_PEOPLE
from data_access.workbooks import exports, pictures
from data_access.workbooks.pictures import Picture, Row, Spot


def text(notice: Notice) -> str:
    """For a chat."""
    return words.text(notice.told, notice.number if notice.published_at else None)


def xlsx(notice: Notice) -> bytes:
    """A sheet per basis, the chosen one first, then the corrections; definitions, number and data version beside."""
    told = notice.told
    bases = dict.fromkeys([told.basis, *told.listings])
    sheets = {_(ranking.NAMES[basis]): words.sheet(told, basis) for basis in bases}
    if told.errata:
        sheets[_("Corrections told")] = words.errata_sheet(told.errata)
    definitions = {_("Notice"): f"{words.heading(told)} · {_('no. {n}', n=notice.number)}"}
    definitions |= {_("Published at"): _published(notice), _("Scope"): words.scope(told)}
    definitions |= {_(ranking.NAMES[basis]): told.listings[basis].definition for basis in bases}
    return exports.workbook(sheets, definitions=definitions, data_version=told.data_version)


def docx(notice: Notice) -> bytes:
    """The official paper."""
    from data_access.workbooks import documents  # python-docx takes a while to load, and few want a paper

    day = clock.local(notice.published_at or notice.told.at).date()
    return documents.docx(words.letter(notice.told, notice.number, day))


def png(notice: Notice) -> bytes:
    """The list as a picture: ranks, figures, dots with intervals."""
    told = notice.told
    rows = words.lines(told)
    fractions = any(one.fraction for one in rows)
    head = [_("Rank"), _("Community"), *([_("Done/base")] if fractions else []), _(ranking.NAMES[told.basis])]
    drawn = told.basis in OF_PEOPLE
    picture = Picture(
        title=words.heading(told),
        lines=[
            _("No. {n}, {time}, data version {v}", n=notice.number, time=_published(notice), v=told.data_version),
            words.joined([words.scope(told), *words.summary(told)]),
        ],
        head=[*head, _("Change"), _("Mark")],
        rows=[
            Row(
                [one.rank, one.community, *([one.fraction] if fractions else []), one.figure, one.change, one.note],
                Spot(one.value, one.low, one.high) if drawn and one.value is not None else None,
                quiet=not one.ranked,
            )
            for one in rows
        ],
        notes=words.explanations(told),
        right=frozenset(range(2, len(head))),
        after=len(head) - 1,
        target=told.target if told.basis == "coverage" else None,
        target_text=_("Target {n}%", n=f"{told.target:g}"),
        bold=frozenset({0, 1, len(head) - 1}),
    )
    return pictures.png(picture)


def plain(notice: Notice) -> dict[str, Any]:
    """As JSON: what is shown and what stands beside it, with counts as integers and missing as null."""
    told = notice.told
    return {
        "notice": notice.number,
        "campaign": told.campaign.code,
        "date": told.day.isoformat(),
        "published_at": answers.plain(notice.published_at),
        "by": notice.by,
        "data_version": told.data_version,
        "basis": told.basis,
        "reported": told.field - len(told.unreported),
        "field": told.field,
        "unreported": list(told.unreported),
        "repeats": notice.repeats,
        "definitions": {basis: one.definition for basis, one in told.listings.items()},
        "rows": {
            basis: answers.rows(one.table, () if basis in COUNTED else ranking.RATES)
            for basis, one in told.listings.items()
        },
        "totals": {
            basis: {str(name): answers.plain(value) for name, value in one.total.items()}
            for basis, one in told.listings.items()
        },
        "corrections": {
            "notice": told.errata_of,
            "rows": [
                {
                    "community": one.community,
                    "rank": {"then": one.rank_then, "now": one.rank_now},
                    "figure": {"then": list(one.then), "now": list(one.now)},
                    "submissions": [each.submission for each in one.revisions],
                }
                for one in told.errata
            ],
        },
        "text": text(notice),
    }


def _published(notice: Notice) -> str:
    return f"{clock.local(notice.published_at or notice.told.at):%Y-%m-%d %H:%M}"
