"""What each capability protects, and the table of docs/security.md: ``python -m data_access.access.rights``."""

from __future__ import annotations

from collections.abc import Mapping

from config.language import speaking
from data_access.accounts import CAPABILITIES, READING, ROLE_NAMES, Capability, Role

WHAT: Mapping[Capability, str] = {
    Capability.READ_BOARD: "figures, states, rankings, notices, catalogue; nobody's name and nobody's words",
    Capability.READ_PEOPLE: "people of rosters, contacts, free text, evidence files; a clerk's own community only",
    Capability.REVEAL: "one person of a roster in full, for a purpose; call sheets in full; a clerk's own community",
    Capability.UPLOAD: "batches, sheets, rows typed in, files of evidence; a clerk's own community only",
    Capability.WITHDRAW: "taking sheets and batches out of force; the base workbook with its telephones",
    Capability.WAIVE: "accepting a warning",
    Capability.EXEMPT: "letting a community off a sheet",
    Capability.CLOSE_DAY: "closing a day and opening it again",
    Capability.PUBLISH: "publishing a ranking under a number",
    Capability.MANAGE_ACTIONS: "raising, handing over, re-checking and closing matters, later due dates",
    Capability.REVIEW: "passing evidence or sending it back",
    Capability.MAP_SHEETS: "layouts of workbooks, own workstreams and indicators",
    Capability.SET_TARGETS: "targets and definitions of indicators",
    Capability.WORD: "the wording of the spoken summary",
    Capability.POST: "sending texts to the group's robot",
    Capability.COMPARE_STREETS: "figures of the streets of its district; each street only as its leaders see it",
    Capability.ADMINISTER: "accounts, register, sites, campaigns, settings, audit, backups, the machine",
}


def table() -> str:
    """Role by capability as Markdown, from ``accounts.CAPABILITIES``; ● allowed, ○ even while looking back."""
    with speaking("en"):
        names = [str(ROLE_NAMES[role]) for role in Role]
    lines = [f"| Capability | {' | '.join(names)} | Protects |", f"|---|{':-:|' * len(names)}---|"]
    for capability in Capability:
        marks = [_mark(role, capability) for role in Role]
        lines.append(f"| `{capability.value}` | {' | '.join(marks)} | {WHAT[capability]} |")
    return "\n".join(lines) + "\n"


def _mark(role: Role, capability: Capability) -> str:
    if capability not in CAPABILITIES[role]:
        return ""
    return "○" if capability in READING else "●"


if __name__ == "__main__":
    print(table(), end="")
