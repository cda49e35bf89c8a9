"""Identities across sheets and days against what is stored (I2, I5–I8, I10), dates far off, places not open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from data_access.findings import Finding
from data_access.workbooks.model import DayFigures, Known, KnownCommunity, KnownSite, WorkbookResult
from data_access.workbooks.pipeline import examine

DAY, BEFORE, AFTER = date(2022, 8, 12), date(2022, 8, 11), date(2022, 8, 13)


@dataclass
class Stored:
    """A database of a few days, held in the hand."""

    days: Mapping[date, DayFigures] = field(default_factory=dict)
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def day(self, campaign: str, community: str, day: date) -> DayFigures:
        return self.days.get(day, DayFigures()) if (campaign, community) == ("covid", "朝阳社区") else DayFigures()

    def doses(self, campaign: str, documents: Iterable[str], *, before: date) -> Mapping[str, frozenset[str]]:
        return {document: self.given[document] for document in documents if document in self.given}


def look(known: Known, data: bytes, history: Stored) -> WorkbookResult:
    return examine(data, "a.xlsx", replace(known, history=history))


def only(result: WorkbookResult, code: str) -> Finding:
    (finding,) = [finding for finding in result.all_findings() if finding.code == code]
    return finding


def codes(result: WorkbookResult) -> set[str]:
    return {finding.code for finding in result.all_findings()}


def tally(make: ModuleType, **changes: Any) -> bytes:
    columns = [*make.EVENING, "应接种人数", "明日计划"]
    row = dict(zip(columns, [*make.evening(), 120, 52], strict=True)) | changes
    return bytes(make.book(晚调度=[columns, list(row.values())]))


def test_i2_the_total_rises_by_what_was_given(make: ModuleType, known: Known) -> None:
    yesterday = {BEFORE: DayFigures(evening={"cum_d1": 5, "cum_full": 40, "cum_b": 30})}
    finding = only(look(known, tally(make), Stored(yesterday)), "I2_CUMULATIVE")
    assert (finding.cell, finding.fields["before"], finding.fields["after"], finding.fields["difference"]) == (
        "S2",
        5,
        46,
        -3,
    )
    sound = {BEFORE: DayFigures(evening={"cum_d1": 2, "cum_full": 40, "cum_b": None})}
    assert "I2_CUMULATIVE" not in codes(look(known, tally(make), Stored(sound)))


def test_i2_doses_elsewhere_explain_a_larger_rise(make: ModuleType, known: Known) -> None:
    yesterday = Stored({BEFORE: DayFigures(evening={"cum_d1": 1})})
    assert "I2_CUMULATIVE" in codes(look(known, tally(make), yesterday))
    assert "I2_CUMULATIVE" not in codes(look(known, tally(make, 异地已接种=1), yesterday))


def test_i5_and_i6_show_both_numbers(make: ModuleType, known: Known) -> None:
    history = Stored({DAY: DayFigures(roster_rows=48, roster_vaccinated=40)})
    result = look(known, tally(make), history)
    assert only(result, "I5_EVENING_ROSTER").fields.items() >= {"stated": 50, "roster": 48, "difference": 2}.items()
    assert only(result, "I6_VACCINATED_ROSTER").fields.items() >= {"stated": 41, "roster": 40, "difference": 1}.items()
    plan = look(known, make.book(早会商=[make.MORNING, make.morning()]), history)
    assert only(plan, "I5_PLAN_ROSTER").fields.items() >= {"planned": 50, "roster": 48, "difference": 2}.items()


def test_i5_as_seen_from_a_roster_that_comes_later(make: ModuleType, known: Known) -> None:
    history = Stored({
        DAY: DayFigures(planned=3, evening={"roster_n": 2, "vacc_on_roster": 1}),
        BEFORE: DayFigures(evening={"plan_next": 4}),
    })  # fmt: skip
    result = look(known, make.book(接种名单=[make.ROSTER, make.person(1), make.person(2)]), history)
    assert only(result, "I5_PLAN_ROSTER").fields["difference"] == 1
    assert only(result, "I8_TOMORROW").fields["planned"] == 4
    assert "I5_EVENING_ROSTER" not in codes(result)
    assert "I6_VACCINATED_ROSTER" not in codes(result)  # nobody has filled in an outcome yet


def test_i7_a_dose_already_given_refuses_its_row(make: ModuleType, known: Known) -> None:
    history = Stored(given={make.document(1): frozenset({"d1"}), make.document(2): frozenset({"d2"})})
    result = look(known, make.book(接种名单=[make.ROSTER, make.person(1), make.person(2)]), history)
    assert only(result, "I7_DOSE_HELD").cell == "F2"
    ((_sheet, portion),) = result.portions
    assert (len(portion.rows), portion.refused) == (1, 1)


def test_i8_tomorrow_is_compared_when_it_is_known(make: ModuleType, known: Known) -> None:
    result = look(known, tally(make), Stored({AFTER: DayFigures(roster_rows=60)}))
    assert only(result, "I8_TOMORROW").fields.items() >= {"planned": 52, "day": "2022-08-13", "roster": 60}.items()


def test_i10_a_new_version_is_said(make: ModuleType, known: Known) -> None:
    history = Stored({DAY: DayFigures(evening={"cum_d1": 1})})
    assert "I10_REPLACES" in codes(look(known, tally(make), history))
    assert "I10_REPLACES" not in codes(look(known, tally(make), Stored()))


def test_another_denominator_than_the_baseline(make: ModuleType, known: Known) -> None:
    result = look(known, tally(make), Stored({DAY: DayFigures(eligible=116)}))
    assert only(result, "ELIGIBLE_DIFFERS").fields.items() >= {"stated": 120, "baseline": 116, "difference": 4}.items()


@pytest.mark.parametrize(
    ("day", "told"), [("2022-08-26", False), ("2022-08-27", True), ("2022-07-28", True), ("2023-08-12", True)]
)
def test_a_roster_more_than_14_days_away(make: ModuleType, known: Known, day: str, told: bool) -> None:
    result = look(known, make.book(接种名单=[make.ROSTER, make.person(1, day=day)]), Stored())
    assert ("ROSTER_DATE_FAR" in codes(result)) is told


def test_places_outside_their_dates(make: ModuleType, known: Known) -> None:
    closed = replace(
        known,
        communities=(KnownCommunity("朝阳社区", active_until=BEFORE),),
        sites=(KnownSite("街道接种门诊", open_until=BEFORE, batch_capacity=1),),
    )
    result = look(closed, make.book(接种名单=[make.ROSTER, make.person(1), make.person(2)]), Stored())
    assert {"COMMUNITY_INACTIVE", "SITE_CLOSED", "BATCH_OVER_CAPACITY"} <= codes(result)
    assert "error" not in {finding.severity for finding in result.all_findings()}


def test_a_site_must_be_on_the_list_where_there_is_one(make: ModuleType, known: Known) -> None:
    data = make.book(接种名单=[make.ROSTER, make.person(1, 接种点="街道接种门珍")])
    assert only(look(known, data, Stored()), "SITE_UNKNOWN_NEAR").near[0].startswith("街道接种门诊")
    unlisted = look(replace(known, sites=()), data, Stored())
    assert only(unlisted, "SITE_UNLISTED").cell == "G2" and len(unlisted.portions) == 1


def test_sites_of_one_community_add_up(make: ModuleType, known: Known) -> None:
    heads = [*make.EVENING, "接种点"]
    rows = [[*make.evening(名单人数=60), "街道接种门诊"], [*make.evening(名单人数=51), "体育馆临时接种点"]]
    result = look(known, make.book(晚调度=[heads, *rows]), Stored({DAY: DayFigures(roster_rows=50)}))
    assert only(result, "I5_EVENING_ROSTER").fields["stated"] == 111


def test_a_tally_of_a_day_to_come_is_marked(make: ModuleType, known: Known) -> None:
    assert only(look(known, tally(make, 日期=date(2022, 9, 30)), Stored()), "TALLY_AHEAD").cell == "A2"
    assert "TALLY_AHEAD" not in codes(look(known, tally(make), Stored()))


@pytest.mark.parametrize(("day", "told"), [(date(2022, 8, 13), False), (date(2023, 8, 12), True)])
def test_a_morning_sheet_later_than_tomorrow_is_marked(make: ModuleType, known: Known, day: date, told: bool) -> None:
    result = look(known, make.book(早会商=[make.MORNING, make.morning(day=day)]), Stored())
    assert [one.cell for one in result.all_findings() if one.code == "MORNING_AHEAD"] == ["A2"] * told


def test_a_count_seen_from_the_roster_shows_no_name(make: ModuleType, known: Known) -> None:
    history = Stored({DAY: DayFigures(planned=3)})
    finding = only(look(known, make.book(接种名单=[make.ROSTER, make.person(1)]), history), "I5_PLAN_ROSTER")
    assert (finding.value, finding.personal) == ("1", False)
