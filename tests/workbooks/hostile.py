"""Files that break readers, made by script: bombs, far corners, endless depth, stubs of what only looks like a table.

Each function of ``REFUSED`` makes a file that cannot be taken, with the codes that may say so; those of ``READ`` look
dangerous and are read all the same.
"""

from __future__ import annotations

import io
import random
import re
import struct
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import make

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1024 * 1024


def ole(*streams: str) -> bytes:
    """A container with these names in its directory and nothing in them."""
    entries = [name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + b"\0" * 62
               for name in ("Root Entry", *streams)]  # fmt: skip
    return OLE + b"\0" * 504 + b"".join(entries) + b"\0" * 512


def archive(**parts: bytes) -> bytes:
    """A zip with these parts; two underscores stand for a slash, one for a dot."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_", "."), content)
    return into.getvalue()


def edited(path: str, change: Callable[[str], str]) -> bytes:
    """A sound workbook with one part changed."""
    return make.edited(make.book(早会商=[make.MORNING, make.morning()]), path, change)


def with_strings(cells: int, text: str) -> bytes:
    """One shared string used by many cells: a reader that copies it needs the product of both."""
    data = edited(SHEET, lambda xml: xml.replace("</sheetData>", "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(3, cells + 3)
    ) + "</sheetData>"))  # fmt: skip
    into = io.BytesIO(data)
    with zipfile.ZipFile(into, "a", zipfile.ZIP_DEFLATED) as packed:
        space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        packed.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}"><si><t>{text}</t></si></sst>')
    return into.getvalue()


def padded(path: str, megabytes: int) -> bytes:
    """A workbook one of whose parts unpacks to so much blank space."""
    into = io.BytesIO(make.book(早会商=[make.MORNING, make.morning()]))
    with zipfile.ZipFile(into, "a", zipfile.ZIP_DEFLATED) as packed, packed.open(path, "w") as part:
        for _number in range(megabytes):
            part.write(b" " * MEGABYTE)
    return into.getvalue()


def bomb() -> bytes:
    """It unpacks to more than is allowed."""
    return padded("xl/media/image1.bin", 201)


def swelling() -> bytes:
    """A few kilobytes that would take gigabytes of memory."""
    return with_strings(4_000, "字" * (MEGABYTE // 2))


def slow() -> bytes:
    """A page that no parser gets through in time."""
    return b"<html><table><tr><td>" + b"<b a=1>x</b>" * 1_700_000 + b"</td></tr></table></html>"


def deep(path: str = SHEET, levels: int = 1_000_000) -> bytes:
    """Elements within elements without end."""
    return edited(path, lambda xml: xml.replace("<sheetData>", "<x>" * levels + "</x>" * levels + "<sheetData>"))


def deep_book() -> bytes:
    """The same in the list of sheets, which is parsed as a tree."""
    return edited("xl/workbook.xml", lambda xml: xml.replace("<sheets>", "<x>" * 500_000 + "<sheets>"))


ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


def entities_in(path: str, mark: str) -> bytes:
    """Entities that expand to a billion letters."""
    return edited(path, lambda xml: ENTITIES + re.sub(r"<\?xml.*?\?>", "", xml).replace(mark, "&i;" + mark, 1))


def wide() -> bytes:
    """Content in all 16,384 columns of three rows."""
    return make.book(早会商=[[*make.MORNING, *range(16_384 - len(make.MORNING))] for _row in range(3)])


def declared_wide() -> bytes:
    """16,384 columns with a width, and rows that claim to span them."""
    return edited(SHEET, lambda xml: xml.replace(
        "<sheetData>", '<cols><col min="1" max="16384" width="9"/></cols><sheetData>'
    ).replace('<row r="1"', '<row spans="1:16384" r="1"'))  # fmt: skip


def blank_rows() -> bytes:
    """A hundred thousand formatted blank rows below two real ones."""
    blanks = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="F{n}" s="0"></c></row>' for n in range(3, 100_003))
    return edited(SHEET, lambda xml: xml.replace("</sheetData>", blanks + "</sheetData>"))


def external() -> bytes:
    """A number computed from another file."""
    data = edited(
        SHEET, lambda xml: xml.replace('<c r="C2" t="n"><v>50</v></c>', '<c r="C2"><f>[1]表!A1</f><v>50</v></c>')
    )
    into = io.BytesIO(data)
    with zipfile.ZipFile(into, "a") as packed:
        packed.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    return into.getvalue()


def strict() -> bytes:
    """The ISO-strict name spaces, which some libraries read as no sheets at all."""
    data = make.book(早会商=[make.MORNING, make.morning()])
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            for loose, exact in (
                (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
                (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
            ):  # fmt: skip
                text = text.replace(loose, exact)
            new.writestr(name, text)
    return into.getvalue()


def without_strings() -> bytes:
    """All texts inline, no table of shared strings."""
    heads = "".join(f'<c r="{chr(65 + n)}1" t="inlineStr"><is><t>{text}</t></is></c>' for n, text in enumerate("甲乙"))
    data = edited(
        SHEET,
        lambda xml: xml[: xml.index("<sheetData>")] + f'<sheetData><row r="1">{heads}</row></sheetData></worksheet>',
    )
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            if name != "xl/sharedStrings.xml":
                new.writestr(name, old.read(name).replace(b"/xl/sharedStrings.xml", b"/xl/styles.xml"))
    return into.getvalue()


def halves(data: bytes) -> list[bytes]:
    """The file cut off at nine places."""
    return [data[: len(data) * tenth // 10] for tenth in range(1, 10)]


def noise(seed: int, size: int = 5_000) -> bytes:
    """Bytes at random."""
    return random.Random(seed).randbytes(size)


REFUSED: Mapping[str, tuple[Callable[[], bytes], frozenset[str]]] = {
    name: (content, frozenset(codes.split()))
    for name, content, codes in (
        ("nothing", lambda: b"", "FILE_EMPTY"),
        ("zeros", lambda: b"\0" * 4096, "FILE_EMPTY"),
        ("pdf", lambda: b"%PDF-1.7\n%\xe2\xe3", "FILE_OF_ANOTHER_TYPE"),
        ("jpg", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF" + noise(1), "FILE_OF_ANOTHER_TYPE"),
        ("png", lambda: b"\x89PNG\r\n\x1a\n" + noise(2), "FILE_OF_ANOTHER_TYPE"),
        ("docx", lambda: archive(word__document_xml=b"<w/>"), "FILE_OF_ANOTHER_TYPE"),
        ("pptx", lambda: archive(ppt__presentation_xml=b"<p/>"), "FILE_OF_ANOTHER_TYPE"),
        ("ofd", lambda: archive(OFD_xml=b"<o/>"), "FILE_OF_ANOTHER_TYPE"),
        ("odt", lambda: archive(mimetype=b"application/vnd.oasis.opendocument.text"), "FILE_OF_ANOTHER_TYPE"),
        ("doc", lambda: ole("WordDocument"), "FILE_OF_ANOTHER_TYPE"),
        ("xml", lambda: b'<?xml version="1.0"?><data/>', "FILE_OF_ANOTHER_TYPE"),
        ("page", lambda: "<html><body>请登录</body></html>".encode(), "FILE_OF_ANOTHER_TYPE"),
        ("rar", lambda: b"Rar!\x1a\x07\x01\0" + noise(3), "FILE_IS_ARCHIVE"),
        ("7z", lambda: b"7z\xbc\xaf\x27\x1c" + noise(4), "FILE_IS_ARCHIVE"),
        ("zip", lambda: archive(名单_xlsx=make.title_rows()), "FILE_IS_ARCHIVE"),
        ("note", lambda: "各位好\n明天开会\n".encode("gbk"), "FILE_IS_TEXT"),
        ("quotes", lambda: b'a,b\n1,"2\n3,4\n', "TEXT_QUOTES"),
        ("noise", lambda: noise(5), "FILE_NOT_A_WORKBOOK"),
        ("password of xlsx", lambda: ole("EncryptedPackage", "EncryptionInfo"), "FILE_ENCRYPTED"),
        (
            "password of ods",
            lambda: archive(
                mimetype=b"application/vnd.oasis.opendocument.spreadsheet",
                **{"META-INF__manifest_xml": b"<m><manifest:encryption-data/></m>", "content_xml": noise(6)},
            ),
            "FILE_ENCRYPTED",
        ),
        ("container of something", lambda: ole("Contents"), "FILE_NOT_A_WORKBOOK"),
        ("hollow xls", lambda: ole("Workbook"), "FILE_DAMAGED"),
        ("bomb", bomb, "FILE_UNZIPS_TOO_LARGE"),
        ("swelling", swelling, "FILE_TOO_HEAVY"),
        ("slow", slow, "FILE_TOO_SLOW"),
        ("deep book", deep_book, "FILE_DAMAGED FILE_BROKE_READER FILE_TOO_HEAVY FILE_TOO_SLOW"),
        ("entities in the book", lambda: entities_in("xl/workbook.xml", "<sheets>"), "FILE_DAMAGED"),
        ("cut off", lambda: make.title_rows()[:-400], "FILE_DAMAGED"),
    )
}

READ: Mapping[str, Callable[[], bytes]] = {
    "deep": deep,
    "wide": wide,
    "declared wide": declared_wide,
    "blank rows": blank_rows,
    "external": external,
    "strict": strict,
    "without strings": without_strings,
    "blanks in a part": lambda: padded("xl/media/image1.bin", 150),
}
