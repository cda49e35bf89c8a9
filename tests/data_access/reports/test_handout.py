"""The whole briefing as one workbook: every sheet reconciles with the reports, and no cell can be a formula."""

import io
from datetime import date

import openpyxl
import pytest

from config.language import _, speaking
from data_access import accounts, database
from data_access.reports import actions, agenda, callups, directory, dispatch, handout, ranking, reporting, spoken
from data_access.reports.view import View
from data_access.workbooks import exports
from tests.data_access.street import Board

DAY = date(2022, 8, 12)


@pytest.fixture
def view(sampled):
    sampled(4, 2, "2022-08-12T08:42")
    return View(accounts.console(), DAY, directory.campaigns(accounts.console())[0].code)


def book_of(view):
    told, found = agenda.meeting(view)
    content = exports.workbook(
        handout.sheets(told, found, {}),
        definitions=handout.definitions(view, told, directory.campaign(view).label),
        data_version=database.data_version(),
    )
    return told, found, openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet):
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in lines]


def total(lines, column):
    return sum(line[column] or 0 for line in lines)


def test_every_sheet_reconciles_with_the_report_it_comes_from(view):
    told, found, book = book_of(view)
    eve = view.on(told.result.day)
    key = {line[_("What")]: line for line in rows(book[_("Summary")])}
    assert key[_("Yesterday")][_("Words")] == spoken.text(spoken.yesterday(told))
    totals = dispatch.totals(eve)
    assert key[_("Vaccinated")][_("Figure")] == totals.loc["vacc_total", "n"]
    assert (key[_("Roster completion")][_("Figure")], key[_("Roster completion")][_("Of")]) == tuple(
        totals.loc["completion", ["n", "d"]]
    )
    whole = ranking.total(eve).iloc[0]
    assert (key[_("Coverage")][_("Figure")], key[_("Coverage")][_("Of")]) == (whole["coverage_n"], whole["coverage_d"])
    arrivals, causes, differences, timetable, supply, ranks, reds, matters = map(rows, book.worksheets[1:9])
    assert [line[_("Community")] for line in arrivals] == list(directory.communities(view)["name"])
    assert sum(line[_("Owing")] is not None for line in arrivals) == len(told.unreported)
    assert {line[_("Community")] for line in arrivals} == set(reporting.table(view)["community"])
    assert total(causes, _("People")) == dispatch.causes(eve)["n"].sum()
    opened = dispatch.differences(eve)
    assert sorted(line[_("Amount")] for line in differences) == sorted(opened.loc[opened["state"] == "open", "amount"])
    assert total(timetable, _("People")) == callups.table(view)["people"].sum()
    assert total(supply, _("Doses in stock")) == callups.table(view)["stock"].sum()
    table = ranking.table(eve)
    assert [line[_("Community")] for line in ranks] == list(table["community"])
    assert (
        total(ranks, _("Numerator")) == table["rate_n"].sum()
        and total(ranks, _("Denominator")) == table["rate_d"].sum()
    )
    assert len(reds) == len(told.reds.behind) + len(told.reds.occurred)
    assert len(matters) == found.count
    assert {line[_("Item")] for line in matters if line[_("Item")]} <= set(actions.open_items(view)["item_no"])


def test_the_definitions_say_which_question_and_which_version(view):
    told, *_found, book = book_of(view)
    said = dict(book.worksheets[-1].iter_rows(max_col=2, values_only=True))
    assert said[_("Data version")] == database.data_version()
    assert said[_("Date")] == "2022-08-12" and said[_("As it stood at")] == "2022-08-12 08:42"
    assert said[_("Coverage ranking")] == told.standings.definition and said[_("Campaign")] == "新冠疫苗接种"


def test_it_speaks_both_languages_and_writes_formulas_as_text(office):
    office.now("2022-08-12T08:42")
    board = Board()
    board.communities(["春晖社区"])
    board.action("春晖社区", "DB-1", issue="=1+1", owner="周明", unit="=HYPERLINK(1)", due=DAY)
    for language in ("zh_CN", "en"):
        with speaking(language):
            _told, _found, book = book_of(board.view(DAY))
        cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
        assert not any(cell.data_type == "f" for cell in cells)
        texts = [str(cell.value) for cell in cells]
        assert "=HYPERLINK(1)" in texts and not any("周明" in text for text in texts)
