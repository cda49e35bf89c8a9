"""Handing files in as the upload page does it, each step waited for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data_access.accounts import Actor
from data_access.workbooks.model import Hints, Mends
from pages.parts.uploads import intake
from pages.parts.uploads.intake import Batch, File, Upload


def refresh(actor: Actor, batch: Batch) -> None:
    intake.refresh(actor, batch, lambda: actor)


def take(actor: Actor, batch: Batch, *files: tuple[str, bytes]) -> list[File]:
    arrived = intake.take(actor, batch, [Upload(f"{n}{name}", name, data) for n, (name, data) in enumerate(files)])
    refresh(actor, batch)
    return arrived


def say(actor: Actor, batch: Batch, item: File, hints: Hints) -> None:
    intake.say(actor, batch, item, hints)
    refresh(actor, batch)


def mend(actor: Actor, batch: Batch, item: File, mends: Mends) -> None:
    intake.mend(actor, batch, item, mends)
    refresh(actor, batch)


def commit(actor: Actor, batch: Batch, files: Sequence[File], **options: Any) -> list[File]:
    """Those of the files that went in, in the order of their submissions."""
    waiting = [item for item in files if not item.committed]
    intake.commit(actor, batch, [item.number for item in files], lambda: actor, **options)
    refresh(actor, batch)
    return sorted((item for item in waiting if item.committed), key=lambda item: item.sheets[0].submission or 0)
