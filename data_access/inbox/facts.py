"""From the typed rows of a sheet to the rows of a fact table.

A fact is a plain dict of column values in which the site is still a name; ids are put in when it is stored. The
same dicts, read back, are what a new submission is compared with. Those of a new sheet are made by column and stored by
column; rows are made of them where somebody asks for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, select

from data_access import privacy, sheets
from data_access.schema import FACTS, Community, Site
from data_access.sheets.actions import MATTER
from data_access.workbooks.model import Portion, Row, Scope

# What stands in a column that the sheet does not fill.
_USUAL: Mapping[str, Mapping[str, Any]] = {
    "baseline": {"person_group": "all"},
    "communities": {"kind": "community", "aliases": ()},
}
_KEYS = {"id", "submission_id", "street_id", "row", "community_id", "campaign_id", "site_id"}
_FAMILY = (
    "has_65",
    "has_chronic",
    "family_application",
    "family_checkup",
    "family_checkup_65",
    "family_chronic",
    "family_lifestyle",
)


def table(kind: str) -> Table:
    """The fact table of a kind of sheet."""
    return FACTS[kind].__table__  # type: ignore[return-value]


class Facts(Sequence[dict[str, Any]]):
    """The facts of one scope, given by column."""

    def __init__(self, made: dict[str, list[Any]]) -> None:
        self._columns = made
        self._rows: list[dict[str, Any]] | None = None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Row by row; from then on the rows are what counts, for they may be changed."""
        if self._rows is None:
            lines = zip(*self._columns.values(), strict=True)
            self._rows = [dict(zip(self._columns, line, strict=True)) for line in lines]
        return self._rows

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def __getitem__(self, place: Any) -> Any:
        return self.rows[place]

    def by_column(self) -> Mapping[str, list[Any]]:
        """Column by column."""
        return self._columns if self._rows is None else _turned(self._rows)


def by_column(given: Sequence[Mapping[str, Any]]) -> Mapping[str, list[Any]]:
    """Facts by column, whichever way they are held; nothing of none."""
    return given.by_column() if isinstance(given, Facts) else _turned(given)


def _turned(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}


@cache
def columns(kind: str) -> tuple[str, ...]:
    """The columns of a fact as it is compared: those of the table without keys, and the names that keys stand for.

    The community is part of a matter's fact, because its scope is only the matter's number.
    """
    names = tuple(column.key for column in table(kind).columns if column.key not in _KEYS)
    if "site_id" in table(kind).columns and kind != "sites":
        names = (*names, "site")
    return (*names, "community") if kind == "actions" else names


@cache
def identity(kind: str) -> tuple[str, ...]:
    """The columns of a fact that tell two rows of one scope apart."""
    if kind == "roster":
        return ("person_key", "dose_no")
    return tuple(name for name in sheets.kind(kind).identity if name in columns(kind))


def fact(kind: str, row: Row, scope: Scope) -> dict[str, Any]:
    """The fact of one row; columns the sheet does not have are None, which is missing, not zero."""
    return facts(kind, [row], scope)[0]


def facts(kind: str, rows: Sequence[Row], scope: Scope) -> Sequence[dict[str, Any]]:
    """The facts of the rows of one scope, made by column: each question is put once and not once a row."""
    said = [row.values for row in rows]
    made: dict[str, list[Any]] = {name: [values.get(name) for values in said] for name in columns(kind)}
    for name, usual in _USUAL.get(kind, {}).items():
        made[name] = [usual if value is None else value for value in made[name]]
    if kind == "roster":
        documents = [values.get("id_no") or values["person_code"] for values in said]
        made["person_key"] = list(map(privacy.keys().person, documents))
        made["id_last4"] = [document[-4:] for document in documents]
    elif kind == "communities":
        made["aliases"] = [list(aliases or ()) for aliases in made["aliases"]]
    elif kind == "evidence":
        made["family"] = [
            {name: values[name] for name in _FAMILY if values.get(name) is not None} or None for values in said
        ]
        made["not_applicable"] = [  # 不适用及原因 says both in one cell
            True if given is None and reason is not None else given
            for given, reason in zip(made["not_applicable"], made["na_reason"], strict=True)
        ]
    elif kind == "actions":
        made["item_no"] = [number or item_number(values) for number, values in zip(made["item_no"], said, strict=True)]
        made["original_due"] = list(made["due"])
    if "estimates" in made:
        made["estimates"] = [sorted(row.approximate.intersection(made)) or None for row in rows]
    for name, part in _of_scope(kind):
        stands = getattr(scope, part)
        made[name] = [stands if value is None else value for value in made[name]]
    return Facts(made)


def usual(portion: Portion) -> frozenset[str]:
    """The columns of its facts in which only what is usual stands, for no row of the portion fills them."""
    known = _USUAL.get(portion.scope.kind, {})
    return frozenset(name for name in known if all(row.values.get(name) is None for row in portion.rows))


@cache
def _of_scope(kind: str) -> tuple[tuple[str, str], ...]:
    """The columns of a fact that its scope fills where the row does not, each with the part of the scope."""
    parts = {"biz_date": "business_date", "vaccination_date": "business_date", "as_of": "business_date"}
    if kind != "actions":
        parts |= {"period": "period", "year": "period", "week": "period", "workstream": "topic"}
    return tuple((name, part) for name, part in parts.items() if name in columns(kind))


def item_number(values: Mapping[str, Any]) -> str:
    """The number of a matter whose sheet gives none, made from what it says, so that the same matter keeps it."""
    found: date | None = values.get("found_on")
    text = "|".join(str(values.get(name) or "") for name in MATTER)
    stem = f"{found:%Y%m%d}" if found else "undated"
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def stored(connection: Connection, kind: str, submission_id: int) -> list[dict[str, Any]]:
    """The facts of a submission as they were stored, in sheet order."""
    source, wanted = table(kind), columns(kind)
    query = select(*(source.c[name] for name in wanted if name in source.c)).where(
        source.c.submission_id == submission_id
    )
    if "site" in wanted:
        query = query.add_columns(Site.name.label("site")).join(Site, Site.id == source.c.site_id, isouter=True)
    if "community" in wanted:
        name = Community.name.label("community")
        query = query.add_columns(name).join(Community, Community.id == source.c.community_id, isouter=True)
    return [dict(row._mapping) for row in connection.execute(query.order_by(source.c.row, source.c.id))]


def rows(connection: Connection, kind: str, submission_id: int) -> list[int]:
    """The rows of the sheet that the facts of a submission came from, in the order of ``stored``."""
    source = table(kind)
    query = select(source.c.row).where(source.c.submission_id == submission_id).order_by(source.c.row, source.c.id)
    return list(connection.execute(query).scalars())
