"""What a community clerk may say in a sheet: about the own community, and nothing that the street decides.

The reader refuses rows of other communities already; here the same holds for whatever reaches the database, by
whichever way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

STREET_KINDS = ("communities", "sites")
_FIXING = {"status", "measure", "fixed_on", "photos_before", "photos_after"}
_CLEARED = {"recheck", "rechecked_on", "rechecked_by"}
_REVIEW = ("review", "review_note")

Fact = dict[str, Any]


def may_report_fixing(before: Sequence[Fact], facts: Sequence[Fact]) -> bool:
    """Whether the revision of a matter only says how it is being fixed; a matter not on the list yet may not come."""
    if len(before) != 1 or len(facts) != 1:
        return False
    old, new = before[0], facts[0]
    changed = {name for name in new if new[name] != old.get(name)}
    cleared = {name for name in changed & _CLEARED if new[name] is None}
    forward = new["status"] == old["status"] or (new["status"] == "recheck" and old["status"] in ("fixing", "relapsed"))
    return changed <= _FIXING | cleared and forward


def keep_review(identity: Sequence[str], before: Sequence[Fact], facts: Sequence[Fact], *, street: bool) -> int:
    """Put back the review of each piece of evidence; how many rows had claimed another.

    A piece whose content changed since its review waits for a new one. What a ``street``'s account says of a review
    stands; where its sheet says nothing, the review made before does.
    """
    reviewed: Mapping[tuple[Any, ...], Fact] = {tuple(fact[key] for key in identity): fact for fact in before}
    claimed = 0
    for fact in facts:
        if street and any(fact[name] is not None for name in _REVIEW):
            continue
        old = reviewed.get(tuple(fact[key] for key in identity), {})
        same = bool(old) and all(fact[name] == old[name] for name in fact if name not in _REVIEW)
        for name in _REVIEW:
            kept = old.get(name) if same else None
            if name == "review" and fact[name] not in (None, "pending", kept):
                claimed += 1
            fact[name] = kept
    return claimed
