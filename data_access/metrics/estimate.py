"""A count that was written as an estimate: 46余, 400多, 近百 (traps.md 14, metrics.md §6.9)."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

SIGN = "≈"  # stands before the figure wherever it is printed


class Estimate(int):
    """A count that holds only about; whatever is added to it or taken from it holds only about as well.

    So the mark goes with the figure through every sum, difference and rate, and cannot be forgotten on the way.
    """

    __slots__ = ()

    def __add__(self, other: int) -> Estimate:
        return Estimate(int(self) + int(other))

    def __sub__(self, other: int) -> Estimate:
        return Estimate(int(self) - int(other))

    def __rsub__(self, other: int) -> Estimate:
        return Estimate(int(other) - int(self))

    __radd__ = __add__

    def __format__(self, spec: str) -> str:
        """``≈46``: printed, it never passes for a count that is exact."""
        return f"{SIGN}{int(self):{spec}}"


def counted(name: str, figure: int | Decimal | None, estimates: Collection[str]) -> int | None:
    """The figure of a column as it was reported: an Estimate where the column is one of ``estimates``."""
    if figure is None:
        return None
    return Estimate(figure) if name in estimates else int(figure)
