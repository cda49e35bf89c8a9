"""区级总览: what the overview says is what each street says, added up and ranked by the street's own rule."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import update

from config.settings import settings
from data_access import accounts, database
from data_access.accounts import NotAllowedError
from data_access.office import districts, overrides
from data_access.reports import actions, directory, district, ranking, reporting, workstreams
from data_access.reports.view import View
from data_access.schema import Street
from tests.data_access.districts import FIRST, SECOND, THIRD, fill
from tests.data_access.districts import district as made
from tests.data_access.street import DAY


def rows(above, campaign="covid", as_of=None):
    return [district.street(View(one, DAY, campaign, as_of)) for one in districts.visitors(above)]


def test_streets_are_ranked_by_exact_sums_of_those_who_reported(database_url, office):
    above = made()
    fill(FIRST, {"甲社区": (120, 46), "乙社区": (30, None)})
    fill(SECOND, {"丙社区": (40, 20), "丁社区": (20, 3)})  # 23/60 is 46/120
    fill(THIRD, {"戊社区": (50, None)})
    frame = district.table(rows(above))
    named = frame.set_index("street")
    assert frame["street"].tolist() == [FIRST, SECOND, THIRD]
    assert frame["rank"].tolist() == [1, 1, pd.NA] and frame["tied"].tolist() == [True, True, False]
    assert named["state"].tolist() == ["ranked", "ranked", "unreported"]
    assert named.loc[FIRST, "marks"] == "partial" and named.loc[SECOND, "marks"] == ""
    assert named.loc[FIRST, ["heard", "communities", "unreported", "left"]].tolist() == [1, 2, 1, 62]
    assert named.loc[FIRST, "alike"] == named.loc[SECOND, "alike"] == "a" and named.loc[SECOND, "same_as_above"]
    assert pd.isna(named.loc[THIRD, "coverage_n"]), "nothing is not zero"
    whole = district.total(frame)
    assert whole[["coverage_n", "coverage_d", "heard", "communities", "ranked", "streets"]].tolist() == [
        *(69, 180, 3, 5, 2, 3)
    ]
    assert whole[["completion_n", "completion_d"]].tolist() == [24, 30]
    for one in districts.visitors(above):  # the figures its own pages show
        accounts.console()
        view = View(one, DAY, "covid")
        row, total = named.loc[one.visiting], ranking.total(view).iloc[0]
        assert row["coverage_n"] is total["coverage_n"] or row["coverage_n"] == total["coverage_n"]
        sheets = reporting.totals(view).iloc[-1]
        assert row[["reported_n", "reported_d"]].tolist() == sheets[["reported_n", "reported_d"]].tolist()
        assert row["matters"] == actions.summary(view).iloc[0]["open"]
        cells = workstreams.tiles(view)
        assert row[["red", "cells"]].tolist() == [cells.red, cells.cells]
    assert district.latest_day(above, "covid") == DAY
    assert next(iter(district.campaigns(above))) == directory.campaigns(accounts.console())[0].code
    empty = rows(above, as_of=datetime(2022, 8, 1, tzinfo=UTC))  # before anything was sent
    assert district.table(empty)["rank"].isna().all() and pd.isna(district.total(district.table(empty))["coverage_n"])
    assert district.status(above, datetime(2022, 8, 1, tzinfo=UTC)).changed_at is None
    for asked in (district.campaigns, district.status):
        with pytest.raises(NotAllowedError):
            asked(accounts.console())


def test_a_street_is_asked_as_it_speaks_and_its_answer_holds_until_something_changes_in_it(database_url):
    above = made()
    fill(FIRST, {"甲社区": (100, 50)})
    second = fill(SECOND, {"丙社区": (100, 60)})
    before = districts.visitors(above)
    second.baseline("丙社区", DAY, 100, contraindicated=20)
    overrides.put(accounts.actor("admin_0"), {"coverage_denominator": "eligible"})
    after = districts.visitors(above)
    stamps = {one.visiting: (before[one], stamp) for one, stamp in after.items()}
    assert stamps[FIRST][0] == stamps[FIRST][1] and stamps[SECOND][0] != stamps[SECOND][1]
    accounts.console()
    frame = district.table(rows(above)).set_index("street")
    assert frame.loc[SECOND, ["coverage_n", "coverage_d"]].tolist() == [60, 80]
    assert frame.loc[FIRST, ["coverage_n", "coverage_d"]].tolist() == [50, 100]
    assert settings().coverage_denominator == "surveyed", "whoever asks goes on as before"


def test_an_invented_street_and_one_without_the_campaign_stand_apart(database_url):
    above = made()
    fill(FIRST, {"甲社区": (1000, 500)})
    fill(SECOND, {"丙社区": (1000, 900)})
    with database.writing() as connection:
        connection.execute(update(Street).where(Street.name == SECOND).values(is_sample=True))
    frame = district.table(rows(above))
    named = frame.set_index("street")
    assert named.loc[SECOND, "marks"] == "sample" and named.loc[SECOND, "state"] == "not_comparable"
    assert district.total(frame)[["coverage_n", "coverage_d", "streets", "ranked"]].tolist() == [500, 1000, 3, 1]
    assert district.status(above).is_sample
    with database.writing() as connection:
        connection.execute(update(Street).values(is_sample=True))
    assert district.table(rows(above)).set_index("street").loc[SECOND, "rank"] == 1, "all invented: comparable"
    none = district.table(rows(above, campaign="nowhere"))
    assert none["marks"].str.contains("no_campaign").all() and none["coverage_d"].isna().all()
    assert district.total(none)["matters"] == 0 and pd.isna(district.total(none)["coverage_n"])
