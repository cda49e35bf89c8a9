"""What the change of a matter to settle means: found, assigned, fixed, rechecked, closed, reopened, extended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_REACHED = {"fixing": "assigned", "recheck": "fixed", "closed": "closed", "relapsed": "reopened"}


def events(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """The events between two revisions of a matter, each with its note.

    Status codes: new 待交办, fixing 整改中, recheck 待复查, closed 已销号, relapsed 反弹; clear 无问题 is
    no matter.
    """
    found: list[tuple[str, str | None]] = []
    if after["status"] == "clear":
        return found
    if before is None:
        found.append(("found", None))
    elif before["due"] != after["due"]:
        found.append(("extended", after.get("extension")))
    status = after["status"]
    if (before is None or before["status"] != status) and status in _REACHED:
        if status == "closed" and after.get("recheck") == "passed":
            found.append(("rechecked", None))
        if before is not None and before["status"] == "recheck" and after.get("recheck") == "failed":
            found.append(("rechecked", None))
        found.append((_REACHED[status], after.get("measure") if status == "recheck" else None))
    return found
