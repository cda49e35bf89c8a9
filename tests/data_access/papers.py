"""Files of evidence for tests: photos with what a camera writes into them, scans, documents, and forged ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import docx
from PIL import Image

GPS, MAKER = 0x8825, 0x010F


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), colour: str = "teal", turned: bool = False) -> bytes:
    """A photo that says where and with what it was taken; ``turned`` as a telephone held upright writes it."""
    exif = Image.Exif()
    exif[MAKER] = "SECRETPHONE"
    exif.get_ifd(GPS).update({1: "N", 2: (43.0, 53.0, 12.0), 3: "E", 4: (125.0, 19.0, 5.0)})
    if turned:
        exif[0x0112] = 6
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, kind, exif=exif)
    return made.getvalue()


def pdf() -> bytes:
    """The smallest scan."""
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def document() -> bytes:
    """A plain docx."""
    made = io.BytesIO()
    written = docx.Document()
    written.add_paragraph("例会记录")
    written.save(made)
    return made.getvalue()


def with_macros() -> bytes:
    """A docx whose content types say that it holds macros."""
    plain = b"wordprocessingml.document.main+xml"
    return _changed(document(), lambda part: part.replace(plain, b"ms-word.document.macroEnabled.main+xml"))


def swelling() -> bytes:
    """A docx of some kilobytes that unpacks to 300 MB."""
    made = io.BytesIO(document())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bmp", b"\0" * (300 * 1024 * 1024))
    return made.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A PNG of some hundred bytes that says it is ``side`` pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def _changed(data: bytes, change) -> bytes:  # type: ignore[no-untyped-def]
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)))
    return made.getvalue()
