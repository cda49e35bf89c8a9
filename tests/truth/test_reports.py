"""Every figure that the command line answers on the sample street equals the one from its workbooks."""

from datetime import date, datetime
from pathlib import Path

import pytest

import config.settings
from data_access.commands import answers
from data_access.reports import workstreams
from data_access.reports.view import View
from tests.pages.conftest import administrator
from tests.truth import read
from tests.truth.checklist import items, sections
from tests.truth.conftest import DAY, EVE, NOW
from tests.truth.read import SHANGHAI
from tests.truth.street import COVID, DAILY, FLU, SMALL, minus, share, told, wilson
from tests.truth.workstreams import COUNTED, every, part

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


def exactly(rate):
    """A rate of an answer as a fraction; None where it has no value."""
    return share((rate["numerator"], rate["denominator"]))


def near(value):
    """A decimal of an answer, which carries six places."""
    return None if value is None else pytest.approx(float(value), abs=1e-6)


def agrees(row, one):
    """A row of an answer says what the second computation found of an indicator."""
    assert (row["state"], row["gap"]) == (one.state, near(one.gap)), (row, one)
    assert pair(row, "done") == one.whole, row
    assert pair(row, "elapsed") == one.elapsed, row
    assert (row["expected"], row["shortfall"]) == (one.expected, one.shortfall), (row, one)


def agrees_in_full(row, one):
    """As ``agrees``, with everything that a part carries."""
    agrees(row, one)
    assert (exactly(row["completion"]), exactly(row["asked"])) == (one.completion, one.asked), row
    assert (row["value"], row["target"]) == (near(one.value), near(one.target)), row
    assert (row["left"], row["headroom"], row["unreported"]) == (one.left, one.headroom, one.unreported), (row, one)
    assert pair(row, "mended") == one.mended, row
    assert not row["approximate"]


@DAYS
def test_the_matrix_of_workstreams_with_all_its_parts(sample, truth, when):
    cells = truth.cells(when)
    rows = sample.report("workstreams", "--date", str(when))
    assert [(row["community"], row["workstream"]) for row in rows] == list(cells)
    for row in rows:
        cell = cells[row["community"], row["workstream"]]
        assert row["worst"] == cell.worst
        agrees(row, cell.shown)
        assert {key: row[key] for key in STATES} == {key: cell.count(*states) for key, states in STATES.items()}
        assert row["indicators"] == len(cell.parts) == len(row["parts"])
        for own in row["parts"]:
            agrees_in_full(own, cell.parts[own["indicator"]])
            if own["indicator"] not in COUNTED:
                assert own["reports"] == cell.parts[own["indicator"]].reports


STATES = {
    "red": ("behind", "zero_occurred"), "slightly": ("slightly_behind",), "on_track": ("on_track", "ahead"),
    "zero_ok": ("zero_ok",), "unconfirmed": ("zero_unconfirmed",), "occurred": ("zero_occurred",),
    "missing": ("missing",), "not_applicable": ("not_applicable",),
}  # fmt: skip


@pytest.mark.parametrize("place", [0, -1], ids=["plain", "silent"])
def test_every_indicator_in_use_of_every_workstream(sample, truth, place):
    """What the drill-down shows: also what stands in no matrix, of every kind and accrual."""
    name, view = truth.names[place], View(administrator(), DAY, "covid")
    states = set()
    for slug, stream in every().items():
        rows = answers.rows(workstreams.indicators(view, name, slug), workstreams.PART_RATES)
        assert {row["indicator"] for row in rows} == {item["code"] for item in stream["used"]}
        for row in rows:
            (item,) = (one for one in stream["used"] if one["code"] == row["indicator"])
            one = part(truth, name, item, DAY)
            agrees_in_full(row, one)
            states.add((item["kind"], item["accrual"], one.state))
    assert len(states) > 20 or place


@DAYS
def test_the_checklist_by_item_section_and_community(sample, truth, when):
    files = read.attached(sample.folder / "data" / "street.db")
    for row in sample.report("checklist", "--date", str(when)):
        name = row["community"]
        known = items(truth, name, when)
        shown = {one["item"]: one for section in row["sections"] for one in section["items"]}
        assert list(shown) == list(known) and len(known) == 35
        for code, one in known.items():
            own = shown[code]
            assert (own["state"], own["passed"], own["passed_official"]) == (one.state, one.passed, one.official), own
            assert (own["got"], own["need"], *pair(own, "pieces")) == (one.got, one.need, *one.pieces), own
            assert [own[key] for key in REVIEWED] == [getattr(one, key) for key in REVIEWED], own
            assert own["files"] == files[name, f"{when.year}/{code}"]
        for code, inside in sections().items():
            (section,) = (one for one in row["sections"] if one["section"] == code)
            scored(section, [known[item["code"]] for item in inside])
        assert row["items"] == len(known)
        scored(row, list(known.values()))


REVIEWED = ("pending", "returned", "reported")


def scored(row, found):
    """Both scores, the pieces and the counts of a community or a section."""
    applicable = [one for one in found if one.state != "not_applicable"]
    if row["state"] == "unreported":
        assert not any(one.reported for one in found)
        assert pair(row, "score") == (None, None)
        return
    assert row["not_applicable"] == len(found) - len(applicable)
    assert pair(row, "score") == (sum(one.passed for one in applicable), len(applicable))
    assert pair(row, "score_official") == (sum(one.official for one in applicable), len(applicable))
    assert pair(row, "pieces") == tuple(sum(one.pieces[n] for one in applicable) for n in (0, 1))
    assert [row[key] for key in REVIEWED] == [sum(getattr(one, key) for one in found) for key in REVIEWED]


WEIGHTS = {"coverage": 40, "completion": 20, "on_time": 15, "workstreams": 25}


@DAYS
def test_ranking_by_the_weights_of_the_office(sample, truth, when, monkeypatch):
    """综合得分: Σ weight × rate ÷ Σ weight; whoever lacks one part is not ranked."""
    table = (Path(config.settings.__file__).parent / "street.toml").read_text("utf-8")
    street = sample.folder / "weights.toml"
    street.write_text(table + "\n[composite_weights]\n" + "\n".join(f"{k} = {v}" for k, v in WEIGHTS.items()))
    monkeypatch.setenv("STREET_CONFIG", str(street))
    config.settings.settings.cache_clear()
    try:
        rows = {row["community"]: row for row in sample.report("ranking", "--basis", "composite", "--date", str(when))}
    finally:
        monkeypatch.undo()
        config.settings.settings.cache_clear()
    parts = {name: {basis: truth.score(basis, name, when) for basis in WEIGHTS} for name in truth.names}
    scores = {
        name: sum(share(rate) * WEIGHTS[basis] for basis, rate in own.items()) / sum(WEIGHTS.values())
        for name, own in parts.items()
        if all(share(rate) is not None for rate in own.values())
    }
    assert 1 < len(scores) <= len(truth.names)
    for name, row in rows.items():
        assert {basis: pair(row, basis) for basis in WEIGHTS} == parts[name]
        assert exactly(row["rate"]) == scores.get(name)
        better = [other for other in scores.values() if name in scores and other > scores[name]]
        assert row["rank"] == (1 + len(better) if name in scores else None)
        assert row["state"] == ("ranked" if name in scores else "unreported")


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
