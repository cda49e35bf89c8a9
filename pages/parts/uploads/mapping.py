"""说明一张表: point at the header of a sheet that nobody knows, say once what its columns are, and it is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from config import clock
from config.catalogue import catalogue
from config.declarations import ConfigError
from config.indicators import KINDS as INDICATOR_KINDS
from config.indicators import PERIODS
from config.language import _
from data_access import sheets as declarations
from data_access.accounts import AccountError, Actor, Capability
from data_access.layouts import mappings, surveys
from data_access.layouts.layout_files import Packed
from data_access.sheets.declaration import Column, SheetKind, Type
from data_access.workbooks.layouts import SEPARATOR, Found
from data_access.workbooks.mapped import essential
from data_access.workbooks.model import Layout
from data_access.workbooks.names import index_of
from data_access.workbooks.values import Parser
from data_access.workbooks.wordings import column_of
from pages.parts import style, tables
from pages.parts.frame import session
from pages.parts.uploads.intake import File

CODES = ("SHEET_UNRECOGNISED", "TABLE_UNKNOWN")  # what is asked here
_FIGURES = "figures"  # one row a community: figures for a workstream
_NEW, _NOTHING = "+", ""
_ASKED = ("day", "week", "month", "quarter", "year", "once")
Answers = dict[str, Any]


def shapes(item: File) -> list[str]:
    """The sheets of a file that nobody knows."""
    return [sheet.name for sheet in item.result.sheets if sheet.state == "unrecognised"] if item.result else []


def card(actor: Actor, item: File) -> None:
    """For a file with sheets that nobody knows: the way to explain them, or who can."""
    unknown = shapes(item)
    if not unknown or item.committed:
        return
    with st.container(border=True, key="card_mapping"):
        st.subheader(f":orange[:material/schema:] {_('What is this sheet?')}", anchor=False)
        if not actor.may(Capability.MAP_SHEETS):
            st.markdown(_("A supervisor or administrator can say once what its columns are; it is remembered then."))
            return
        st.caption(
            _(
                "Point at the header and say what the columns are. It is remembered for sheets of this very shape"
                " only; the next one goes through by itself."
            )
        )
        explain(item, tuple(unknown))


@st.fragment
def explain(item: File, names: Sequence[str]) -> None:
    """The panel for the unknown sheets of a file."""
    actor = session.renew()
    found = [sheet for sheet in surveys.sheets(actor, item.data, item.name) if sheet.name in names]
    if not found:
        return
    sheet = found[0]
    if len(found) > 1:
        sheet = st.selectbox(_("Sheet"), found, format_func=lambda each: each.name, key=f"map_sheet_{item.number}")
    prefix = f"map_{item.number}_{found.index(sheet)}"
    sheet, across = _turned(sheet, prefix)
    table = _header(sheet, across, prefix)
    if table is None:
        st.warning(_("There is no header in this row. Point at the row with the column names."))
        return
    _panel(actor, sheet, table, f"{prefix}_{table.shape}", None)


def correct(layout: Layout) -> None:
    """The same for a layout that is remembered already, without its sheet."""
    actor = session.renew()
    places = {path: place for place, path in enumerate(layout.headers)}
    table = Found(layout.name, 0, 1, 1, places, community=_path_of(layout, "community"))
    _panel(actor, None, table, f"map_again_{layout.shape}", layout)


def _path_of(layout: Layout, key: str) -> str | None:
    return next((path for path, mapped in layout.columns.items() if mapped == key), None)


# Where the header is -------------------------------------------------------------------------------------------


def _turned(sheet: surveys.Sheet, prefix: str) -> tuple[surveys.Sheet, bool]:
    """The sheet as it is to be read, and whether that is with its rows as columns: communities across the top."""
    turned = sheet.turned()
    if turned is None:
        return sheet, False
    usual = any(table.sideways for table in sheet.tables())
    words = _("The communities stand side by side in the header, what is counted down the side")
    across = st.checkbox(words, value=usual, key=f"{prefix}_across")
    return (turned, True) if across else (sheet, False)


def _header(sheet: surveys.Sheet, across: bool, prefix: str) -> Found | None:
    """The table that the user points at; what the sheet looks like is taken for granted until then.

    ``across``: the sheet was turned, and its columns are counted where those of others have rows.
    """
    guesses = sheet.tables()
    guess = guesses[0] if guesses else None
    begins = _("What is counted stands in column") if across else _("The header begins in row")
    many = _("and over so many columns") if across else _("and has so many rows")
    key = f"{prefix}_across" if across else prefix
    first, second = st.columns(2)
    row = first.number_input(begins, 1, len(sheet.grid.rows), (guess.first if guess else 0) + 1, key=f"{key}_row")
    depth = second.number_input(many, 1, 4, guess.depth if guess else 1, key=f"{key}_depth")
    table = sheet.at(int(row) - 1, int(depth))
    rows = sheet.top(table)
    width = len(rows[0]) if rows else 0
    lines, places = [str(number) for number in range(1, len(rows) + 1)], _letters(width)
    if across:
        lines, places = _letters(len(rows)), [str(number) for number in range(1, width + 1)]
    frame = pd.DataFrame(rows, index=pd.Index(lines), columns=places)
    colours = style.palette()
    head = frame.index[int(row) - 1 : int(row) - 1 + int(depth)]
    tint = f"background-color:{colours.pri_tint};font-weight:700"
    styled = frame.style.apply(lambda line: [tint if line.name in head else ""] * len(line), axis=1)
    st.dataframe(styled, row_height=30, height=min(len(rows), 9) * 30 + 38)
    return table


def _letters(width: int) -> list[str]:
    return [chr(65 + n) if n < 26 else f"{chr(64 + n // 26)}{chr(65 + n % 26)}" for n in range(width)]


# What it is ----------------------------------------------------------------------------------------------------


def _panel(actor: Actor, sheet: surveys.Sheet | None, table: Found, prefix: str, held: Layout | None) -> None:
    kinds = [_FIGURES, *declarations.KINDS]
    usual = _FIGURES if (held.indicators if held else table.community and table.numeric) else kinds[1]
    first, second = st.columns(2)
    chosen = first.selectbox(
        _("What is this?"),
        kinds,
        index=kinds.index(held.kind if held and not held.indicators else usual),
        format_func=lambda key: (
            _("Figures per community, for a workstream") if key == _FIGURES else declarations.kind(key).label
        ),
        key=f"{prefix}_kind",
    )
    name = second.text_input(
        _("Remember it as"), held.name if held else _name(table), max_chars=60, key=f"{prefix}_name"
    )
    layout = Layout(name.strip(), "progress", table.headers, table.shape, communities=held.communities if held else {})
    make: Callable[[], Packed]
    if chosen == _FIGURES:
        make = _figures(layout, table, f"{prefix}_f", held)
    else:
        make = _rows(layout, sheet, table, declarations.kind(chosen), f"{prefix}_{chosen}", held)
    communities = _communities(sheet, table, prefix)
    if st.button(_("Remember and read again"), type="primary", icon=":material/bookmark_add:", key=f"{prefix}_save"):
        try:
            made = make()
            said = replace(made.layout, communities={**made.layout.communities, **communities})
            mappings.explain(actor, replace(made, layout=said))
        except (ConfigError, AccountError, LookupError) as refusal:
            st.error(tables.plain(refusal), icon=":material/warning:")
            return
        st.rerun(scope="app")


def _name(table: Found) -> str:
    return (table.title[0] if table.title else table.sheet)[:60]


def _line(path: str, table: Found) -> tuple[Any, Any]:
    """One header with its first values; the place for what it means, and for more about it."""
    left, right = st.columns([52, 48], vertical_alignment="center")
    shown = surveys.samples(table, path) if table.samples else ""
    left.markdown(f"**{tables.plain(path)}**  \n:gray[{tables.plain(shown) or ' '}]" if shown else tables.plain(path))
    return right, left


# Figures per community -----------------------------------------------------------------------------------------


def _figures(layout: Layout, table: Found, prefix: str, held: Layout | None) -> Callable[[], Packed]:
    """Each column of numbers as an indicator of a workstream, which may be declared here."""
    streams = {one.slug: one.label for one in catalogue().workstreams}
    known = held.indicators if held else {}
    slug = next((catalogue().indicator(code).workstream for code in known), None)
    first, second = st.columns(2)
    stream = first.selectbox(
        _("Workstream"),
        [*streams, _NEW],
        index=list(streams).index(slug) if slug in streams else None,
        format_func=lambda key: _("+ A new workstream") if key == _NEW else streams[key],
        placeholder=_("Choose"),
        key=f"{prefix}_stream",
    )
    named = second.text_input(_("Its name"), key=f"{prefix}_stream_name") if stream == _NEW else ""
    options = {_NOTHING: _("not needed"), "community": _("Community"), "biz_date": _("Date")}
    options[_NEW] = _("+ New indicator")
    for item in catalogue().workstream(stream).enabled if stream and stream != _NEW else ():
        parts = {"num": _("numerator"), "den": _("denominator")} if item.ratio else {"done": ""}
        for part, word in parts.items():
            options[f"{item.code} {part}"] = f"{item.label}（{word}）" if word else item.label
    before = {path: f"{code} {part}" for code, parts in known.items() for part, path in parts.items()}
    said: dict[str, str] = {}
    fresh: dict[str, Answers] = {}
    with st.container(key="map_lines", gap="xsmall"):
        for number, path in enumerate(table.headers):
            usual = before.get(path) or (held.columns.get(path, _NOTHING) if held else _usual(path, table))
            right, _left = _line(path, table)
            said[path] = right.selectbox(
                _("Means"),
                list(options),
                index=list(options).index(usual) if usual in options else 0,
                format_func=options.__getitem__,
                label_visibility="collapsed",
                key=f"{prefix}_{stream}_{number}",
            )
            if said[path] == _NEW:
                others = [other for other in table.headers if other not in (path, table.community)]
                fresh[path] = _indicator(path, others, f"{prefix}_{number}")
    several = table.rows > len(table.communities) + len(table.unknown) > 0
    summed = several or (held is not None and held.rows == "sum")
    if several:
        summed = st.checkbox(_("Add up the rows of one community"), value=True, key=f"{prefix}_sum")

    def make() -> Packed:
        if not stream:
            raise LookupError(_("Choose the workstream first."))
        indicators: dict[str, dict[str, str]] = {}
        brought: list[Answers] = []
        for path, meaning in said.items():
            if meaning == _NEW:
                told = dict(fresh[path])
                under = told.pop("under", None)
                if told["kind"] == "rate" and not under:
                    raise LookupError(_("Say under which header the whole of {name} stands.", name=told["zh"]))
                brought.append({"code": f"{_NEW}{len(brought)}", "workstream": stream, **told})
                indicators[brought[-1]["code"]] = {"num": path, "den": under} if under else {"done": path}
            elif " " in meaning:
                code, part = meaning.split(" ")
                indicators.setdefault(code, {})[part] = path
        columns = {path: key for path, key in said.items() if key in ("community", "biz_date")}
        made = replace(layout, columns=columns, indicators=indicators, rows="sum" if summed else "")
        return Packed(made, ({"slug": _NEW, "zh": named},) if stream == _NEW else (), tuple(brought))

    return make


def _usual(path: str, table: Found) -> str:
    return "community" if path == table.community else _NOTHING


def _indicator(path: str, others: Sequence[str], prefix: str) -> Answers:
    """A new indicator, named after its column: unit, kind, period and target.

    Of a rate this column counts the part; ``under`` is the one of ``others`` that counts the whole.
    """
    with st.container(border=True, gap="xsmall"):
        first, second, third = st.columns(3)
        zh = first.text_input(_("Name of the indicator"), path.split(SEPARATOR)[-1], max_chars=40, key=f"{prefix}_zh")
        en = second.text_input(_("In English"), key=f"{prefix}_en", max_chars=60)
        unit_place = third.empty()
        first, second, third = st.columns(3)
        kinds = [kind for kind in INDICATOR_KINDS if kind in ("count", "zero", "cap", "rate")]
        kind = first.selectbox(
            _("Kind"), kinds, format_func=lambda key: str(INDICATOR_KINDS[key]), key=f"{prefix}_kind"
        )
        period = second.selectbox(
            _("Period"), _ASKED, format_func=lambda key: str(PERIODS[key]), key=f"{prefix}_period"
        )
        label = _("Target, %") if kind == "rate" else _("Target")
        target = third.number_input(label, 0.0, value=None, step=1.0, format="%g", key=f"{prefix}_target")
        goal = int(target) if target is not None and target == int(target) else target
        said: Answers = {"zh": zh, "en": en, "kind": kind, "period": period, "target": goal}
        if kind != "rate":
            unit = unit_place.text_input(_("Unit"), _("people"), max_chars=6, key=f"{prefix}_unit")
            return {**said, "unit": unit}
        under = unit_place.selectbox(
            _("The whole stands under"), others, index=None, placeholder=_("Choose"), key=f"{prefix}_under"
        )
    words = {"numerator": path.split(SEPARATOR)[-1], "denominator": (under or "").split(SEPARATOR)[-1]}
    return {**said, "unit": "%", "under": under, **words}


# Rows of a kind of sheet ---------------------------------------------------------------------------------------


def _rows(
    layout: Layout, sheet: surveys.Sheet | None, table: Found, kind: SheetKind, prefix: str, held: Layout | None
) -> Callable[[], Packed]:
    """Each column as a column of the kind, what the sheet lacks as a constant, its own words as the kind's words."""
    columns = {column.key: column for column in kind.columns}
    said: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {key: dict(words) for key, words in held.values.items()} if held else {}
    with st.container(key="map_lines", gap="xsmall"):
        for number, path in enumerate(table.headers):
            right, _left = _line(path, table)
            usual = held.columns.get(path, _NOTHING) if held else _guess(kind, path)
            options = [_NOTHING, *columns]
            said[path] = right.selectbox(
                _("Means"),
                options,
                index=options.index(usual) if usual in options else 0,
                format_func=lambda key: columns[key].label if key else _("not needed"),
                label_visibility="collapsed",
                key=f"{prefix}_{number}",
            )
            if said[path] and sheet is not None:
                words = _words(sheet, table, path, columns[said[path]], f"{prefix}_{number}")
                if words:
                    values[said[path]] = words
    constants = _constants(kind, set(said.values()), prefix, held)

    def make() -> Packed:
        mapped = {path: key for path, key in said.items() if key}
        twice = {columns[key].label for key in mapped.values() if list(mapped.values()).count(key) > 1}
        if twice:
            raise LookupError(_("Two columns mean the same: {columns}", columns=_(", ").join(sorted(twice))))
        kept = {key: words for key, words in values.items() if key in mapped.values()}
        return Packed(replace(layout, kind=kind.key, columns=mapped, constants=constants, values=kept))

    return make


def _guess(kind: SheetKind, path: str) -> str:
    found = column_of(index_of(kind), tuple(path.split(SEPARATOR)))
    return found.column.key if found is not None else _NOTHING


def _words(sheet: surveys.Sheet, table: Found, path: str, column: Column, prefix: str) -> dict[str, str]:
    """The words of a column with a fixed choice that the kind does not know, each with what it means."""
    if column.type is not Type.ENUM:
        return {}
    parser = Parser(column, clock.today())
    strange = [word for word in sheet.words(table, path) if parser.read(word).value is None]
    said = {}
    for number, word in enumerate(strange):
        labels = {choice.zh: choice.label for choice in column.choices}
        meaning = st.selectbox(
            _("“{value}” in {column} means", value=tables.plain(word), column=column.label),
            list(labels),
            index=None,
            format_func=labels.__getitem__,
            placeholder=_("Choose"),
            key=f"{prefix}_word_{number}",
        )
        if meaning:
            said[word] = meaning
    return said


def _constants(kind: SheetKind, mapped: set[str], prefix: str, held: Layout | None) -> dict[str, str]:
    """Texts that hold for every row: those the kind needs and the sheet lacks, and any other one wants to give."""
    before = dict(held.constants) if held else {}
    needed = [column.key for column in kind.columns if column.key in essential(kind) - mapped]
    free = {column.key: column for column in kind.columns if column.key not in mapped and not column.personal}
    more = st.multiselect(
        _("The same for every row (what the sheet does not say)"),
        list(free),
        [key for key in dict.fromkeys([*before, *needed]) if key in free],
        format_func=lambda key: free[key].label,
        placeholder=_("Choose columns"),
        key=f"{prefix}_constants",
    )
    said = {}
    for key in more:
        column, usual = free[key], before.get(key, "")
        if column.type is Type.ENUM:
            labels = {choice.zh: choice.label for choice in column.choices}
            index = list(labels).index(usual) if usual in labels else None
            text: Any = st.selectbox(
                column.label, list(labels), index, format_func=labels.__getitem__, key=f"{prefix}_constant_{key}"
            )
        elif column.type is Type.WORKSTREAM:
            streams = {one.slug: one.label for one in catalogue().workstreams}
            index = list(streams).index(usual) if usual in streams else None
            text = st.selectbox(
                column.label, list(streams), index, format_func=streams.__getitem__, key=f"{prefix}_constant_{key}"
            )
        else:
            text = st.text_input(column.label, usual, max_chars=60, key=f"{prefix}_constant_{key}")
        if text:
            said[key] = str(text).strip()
    return said


# Names of communities ------------------------------------------------------------------------------------------


def _communities(sheet: surveys.Sheet | None, table: Found, prefix: str) -> Mapping[str, str]:
    """What stands among the communities and is none of the street's names: the official one, or none at all."""
    if sheet is None or not table.unknown or table.community is None:
        return {}
    official = [community.name for community in sheet.known.communities]
    said: dict[str, str] = {}
    st.caption(_("These names are not in the street's list:"))
    for number, name in enumerate(table.unknown[:20]):
        left, right = st.columns([40, 60], vertical_alignment="center")
        left.markdown(tables.plain(name))
        chosen = right.selectbox(
            _("Community"),
            [_NOTHING, *official],
            index=None,
            format_func=lambda key: key or _("no community"),
            placeholder=_("ask each time"),
            label_visibility="collapsed",
            key=f"{prefix}_community_{number}",
        )
        if chosen is not None:
            said[name] = chosen
    return said
