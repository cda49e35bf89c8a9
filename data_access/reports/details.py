"""What an event of the audit says besides who, when and what, in words: ``role clerk`` reads 角色：社区经办."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from config.language import N_, _
from data_access import sheets
from data_access.accounts import ROLE_NAMES, Role
from data_access.office import erasure, overrides, postings, retention, reveals
from data_access.reports.terms import NAMES as BASES

# Every key of a detail in words. A test compares it with the code.
WORDS = {
    "basis": N_("ranked by"),
    "by": N_("way"),
    "campaign": N_("campaign"),
    "campaigns": N_("number of campaigns"),
    "communities": N_("number of communities"),
    "community": N_("community"),
    "community_id": N_("number of the community"),
    "data_version": N_("data version"),
    "day": N_("on the day"),
    "files": N_("number of files"),
    "first": N_("from"),
    "from": N_("from"),
    "indicator": N_("indicator"),
    "into": N_("goes on in"),
    "kind": N_("kind"),
    "language": N_("language"),
    "last": N_("to"),
    "new": N_("new value"),
    "old": N_("old value"),
    "parts": N_("messages"),
    "purpose": N_("what for"),
    "reason": N_("reason"),
    "repeats": N_("the same figures as notice"),
    "restored": N_("in force again"),
    "role": N_("role"),
    "rule": N_("rule"),
    "sha256": N_("fingerprint of the file"),
    "shape": N_("mark of the layout"),
    "since": N_("since"),
    "size": N_("bytes"),
    "sort": N_("sort"),
    "submissions": N_("number of submissions"),
    "taken_back": N_("taken back"),
    "to": N_("to"),
    "tries": N_("tries"),
    "value": N_("value"),
    "values": N_("fields"),
    "with_key": N_("with the key file"),
    "withdrawn": N_("submissions withdrawn"),
    "without": N_("without"),
    "words": N_("in words"),
}
_SORTS = {
    "evidence": N_("evidence checklist"),
    "progress": N_("progress of work"),
    "action": N_("matter to settle"),
    **postings.SORTS,
}
_LANGUAGES = {"zh_CN": "中文", "en": "English"}  # each is called by its own name
# Where a key means something of its own in an event.
OF_EVENT: dict[str, Mapping[str, str]] = {
    "account_created": {"first": N_("first administrator")},
    "call_sheet": {"people": N_("number of people")},
    "template_with_people": {"rows": N_("number of rows with people")},
    "key_changing": {"rows": N_("number of rows")},
    "person_erased": erasure.NAMES,
    "purged": retention.NAMES,
}


def _kind(code: str) -> str:
    return sheets.kind(code).label if code in sheets.KINDS else code


def _coded(names: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda code: _(names[code]) if code in names else str(code)


_VALUES: dict[str, Callable[[Any], str]] = {
    "basis": _coded(BASES),
    "by": _coded({"single": N_("single sign-on")}),
    "kind": _kind,
    "language": lambda code: _LANGUAGES.get(code, str(code)),
    "purpose": _coded(reveals.PURPOSES),
    "reason": _coded(erasure.REASONS),
    "role": _coded({role.value: ROLE_NAMES[role] for role in Role}),
    "sort": _coded(_SORTS),
}


def text(event: str, details: Mapping[str, Any] | None) -> str:
    """The details of an event in the current language; what nobody said is left out, a key of a later version stays."""
    known = {name: value for name, value in (details or {}).items() if value is not None}
    parts = [f"{_(_word(event, name))}{_(': ')}{_value(name, value)}" for name, value in known.items()]
    return _("; ").join(parts)


def subject(event: str, named: str | None) -> str | None:
    """Whom or what an event is about; a setting or a sheet by the name that the pages have for it."""
    if named and event.startswith("setting_") and named in overrides.NAMES:
        return overrides.label(named)
    return _kind(named) if event == "rows_saved" and named else named


def _word(event: str, name: str) -> str:
    return OF_EVENT.get(event, {}).get(name) or WORDS.get(name, name)


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items())
    return _VALUES.get(name, str)(value)
