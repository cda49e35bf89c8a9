"""What a file is, told by its content and never by its name (reading_rules N17)."""

from __future__ import annotations

import io
import zipfile

from data_access.workbooks.formats.plain import Bounds, RefusedError
from data_access.workbooks.formats.texts import decoded

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVES = {b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b": "gzip", b"BZh": "bzip2"}
OTHERS = {
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"BM": "BMP",
    b"RIFF": "RIFF (WebP, AVI)",
    b"{\\rtf": "RTF",
    b"MZ": "EXE",
    b"\x7fELF": "ELF",
    b"SQLite format 3": "SQLite",
    b"\x09\x00\x04\x00": "Excel 2",
    b"\x09\x02\x06\x00": "Excel 3",
    b"\x09\x04\x06\x00": "Excel 4",
}
OLE_STREAMS = {"WordDocument": "Word (.doc)", "PowerPoint Document": "PowerPoint (.ppt)", "VisioDocument": "Visio"}
ZIP_PARTS = {
    "word/": "Word (.docx)",
    "ppt/": "PowerPoint (.pptx)",
    "ofd.xml": "OFD",
    "index/document.iwa": "Apple iWork",
    "androidmanifest.xml": "APK",
}
ODF = "application/vnd.oasis.opendocument."
ISO_MEDIA = b"ftyp"


def kind_of(data: bytes, bounds: Bounds) -> str:
    """xlsx, xlsb, ods, xls, html, xml or text; RefusedError with a sentence for anything else."""
    if not data.strip(b"\0 \r\n\t"):
        raise RefusedError("FILE_EMPTY")
    if data.startswith(OLE):
        return _ole(data)
    if data.startswith(ZIP):
        return _zip(data, bounds)
    for signature, name in ARCHIVES.items():
        if data.startswith(signature):
            raise RefusedError("FILE_IS_ARCHIVE", type=name)
    for signature, name in OTHERS.items():
        if data.startswith(signature) and (len(signature) > 2 or b"\0" in data[:64]):
            raise RefusedError("FILE_OF_ANOTHER_TYPE", type=name)
    if data[4:8] == ISO_MEDIA:
        raise RefusedError("FILE_OF_ANOTHER_TYPE", type="MP4 / HEIC")
    return _text(data)


def _ole(data: bytes) -> str:
    """By the names in the directory of the container: they stand in 64 bytes padded with zeros."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le").ljust(64, b"\0") in data

    if holds("EncryptedPackage"):
        raise RefusedError("FILE_ENCRYPTED")
    if holds("Workbook") or holds("Book"):
        return "xls"
    for stream, name in OLE_STREAMS.items():
        if holds(stream):
            raise RefusedError("FILE_OF_ANOTHER_TYPE", type=name)
    raise RefusedError("FILE_NOT_A_WORKBOOK" if holds("Root Entry") else "FILE_DAMAGED")  # its directory is cut off


def _zip(data: bytes, bounds: Bounds) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename.lower() for entry in entries}
            # The size itself and not the ratio: honest exports of blank forms are packed a hundred to one.
            if sum(entry.file_size for entry in entries) > bounds.unzipped_mb * 1024 * 1024:
                raise RefusedError("FILE_UNZIPS_TOO_LARGE", megabytes=bounds.unzipped_mb)
            if any(entry.flag_bits & 1 for entry in entries):
                raise RefusedError("FILE_ENCRYPTED")
            odf = archive.read("mimetype")[:200].decode("ascii", "replace") if "mimetype" in names else ""
            if odf.startswith(ODF):
                return _odf(archive, odf.removeprefix(ODF), names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, KeyError):
        raise RefusedError("FILE_DAMAGED") from None
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    for part, name in ZIP_PARTS.items():
        if any(entry.startswith(part) for entry in names):
            raise RefusedError("FILE_OF_ANOTHER_TYPE", type=name)
    raise RefusedError("FILE_IS_ARCHIVE", type="ZIP")


def _odf(archive: zipfile.ZipFile, kind: str, names: set[str]) -> str:
    if not kind.startswith("spreadsheet"):
        raise RefusedError("FILE_OF_ANOTHER_TYPE", type=f"OpenDocument {kind.strip()}")
    if "meta-inf/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise RefusedError("FILE_ENCRYPTED")
    return "ods"


def _text(data: bytes) -> str:
    text = decoded(data)
    if text is None:
        raise RefusedError("FILE_NOT_A_WORKBOOK")
    start = text[:20_000].lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<workbook" in start:
        return "xml"
    if start.lstrip().startswith("<") and ("<html" in start or "<table" in start or "<!doctype html" in start):
        return "html"
    if start.lstrip().startswith("<?xml"):
        raise RefusedError("FILE_OF_ANOTHER_TYPE", type="XML")
    if start.startswith("mime-version:"):
        raise RefusedError("FILE_OF_ANOTHER_TYPE", type="MHTML")
    return "text"
