"""One indicator through the year: its line against elapsed time, its periods, and the records of one period."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from charts import lines
from config.catalogue import indicator
from config.indicators import Indicator
from config.language import _, pick
from data_access.metrics import Period, PeriodUnknownError
from data_access.reports import eras, records
from data_access.reports import workstreams as report
from data_access.reports.view import View
from pages.parts import cache, downloads, figures, style, tables
from pages.parts.workstreams import progress, trail
from pages.parts.workstreams.trail import Drill

_LATEST = 12  # periods that stand open; the others are folded away


def history(view: View, drill: Drill, row: dict[str, Any]) -> None:
    """The line of an indicator (``row`` as of ``workstreams.indicators``) and a button for each of its periods."""
    community, code = str(drill.community), str(drill.indicator)
    told = cache.cached(records.periods)(view, community, code)
    st.markdown(f"**{tables.plain(row['name'])}** · {_form(row)}", help=f"{row['target_text']}\n\n{row['definition']}")
    if told.empty:
        counted = not pd.isna(row["done_n"])
        st.caption(_("Counted from the daily sheets.") if counted else _("No report this year yet."))
        return
    found = cache.cached(eras.table)(view, community, code)
    if row["kind"] in ("rate", "score"):
        values, unit = _rates(told, row["factor"], row["unit"]), "%" if row["factor"] == 100 else row["unit"]
        drawn: Any = lines.coverage(values, _target(row), _target_words(row), unit=unit, dark=style.dark())
        st.altair_chart(drawn, theme=None, width="stretch", key=f"rates_{code}")
    elif row["kind"] != "zero" and not pd.isna(row["target"]):
        st.altair_chart(_steps(view, told, row, found), theme=None, width="stretch", key=f"steps_{code}")
    _changes(found)
    if not pd.isna(row["sheet_target"]):
        st.caption(_("The sheet names another target: {n}. The board keeps to its own.", n=row["sheet_target"]))
    _chips(view, drill, told)


def _form(row: dict[str, Any]) -> str:
    if row["kind"] in ("rate", "score", "zero") or pd.isna(row["target"]):
        return _("by report")
    return _("cumulative") + "  :small[" + _("grey band: the month that has not ended") + "]"


def _changes(found: pd.DataFrame) -> None:
    """Since when which target or definition holds, and who set a target that is not that of the definition."""
    for one in progress.records(found[found["changed"].notna() | found["source"].notna()]):
        since = figures.short_day(one["start"])
        what = _("From {day} the target is {target}", day=since, target=one["target_text"])
        if one["changed"] == "definition":
            what = _("From {day} the definition is another one", day=since)
        source = f" ({one['source']})" if one["source"] else ""
        st.caption(":material/flag: " + tables.plain(what + source))


def _chips(view: View, drill: Drill, told: pd.DataFrame) -> None:
    """A button per period, the latest first: what was done in it; it opens the record, or the records of the period."""
    item = indicator(str(drill.indicator), view.day)
    rows = progress.records(told)
    with st.container(horizontal=True, gap="xsmall", key="periods"):
        for row in rows[:_LATEST]:
            _chip(drill, item, row)
    if len(rows) > _LATEST:
        with (
            st.expander(_("{n} earlier periods", n=len(rows) - _LATEST)),
            st.container(horizontal=True, gap="xsmall", key="periods_earlier"),
        ):
            for row in rows[_LATEST:]:
                _chip(drill, item, row)


def _chip(drill: Drill, item: Indicator, row: dict[str, Any]) -> None:
    place = replace(drill, period=row["period"], record=row["record"], file=None)
    words = tables.plain(words_of(row["period"]))
    told = tables.plain(value(item, row))
    if not row["records"] and pd.isna(row["value"]) and pd.isna(row["num_d"]):
        told = ":gray[…]" if row["open"] else f":orange[{_('missing')}]"
    st.button(
        f"{words} **{told}**",
        key=f"period_{row['period']}",
        disabled=not row["records"],
        help=None if row["records"] else _("Nothing was reported in this period."),
        on_click=trail.go,
        args=(place,),
    )


def words_of(period: str) -> str:
    """A period of the year as it is spoken of: ``7月``, ``Q3``, ``33周``; others as they are written."""
    try:
        found = Period.parse(period)
    except PeriodUnknownError:
        return period
    if found.kind == "month":
        return pick(f"{found.start.month}月", f"{found.start:%b}")
    if found.kind == "two_months":
        return pick(f"{found.start.month}–{found.end.month}月", f"{found.start:%b}–{found.end:%b}")
    if found.kind == "quarter":
        number = found.end.month // 3
        return pick(f"{number}季度", f"Q{number}")
    if found.kind == "week":
        number = found.start.isocalendar().week
        return pick(f"{number}周", f"W{number}")
    return period


def value(item: Indicator, row: dict[str, Any]) -> str:
    """What was done in a period, or reported in a record."""
    if item.kind in ("rate", "score"):
        num, den = (row["num_n"], row["num_d"]) if "num_n" in row else (row["num"], row["den"])
        return figures.measure(num, den, item.factor, item.unit_text)
    done = row["value"] if "value" in row else row["done"]
    return figures.MISSING if pd.isna(done) else f"{done:,}"


def one(view: View, drill: Drill) -> None:
    """The records of one period, each a line that opens it."""
    item = indicator(str(drill.indicator), view.day)
    told = cache.cached(records.within)(view, str(drill.community), item.code, str(drill.period))
    st.markdown(f"**{tables.plain(item.label)}** · {tables.plain(str(drill.period))}", help=str(item.definition))
    if told.empty:
        st.caption(_("Nothing was reported in this period."))
    for named in progress.records(told):
        kind = _("total so far") if named["cumulative"] else _("of the period")
        with st.container(horizontal=True, vertical_alignment="center", key=f"line_{named['record']}"):
            st.button(
                f"{tables.plain(words_of(named['period']))} **{tables.plain(value(item, named))}**",
                key=f"record_{named['record']}",
                on_click=trail.go,
                args=(replace(drill, record=named["record"]),),
            )
            day = figures.MISSING if pd.isna(named["day"]) else figures.day(named["day"])
            st.caption(f"{kind} · {day} · v{named['revision']}", width="content")
    downloads.xlsx_button(
        _("Download"),
        {_("Records"): told.drop(columns="place")},
        f"{item.code}_{drill.period}.xlsx",
        key="period_download",
    )


def _target(row: dict[str, Any]) -> float | None:
    return None if pd.isna(row["target"]) else float(row["target"])


def _target_words(row: dict[str, Any]) -> str:
    return "" if pd.isna(row["target"]) else _("Target") + " " + row["target_text"]


def _rates(told: pd.DataFrame, factor: int, unit: str) -> pd.DataFrame:
    """Ascending in time, as the chart draws it."""
    known = told.iloc[::-1]
    pairs = list(zip(known["num_n"], known["num_d"], strict=True))
    return pd.DataFrame(
        {
            "day": known["day"],
            "value": [None if pd.isna(n) or not d else factor * float(n) / float(d) for n, d in pairs],
            "open": False,
            "rate": [figures.measure(n, d, factor, unit) for n, d in pairs],
            "fraction": [figures.fraction(n, d) for n, d in pairs],
        }
    ).astype({"value": "float64"})


def _steps(view: View, told: pd.DataFrame, row: dict[str, Any], found: pd.DataFrame) -> Any:
    item = indicator(row["indicator"], view.day)
    start, end = item.window_in(view.day.year)
    shown = told[~(told["open"] & told["cumulative"].isna())].iloc[::-1]
    frame = pd.DataFrame(
        {
            "day": [min(day, view.day) for day in shown["day"]],
            "n": pd.array([None if pd.isna(n) else int(n) for n in shown["cumulative"]], dtype="Int64"),
        }
    )
    month_end = date(view.day.year, view.day.month, monthrange(view.day.year, view.day.month)[1])
    running = start <= view.day <= end
    last = frame["n"].dropna()
    goal = next((n for n in reversed(found["due_to"].tolist()) if n is not None), row["target"])
    return lines.steps(
        frame,
        int(row["target"]),
        _("elapsed time ({n} {unit})", n=f"{goal.normalize():,f}", unit=row["unit"]),
        start,
        end,
        open_from=view.day.replace(day=1) if running else None,
        open_to=min(month_end, end) if running else None,
        last_text=f"{int(last.iloc[-1]):,} {row['unit']}" if len(last) else "",
        alert=row["state"] in report.RED,
        breaks=_breaks(found),
        dark=style.dark(),
    )


def _breaks(found: pd.DataFrame) -> pd.DataFrame:
    """The changes within the window as the chart draws them."""
    words = {"definition": _("definition changed"), "target": _("target changed")}
    return pd.DataFrame(
        {
            "day": found["start"],
            "begin": [None if n is None else float(n) for n in found["due_from"]],
            "reach": [None if n is None else float(n) for n in found["due_to"]],
            "label": [words.get(str(changed), "") for changed in found["changed"]],
            "cut": found["changed"] == "definition",
        }
    )
