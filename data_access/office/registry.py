"""The register kept in the page: communities added, changed, renamed, merged and ended; the list of sites.

What is said of a community or a site goes in as a submission, like a sheet: with revisions, as of a moment, to be
undone. What it *is* changes here: a rename keeps the community and its history under the name of each day, an end or a
merger has a day from which nothing is owed any more. Nothing is deleted. For administrators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from config.language import N_, _
from data_access import audit, database, naming, sheets, submissions
from data_access.accounts import Actor, Capability
from data_access.force import in_force
from data_access.inbox import facts
from data_access.inbox.known import known
from data_access.schema import Community, Submission
from data_access.workbooks.model import Portion, Row, Scope
from data_access.workbooks.street import Street

NAME_MOST = 40
FIELDS = tuple(column.key for column in sheets.kind("communities").columns if column.key not in ("name", "code"))
_ENDS = frozenset({"active_until"})  # decided by ending a community, not by typing a date


class RegistryError(Exception):
    """The register cannot be changed like this; the text says why."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Held:
    """A community as the register has it: names and telephones written out, for whoever keeps the register."""

    name: str
    values: Mapping[str, Any]
    revision: int
    retired_on: date | None
    merged_into: str | None
    former: tuple[naming.Former, ...]


def community(actor: Actor, name: str) -> Held:
    """One community by any of its names. RegistryError if there is none."""
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        return _held(connection, actor, name)


def add(actor: Actor, name: str, values: Mapping[str, Any]) -> None:
    """A new community; ``values`` by column of the register. RegistryError for a name that is somebody's."""
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        name = _free(connection, actor, name)
        _save(connection, actor, name, {**dict.fromkeys(FIELDS), "code": values.get("code"), **values}, seen=0)
        audit.record(connection, actor, "community_added", name)


def change(actor: Actor, name: str, values: Mapping[str, Any], *, seen: int) -> None:
    """Say something else of a community: ``values`` by column of the register, the others stay.

    ``seen`` is the revision that the page showed. RegistryError where the register's rules do not allow it;
    ``submissions.ChangedMeanwhileError``.
    """
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        held = _held(connection, actor, name)
        kept = {**held.values, **{key: value for key, value in values.items() if key not in _ENDS}}
        _save(connection, actor, held.name, kept, seen=seen)


def rename(actor: Actor, name: str, new: str, since: date) -> None:
    """Call a community otherwise from a day on. The old name stays its alias, and its name on the days before.

    Going back to the name it bore last takes that rename back. RegistryError for a name that is somebody's, or a day
    that does not come after the last rename.
    """
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        held = _held(connection, actor, name)
        number = _number(connection, actor, held.name)
        last = held.former[-1] if held.former else None
        back = last is not None and new.strip() == last.name
        if back and last is not None:
            new = last.name
            connection.execute(delete(Community).where(_named(actor, new), naming.is_former()))
        else:
            new = _free(connection, actor, new, but=held.name)
            if last is not None and since <= last.until:
                raise RegistryError(
                    N_("{name} has borne its name since {day}; a new one has to come after that."),
                    name=held.name,
                    day=last.until.isoformat(),
                )
        position = connection.execute(select(Community.position).where(Community.id == number)).scalar_one()
        connection.execute(update(Community).where(Community.id == number).values(name=new))
        if not back:
            connection.execute(
                insert(Community).values(
                    street_id=actor.street_id,
                    name=held.name,
                    code=f"{naming.FORMER}{number}.{len(held.former) + 1}",
                    position=position,
                    retired_on=since,
                    merged_into=number,
                )
            )
        aliases = [*dict.fromkeys((*(held.values["aliases"] or ()), held.name))]
        values = {**held.values, "aliases": [alias for alias in aliases if alias != new]}
        _save(connection, actor, new, values)
        told = {"old": held.name, "new": new} | ({"taken_back": True} if back else {"since": since.isoformat()})
        audit.record(connection, actor, "community_renamed", new, **told)


def retire(actor: Actor, name: str, since: date, into: str | None = None) -> None:
    """End a community: from ``since`` on it owes no sheet and is not ranked; ``into`` goes on in its place.

    Its history stays, under its own name. RegistryError if it has ended, begins later, or would go on in itself or in
    one that has ended by then.
    """
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        held = _held(connection, actor, name)
        if held.retired_on is not None:
            raise RegistryError(N_("{name} has ended already."), name=held.name)
        first = held.values["active_from"]
        if first is not None and since <= first:
            raise RegistryError(N_("{name} begins on {day} only."), name=held.name, day=first.isoformat())
        other = _held(connection, actor, into) if into else None
        if other is not None and other.name == held.name:
            raise RegistryError(N_("A community cannot be merged into itself."))
        if other is not None and other.retired_on is not None and other.retired_on <= since:
            raise RegistryError(N_("{name} has ended already."), name=other.name)
        target = _number(connection, actor, other.name) if other else None
        connection.execute(
            update(Community).where(_named(actor, held.name)).values(retired_on=since, merged_into=target)
        )
        _save(connection, actor, held.name, {**held.values, "active_until": since - timedelta(days=1)})
        event = "community_merged" if other else "community_retired"
        told = {"into": other.name} if other else {}
        audit.record(connection, actor, event, held.name, since=since.isoformat(), **told)


def resume(actor: Actor, name: str) -> None:
    """Take the end of a community back: it goes on as if it had not ended. RegistryError if it has not."""
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        held = _held(connection, actor, name)
        if held.retired_on is None:
            raise RegistryError(N_("{name} has not ended."), name=held.name)
        connection.execute(update(Community).where(_named(actor, held.name)).values(retired_on=None, merged_into=None))
        _save(connection, actor, held.name, {**held.values, "active_until": None})
        audit.record(connection, actor, "community_resumed", held.name)


def sites(actor: Actor) -> tuple[list[dict[str, Any]], int]:
    """The list of sites as it stands, by column of its sheet, and its revision (0: there is none yet)."""
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        found = _in_force(connection, actor, "sites")
        return (facts.stored(connection, "sites", found.id), found.revision) if found else ([], 0)


def put_sites(actor: Actor, rows: Sequence[Mapping[str, Any]], *, seen: int) -> None:
    """The whole list of sites anew; ``seen`` is the revision that the page showed.

    RegistryError where the rules of the sheet do not allow it; ``submissions.ChangedMeanwhileError``.
    """
    actor.require(Capability.ADMINISTER)
    if not rows:
        raise RegistryError(N_("A street has at least one site; give one that has closed a last day."))
    _check("sites", rows)
    numbered = [Row(number, dict(row)) for number, row in enumerate(rows, start=1)]
    submissions.save(actor, [Portion(Scope("sites"), numbered)], seen=seen)


# What stands -----------------------------------------------------------------------------------------------------


def _held(connection: Connection, actor: Actor, name: str | None) -> Held:
    row = connection.execute(
        select(Community.id, Community.name, Community.retired_on, Community.merged_into).where(
            Community.id == naming.key(actor.street_id, name)
        )
    ).first()
    found = None if row is None else _in_force(connection, actor, "communities", row.id)
    if row is None or found is None:
        raise RegistryError(N_("The street has no {name}."), name=name)
    into = connection.execute(select(Community.name).where(Community.id == row.merged_into)).scalar()
    bore = tuple(one for one in naming.former(connection, actor.street_id) if one.community_id == row.id)
    (values,) = facts.stored(connection, "communities", found.id)
    return Held(row.name, values, found.revision, row.retired_on, into, bore)


def _in_force(connection: Connection, actor: Actor, kind: str, community_id: int | None = None) -> Any:
    own = Submission.community_id.is_(None) if community_id is None else Submission.community_id == community_id
    return connection.execute(
        select(Submission.id, Submission.revision).where(
            Submission.street_id == actor.street_id, Submission.kind == kind, own, in_force()
        )
    ).first()


def _named(actor: Actor, name: str) -> Any:
    return (Community.street_id == actor.street_id) & (Community.name == name)


def _number(connection: Connection, actor: Actor, name: str) -> int:
    return connection.execute(select(Community.id).where(_named(actor, name))).scalar_one()


def _free(connection: Connection, actor: Actor, name: str, but: str | None = None) -> str:
    """The name, if nobody bears it, bore it, or has it for an alias; ``but`` may, whose name it is to be."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_MOST:
        raise RegistryError(N_("A name has 1 to {n} characters."), n=NAME_MOST)
    taken = connection.execute(select(Community.id).where(_named(actor, name))).first()
    owner = Street(known(connection, actor)).places.find(name)
    if taken is not None or owner not in (None, but):
        raise RegistryError(N_("{name} is a name of {owner} already."), name=name, owner=owner or name)
    return name


# Going in --------------------------------------------------------------------------------------------------------


def _save(
    connection: Connection, actor: Actor, name: str, values: Mapping[str, Any], *, seen: int | None = None
) -> None:
    row = {**values, "name": name, "kind": values.get("kind") or "community"}
    row["aliases"] = [*dict.fromkeys(alias.strip() for alias in values.get("aliases") or () if alias.strip())]
    others = [one for one in known(connection, actor).communities if one.name != name]
    _check(
        "communities", [row, *({"name": one.name, "code": one.code or None, "aliases": one.aliases} for one in others)]
    )
    submissions.save_within(
        connection, actor, [Portion(Scope("communities", community=name), [Row(1, row)])], seen=seen
    )


def _check(kind: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """The rules of the sheet hold for what is typed into the page as well."""
    declared = sheets.kind(kind)
    typed: list[Mapping[str, Any]] = [*rows]
    for row in typed:
        for column in declared.columns:
            value = row.get(column.key)
            if column.required and value in (None, ""):
                raise RegistryError(N_("{column} is missing."), column=column.label)
            if column.minimum is not None and value is not None and value < column.minimum:
                raise RegistryError(N_("{column} is at least {n}."), column=column.label, n=column.minimum)
    problems = [problem for check in declared.row_checks for row in typed for problem in check(row)]
    problems += [problem for check in declared.sheet_checks for problem in check(typed)]
    for problem in problems:
        label = declared.column(problem.column).label if problem.column else ""
        raise RegistryError(problem.rule.message, column=label, **dict(problem.fields or {}))
