"""Settings that an administrator changes in the page: kept in the database, over the office's file, at once.

Each is a dotted name of ``config.settings.Settings`` and is checked by the same models as the file. The environment
outranks both: what it sets is shown as fixed. Every change is an audit event with the old and the new value; of a
secret only that there is one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import time
from typing import Any

import pandas as pd
from pydantic import SecretStr, ValidationError
from sqlalchemy import Connection, delete, insert, select, update

from config import clock, faults
from config.language import N_, _
from config.settings import Settings, laid, settings
from data_access import audit, database
from data_access.accounts import Actor, Capability
from data_access.office import overlay
from data_access.schema import Account, Setting

_DAILY = {"roster": N_("roster"), "morning": N_("morning tally"), "evening": N_("evening tally")}

# Every setting that the page may change, by its dotted name, in the order in which the page shows them.
NAMES: Mapping[str, str] = {
    "deadlines.roster.due": N_("on time until"),
    "deadlines.roster.due_offset": N_("days from the business date"),
    "deadlines.roster.close": N_("late until, then filed after closing"),
    "deadlines.roster.close_offset": N_("days from the business date"),
    "deadlines.morning.due": N_("on time until"),
    "deadlines.morning.due_offset": N_("days from the business date"),
    "deadlines.morning.close": N_("late until, then filed after closing"),
    "deadlines.morning.close_offset": N_("days from the business date"),
    "deadlines.evening.due": N_("on time until"),
    "deadlines.evening.due_offset": N_("days from the business date"),
    "deadlines.evening.close": N_("late until, then filed after closing"),
    "deadlines.evening.close_offset": N_("days from the business date"),
    "deadlines.notice": N_("ranking notice at"),
    "thresholds.coverage_target": N_("coverage target (%)"),
    "thresholds.completion_low": N_("plan completion is low below (%)"),
    "thresholds.behind": N_("behind elapsed time, red (points)"),
    "thresholds.slightly_behind": N_("behind elapsed time, slightly (points)"),
    "thresholds.ahead": N_("ahead of elapsed time (points)"),
    "thresholds.load_steps": N_("steps of a site's load (people ÷ capacity)"),
    "thresholds.small_base": N_("small base below (people)"),
    "thresholds.rate_difference": N_("printed and computed rate may differ by (points)"),
    "thresholds.roster_days_away": N_("a roster may lie this many days away"),
    "thresholds.deferral_days": N_("deferred people are called up again after (days)"),
    "coverage_denominator": N_("coverage is taken of"),
    "dense_ranks": N_("after a tie the next rank follows (1, 1, 2, 3)"),
    "count_shared_events": N_("one event may serve two items of the checklist"),
    "language": N_("language of the board"),
    "idle_minutes": N_("an idle session ends after (minutes)"),
    "stay_signed_in_days": N_("signed in for at most (days)"),
    "limits.file_mb": N_("one workbook at most (MB)"),
    "limits.sheets": N_("sheets of a workbook"),
    "limits.rows": N_("rows of a sheet"),
    "limits.columns": N_("columns of a sheet"),
    "limits.waiting_files": N_("files of one account that wait"),
    "limits.evidence_mb": N_("one file of evidence at most (MB)"),
    "limits.evidence_files": N_("files of evidence on one record"),
    "webhook.url": N_("address of the group robot"),
    "webhook.seconds": N_("one sending may take (seconds)"),
    "backup.on": N_("copies by the clock"),
    "backup.folder": N_("folder of the copies (empty: in the data folder)"),
    "backup.at": N_("copy at"),
    "backup.daily": N_("daily copies kept"),
    "backup.weekly": N_("weekly copies kept"),
    "backup.monthly": N_("monthly copies kept"),
    "retention.on": N_("personal data are emptied by themselves"),
    "retention.months": N_("after (months)"),
}
COLUMNS = ["name", "label", "value", "file", "set", "fixed", "by", "at"]


class SettingError(Exception):
    """A setting cannot be like this; the text names it and says what is wrong."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


def label(name: str) -> str:
    """What a setting is called in the current language."""
    parts = name.split(".")
    said = _(NAMES[name])
    return f"{_(_DAILY[parts[1]])}{_(': ')}{said}" if parts[1:] and parts[1] in _DAILY else said


def listed(actor: Actor) -> pd.DataFrame:
    """Every setting as it stands. For administrators.

    Columns: ``COLUMNS``; value and file (what the file says) as words, of a secret only its masked form, set whether it
    was set in the page, fixed whether the environment decides, by and at (aware UTC) who set it when, else None.
    """
    actor.require(Capability.ADMINISTER)
    with database.reading() as connection:
        rows = connection.execute(
            select(Setting.name, Account.username, Setting.changed_at)
            .join(Account, Account.id == Setting.account_id)
            .where(Setting.street_id == actor.street_id)
        )
        held = {row.name: row for row in rows}
        overlay.enter(connection, actor.street_id)
    below, now = laid({}), settings()
    lines = [
        {
            "name": name,
            "label": label(name),
            "value": words(name, value_of(now, name)),
            "file": words(name, value_of(below, name)),
            "set": name in held,
            "fixed": fixed(name),
            "by": held[name].username if name in held else None,
            "at": held[name].changed_at if name in held else None,
        }
        for name in NAMES
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def put(actor: Actor, values: Mapping[str, Any]) -> list[str]:
    """Set these settings together; those that changed. In force at once, in every session. For administrators.

    SettingError naming the setting that does not fit, and nothing is changed; KeyError for a name not in ``NAMES``.
    """
    actor.require(Capability.ADMINISTER)
    for name in values:
        if name not in NAMES:
            raise KeyError(name)
        if fixed(name):
            raise SettingError(N_("{name} is set by the environment of the server."), name=label(name))
    with database.writing() as connection:
        before = overlay.stored(connection, actor.street_id)
        after = before | {name: _plain(value) for name, value in values.items()}
        made, was = _checked(after), _checked_or_file(before)
        changed = [name for name in values if value_of(made, name) != value_of(was, name)]
        for name in changed:
            _keep(connection, actor, name, after[name], known=name in before)
            audit.record(connection, actor, "setting_changed", name, **_told(was, made, name))
        if changed:
            database.raise_version(connection)
            overlay.enter(connection, actor.street_id)
    return changed


def reset(actor: Actor, names: list[str]) -> list[str]:
    """Go back to what the file says; those that had been set. For administrators.

    SettingError where the file's value does not fit what else is set.
    """
    actor.require(Capability.ADMINISTER)
    with database.writing() as connection:
        before = overlay.stored(connection, actor.street_id)
        own = (Setting.street_id == actor.street_id, Setting.name.in_(names))
        gone = list(connection.execute(select(Setting.name).where(*own)).scalars())
        was = _checked_or_file(before)
        made = _checked({name: value for name, value in before.items() if name not in gone})
        connection.execute(delete(Setting).where(*own))
        for name in gone:
            audit.record(connection, actor, "setting_reset", name, **_told(was, made, name))
        if gone:
            database.raise_version(connection)
            overlay.enter(connection, actor.street_id)
    return gone


def fixed(name: str) -> bool:
    """Whether the environment decides: its variable is there and says something of this setting."""
    first, *rest = name.split(".")
    given = os.environ.get(f"STREET_{first.upper()}")
    if given is None or not rest:
        return given is not None
    try:
        place: Any = json.loads(given)
    except ValueError:
        return True
    for part in rest:
        if not isinstance(place, dict) or part not in place:
            return False
        place = place[part]
    return True


def value_of(found: Settings, name: str) -> Any:
    """The value of a setting by its dotted name."""
    place: Any = found
    for part in name.split("."):
        place = getattr(place, part)
    return place


def words(name: str, value: Any) -> str:
    """A value as text; of a secret only where it goes and how it ends, for it must not be read off a screen."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return f"••••••{secret[-4:]}" if len(secret) > 8 else "••••" if secret else ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, tuple):
        return " / ".join(f"{one:g}" for one in value)
    if name == "coverage_denominator":
        return _("people surveyed") if value == "surveyed" else _("people eligible")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return list(value) if isinstance(value, tuple) else value


def _checked(values: Mapping[str, Any]) -> Settings:
    try:
        return laid(overlay.tables(values))
    except ValidationError as problem:
        found = _to_blame(problem)
        raise SettingError(N_("{name}: {reason}"), name=found[0], reason=found[1]) from None


def _checked_or_file(values: Mapping[str, Any]) -> Settings:
    """As the board ran until now: what did not fit the file any more did not count."""
    try:
        return laid(overlay.tables(values))
    except ValidationError:
        return laid({})


def _to_blame(problem: ValidationError) -> tuple[str, str]:
    """The setting that does not fit, in words, and why; never its value, which may be a secret."""
    error = problem.errors()[0]
    cause = error.get("ctx", {}).get("error")
    parts = [str(part) for part in error["loc"] if not str(part).isdigit()]
    if isinstance(cause, faults.FieldError) and cause.field:
        parts.append(cause.field)
    name = ".".join(parts)
    known = label(name) if name in NAMES else name
    signs = {"greater_than_equal": "≥", "less_than_equal": "≤", "greater_than": ">", "less_than": "<"}
    if cause is not None:
        return known, str(cause)
    kind = str(error["type"])
    if kind in signs:
        bound = next(iter(error["ctx"].values()))
        return known, _("has to be {sign} {bound}", sign=signs[kind], bound=f"{bound:g}")
    return known, _("this value cannot be used")


def _keep(connection: Connection, actor: Actor, name: str, value: Any, *, known: bool) -> None:
    kept: dict[str, Any] = {
        "value": overlay.packed(name, value),
        "account_id": actor.id,
        "changed_at": clock.now(),
    }
    if known:
        own = (Setting.street_id == actor.street_id, Setting.name == name)
        connection.execute(update(Setting).where(*own).values(**kept))
    else:
        connection.execute(insert(Setting).values(street_id=actor.street_id, name=name, **kept))


def _told(was: Settings, made: Settings, name: str) -> dict[str, Any]:
    """Old and new for the audit; of a secret only whether there is one."""
    told = {}
    for key, found in (("old", was), ("new", made)):
        value = value_of(found, name)
        told[key] = bool(value.get_secret_value()) if isinstance(value, SecretStr) else _plain(value)
    return told
