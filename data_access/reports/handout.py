"""The whole briefing as sheets of one workbook: the figures of the screen, and those that did not fit on it.

Made from the very ``Briefing`` and ``Agenda`` that the page has drawn, so that the two cannot differ.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from config import clock
from config.catalogue import indicator, workstream
from config.language import N_, _, pick
from data_access import metrics
from data_access.metrics import Rate
from data_access.office.phrases import Wordings
from data_access.reports import briefing, dispatch, reporting, spoken
from data_access.reports.agenda import Agenda, Matter, place
from data_access.reports.briefing import SHEETS, Briefing, Result, Standings
from data_access.reports.view import View

STATES = {
    "on_time": N_("on time"),
    "late": N_("late"),
    "supplied": N_("filed after closing"),
    "unreported": N_("not reported"),
    "empty": N_("came without rows"),
    "exempt": N_("exempt"),
    "not_due": N_("not due yet"),
    "open": N_("open"),
    "explained": N_("explained"),
    "information": N_("for information"),
    "behind": N_("behind"),
    "zero_occurred": N_("occurred"),
}


def sheets(told: Briefing, agenda: Agenda, wordings: Wordings) -> dict[str, pd.DataFrame]:
    """Name of the sheet → its rows: the key figures, then the six sections in speaking order.

    Counts are whole numbers; a rate stands as numerator, denominator and percent; missing stays empty. Names
    communities and units only.
    """
    made = {_("Summary"): summary(told, wordings), "1 " + _("Not in yet"): _arrivals(told)}
    if told.result is not None:
        made["2 " + _("Why not vaccinated")] = _causes(told.result)
        made["2 " + _("Differences")] = _differences(told.result)
    made |= {
        "3 " + _("Today: site × batch"): _timetable(told),
        "3 " + _("Vaccine against plan"): _supply(told),
    }
    if told.standings is not None:
        made["4 " + _("Coverage ranking")] = _ranking(told.standings)
    made["5 " + _("In red")] = _reds(told)
    made["6 " + _("To settle")] = _matters(agenda)
    return made


def definitions(view: View, told: Briefing, campaign: str) -> dict[str, str]:
    """What the figures mean, and which question they answer: ``campaign`` is what the campaign is called."""
    asked = {
        _("Date"): view.day.isoformat(),
        _("Campaign"): campaign,
        _("Area"): view.area or _("All"),
        _("As it stood at"): f"{clock.local(view.as_of or clock.now()):%Y-%m-%d %H:%M}",
    }
    meant = {
        _("Reporting"): pick(*reporting.DEFINITIONS["state"]),
        **{_(_MEANT[name]): pick(*words) for name, words in briefing.DEFINITIONS.items()},
    }
    if told.standings is not None:
        meant[_("Coverage ranking")] = told.standings.definition
    meant[_("Missing")] = _("An empty cell is a figure that nobody reported. It is not 0, not ranked and not added.")
    return asked | meant


_MEANT = {
    "completion": N_("Roster completion"),
    "coverage": N_("Coverage"),
    "load": N_("Load"),
    "gap": N_("Behind elapsed time"),
}


def summary(told: Briefing, wordings: Wordings) -> pd.DataFrame:
    """The two sentences and the key figures of the screen."""
    last, day = told.result, told.today
    lines: list[dict[str, Any]] = [
        _figure(_("Yesterday"), words=spoken.text(spoken.yesterday(told, wordings))),
        _figure(_("Today"), words=spoken.text(spoken.today(told, wordings))),
        _figure(_("Communities that owe a sheet"), len(told.unreported), len(told.arrivals)),
    ]
    if last is not None:
        lines += [
            _figure(_("Evening tallies in"), last.reported, last.expected, words=last.day.isoformat()),
            _figure(_("Vaccinated"), last.vaccinated),
            _figure(_("of them walk-ins"), last.walk_in),
            _rate(_("Roster completion"), last.completion),
            _figure(_("Open differences"), len(last.open)),
        ]
    lines += [
        _figure(_("Rosters in"), day.rosters, day.expected),
        _figure(_("Called up"), day.people),
        _figure(_("Capacity"), day.capacity),
        _rate(_("Load"), day.load),
        _figure(_("Planned"), day.planned),
        _figure(_("Doses in stock"), day.stock),
        _figure(_("Morning sheets in"), day.mornings, day.expected),
    ]
    if told.standings is not None:
        lines += [
            _rate(_("Coverage"), told.standings.rate),
            _figure(_("Ranked"), told.standings.ranked, told.standings.field),
        ]
    lines += [
        _figure(_("Cells in red"), told.reds.count),
        _rate(_("Elapsed days of the year"), Rate.of(told.reds.elapsed_n, told.reds.elapsed_d)),
    ]
    return _typed(lines, [_("What"), _("Words"), _("Figure"), _("Of"), _("Percent")], (2, 3))


def _figure(name: str, n: int | None = None, d: int | None = None, words: str | None = None) -> dict[str, Any]:
    if words is None and Rate(n, d).approximate:
        words = _("Estimate")
    return {_("What"): name, _("Words"): words, _("Figure"): n, _("Of"): d}


def _rate(name: str, rate: Rate) -> dict[str, Any]:
    return {**_figure(name, rate.numerator, rate.denominator), _("Percent"): _percent(rate)}


def _percent(rate: Rate, places: int = 2) -> float | None:
    shown = metrics.display_percent(rate, places)
    return None if shown is None else float(shown)


def _typed(lines: list[dict[str, Any]], columns: list[str], whole: tuple[int, ...]) -> pd.DataFrame:
    made = pd.DataFrame(lines, columns=columns).astype("object")
    return made.astype({columns[number]: "Int64" for number in whole})


def _arrivals(told: Briefing) -> pd.DataFrame:
    lines = [
        {
            _("Community"): row["community"],
            _("Area"): row["area"],
            **{_(reporting.KINDS[kind]): _state(row[kind]) for kind in SHEETS},
            _("Owing"): None if not isinstance(row["owed"], str) else _(reporting.KINDS[row["owed"]]),
            _("Due"): row["since"],
        }
        for row in told.arrivals.to_dict("records")
    ]
    kinds = [_(reporting.KINDS[kind]) for kind in SHEETS]
    return pd.DataFrame(lines, columns=[_("Community"), _("Area"), *kinds, _("Owing"), _("Due")])


def _state(state: Any) -> str | None:
    return _(STATES[state]) if isinstance(state, str) and state in STATES else None


def _causes(last: Result) -> pd.DataFrame:
    lines = [
        {
            _("Cause"): _(dispatch.CAUSES[row["cause"]]),
            _("People"): row["n"],
            _("Of all not vaccinated"): row["share_d"],
            _("Percent"): _percent(Rate.of(row["share_n"], row["share_d"])),
            _("Communities"): row["communities"],
        }
        for row in last.causes.to_dict("records")
    ]
    columns = [_("Cause"), _("People"), _("Of all not vaccinated"), _("Percent"), _("Communities")]
    return _typed(lines, columns, (1, 2, 4))


def _differences(last: Result) -> pd.DataFrame:
    lines = [
        {
            _("Community"): row["community"],
            _("Identity"): row["identity"],
            _("Difference"): f"{row['label']} {metrics.SIGN}" if row["estimates"] else row["label"],
            _("Amount"): row["amount"],
            _("First figure"): row["first"],
            _("What it is"): row["first_label"],
            _("Second figure"): row["second"],
            _("What that is"): row["second_label"],
            _("How to check"): row["how"],
        }
        for row in last.open.to_dict("records")
    ]
    names = ("Community", "Identity", "Difference", "Amount", "First figure", "What it is", "Second figure")
    return _typed(lines, [*map(_, names), _("What that is"), _("How to check")], (3, 4, 6))


def _timetable(told: Briefing) -> pd.DataFrame:
    lines = [
        {
            _("Site"): place(row["site"]),
            _("Batch"): row["batch_no"],
            _("Time"): None if pd.isna(row["batch_time"]) else f"{row['batch_time']:%H:%M}",
            _("People"): row["people"],
            _("Capacity"): row["batch_capacity"],
            _("Percent"): _percent(Rate.of(row["people"], row["batch_capacity"])),
            _("Over"): row["over"],
        }
        for row in told.today.timetable.to_dict("records")
    ]
    columns = [_("Site"), _("Batch"), _("Time"), _("People"), _("Capacity"), _("Percent"), _("Over")]
    return _typed(lines, columns, (1, 3, 4, 6))


def _supply(told: Briefing) -> pd.DataFrame:
    frame = told.today.supply
    names = {"label": _("Place"), "plan": _("Planned"), "stock": _("Doses in stock"), "short": _("Short")}
    return frame.assign(label=[place(label) for label in frame["label"]]).rename(columns=names)


def _ranking(found: Standings) -> pd.DataFrame:
    lines = [
        {
            _("Rank"): row["rank"],
            _("Community"): row["community"],
            _("Area"): row["area"],
            _("Numerator"): row["rate_n"],
            _("Denominator"): row["rate_d"],
            _("Percent"): _percent(Rate.of(row["rate_n"], row["rate_d"])),
            _("Tied"): "✓" if row["tied"] else None,
            _("Vs above"): "≈" if row["same_as_above"] is True else None,
            _("Places gained"): row["places"],
            _("Mark"): row["status"] or None,
        }
        for row in found.table.to_dict("records")
    ]
    names = ("Rank", "Community", "Area", "Numerator", "Denominator", "Percent", "Tied", "Vs above", "Places gained")
    return _typed(lines, [*map(_, names), _("Mark")], (0, 3, 4, 8))


def _reds(told: Briefing) -> pd.DataFrame:
    occurred = [
        _red(row, row["indicator"]) | {_("State"): _(STATES["zero_occurred"]), _("Done"): row["value"]}
        for row in told.reds.occurred.to_dict("records")
    ]
    behind = [
        _red(row, row["worst"])
        | {
            _("State"): _(STATES["behind"]),
            _("Done"): row["done_n"],
            _("Of"): row["done_d"],
            _("Points behind"): None if pd.isna(row["gap"]) else float(round(row["gap"], 2)),
            _("Owed"): row["shortfall"],
        }
        for row in told.reds.behind.to_dict("records")
    ]
    names = ("Community", "Workstream", "Indicator", "Unit", "State", "Done", "Of", "Points behind", "Owed")
    return pd.DataFrame([*occurred, *behind], columns=[*map(_, names)]).astype("object")


def _red(row: Any, code: Any) -> dict[str, Any]:
    known = isinstance(code, str)
    return {
        _("Community"): row["community"],
        _("Workstream"): workstream(row["workstream"]).label,
        _("Indicator"): indicator(code).label if known else None,
        _("Unit"): indicator(code).unit_text if known else None,
    }


def _matters(agenda: Agenda) -> pd.DataFrame:
    columns = [_("No."), _("Question"), _("Owner"), _("Due"), _("Time"), _("Days overdue"), _("Item")]
    lines = [_matter(number, one) for number, one in enumerate((*agenda.questions, *agenda.items), start=1)]
    return _typed(lines, columns, (0, 5))


def _matter(number: int, matter: Matter) -> dict[str, Any]:
    return {
        _("No."): number,
        _("Question"): matter.question,
        _("Owner"): matter.owner,
        _("Due"): matter.due,
        _("Time"): None if matter.at is None else f"{matter.at:%H:%M}",
        _("Days overdue"): matter.overdue_days,
        _("Item"): matter.item_no,
    }
