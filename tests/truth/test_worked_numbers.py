"""The sixty worked numbers and the examples of metrics.md, through the door: workbooks in, reports out.

One office of six communities is told the numbers by workbooks made with openpyxl alone. What a report answers is taken
as numerator and denominator (or as two counts) and printed; the printed values are those of the table.
"""

import csv
import json
import re
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from config import catalogue, language
from config.campaigns import default_campaigns, sample_campaigns
from config.settings import settings
from data_access import accounts, database, metrics
from data_access.__main__ import main
from data_access.catalogue import declared
from data_access.metrics import Rate
from data_access.office import drives, streets
from data_access.reports import checklist, coverage, honours, profile, workstreams, yearbook
from data_access.reports.view import View
from tests.truth.checklist import FAMILY, KINDS, sections
from tests.truth.read import SHANGHAI
from tests.workbooks.make import EVENING, book, evening

TABLE = Path(__file__).parents[1] / "data_access" / "worked_numbers.tsv"
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = {row["W"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}

NOW = datetime(2022, 10, 1, 21, 0, tzinfo=SHANGHAI)
DAY, EVE, JUNE = date(2022, 10, 1), date(2022, 9, 30), date(2022, 6, 30)
A, B, C, D, E, F, G = (f"{name}社区" for name in ("春晖", "向阳", "清河", "桃园", "文昌", "东湖", "西苑"))
FLU, SHINGLES = "流感疫苗接种", "带状疱疹疫苗接种"

# 社区名录: area, households, population (W9, W10: one community each).
REGISTER = {
    A: ("东片", 691, 2310), B: ("东片", 753, 3000), C: ("西片", 500, 1600),
    D: ("西片", 500, 1600), E: ("西片", 500, 1600), F: ("西片", 500, 1600), G: ("西片", 500, 1600),
}  # fmt: skip
SURVEYED = {A: 120, B: 100, C: 120, D: 120, E: 200, F: 500}  # W1, W32, W33, W37
REACHED = {A: 46, B: 90, C: 124, D: 45}
WEEK = (12, 15, 18, None, 0, 20, 14)  # first doses of seven days, one not reported (metrics.md §6.4)
PACE, PACED, COVERED = 23, 70, {"新冠疫苗接种": 145, SHINGLES: 144}  # G: of 145 are 68 left to 95 %, of 144 74 to all
RANKED = {A: (46, 120), B: (23, 60), C: (57, 150), D: (30, 100), E: (None, 80), F: (0, 0)}  # metrics.md §6.6

# 工作进展 of September: a count, or numerator and denominator.
TOLD = {
    A: {
        "SAFE-01": (819, 890), "WAT-01a": 352, "WAT-01b": 153, "WAT-01c": 45, "CA-02d": (275, 691), "LAB-06a": 124,
        "LAB-06b": 27, "PAT-05": (8, 672), "PAT-06": (16, 413), "PAT-07": (1, 850), "SAFE-14": (345, 362),
        "PTY-06a": 5, "PTY-06b": 2, "PAT-14": 4000, "PAT-13": "650余", "PAT-15": (50, 100), "WOM-01": (190, 200),
        "HC-09": 300, "HC-10": 550, "HC-11a": 10, "HC-11b": 30, "HC-12a": 1, "HC-12b": 8, "HC-27": (25, 200),
        "HC-14": (1086, 2310), "HC-18": (2, 6), "ENV-12": (90, 100), "流动人口微机管理率": (195, 362),
        "出生性别比": (93, 87), "计划生育率": (179, 180), "每幢户数": (753, 29), "低保户均人数": (148, 60),
        "低保人均金额": (10974, 148), "低保户均金额": (10974, 60), "人均补贴": (25116, 27), "每次清除广告": (4856, 31),
        "日均接待": (8600, 312), "每次巡查意见": (4000, "650余"), "月均巡查": ("650余", 12), "每个单位房间": (672, 26),
        "每班人数": (200, 2), "党员五个一": (0, 35),
    },
    B: {
        "SAFE-01": (9496, 10000), "HC-14": (1085, 2310), "HC-18": (1, 6), "出生性别比": (94, 86),
        "计划生育率": (178, 180),
    },
}  # fmt: skip
BEFORE = {"HC-10": 250, "HC-11b": 20, "HC-12b": 7}  # 年末结存
# What a street declares itself: what was left out of the catalogue, and figures per household, visit or day.
OWN = [
    {"zh": zh, "workstream": "civil_affairs", "kind": "rate", "accrual": "snapshot", "numerator": upper,
     "denominator": lower, "unit": unit, "factor": factor} | goal
    for zh, upper, lower, unit, factor, goal in [
        ("流动人口微机管理率", "已进微机", "登记流动人口", "%", 100, {}),
        ("出生性别比", "男婴", "女婴", "%", 100, {"target": 107, "comparator": "≤"}),
        ("计划生育率", "计划内出生", "出生", "%", 100, {"target": 99}),
        ("每幢户数", "户数", "幢数", "户/幢", 1, {}),
        ("低保户均人数", "低保人数", "低保户数", "人/户", 1, {}),
        ("低保人均金额", "低保金", "低保人数", "元/人", 1, {}),
        ("低保户均金额", "低保金", "低保户数", "元/户", 1, {}),
        ("人均补贴", "补贴金额", "补贴人数", "元/人", 1, {}),
        ("每次清除广告", "清除广告", "清理次数", "条/次", 1, {}),
        ("日均接待", "接待人次", "开放天数", "人次/天", 1, {}),
        ("每次巡查意见", "意见", "巡查次数", "条/次", 1, {}),
        ("月均巡查", "巡查次数", "月数", "次/月", 1, {}),
        ("每个单位房间", "检查房间", "检查单位", "间/个", 1, {}),
        ("每班人数", "培训人数", "培训班", "人/班", 1, {}),
        ("党员五个一", "完成事项", "在册党员", "项/人", 1, {"target": 5}),
    ]
]  # fmt: skip

# 资料清单: 28 items pass, two do not apply, of 1.4 four meetings bring 3, 3, 2 and 0 kinds, four items are blank.
ABSENT, LACKING, MEETINGS = ("2.4", "2.5"), ("1.9", "2.12", "4.2", "5.3"), "1.4"

pytestmark = pytest.mark.usefixtures("told")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The office, told everything once."""
    folder = tmp_path_factory.mktemp("worked")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("STREET_DATABASE_URL", "STREET_CONFIG", "STREET_LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("STREET_DATA_DIR", str(folder / "data"))
        patch.setenv("STREET_NOW", NOW.isoformat())
        settings.cache_clear()
        database.close_all()
        language.use(language.DEFAULT)
        database.prepare()
        actor = accounts.console()
        streets.mark_sample(actor, sample_campaigns())  # for a second campaign, in which the six are ranked
        declared.define_all(actor, date(2022, 1, 1), {}, OWN)
        covid, flu = default_campaigns()[0].model_dump(mode="json"), sample_campaigns()[-1].model_dump(mode="json")
        drives.put(actor, covid | {"target": 95})
        drives.put(actor, flu | {"code": "shingles", "zh": SHINGLES, "en": "Shingles", "synonyms": [], "target": 100})
        books = {"基础信息": base(), "工作进展": progress(), "资料清单": evidence(), "晚调度": evenings()}
        for name, content in books.items():
            (folder / f"{name}.xlsx").write_bytes(content)
            answer = imported(folder / f"{name}.xlsx")
            assert answer["status"] == "committed", answer
            assert not [one for sheet in answer["sheets"] for one in sheet["findings"] if one["severity"] == "error"]
        yield folder
        database.close_all()
        catalogue.using(None)
    settings.cache_clear()
    for known in (indicators, items, covered, ahead):
        known.cache_clear()


# The workbooks -------------------------------------------------------------------------------------------------------


def base():
    register = [
        [f"C{n}", name, "社区", area, households, people]
        for n, (name, (area, households, people)) in enumerate(REGISTER.items())
    ]
    survey = [[name, "新冠疫苗接种", "18-59岁", n, n, 0, EVE] for name, n in SURVEYED.items()]
    survey += [[name, FLU, "60岁及以上", n, n, 0, EVE] for name, (_reached, n) in RANKED.items()]
    survey += [[G, drive, "60岁及以上", n, n, 0, EVE] for drive, n in COVERED.items()]
    heads = ["社区", "接种项目", "人群类别", "应摸底人数", "已摸底人数", "禁忌人数", "截至日期"]
    return book(
        社区名录=[["社区编码", "社区名称", "类型", "片区", "户数", "人口数"], *register], 摸底台账=[heads, *survey]
    )


HEADS = [
    "填报日期",
    "统计周期",
    "社区",
    "工作线",
    "指标编码",
    "指标名称",
    "口径",
    "完成数",
    "分子",
    "分母",
    "零发生确认",
]


def line(period, day, community, code, figure, basis="累计"):
    item = declared_as(code)
    done, upper, lower = (None, *figure) if isinstance(figure, tuple) else (figure, None, None)
    sure = "是" if item.kind == "zero" else None
    stream = catalogue.workstream(item.workstream).zh
    return [day, period, community, stream, item.code, item.zh, basis, done, upper, lower, sure]


def progress():
    before = [line("2021", date(2021, 12, 31), A, code, n) for code, n in BEFORE.items()]
    june = [line("2022-06", JUNE, A, "CIV-01", 2), line("2022-01", date(2022, 1, 31), B, "CIV-01", 4)]
    slots = [
        line(f"2022-0{month}", date(2022, month, 28), A, "HE-01", n, "当期") for month, n in ((1, 1), (2, 0), (3, 2))
    ]
    zeros = [line(f"2022-0{n}", date(2022, n, 28), A, "SAFE-10", 0, "当期") for n in range(1, 10)]
    zeros += [line(f"2022-0{n}", date(2022, n, 28), B, "SAFE-10", 0, "当期") for n in range(1, 9)]
    happened = [line("2022-03", date(2022, 3, 31), C, "SAFE-10", 1, "当期")]
    happened[0][-1] = None
    rest = [line("2022-09", EVE, name, code, n) for name, known in TOLD.items() for code, n in known.items()]
    cards = [line(f"2022-0{n}", date(2022, n, 28), A, "SAFE-14", (330 + n, 362)) for n in range(2, 9)]
    return book(工作进展=[HEADS, *before, *june, *slots, *zeros, *happened, *cards, *rest])


def evidence():
    heads = [
        *("年度", "社区", "条目编码", "条目名称", "活动序号", "活动日期", "地点", "参加人数", "主题", *KINDS.values()),
        *("盖公章", "不适用", "不适用及原因", "健康家庭编号", "有65岁以上", "有慢病", *FAMILY.values(), "审核状态"),
    ]
    made = []
    for item in (one for section in sections().values() for one in section):
        head = {"年度": "2022", "社区": A, "条目编码": item["code"], "条目名称": item["zh"], "审核状态": "通过"}
        if item["code"] in ABSENT:
            made.append(head | {"不适用": "是", "不适用及原因": "楼内无此场所"})
        elif item["code"] == MEETINGS:
            kinds = ("照片", "会议记录", "签到")
            made += [head | event(n) | dict.fromkeys(kinds[:have], 1) for n, have in enumerate((3, 3, 2, 0), start=1)]
        elif item["code"] not in LACKING:
            made += complete(item, head)
    return book(资料清单=[heads, *([row.get(name) for name in heads] for row in made)])


def event(number):
    return {
        "活动序号": number, "活动日期": date(2022, 1, 10) + timedelta(weeks=4 * number), "地点": "会议室",
        "参加人数": 30, "主题": f"第{number}次",
    }  # fmt: skip


def complete(item, head):
    """The rows that an item needs to pass."""
    pieces = {KINDS[kind.split("|")[0]]: item["need"] if item["kind"] == "count" else 1 for kind in item["evidence"]}
    if item["kind"] == "events":
        return [head | event(n) | pieces for n in range(1, item["need"] + 1)]
    if item["kind"] == "family":
        whole = dict.fromkeys(FAMILY.values(), "是") | {"有65岁以上": "是", "有慢病": "是"}
        return [head | pieces | whole | {"健康家庭编号": str(n)} for n in range(1, item["need"] + 1)]
    return [head | pieces | ({"盖公章": "是"} if item.get("sealed") else {})]


def evenings():
    heads = [*EVENING, "接种项目"]
    covid = [[*evening(name, DAY, **{"累计_第一剂": n}), "新冠疫苗接种"] for name, n in REACHED.items()]
    flu = [
        [*evening(name, DAY, **{"累计_第一剂": n, "累计_全程": None, "累计_加强针": None}), FLU]
        for name, (n, _surveyed) in RANKED.items()
        if n is not None
    ]
    twice = {"当日接种合计": 100, "其中_第一剂": 50, "其中_第二剂": 50, "其中_加强针": 0}
    so_far = {"累计_第一剂": 50, "累计_全程": 50, "累计_加强针": 0, "累计接种人数(含异地)": 50}
    covid.append([*evening(E, DAY, **twice, **so_far), "新冠疫苗接种"])
    for ago, doses in zip(range(6, -1, -1), WEEK, strict=True):
        if doses is not None:
            day, total = DAY - timedelta(days=ago), sum(n or 0 for n in WEEK[: 7 - ago])
            covid.append([*evening(F, day, **given(doses, total)), "新冠疫苗接种"])
    paced = [
        [*evening(G, DAY - timedelta(days=ago), **given(PACE, PACED - ago * PACE, whole)), drive]
        for drive, whole in (("新冠疫苗接种", 0), (SHINGLES, None))
        for ago in range(2, -1, -1)
    ]
    return book(晚调度=[heads, *covid, *flu, *paced])


def given(doses, total, whole=0):
    """An evening of first doses only; of a single dose there is no full course to count."""
    of_day = {"其中_第一剂": doses, "其中_加强针": 0, "当日接种合计": doses, "留观完成": doses}
    return of_day | {"累计_第一剂": total, "累计_全程": whole, "累计_加强针": whole}


# What the reports answer ---------------------------------------------------------------------------------------------


def imported(path, *options):
    answer = CliRunner().invoke(main, ["import", str(path), "--json", *options], catch_exceptions=False)
    (found,) = json.loads(answer.stdout)["workbooks"]
    return found


def report(name, *options):
    answer = CliRunner().invoke(main, ["report", name, "--json", "--date", str(DAY), *options], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)["rows"]


def view(day=DAY, **more):
    return View(accounts.console(), day, "covid", **more)


def declared_as(code):
    """The indicator as the running catalogue has it; by its name where the street declared it."""
    return catalogue.find_indicator(code)


@lru_cache
def indicators(name, slug, day=DAY):
    return {row["indicator"]: row for row in workstreams.indicators(view(day), name, slug).to_dict("records")}


def one(code, name=A, day=DAY):
    item = declared_as(code)
    return indicators(name, item.workstream, day)[item.code]


def rate(code, name=A):
    row = one(code, name)
    return Rate(int(row["done_n"]), int(row["done_d"]))


def count(code, name=A):
    return int(one(code, name)["value"])


def left(code, name=A):
    return int(one(code, name)["left"])


@lru_cache
def ahead(campaign="covid"):
    asked = View(accounts.console(), DAY, campaign)
    return {row["community"]: row for row in coverage.forecast(asked).to_dict("records")}


@lru_cache
def covered(area=None):
    return {row["community"]: row for row in coverage.table(view(area=area)).to_dict("records")}


def covers(name, area=None):
    return Rate(int(covered(area)[name]["coverage_n"]), int(covered(area)[name]["coverage_d"]))


def step(code, column):
    for slug in ("water_saving", "party_affairs"):
        for row in honours.table(view(), slug, A).to_dict("records"):
            if row["indicator"] == code:
                return Rate(int(row[f"{column}_n"]), int(row[f"{column}_d"]))
    raise AssertionError(code)


def household(name):
    found = profile.card(view(community=name))
    return Rate(found.population, found.households)


@lru_cache
def items():
    return {row["item"]: row for row in checklist.items(view(), A).to_dict("records")}


def dispatched():
    (row,) = (row for row in report("dispatch") if row["community"] == A)
    return row


def scored():
    (row,) = (row for row in report("checklist") if row["community"] == A)
    return row


QUOTIENTS = {
    "W1": lambda: covers(A),
    "W2": lambda: rate("SAFE-01"),
    "W4": lambda: step("WAT-01b", "step"),
    "W5": lambda: step("WAT-01c", "step"),
    "W6": lambda: step("WAT-01c", "overall"),
    "W8": lambda: rate("CA-02d"),
    "W9": lambda: household(A),
    "W10": lambda: household(B),
    "W11": lambda: rate("每幢户数"),
    "W12": lambda: rate("低保户均人数"),
    "W13": lambda: rate("低保人均金额"),
    "W14": lambda: rate("低保户均金额"),
    "W15": lambda: rate("人均补贴"),
    "W16": lambda: rate("PAT-05"),
    "W17": lambda: rate("PAT-06"),
    "W18": lambda: Rate(rate("PAT-07").numerator * declared_as("PAT-07").factor, rate("PAT-07").denominator),
    "W19": lambda: rate("SAFE-14"),
    "W21": lambda: rate("流动人口微机管理率"),
    "W23": lambda: step("PTY-06b", "step"),
    "W24": lambda: rate("每次清除广告"),
    "W25": lambda: rate("日均接待"),
    "W26": lambda: rate("每次巡查意见"),
    "W27": lambda: rate("月均巡查"),
    "W28": lambda: rate("每个单位房间"),
    "W29": lambda: rate("PAT-15"),
    "W30": lambda: rate("WOM-01"),
    "W31": lambda: Rate(count("HC-09"), int(one("HC-10")["target"])),
    "W32": lambda: covers("东片", "东片"),
    "W33": lambda: covers(C),
    "W34": lambda: Rate(int(items()[MEETINGS]["pieces_n"]), int(items()[MEETINGS]["pieces_d"])),
    "W35": lambda: Rate(scored()["score"]["numerator"], scored()["score"]["denominator"]),
    "W36": lambda: Rate(dispatched()["show_up"]["numerator"], dispatched()["show_up"]["denominator"]),
    "W37": lambda: covers(D),
    "W38": lambda: rate("HC-27"),
    "W39": lambda: rate("SAFE-01", B),
    "W40": lambda: rate("出生性别比"),
    "W41": lambda: rate("出生性别比", B),
    "W42": lambda: rate("计划生育率"),
    "W43": lambda: rate("计划生育率", B),
}
# No report offers them: 819 of 960 copies, 352 of one estate's households, 345 of those cleared, 55 of 72 letters.
TRAPS = {"W3": (819, 960), "W7": (352, 753), "W20": (345, 1000), "W22": (55, 72)}
WHOLE = {
    "W44": lambda: rate("PAT-05").denominator,
    "W45": lambda: count("HC-11b") - count("HC-11a"),
    "W46": lambda: count("HC-12b") - count("HC-12a"),
    "W47": lambda: count("HC-10") - count("HC-09"),
    "W48": lambda: sum(len(section["items"]) for section in scored()["sections"]),
    "W49": lambda: (yearbook.windows(view())["indicator"] == "PAT-09").sum(),
    "W50": lambda: int(one("HE-03")["target"]),
    "W51": lambda: left("SAFE-01"),
    "W52": lambda: ahead()[A]["left"],
    "W53": lambda: ahead()[G]["days"],
    "W54": lambda: ahead("shingles")[G]["days"],
    "W55": lambda: left("HC-14", B) + rate("HC-14", B).numerator,
    "W56": lambda: left("HC-18", B) + rate("HC-18", B).numerator,
    "W57": lambda: rate("每班人数").value,
    "W58": lambda: left("党员五个一"),
    "W59": lambda: count("LAB-06a") - count("LAB-06b"),
    "W60": lambda: dispatched()["unexplained"],
}


def test_every_row_of_the_table_is_here():
    assert set(QUOTIENTS) | set(TRAPS) | set(WHOLE) == set(ROWS) and len(ROWS) == 60


@pytest.mark.parametrize("code", QUOTIENTS)
def test_reported_parts_print_as_in_the_table(code):
    row, found = ROWS[code], QUOTIENTS[code]()
    factor = 100 if "×100" in row["formula"] else 1
    assert [str(metrics.half_up(found.value * factor, n)) for n in (4, 0, 1, 2)] == [
        row[key] for key in ("raw", "d0", "d1", "d2")
    ]
    if code not in ("W18", "W31"):  # per 2000 m; this year's over another indicator's target
        upper, lower = map(int, re.match(r"(\d+)/(\d+)", row["formula"]).groups())
        assert (found.numerator, found.denominator) == (upper, lower)


@pytest.mark.parametrize("code", WHOLE)
def test_reported_counts_give_the_whole_numbers_of_the_table(code):
    assert str(WHOLE[code]()) == ROWS[code]["raw"]


# What is met and what is not -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name", "state"),
    [
        ("SAFE-01", A, "slightly_behind"),  # W2: 92.02 of 95
        ("SAFE-01", B, "slightly_behind"),  # W39: 94.96 prints 95.0 and is not 95
        ("PAT-05", A, "on_track"),  # W16
        ("PAT-06", A, "on_track"),  # W17
        ("PAT-07", A, "on_track"),  # W18: 2.35 of at most 5
        ("SAFE-14", A, "ahead"),  # W19: only over those registered
        ("WOM-01", A, "no_target"),  # W30: a result reached is no target
        ("HC-14", A, "on_track"),  # W55: 1086 people
        ("HC-14", B, "slightly_behind"),  # one fewer
        ("HC-18", A, "ahead"),  # W56: 1.8 committees are 2
        ("HC-18", B, "behind"),
        ("出生性别比", A, "on_track"),  # W40
        ("出生性别比", B, "behind"),  # W41
        ("计划生育率", A, "on_track"),  # W42
        ("计划生育率", B, "slightly_behind"),  # W43
    ],
)
def test_targets_judge_the_exact_number(code, name, state):
    assert one(code, name)["state"] == state


def test_94_96_is_shown_with_the_decimals_that_explain_it():
    found = rate("SAFE-01", B)
    assert (str(found.percent(1)), str(metrics.display_percent(found, 1, threshold=95))) == ("95.0", "94.96")


def test_an_estimate_keeps_its_mark_and_is_no_exact_figure():
    assert one("PAT-13")["approximate"] and count("PAT-13") == 650
    assert not one("PAT-14")["approximate"]


# The traps -----------------------------------------------------------------------------------------------------------


def test_no_indicator_offers_a_wrong_denominator():
    used = {item.code: item for item in catalogue.indicators(enabled=None)}
    assert {str(used[code].denominator.zh) for code in ("SAFE-01", "SAFE-14")} == {"总户数", "流动人口"}
    assert not any(used[code].ratio or used[code].denominator for code in ("SAFE-02", "SAFE-15", "WAT-01a"))
    lower = [item.denominator.zh for item in used.values() if item.denominator]
    assert not [words for words in lower if re.search("倡议|责任书|出租|清查|份数", words)]
    wrong = {Fraction(*pair) for pair in TRAPS.values()}
    shown = [row for stream in catalogue.workstreams() for row in indicators(A, stream.slug).values()]
    assert not [
        row for row in shown if row["kind"] == "rate" and row["done_d"] and rate(row["indicator"]).value in wrong
    ]


def test_applicants_are_given_no_rate_only_the_steps_after_them():
    first, *_others = honours.table(view(), "water_saving", A).to_dict("records")
    assert (first["indicator"], int(first["count"])) == ("WAT-01a", 352)
    assert all(pd.isna(first[name]) for name in ("step_n", "step_d", "overall_n", "overall_d"))


def test_people_cleared_in_place_of_people_registered_are_asked_about(told):
    """W20: the numerator of every month over another denominator."""
    for lower, asked in ((364, False), (1000, True)):
        path = told / f"清查{lower}.xlsx"
        path.write_bytes(book(工作进展=[HEADS, line("2022-10", DAY, A, "SAFE-14", (345, lower))]))
        (sheet,) = imported(path, "--dry-run")["sheets"]
        found = [(one["code"], one["cell"], one["value"]) for one in sheet["findings"] if one["severity"] == "warning"]
        assert found == ([("OUTLIER_PERIOD", "J2", "1000")] if asked else [])


def test_the_rooms_add_up_and_one_more_is_said(told):
    heads = ["社区", "接种项目", "人群类别", "应摸底人数", "已摸底人数", "截至日期"]
    for rooms, said in ((413, False), (414, True)):
        parts = (("60岁及以上", rooms), ("18-59岁", 249), ("其他", 10))
        rows = [[E, "新冠疫苗接种", group, n, n, EVE] for group, n in parts]
        path = told / f"合计{rooms}.xlsx"
        path.write_bytes(book(摸底台账=[heads, *rows, ["合计", None, None, 672, 672, None]]))
        codes = {one["code"] for sheet in imported(path, "--dry-run")["sheets"] for one in sheet["findings"]}
        assert ("TOTAL_MISMATCH" in codes) == said


# The examples of metrics.md ------------------------------------------------------------------------------------------


def test_the_street_is_sum_over_sum_and_above_100_percent_is_marked():
    assert [covered()[name]["over"] for name in (A, C)] == [False, True]
    mean = (covers(A).value + covers(B).value) / 2
    assert metrics.half_up(mean * 100, 2) != covers("东片", "东片").percent(2)


def test_the_day_of_fifty_people():
    row = dispatched()
    shares = {name: row[name]["value"] for name in ("show_up", "completion", "output", "no_show_rate", "deferral")}
    assert shares == {"show_up": 92.0, "completion": 82.0, "output": 88.0, "no_show_rate": 6.0, "deferral": 6.0}
    assert (row["unexplained"], row["state"]) == (1, "open")


def test_ranks_are_shared_and_neither_silence_nor_nobody_to_vaccinate_is_a_rank():
    rows = {row["community"]: row for row in report("ranking", "--campaign", "flu")}
    assert [rows[name]["rank"] for name in (A, B, C, D, E, F)] == [1, 1, 3, 4, None, None]
    assert [rows[name]["state"] for name in (E, F)] == ["unreported", "no_denominator"]
    assert rows[A]["tied"] and rows[B]["tied"] and rows[C]["rate"]["value"] == 38.0


@pytest.mark.parametrize(
    ("day", "gap", "expected", "shortfall", "state"),
    [(JUNE, "0.410959", 1, 0, "on_track"), (DAY, "-25.068493", 3, 1, "behind")],
)
def test_four_meetings_a_year_two_held(day, gap, expected, shortfall, state):
    row = one("CIV-01", day=day)
    assert (str(row["gap"]), row["expected"], row["shortfall"], row["state"]) == (gap, expected, shortfall, state)
    assert (row["elapsed_n"], row["elapsed_d"]) == ((181, 365) if day == JUNE else (274, 365))


def test_accrual_decides_what_counts():
    """Two in March do not fill February; four in January are the year's four; what stood before counts as begun."""
    lectures = one("HE-01", day=date(2022, 3, 31))
    assert (lectures["done_n"], lectures["expected"], lectures["shortfall"]) == (2, 3, 1)
    assert (one("CIV-01", B)["state"], one("CIV-01", B)["done_n"]) == ("ahead", 4)
    for code, opening in BEFORE.items():
        row = one(code)
        asked = Fraction(int(row["asked_n"]), int(row["asked_d"])) * int(row["target"])
        assert asked == opening + (int(row["target"]) - opening) * Fraction(274, 365)


@pytest.mark.parametrize(
    ("name", "state"), [(A, "zero_ok"), (B, "zero_unconfirmed"), (C, "zero_occurred"), (D, "missing")]
)
def test_a_zero_is_met_where_every_month_confirms_it(name, state):
    assert one("SAFE-10", name)["state"] == state


def test_a_season_begins_with_its_window():
    assert one("HC-21g", day=date(2022, 3, 31))["state"] == "not_started"
    assert one("HC-21g", day=date(2022, 4, 1))["state"] != "not_started"


def test_evidence_by_meeting_and_by_community():
    meetings = items()[MEETINGS]
    assert (meetings["got"], meetings["need"], meetings["state"]) == (2, 4, "incomplete")
    assert (scored()["not_applicable"], scored()["score"]["value"]) == (2, 84.85)


def test_doses_are_not_people():
    (row,) = (row for row in report("dispatch") if row["community"] == E)
    assert (row["vacc_total"], row["cum_people"]) == (100, 50)
    assert (covers(E).numerator, covers(E).denominator) == (50, 200)


def test_a_day_that_was_not_reported_is_no_zero_in_the_average_and_one_day_is_no_pace():
    found = ahead()
    pace = Rate(int(found[F]["pace_n"]), int(found[F]["pace_d"]))
    assert (pace.value, found[F]["known"], found[F]["window"]) == (Fraction(79, 6), 6, 7)
    assert str(metrics.half_up(pace.value, 2)) == "13.17"
    assert found[F]["state"] == "days"
    assert found[A]["state"] == "unpredictable"
