"""Layouts as TOML files, by which one office hands its mappings to another: strict reading, plain writing.

::

    name = "31户重点商贸企业"
    kind = "progress"
    rows = "sum"
    headers = ["所在区域", "企业名称", "总人数", "到岗人数"]

    [columns]                       # column of the kind = header
    community = "所在区域"

    [indicators]                    # figures per community: code = header, of a rate { num = header, den = header }
    OWN-001 = "总人数"
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from config import clock
from config.catalogue import UnknownIndicatorError, catalogue
from config.declarations import ConfigError, nearest
from config.indicators import Indicator, Workstream
from config.language import _
from data_access.findings import Severity
from data_access.sheets import KINDS
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks.figures import SUM
from data_access.workbooks.layouts import fingerprint, normal
from data_access.workbooks.mapped import essential
from data_access.workbooks.model import Layout
from data_access.workbooks.names import squeeze
from data_access.workbooks.values import Parser

_TOP = ("name", "kind", "rows", "headers", "columns", "indicators", "constants", "values", "communities")
_TABLES = ("workstream", "indicator")
_WORKSTREAM = ("slug", "zh", "en", "lead")
_INDICATOR = (
    *("code", "workstream", "zh", "en", "unit", "kind", "period", "accrual", "target", "comparator"),
    *("numerator", "denominator"),
)
_FROM_TITLE = frozenset({"community", "campaign", "dose_no", "biz_date"})
_PEOPLE = frozenset({Type.NAME, Type.ID_NO, Type.PHONE, Type.INT})
_PERSONAL_KEYS = frozenset({"person_code", "employer", "evidence"})
_LONG_NUMBER = re.compile(r"\d[\d \-]{5,}[\dXx]")
_LONGEST = 60


class MappingError(ConfigError):
    """A layout cannot be used: ``entry`` is its name, ``field`` what is wrong and ``reason`` how to mend it."""

    def __init__(self, entry: str, field: str, reason: str) -> None:
        super().__init__("", entry, field, reason)


@dataclass(frozen=True, slots=True)
class Packed:
    """A file: its layout, and the workstreams and indicators of the sender that it speaks of."""

    layout: Layout
    workstreams: tuple[dict[str, Any], ...] = ()
    indicators: tuple[dict[str, Any], ...] = ()


# Reading ----------------------------------------------------------------------------------------


def parse(text: str) -> Packed:
    """The layout of a TOML file, checked. MappingError names the line or the field, and what to write instead."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise MappingError("", "", _("the file is not valid TOML ({reason})", reason=problem)) from None
    entry = str(values.get("name", ""))
    _known_keys(entry, "", values, (*_TOP, *_TABLES))
    for key in ("name", "kind", "headers"):
        if key not in values:
            raise MappingError(entry, key, _("this is needed"))
    workstreams = _tables(entry, values, "workstream", _WORKSTREAM, ("slug", "zh"))
    indicators = _tables(entry, values, "indicator", _INDICATOR, ("code", "workstream", "zh", "unit"))
    headers = values["headers"]
    if not isinstance(headers, list) or not all(isinstance(one, str) and one.strip() for one in headers):
        raise MappingError(entry, "headers", _("a list of the headers from left to right is needed"))
    layout = Layout(
        name=_string(entry, "name", values["name"]),
        kind=_string(entry, "kind", values["kind"]),
        headers=tuple(headers),
        shape=fingerprint(headers),
        columns={path: key for key, path in _strings(entry, values, "columns").items()},
        indicators=_indicators(entry, values),
        constants=_strings(entry, values, "constants"),
        values={key: _strings(entry, values["values"], key, "values.") for key in _table(entry, values, "values")},
        communities=_strings(entry, values, "communities"),
        rows=_string(entry, "rows", values.get("rows", "")),
    )
    if len(layout.columns) != len(_table(entry, values, "columns")):
        raise MappingError(entry, "columns", _("two columns stand under the same header"))
    layout = _as_written(layout)
    check(layout, [one["code"] for one in indicators], [one["slug"] for one in workstreams])
    return Packed(layout, tuple(workstreams), tuple(indicators))


def _string(entry: str, field: str, value: object) -> str:
    if not isinstance(value, str):
        raise MappingError(entry, field, _("a text in quotation marks is needed"))
    return value.strip()


def _table(entry: str, values: Mapping[str, Any], name: str, before: str = "") -> Mapping[str, Any]:
    found = values.get(name, {})
    if not isinstance(found, dict):
        raise MappingError(entry, before + name, _("a table of names and texts is needed"))
    return found


def _strings(entry: str, values: Mapping[str, Any], name: str, before: str = "") -> dict[str, str]:
    found = _table(entry, values, name, before)
    return {key: _string(entry, f"{before}{name}.{key}", text) for key, text in found.items()}


def _indicators(entry: str, values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for code, parts in _table(entry, values, "indicators").items():
        field = f"indicators.{code}"
        if isinstance(parts, str):
            found[code] = {"done": parts}
        else:
            _known_keys(entry, field, _table(entry, {field: parts}, field), ("done", "num", "den"))
            found[code] = {part: _string(entry, f"{field}.{part}", path) for part, path in parts.items()}
    return found


def _tables(
    entry: str, values: Mapping[str, Any], name: str, allowed: tuple[str, ...], needed: tuple[str, ...]
) -> list[dict[str, Any]]:
    found = values.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise MappingError(entry, name, _("write it as [[{table}]]", table=name))
    for one in found:
        field = f"{name} {one.get(needed[0], '')}".strip()
        _known_keys(entry, field, one, allowed)
        for key in needed:
            if not str(one.get(key, "")).strip():
                raise MappingError(entry, f"{field}.{key}", _("this is needed"))
    return found


def _known_keys(entry: str, field: str, values: Mapping[str, Any], allowed: Iterable[str]) -> None:
    for key in values:
        if key not in allowed:
            raise MappingError(entry, f"{field}.{key}".strip("."), _unknown(key, allowed))


def _unknown(name: str, allowed: Iterable[str]) -> str:
    allowed = list(allowed)
    near = nearest(name, allowed) or (allowed if len(allowed) < 12 else [])
    if not near:
        return _("{name} is not known here.", name=name)
    return _("{name} is not known here.", name=name) + " " + _("Perhaps {names}?", names=_(", ").join(near))


def _as_written(layout: Layout) -> Layout:
    """Headers as the list has them, whatever spaces and line breaks the references were typed with."""
    listed = {squeeze(path): path for path in layout.headers}

    def find(path: str) -> str:
        return listed.get(squeeze(path), path)

    return Layout(
        layout.name,
        layout.kind,
        layout.headers,
        layout.shape,
        {find(path): key for path, key in layout.columns.items()},
        {code: {part: find(path) for part, path in parts.items()} for code, parts in layout.indicators.items()},
        layout.constants,
        layout.values,
        layout.communities,
        layout.rows,
    )


# Checking ---------------------------------------------------------------------------------------


def check(layout: Layout, codes: Iterable[str] = (), slugs: Iterable[str] = ()) -> None:
    """MappingError unless every word of a layout means something; ``codes``, ``slugs`` are those it brings along."""
    entry = layout.name
    if not entry or len(entry) > _LONGEST:
        raise MappingError(entry[:_LONGEST], "name", _("a name of 1 to {n} characters is needed", n=_LONGEST))
    if layout.kind not in KINDS:
        raise MappingError(entry, "kind", _unknown(layout.kind, KINDS))
    if layout.rows not in ("", SUM):
        raise MappingError(entry, "rows", _unknown(layout.rows, (SUM,)))
    if len(layout.headers) < 2 or len(set(layout.headers)) != len(layout.headers):
        raise MappingError(
            entry, "headers", _("at least two headers are needed, each once (number those that repeat: #2)")
        )
    for path in layout.headers:
        if _LONG_NUMBER.search(normal(path)):
            reason = _(
                "{header} looks like a row of people, not a header; point at the header row", header=path[:4] + "…"
            )
            raise MappingError(entry, "headers", reason)
    kind = KINDS[layout.kind]
    for path, key in layout.columns.items():
        _known_header(layout, f"columns.{key}", path)
        if key not in {column.key for column in kind.columns}:
            raise MappingError(entry, f"columns.{key}", _unknown(key, [column.key for column in kind.columns]))
    if layout.indicators:
        _check_figures(layout, set(codes))
    else:
        _check_complete(layout, kind)
    for key, text in layout.constants.items():
        _check_text(layout, kind, f"constants.{key}", key, text, set(slugs))
    for key, words in layout.values.items():
        if key not in layout.columns.values():
            raise MappingError(
                entry, f"values.{key}", _("no column is mapped to it; name its header under columns first")
            )
        for written, meaning in words.items():
            if written and _names_people(kind.column(key), written):
                raise _personal(layout, f"values.{key}", kind.column(key))
            if meaning:
                _check_text(layout, kind, f"values.{key}.{written}", key, meaning, set(slugs))


def _known_header(layout: Layout, field: str, path: str) -> None:
    if path not in layout.headers:
        raise MappingError(layout.name, field, _unknown(path, layout.headers))


def _check_figures(layout: Layout, codes: set[str]) -> None:
    entry = layout.name
    if layout.kind != "progress":
        raise MappingError(entry, "kind", _("figures for indicators belong to the kind progress"))
    extra = set(layout.columns.values()) - {"community", "biz_date"}
    if extra or layout.constants or layout.values:
        field = next(iter(sorted(extra)), "constants" if layout.constants else "values")
        reason = _("beside figures for indicators only the columns community and biz_date can be mapped")
        raise MappingError(entry, field, reason)
    if "community" not in layout.columns.values():
        raise MappingError(entry, "columns.community", _("say which header stands over the communities"))
    for code, parts in layout.indicators.items():
        _check_parts(layout, code, parts, codes)
        for part, path in parts.items():
            field = f"indicators.{code}.{part}"
            _known_header(layout, field, path)
            if path in layout.columns:
                reason = _("{header} is taken for {other} already", header=path, other=layout.columns[path])
                raise MappingError(entry, field, reason)


def _check_parts(layout: Layout, code: str, parts: Mapping[str, str], codes: set[str]) -> None:
    field = f"indicators.{code}"
    brought = code in codes
    try:
        item = None if brought else catalogue().indicator(code)
    except UnknownIndicatorError as unknown:
        raise MappingError(layout.name, field, str(unknown)) from None
    if item is not None and item.ratio and set(parts) != {"num", "den"}:
        reason = _("a rate needs its numerator and its denominator as numbers; a printed percentage cannot be added up")
        raise MappingError(layout.name, field, reason)
    if item is not None and not item.ratio and set(parts) != {"done"}:
        raise MappingError(layout.name, field, _("this indicator takes one number (done)"))
    if brought and set(parts) not in ({"done"}, {"num", "den"}):
        raise MappingError(layout.name, field, _("write one header, or num and den"))


def _check_complete(layout: Layout, kind: SheetKind) -> None:
    """What makes a row somebody's must come from a column, a constant or the title."""
    given = set(layout.columns.values()) | set(layout.constants) | _FROM_TITLE | ({kind.date} if kind.date else set())
    missing = [column.label for column in kind.columns if column.key in essential(kind) - given]
    groups = [group for group in kind.either if not given.intersection(group)]
    missing += [" / ".join(kind.column(key).label for key in group) for group in groups]
    if missing:
        reason = _("without {columns} a row of {kind} cannot be kept; map a column or give a constant",
                   columns=_(", ").join(missing), kind=kind.label)  # fmt: skip
        raise MappingError(layout.name, "columns", reason)


def _check_text(layout: Layout, kind: SheetKind, field: str, key: str, text: str, slugs: set[str]) -> None:
    """A text that is put into rows: one the column can hold, and never a person."""
    column = next((one for one in kind.columns if one.key == key), None)
    if column is None:
        raise MappingError(layout.name, field, _unknown(key, [one.key for one in kind.columns]))
    if _names_people(column, text):
        raise _personal(layout, field, column)
    if column.type is Type.WORKSTREAM and text not in slugs:
        try:
            catalogue().workstream(text)
        except LookupError as unknown:
            raise MappingError(layout.name, field, str(unknown)) from None
    reading = Parser(column, clock.today()).read(text)
    if reading.value is None or (reading.rule is not None and reading.rule.severity == Severity.ERROR):
        allowed = [choice.zh for choice in column.choices]
        raise MappingError(layout.name, field, _unknown(text, allowed))


def _personal(layout: Layout, field: str, column: Column) -> MappingError:
    reason = _("{column} may name a person; a layout holds no personal data", column=column.label)
    return MappingError(layout.name, field, reason)


def _names_people(column: Column, text: str) -> bool:
    if not column.personal:
        return False
    if column.type is Type.ENUM:
        return False
    people = column.type in _PEOPLE or column.key in _PERSONAL_KEYS
    return people or len(text) > _LONGEST or bool(_LONG_NUMBER.search(text))


# Writing ----------------------------------------------------------------------------------------


def write(layout: Layout, workstreams: Iterable[Workstream] = (), indicators: Iterable[Indicator] = ()) -> str:
    """The file of a layout, with the declarations it needs elsewhere; ``parse`` reads it back."""
    lines = [f"name = {_quoted(layout.name)}", f"kind = {_quoted(layout.kind)}"]
    if layout.rows:
        lines.append(f"rows = {_quoted(layout.rows)}")
    lines += ["headers = [", *(f"    {_quoted(path)}," for path in layout.headers), "]"]
    lines += _section("columns", {key: path for path, key in layout.columns.items()})
    if layout.indicators:
        lines += ["", "[indicators]"]
        for code, parts in layout.indicators.items():
            inner = ", ".join(f"{part} = {_quoted(path)}" for part, path in parts.items())
            lines.append(f"{_quoted(code)} = " + (_quoted(parts["done"]) if "done" in parts else f"{{ {inner} }}"))
    lines += _section("constants", layout.constants)
    for key, words in layout.values.items():
        lines += _section(f"values.{key}", words)
    lines += _section("communities", layout.communities)
    for stream in workstreams:
        head = {"slug": stream.slug, "zh": stream.zh, "en": stream.en, "lead": stream.lead.zh}
        lines += ["", "[[workstream]]", *_pairs(head)]
    for item in indicators:
        values = {
            **{name: getattr(item, name) for name in _INDICATOR[:10]},
            "numerator": item.numerator.zh if item.numerator else "",
            "denominator": item.denominator.zh if item.denominator else "",
        }
        lines += [
            "",
            "[[indicator]]",
            *_pairs({key: value for key, value in values.items() if value not in (None, "")}),
        ]
    return "\n".join(lines) + "\n"


def _section(name: str, values: Mapping[str, str]) -> list[str]:
    return ["", f"[{name}]", *_pairs(values)] if values else []


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{_bare(key)} = {_quoted(value) if isinstance(value, str) else value}" for key, value in values.items()]


def _bare(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
