"""What was measured of a product, and the one table of it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import psutil

MEGABYTE = 1024**2
KINDS = ("cold", "warm")
SHARES = {0.5: "p50", 0.95: "p95", 0.0: "processor"}


@dataclass
class Row:
    """One page or chart: milliseconds of each round by kind (cold, warm), what was sent, the processor's share."""

    product: str
    name: str
    wall: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    busy: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    size: int = 0

    def add(self, kind: str, seconds: float, busy: float, size: int) -> None:
        """A round: seconds by the wall clock and of the server's processor, bytes of the answer."""
        self.wall[kind].append(seconds * 1000)
        self.busy[kind].append(busy * 1000)
        self.size = size

    def cost(self, kind: str, share: float) -> float:
        """The milliseconds within which this share of the rounds came to their end; 0: those of the processor."""
        if not share:
            return max(statistics.mean(self.busy[kind]), 0.1)
        ordered = sorted(self.wall[kind])
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]

    def cells(self) -> list[str]:
        """p50, p95 and processor, cold and warm, and the kilobytes sent."""
        times = [f"{self.cost(kind, share):.0f}" for kind in KINDS for share in SHARES]
        return [*times, f"{self.size / 1024:.0f}"]


@dataclass
class Product:
    """All of a product: its rows, and the bytes that its processes hold (their share of what several hold)."""

    name: str
    rows: list[Row]
    memory: int


def processes(process: psutil.Process) -> list[psutil.Process]:
    """A process and all below it."""
    return [process, *process.children(recursive=True)]


def memory(process: psutil.Process) -> int:
    """Bytes that a server's processes hold, those that several share counted once (PSS)."""
    return sum(int(one.memory_full_info().pss) for one in processes(process))


def busy(process: psutil.Process) -> float:
    """Seconds of the processor that a server's processes have used."""
    times = (one.cpu_times() for one in processes(process))
    return float(sum(one.user + one.system for one in times))


def table(products: Iterable[Product]) -> Iterator[str]:
    """Every row, as Markdown."""
    heads = [f"{kind} {what}" for kind in KINDS for what in SHARES.values()]
    yield "| product | page or chart | " + " | ".join([*heads, "kB", "MB"]) + " |"
    yield "|---|---|" + "---:|" * (len(heads) + 2)
    for product in products:
        held = f"{product.memory / MEGABYTE:.0f}"
        for row in product.rows:
            yield f"| {row.product} | {row.name} | " + " | ".join([*row.cells(), held]) + " |"
            held = ""


def ratios(ours: Product, plain: Product, superset: Product | None, share: float) -> Iterator[str]:
    """Whole pages of ours beside two and four of Superset's charts and the plain page, as Markdown.

    ``share``: of the wall clock's p50 or p95; 0: of the processor's mean.
    """
    others = {"plain page": (plain.rows, 1)}
    if superset is not None:
        *charts, dashboard = superset.rows
        others = {"two charts": (charts, 2), "four charts": ([dashboard], 1)} | others
    pairs = (("cold", "cold"), ("warm", "warm"), ("warm", "cold"))
    yield "| ours ÷ | " + " | ".join(f"{name}: {one} ÷ {other}" for name in others for one, other in pairs) + " |"
    yield "|---|" + "---:|" * len(others) * len(pairs)
    for row in ours.rows:
        cells = [
            row.cost(one, share) / (times * statistics.mean(theirs.cost(other, share) for theirs in rows))
            for rows, times in others.values()
            for one, other in pairs
        ]
        yield f"| {row.name} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |"
