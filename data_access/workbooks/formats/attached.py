"""What a file of evidence is, told by its content, and pictures of it made anew: runs in a worker.

A picture is never shown as it came: it is decoded and encoded again, small, turned upright and without whatever else
the file holds (place, time, device, owner).
"""

from __future__ import annotations

import io
import zipfile

from PIL import Image, ImageOps

PICTURES = {"jpg": "JPEG", "png": "PNG"}
SIGNATURES = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"%PDF-": "pdf", b"PK\x03\x04": "docx"}
DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TAIL = 2048  # bytes at the end of a PDF among which its end mark stands
TYPES = 1_000_000  # bytes that the list of content types may unpack to
QUALITY = 82


class _RefusedError(Exception):
    """The file cannot be attached; the text is a code: type, damaged, pixels, unzips."""


def examine(data: bytes, edge: int, megapixels: int, unzipped_mb: int) -> tuple[str, str, bytes | None]:
    """("kept", jpg, png, pdf or docx, a picture of at most ``edge`` pixels a side) or ("refused", code, None)."""
    kind = next((kind for signature, kind in SIGNATURES.items() if data.startswith(signature)), "")
    try:
        if kind in PICTURES:
            return "kept", kind, _picture(data, PICTURES[kind], edge, megapixels)
        if kind == "pdf" and b"%%EOF" in data[-TAIL:]:
            return "kept", kind, None
        if kind == "docx":
            _document(data, unzipped_mb)
            return "kept", kind, None
    except _RefusedError as refusal:
        return "refused", str(refusal), None
    return "refused", "damaged" if kind else "type", None


def picture(data: bytes, kind: str, edge: int, megapixels: int) -> bytes:
    """A kept picture as JPEG of at most ``edge`` pixels a side."""
    return _picture(data, PICTURES[kind], edge, megapixels)


def _picture(data: bytes, kind: str, edge: int, megapixels: int) -> bytes:
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as opened:
            if opened.width * opened.height > megapixels * 1_000_000:
                raise _RefusedError("pixels")
            opened.draft("RGB", (edge, edge))  # a JPEG is decoded small from the start
            opened.load()
            small = opened if opened.mode in ("L", "RGB", "RGBA") else opened.convert("RGBA")
            small.thumbnail((edge, edge))
            upright = ImageOps.exif_transpose(small).convert("RGBA")
    except Image.DecompressionBombError:
        raise _RefusedError("pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise _RefusedError("damaged") from None
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright)
    made = io.BytesIO()
    plain.save(made, "JPEG", quality=QUALITY)
    return made.getvalue()


def _document(data: bytes, unzipped_mb: int) -> None:
    """Refuse a zip that is no plain docx: by the content types it declares, which name macros too."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if sum(entry.file_size for entry in entries.values()) > unzipped_mb * 1024 * 1024:
                raise _RefusedError("unzips")
            types = entries.get("[Content_Types].xml")
            if types is None or types.file_size > TYPES or "word/document.xml" not in entries:
                raise _RefusedError("type")
            declared = archive.read(types)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError, KeyError):
        raise _RefusedError("damaged") from None
    if DOCUMENT not in declared or b"macro" in declared.lower():
        raise _RefusedError("type")
