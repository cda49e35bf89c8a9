"""Files of evidence: taken only as jpg, png, pdf or docx by their content; looked at in a process of their own."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from config.language import N_, _
from config.settings import settings
from data_access.workbooks import worker

log = logging.getLogger(__name__)

PICTURES = ("jpg", "png")
MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# By kind the endings that a name may have; pictures go from one telephone to the next under either.
ENDINGS: dict[str, tuple[str, ...]] = {
    "jpg": (".jpg", ".jpeg", ".png"),
    "png": (".png", ".jpg", ".jpeg"),
    "pdf": (".pdf",),
    "docx": (".docx",),
}
SUFFIXES = (".jpg", ".jpeg", ".png", ".pdf", ".docx")
THUMBNAIL, SHOWN = 320, 1600  # pixels a side at most
_WORKER = "data_access.workbooks.formats.attached:"
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")  # also what turns the direction of writing
_REFUSALS = {
    "type": N_("Only jpg, png, pdf and docx can be attached, and by its content this file is none of them."),
    "damaged": N_("The file is damaged and cannot be opened. Save it again and attach that file."),
    "pixels": N_("The picture has more than {megapixels} million pixels. Make it smaller and attach it again."),
    "unzips": N_("The file unpacks to more than {megabytes} MB."),
}
_TROUBLES: dict[type[worker.WorkerError], str] = {
    worker.TooSlowError: N_("Opening the file took too long and was given up. Save it again, smaller."),
    worker.TooHeavyError: N_("Opening the file needs too much memory and was given up. Save it again, smaller."),
    worker.DiedError: N_("The file is built in such a way that the reading program broke off. Save it again."),
    worker.FailedError: _REFUSALS["damaged"],
    worker.UnavailableError: N_(
        "The file was not read: the reading program cannot be started on this server. The file is not to blame."
    ),
}


class AttachedError(Exception):
    """A file cannot be attached, shown or removed; the text says why and what to do."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(_(message, **fields))


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is by its content (jpg, png, pdf, docx); of a picture also a small one, without metadata."""

    kind: str
    thumbnail: bytes | None


def examine(data: bytes, filename: str) -> Examined:
    """What a file of evidence is. AttachedError where it is too large, broken, of another kind than the four, or of
    another kind than its name says."""
    limits = settings().limits
    if not data:
        raise AttachedError(N_("The file is empty. Send the file again; it may have been cut off."))
    if len(data) > limits.evidence_mb * 1024 * 1024:
        raise AttachedError(N_("The file is larger than {megabytes} MB."), megabytes=limits.evidence_mb)
    status, answer, thumbnail = _ask("examine", data, THUMBNAIL, limits.evidence_megapixels, limits.unzipped_mb)
    if status == "refused":
        fields = {"megapixels": limits.evidence_megapixels, "megabytes": limits.unzipped_mb}
        raise AttachedError(_REFUSALS[answer], **fields)
    named = PurePath(filename).suffix.lower()
    if named not in ENDINGS[answer]:
        raise AttachedError(
            N_("The file is named {named}, but its content is {true}. Save it under its true kind and attach it."),
            named=named or "—",
            true=ENDINGS[answer][0],
        )
    return Examined(answer, thumbnail)


def picture(data: bytes, kind: str) -> bytes:
    """A kept picture as it may be shown: JPEG, encoded anew, without metadata. AttachedError."""
    made: bytes = _ask("picture", data, kind, SHOWN, settings().limits.evidence_megapixels)
    return made


def _ask(function: str, *arguments: object) -> Any:
    limits = settings().limits
    try:
        return worker.ask(_WORKER + function, *arguments, seconds=limits.seconds, memory_mb=limits.memory_mb)
    except worker.WorkerError as trouble:
        log.info("a file of evidence was not opened: %s %s", type(trouble).__name__, trouble)
        raise AttachedError(_TROUBLES[type(trouble)]) from None


def plain_name(filename: str) -> str:
    """A file's name without the folders before it and without characters that cannot be seen."""
    return _UNSEEN.sub("", PurePath(filename.replace("\\", "/")).name)
