"""Every figure that the command line answers on the sample street equals the one from its workbooks."""

from datetime import date, datetime

import pytest

from tests.truth.conftest import DAY, EVE, NOW
from tests.truth.read import SHANGHAI
from tests.truth.street import COVID, DAILY, FLU, SMALL, minus, share, told, wilson

DAYS = pytest.mark.parametrize("when", [EVE, DAY, date(2022, 8, 9)], ids=str)
MORNING = datetime(2022, 8, 12, 8, 40, tzinfo=SHANGHAI)
CAMPAIGNS = {"covid": COVID, "flu": FLU}
OUTCOMES = {
    "vaccinated": "已接种", "no_show": "未到", "deferred": "缓种", "contraindicated": "禁忌", "refused": "拒种",
    "rescheduled": "改期", "site_changed": "转点", "shortage": "缺苗", "elsewhere": "异地已接种",
}  # fmt: skip
TALLY = {
    "roster_n": "名单人数", "arrived": "到场人数", "vacc_on_roster": "名单内接种", "walk_in": "计划外接种",
    "vacc_total": "当日接种合计", "vacc_d1": "其中_第一剂", "vacc_d2": "其中_第二剂", "vacc_b": "其中_加强针",
    "deferred": "缓种", "contraindicated": "禁忌", "refused": "拒种", "no_show": "未到", "moved": "改期转点",
    "shortage": "缺苗未种", "elsewhere": "异地已接种", "observed": "留观完成", "aefi_n": "疑似异常反应",
    "cum_d1": "累计_第一剂", "cum_full": "累计_全程", "cum_b": "累计_加强针", "cum_people": "累计接种人数(含异地)",
    "plan_next": "明日计划",
}  # fmt: skip
DIFFERENCES = {
    "d_plan": "I5 plan", "d_roster": "I5 roster", "d_vaccinated": "I6", "d_unexplained": "I1", "d_cumulative": "I2",
    "d_cum_d1": "I2 累计_第一剂", "d_cum_full": "I2 累计_全程", "d_cum_b": "I2 累计_加强针", "d_course": "I3",
    "d_total": "I4 total", "d_doses": "I4 doses", "d_held": "I7", "d_next": "I8",
}  # fmt: skip
SAME = (
    "planned", "notified", "stock", "roster_rows", "roster_settled", "roster_vaccinated", "persons", "not_vaccinated",
    "unexplained", "next_rows", "state", "open", "explained",
)  # fmt: skip


def pair(row, name):
    return row[name]["numerator"], row[name]["denominator"]


@pytest.mark.parametrize("campaign", list(CAMPAIGNS))
@DAYS
def test_callups(sample, when, campaign):
    truth = sample.truth(campaign=CAMPAIGNS[campaign])
    rows = sample.report("callups", "--date", str(when), "--campaign", campaign)
    assert [row["community"] for row in rows] == truth.names
    for row in rows:
        name = row["community"]
        called = truth.called(name, when)
        planned, stock = (truth.figure("morning", name, when, one) for one in ("今日计划人数", "可用疫苗(剂)"))
        assert {key: row[key] for key in OUTCOMES} == {key: called[zh] for key, zh in OUTCOMES.items()}
        assert (row["people"], row["batches"]) == (called["people"], called["batches"])
        assert row["unsettled"] == (minus(called["people"], called["settled"]) if called["settled"] else None)
        assert (row["planned"], row["stock"]) == (planned, stock)
        short = minus(planned, stock)
        assert row["short"] == (None if short is None else max(short, 0))
        last = truth.last_evening(name, when)
        causes = ("未到", "改期转点", "缺苗未种")
        carried = told(truth.figure("evening", name, last, cause) for cause in causes) if last else None
        assert row["carry_over"] == carried
        assert (row["not_called"] or 0) == truth.waiting(name, when)
        assert pair(row, "reminded") == (called["reminded"], called["people"])
        assert pair(row, "settled") == (called["settled"], called["people"])
        assert pair(row, "supply") == (stock, planned)


@DAYS
def test_dispatch(sample, truth, when):
    rows = sample.report("dispatch", "--date", str(when))
    assert [row["community"] for row in rows] == truth.names
    for row in rows:
        line = truth.line(row["community"], when)
        expected = {key: line[zh] for key, zh in (TALLY | DIFFERENCES).items()} | {key: line[key] for key in SAME}
        assert {key: row[key] for key in expected} == expected
        for kind in DAILY:
            assert row[f"{kind}_state"] == truth.state(kind, row["community"], when)
        people, on_list = line["persons"], line["名单内接种"]
        output = None if on_list is None else on_list + line["计划外接种"]
        assert pair(row, "completion") == (on_list, people)
        assert pair(row, "output") == (output, people)
        assert pair(row, "show_up") == (line["到场人数"], people)
        assert pair(row, "no_show_rate") == (line["未到"], people)
        assert pair(row, "deferral") == (line["缓种"], people)


@DAYS
def test_reporting(sample, truth, when):
    rows = sample.report("reporting", "--date", str(when))
    assert len(rows) == len(truth.names) * len(DAILY)
    for row in rows:
        versions = truth.versions.get((row["kind"], row["community"], when), [])
        assert row["state"] == truth.state(row["kind"], row["community"], when)
        assert row["rows"] == (len(versions[-1].rows) if versions else None)
        assert row["revision"] == (len(versions) or None)
        assert row["received"] == (versions[0].received.isoformat() if versions else None)
        assert row["due"] == truth.due(row["kind"], when).isoformat()


@DAYS
def test_coverage_of_every_dose_on_both_denominators(sample, truth, when):
    *rows, street = sample.report("coverage", "--date", str(when))
    heard = []
    for row in rows:
        name = row["community"]
        base, tally = truth.bases[name], {zh: truth.figure("evening", name, when, zh) for zh in TALLY.values()}
        first, full, booster = (tally[zh] for zh in ("累计_第一剂", "累计_全程", "累计_加强针"))
        eligible = base["已摸底人数"] - base["禁忌人数"]
        assert (row["eligible"], row["surveyed"]) == (eligible, base["已摸底人数"])
        assert eligible == base["应接种人数"]
        assert pair(row, "coverage") == (first, base["已摸底人数"])
        assert pair(row, "coverage_d1") == (first, eligible)
        assert pair(row, "coverage_full") == (full, eligible)
        assert pair(row, "coverage_b") == (booster, full)
        assert pair(row, "booster_eligible") == (booster, eligible)
        assert pair(row, "survey") == (base["已摸底人数"], base["应摸底人数"])
        assert (row["increment"], row["increment_days"]) == truth.gain(name, when)
        if first is not None:
            heard.append((first, full, booster, base["已摸底人数"], eligible, truth.gain(name, when)[0]))
        else:
            last = truth.last_evening(name, when)
            assert (row["last_n"], row["last_d"]) == truth.coverage(name, last)
    first, full, booster, surveyed, eligible, gained = (told(one) for one in zip(*heard, strict=True))
    assert pair(street, "coverage") == (first, surveyed)
    assert pair(street, "coverage_d1") == (first, eligible)
    assert pair(street, "coverage_full") == (full, eligible)
    assert pair(street, "coverage_b") == (booster, full)
    assert (street["increment"], street["reported"], street["missing"]) == (
        gained, len(heard), len(truth.names) - len(heard),
    )  # fmt: skip


BASES = ("coverage", "survey", "completion", "increment", "remaining", "on_time", "workstreams")


@pytest.mark.parametrize("basis", BASES)
@DAYS
def test_ranking_on_every_basis(sample, truth, when, basis):
    rows = {row["community"]: row for row in sample.report("ranking", "--basis", basis, "--date", str(when))}
    ranks = truth.ranks(basis, when)
    assert {name: row["rank"] for name, row in rows.items() if row["rank"]} == ranks
    above = None
    for name, row in rows.items():
        score = truth.score(basis, name, when)
        assert (row[basis] if basis in ("increment", "remaining") else pair(row, "rate")[0]) == score[0]
        if name not in ranks:
            assert row["state"] in ("unreported", "not_comparable")
            continue
        assert row["tied"] == (list(ranks.values()).count(ranks[name]) > 1)
        value = share(score)
        if basis in ("coverage", "survey", "completion"):
            assert row["small_base"] == (score[1] < SMALL)
            if 0 <= value <= 1:
                low, high = wilson(*score)
                assert (row["low"], row["high"]) == pytest.approx((low, high))
                assert row["same_as_above"] == (None if above is None else above[0] <= high and low <= above[1])
                above = (low, high)
            else:
                assert row["over"] and row["low"] is None
                above = None


@DAYS
def test_the_matrix_of_workstreams(sample, truth, when):
    cells = truth.cells(when)
    rows = sample.report("workstreams", "--date", str(when))
    assert len(rows) == len(cells)
    for row in rows:
        cell = cells[row["community"], row["workstream"]]
        assert (row["state"], row["worst"]) == (cell.state, cell.worst)
        assert row["gap"] == (None if cell.gap is None else pytest.approx(float(cell.gap), abs=1e-6))


@DAYS
def test_what_the_board_knew_that_morning(sample, when):
    """As of 08:40 the command line answers from the sheets that had arrived by then."""
    then = sample.truth(MORNING)
    rows = sample.report("dispatch", "--date", str(when), "--as-of", MORNING.isoformat())
    for row in rows:
        line = then.line(row["community"], when)
        expected = {key: line[zh] for key, zh in (TALLY | DIFFERENCES).items()} | {key: line[key] for key in SAME}
        assert {key: row[key] for key in expected} == expected
    assert MORNING < NOW and len(then.sheets) < len(sample.sheets)
