"""Small frames in the documented columns, one per chart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from charts import bars, bullets, columns, heat, lines, ranks, sparks, trends, year

NAN = float("nan")


def people(*counts: int | None) -> Any:
    return pd.array(counts, dtype="Int64")


@pytest.fixture
def reasons() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["缓种", "异地接种", "未到", "不明差异"],
            "n": people(25, None, 36, 4),
            "alert": [False, False, False, True],
            "share": ["38.5%", None, "55.4%", "6.2%"],
        }
    )


@pytest.fixture
def stock() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": ["卫生中心", "文体中心", "流动车"],
            "plan": people(290, 196, 94),
            "stock": people(300, 180, None),
            "note": ["余 10", "▲ 缺 16", None],
        }
    )


@pytest.fixture
def base() -> pd.DataFrame:
    return pd.DataFrame(
        {"label": ["摸底", "应接种", "已接种"], "n": people(1702, 1640, None), "done": [False, False, True]}
    )


@pytest.fixture
def groups() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["60 岁及以上", "重点行业", "学生"],
            "fraction": ["402/496", "140/136", None],
            "rate": ["81.0%", "102.9%", None],
            "value": [81.05, 102.94, NAN],
        }
    )


@pytest.fixture
def sites() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": ["卫生中心", "北辰小学"],
            "note": ["80/批", "40/批"],
            "total": ["164", "38"],
            "of": ["/320", "/160"],
        }
    )


@pytest.fixture
def batches() -> pd.DataFrame:
    return pd.DataFrame({"batch": ["第2批", "第1批"], "note": ["10:30", "09:30"], "total": ["124", "78"]})


@pytest.fixture
def cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": ["卫生中心", "卫生中心", "北辰小学", "北辰小学"],
            "batch": ["第1批", "第2批", "第1批", "第2批"],
            "people": people(78, 86, None, 20),
            "capacity": people(80, 80, 40, 40),
            "load": [0.975, 1.075, NAN, 0.5],
            "note": ["98%", "▲超 6", None, "50%"],
        }
    )


@pytest.fixture
def workstreams() -> pd.DataFrame:
    return pd.DataFrame({"workstream": ["疫苗接种", "安全生产"], "note": ["卫健办", "应急办"]})


@pytest.fixture
def communities() -> pd.DataFrame:
    return pd.DataFrame({"community": ["和平", "安康", "东湖"], "note": ["南片", "南片", "东片"]})


@pytest.fixture
def matrix() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "community": ["和平", "和平", "安康", "安康", "东湖", "东湖"],
            "workstream": ["疫苗接种", "安全生产"] * 3,
            "gap": [-19.7, NAN, NAN, NAN, -10.0, NAN],
            "text": ["−19.7", "发生 1 起", None, None, "−10.0", None],
            "state": ["gap", "occurred", "unreported", "unconfirmed", "gap", "not_applicable"],
        }
    )


@pytest.fixture
def calendar() -> pd.DataFrame:
    first = date(2022, 8, 8)
    states = ["on_time", "late", None, "unreported"]
    return pd.DataFrame(
        [
            {"sheet": sheet, "day": first + timedelta(i), "label": f"8/{8 + i}", "state": state}
            for sheet in ("接种名单", "早会商", "晚调度")
            for i, state in enumerate(states)
        ]
    )


@pytest.fixture
def dots() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": ["unreported", "ranked", "ranked", "ranked", "street", "no_denominator"],
            "community": ["安康", "东湖", "向阳", "文昌", "全街", "园区"],
            "rank": [None, "1", "2", "2", None, None],
            "tied": [False, False, True, True, False, False],
            "fraction": ["941/1,330", "1,286/1,208", "46/120", "23/60", "1,355/1,388", "0/0"],
            "rate": ["70.75%", "106.46%", "38.33%", "38.33%", "97.62%", None],
            "value": [70.75, 106.46, 38.33, 38.33, 97.62, NAN],
            "low": [68.2, 104.0, 30.1, 27.1, NAN, NAN],
            "high": [73.1, 109.0, 47.3, 51.0, NAN, NAN],
        }
    )


@pytest.fixture
def bump() -> pd.DataFrame:
    ranks = {"东湖": [1, 1, 1], "春晖": [2, None, 2], "文昌": [3, 2, 2], "安康": [4, 3, None]}
    rows = [
        {"notice": f"第{9 + i}期", "community": community, "rank": rank}
        for community, row in ranks.items()
        for i, rank in enumerate(row)
    ]
    return pd.DataFrame(rows).astype({"rank": "Int64"})


@pytest.fixture
def coverage() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": [date(2022, 8, 9) + timedelta(i) for i in range(4)],
            "value": [70.3, NAN, 74.0, 77.2],
            "open": [False, False, False, True],
            "rate": ["70.30%", None, "74.00%", "77.20%"],
            "fraction": ["1,153/1,640", None, "1,214/1,640", "1,266/1,640"],
        }
    )


@pytest.fixture
def share() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["6/12", "7/12", "8/12"],
            "value": [NAN, 75.0, 66.7],
            "rate": ["—", "75.0%", "66.7%"],
            "fraction": ["0/0", "9/12", "8/12"],
        }
    )


@pytest.fixture
def steps() -> pd.DataFrame:
    return pd.DataFrame({"day": [date(2022, month, 20) for month in (1, 2, 3, 4)], "n": people(1, None, 2, None)})


@pytest.fixture
def week() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": [date(2022, 8, 12), date(2022, 8, 10), date(2022, 8, 11)],
            "label": ["8/12 周五", "8/10 周三", "8/11 周四"],
            "on_roster": people(48, 57, None),
            "walk_in": people(2, 4, None),
            "roster": people(59, 64, 60),
            "rate": ["81.4%", "89.1%", None],
            "low": [True, False, False],
            "open": [True, False, False],
        }
    )


@pytest.fixture
def pace() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["健康教育", "文明社区", "爱国卫生", "安全生产"],
            "detail": ["7/12 次", None, "25/52 次", "14/12 次"],
            "done": [58.3, NAN, 48.1, 116.7],
            "elapsed": [61.4, NAN, 61.4, 61.4],
            "gap": [-3.0, NAN, -13.3, 55.3],
            "gap_text": ["−3.0", None, "−13.3", "+55.3"],
            "alert": [False, False, True, False],
        }
    )


@pytest.fixture
def past() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["健康教育", "健康教育", "爱国卫生", "爱国卫生"],
            "place": [0.0, 1.0] * 2,
            "gap": [-3.0, 5.0, NAN, -60.0],
        }
    )


@pytest.fixture
def duties() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["周巡", "周巡", "周巡", "双月例会"],
            "group": ["每周", "每周", "每周", "每两月"],
            "code": ["ENV-03", "ENV-03", "ENV-03", "HC-23"],
            "first": people(1, 2, 3, 1),
            "last": people(1, 2, 3, 2),
            "state": ["done", "short", "unreported", "due"],
            "text": ["✓", "▼ 3/4", "⊘", "0/1"],
            "words": ["1月 已完成", "2月 未做满 3/4", "3月 未报", "进行中 0/1"],
        }
    )


START, END = date(2022, 1, 1), date(2022, 12, 31)

# every chart by name, drawn from the frames of the same name; ``cut`` draws it from their heads of that length
DRAW: dict[str, Callable[..., Any]] = {
    "reasons": lambda f, **k: bars.reasons(f("reasons"), **k),
    "stock": lambda f, **k: bars.stock(f("stock"), **k),
    "base": lambda f, **k: bars.base(f("base"), **k),
    "groups": lambda f, **k: bars.groups(f("groups"), 90, **k),
    "load": lambda f, **k: heat.load(f("cells"), f("sites"), f("batches"), "202", **k),
    "matrix": lambda f, **k: heat.matrix(f("matrix"), f("workstreams"), f("communities"), ("和平", "安全生产"), **k),
    "share": lambda f, **k: trends.share(f("share"), **k),
    "calendar": lambda f, **k: heat.calendar(f("calendar"), **k),
    "dots": lambda f, **k: ranks.dots(f("dots"), 90, "目标 90%", 97.6, "全街 97.6%", **k),
    "bump": lambda f, **k: ranks.bump(f("bump"), ("文昌",), ("春晖",), **k),
    "coverage": lambda f, **k: lines.coverage(f("coverage"), 90, "目标 90%", until=date(2022, 8, 31), **k),
    "steps": lambda f, **k: lines.steps(f("steps"), 12, "序时", START, END, last_text="2 次", **k),
    "week": lambda f, **k: columns.week(f("week"), **k),
    "pace": lambda f, **k: bullets.pace(f("pace"), **k),
    "streams": lambda f, **k: sparks.streams(f("pace").assign(words=f("pace")["detail"]), f("past"), **k),
    "year": lambda f, **k: year.calendar(f("duties"), [f"{n}月" for n in range(1, 13)], 2.5, **k),
}


@pytest.fixture(params=sorted(DRAW))
def draw(request: pytest.FixtureRequest) -> Callable[..., dict[str, Any]]:
    """Build one chart after the other; the answer is its validated specification."""

    def build(rows: int | None = None, extra: dict[str, Any] | None = None, **options: bool) -> dict[str, Any]:
        def frame(name: str) -> pd.DataFrame:
            whole: pd.DataFrame = request.getfixturevalue(name)
            return whole.head(len(whole) if rows is None else rows).assign(**(extra or {}))

        made = DRAW[request.param](frame, **options)
        spec: dict[str, Any] = made.to_dict(validate=True)
        rows = {name: pa.ipc.open_stream(table).read_all().num_rows for name, table in made.sent()["datasets"].items()}
        assert rows == {name: len(table) for name, table in made.to_dict()["datasets"].items()}, "sent as it is drawn"
        return spec

    return build
