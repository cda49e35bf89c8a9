"""What each kind of sheet is: columns, types, synonyms, rules. Pure: no database, no workbook, no screen.

``KINDS`` holds every kind by key, in the order in which a workbook's sheets are taken in: the street's own
lists first, because the others name communities and sites.
"""

from __future__ import annotations

from data_access.sheets.actions import ACTIONS
from data_access.sheets.baseline import BASELINE
from data_access.sheets.communities import COMMUNITIES
from data_access.sheets.declaration import SheetKind
from data_access.sheets.evening import EVENING
from data_access.sheets.evidence import EVIDENCE
from data_access.sheets.ledger import LEDGER
from data_access.sheets.morning import MORNING
from data_access.sheets.plan import PLAN
from data_access.sheets.progress import PROGRESS
from data_access.sheets.roster import ROSTER
from data_access.sheets.sites import SITES

KINDS: dict[str, SheetKind] = {
    kind.key: kind
    for kind in (
        COMMUNITIES,
        SITES,
        BASELINE,
        LEDGER,
        ROSTER,
        MORNING,
        EVENING,
        PROGRESS,
        EVIDENCE,
        ACTIONS,
        PLAN,
    )
}

# The blank templates, by the name they have on the command line. The ledger is read but not handed out blank:
# the street asks for counts, and a ledger of persons should not be invited without need.
WORKBOOKS: dict[str, tuple[SheetKind, ...]] = {
    "base": (COMMUNITIES, SITES, BASELINE),
    "roster": (ROSTER,),
    "morning": (MORNING,),
    "evening": (EVENING,),
    "progress": (PROGRESS,),
    "evidence": (EVIDENCE,),
    "actions": (ACTIONS,),
    "plan": (PLAN,),
}


def kind(key: str) -> SheetKind:
    """The kind of sheet with this key; KeyError if there is none."""
    return KINDS[key]
