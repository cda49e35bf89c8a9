"""The reference of all sheets, generated from the declarations: ``python -m data_access.sheets.manual``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.language import N_, _, speaking
from data_access.sheets import KINDS, WORKBOOKS
from data_access.sheets.declaration import Column, SheetKind, Type

TYPES = {
    Type.TEXT: N_("text"),
    Type.NAME: N_("a person's name"),
    Type.INT: N_("whole number"),
    Type.NUMBER: N_("number"),
    Type.PERCENT: N_("percent, such as 38.3 or 38.3%"),
    Type.DATE: N_("date, such as 2026-11-21"),
    Type.TIME: N_("time, such as 09:00"),
    Type.DATETIME: N_("date and time, such as 2026-11-21 08:45"),
    Type.TICK: N_("yes or no"),
    Type.ENUM: N_("one of the list"),
    Type.LIST: N_("several names, separated by 、 or ;"),
    Type.COMMUNITY: N_("community"),
    Type.SITE: N_("site"),
    Type.CAMPAIGN: N_("campaign"),
    Type.DOSE: N_("dose of the campaign"),
    Type.GROUP: N_("person group of the campaign"),
    Type.ID_NO: N_("document number, as text"),
    Type.PHONE: N_("telephone number, as text"),
    Type.PERIOD: N_("period, such as 2026-11, 2026Q4, 2026-W47 or 2026"),
    Type.WORKSTREAM: N_("workstream"),
    Type.INDICATOR: N_("indicator code"),
    Type.FILES: N_("number of files, or yes"),
}

DOSES = {
    "d1": "where the campaign gives dose 1",
    "d2": "where the campaign gives dose 2",
    "b": "where the campaign gives a booster",
    "full": "where a full course is more than one dose",
}

SCOPES = {
    "campaign": "campaign",
    "community": "community",
    "business_date": "date",
    "period": "period",
}

_HEAD = """\
# Sheets

Every kind of sheet with its columns, generated from the declarations in `data_access/sheets`:
`python -m data_access.sheets.manual > docs/sheets.md`. Do not edit it by hand. How files may look, and what happens
to them: [Workbooks](workbooks.md).

Blank workbooks: `python -m data_access template KIND -o FILE`, with KIND one of {templates}.

"""


def type_text(column: Column) -> str:
    """What a column holds, in the current language."""
    return _(TYPES[column.type])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _required(kind: SheetKind, column: Column) -> str:
    if column.required:
        return f"yes, {DOSES[column.dose]}" if column.dose else "yes"
    for group in kind.either:
        if column.key in group:
            others = [kind.column(key).zh for key in group if key != column.key]
            return f"this or {' or '.join(others)}"
    return ""


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(f"{choice.zh} {choice.en}" for choice in column.choices)
    if column.minimum is not None and column.maximum is not None:
        return f"{column.minimum}–{column.maximum}"
    return f"≥ {column.minimum}" if column.minimum is not None else ""


def _line(kind: SheetKind, column: Column) -> str:
    cells = (
        column.zh,
        column.en,
        f"`{column.key}`",
        type_text(column),
        _required(kind, column),
        "、".join(column.synonyms),
        column.rule_en,
        _allowed(column),
    )
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _scope(kind: SheetKind) -> str:
    words = [
        kind.column(kind.topic).en.lower() if part == "topic" and kind.topic else SCOPES[part] for part in kind.scope
    ]
    return f"One submission covers one {', '.join(words)}." if words else "One submission covers the whole street."


def _section(kind: SheetKind) -> Iterator[str]:
    yield f"## {kind.zh} {kind.en} (`{kind.key}`)\n"
    yield f"{kind.purpose_en}. {_scope(kind)}\n"
    blank = any(kind in kinds for kinds in WORKBOOKS.values())
    yield (f"Template: `{kind.workbook}`.\n" if blank else "Read where it is sent; there is no blank template of it.\n")
    if kind.synonyms:
        yield f"Also named: {'、'.join(kind.synonyms)}.\n"
    yield "| Header | English | Key | Type | Required | Also read as | Rule | Allowed |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from (_line(kind, column) for column in kind.columns)
    yield ""


def manual(kinds: Iterable[SheetKind] = tuple(KINDS.values())) -> str:
    """The whole page ``docs/sheets.md``: English, with the Chinese headers."""
    with speaking("en"):
        head = _HEAD.format(templates=", ".join(f"`{key}`" for key in WORKBOOKS))
        return head + "\n".join(line for kind in kinds for line in _section(kind))


if __name__ == "__main__":
    print(manual(), end="")
