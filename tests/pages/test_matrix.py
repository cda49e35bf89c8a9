"""The matrix of the workstreams page: how it is arranged, what a cell is made of, and its other sights."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from config import language
from pages.parts.workstreams import matrix, outlook
from pages.parts.workstreams.matrix import Look
from pages.parts.workstreams.trail import Drill
from tests.data_access.street import DAY, Board
from tests.pages.conftest import administrator

HE, WORK, CIV = "health_education", "work_safety", "civilised_community"


@pytest.fixture
def board(office):
    """和平 lags in health education, 清河 has an accident since three days; 春晖 reports nothing."""
    made = Board(administrator())
    made.communities([{"name": name, "area": "东片"} for name in ("春晖社区", "和平社区", "清河社区")])
    for month in range(1, 8):
        for name, done in (("和平社区", int(month < 4)), ("清河社区", 1)):
            row = {"indicator": "HE-01", "accrual": "period", "done": Decimal(done)}
            made.progress(name, HE, f"2022-{month:02d}", row)
        row = {"indicator": "FIRE-08", "accrual": "period", "done": Decimal(0), "zero_confirm": True}
        made.progress("清河社区", WORK, f"2022-{month:02d}", row)
    late = {"indicator": "FIRE-08", "accrual": "period", "done": Decimal(1), "biz_date": DAY - timedelta(days=3)}
    made.progress("清河社区", WORK, "2022-08", late)
    return made


def drawn(board, look, drill=None):
    """The axes' order and the cells by their names."""
    with language.speaking("zh_CN"):
        spec = matrix.chart(board.view(), look, drill or Drill(), dark=False).to_dict()
    face = spec["layer"][0]
    across, down = (face["encoding"][axis]["scale"]["domain"] for axis in "xy")
    rows = spec["datasets"][face["data"]["name"]]
    return across, down, {(row["community"], row["workstream"]): row for row in rows}


def test_the_order_and_the_filters_of_the_address(board):
    across, down, cells = drawn(board, Look())
    assert len(across) == 8 and down == ["和平社区", "清河社区", "春晖社区"]  # as many red; then by what is silent
    assert drawn(board, Look(order="register"))[1] == ["春晖社区", "和平社区", "清河社区"]
    assert drawn(board, Look(order="gap"))[1][0] == "和平社区"
    assert drawn(board, Look(order=WORK))[1][0] == "清河社区"
    across, down, _cells = drawn(board, Look(red=True))
    assert (across, sorted(down)) == (["健康教育", "安全生产"], ["和平社区", "清河社区"])
    across, down, cells = drawn(board, Look(streams=(WORK, "fire_safety"), flipped=True))
    assert down == ["安全生产", "消防安全"] and len(across) == 3
    assert cells["清河社区", "安全生产"]["words"] == "! 发生 1 起"
    with language.speaking("zh_CN"):
        assert matrix.chart(board.view(), Look(streams=(CIV,), red=True), Drill(), dark=False) is None


def test_a_cell_says_what_it_is_made_of(board):
    cell = drawn(board, Look())[2]["和平社区", "健康教育"]
    assert cell["words"] == "▼ −36.4"
    assert cell["worst"] == "健康讲座 3/12 欠 4"
    assert cell["made"] == "7 项指标中 1 项滞后、红 1、未报 6"


def test_the_small_multiples_count_communities_on_track(board):
    told = outlook.report.trend(board.view(), months=2)
    line = outlook.shares(told[told["workstream"] == WORK])
    assert line["fraction"].tolist() == ["1/1", "0/1"]
    assert line["value"].tolist() == [100.0, 0.0]
    nobody = outlook.shares(told[told["workstream"] == CIV])
    assert nobody["value"].isna().all() and nobody["rate"].tolist() == ["—", "—"]


def test_every_sight_opens_from_its_address_and_leads_to_a_cell(board, app):
    page = app("supervisor", "workstreams", day=DAY.isoformat(), show="moved", streams="all")
    told = page.dataframe[0].value
    assert told[["社区", "专项", "一周前", "现在", "指标"]].to_numpy().tolist() == [
        ["清河社区", "安全生产", "已确认", "! 发生", "特重大事故"],
    ]
    page.segmented_control(key="matrix_show").set_value("misses").run()
    assert page.query_params["show"] == "misses"
    found = page.dataframe[0].value.set_index("社区").loc["和平社区"]
    assert (found["指标"], found["现有/目标"], found["期末预计"], found["预计欠"]) == ("健康讲座", "3/12 次", "3", "9")
    page.segmented_control(key="matrix_show").set_value("trend").run()
    assert "近十二个月" in " ".join(caption.value for caption in page.caption)
    page.toggle(key="arrange_flip").set_value(True).run()
    page.segmented_control(key="matrix_show").set_value("matrix").run()
    page.selectbox(key="arrange_order").set_value("gap").run()
    assert not page.exception
    assert {name: page.query_params[name] for name in ("streams", "flip", "order")} == {
        **{"streams": "all", "flip": "1", "order": "gap"},
    }


def test_the_workbook_has_the_cells_and_their_parts(board):
    made = matrix.sheets(board.view(date(2022, 8, 12)), Look(streams=(HE,)))
    with language.speaking("zh_CN"):
        assert [len(frame) for frame in made.values()][:2] == [3, 3 * 7]


def _legends() -> None:
    import json
    from datetime import date

    from config.settings import using
    from data_access.accounts import Actor, Role
    from data_access.reports.view import View
    from pages.parts.workstreams import matrix

    for street, behind in ((1, -15), (2, -25), (1, -15)):
        using(json.dumps({"thresholds": {"behind": behind}}))
        actor = Actor(1, street, "one", Role.LEADER, None, None, 1, False)
        matrix._legend(View(actor, date(2022, 8, 12), "covid"))


def test_each_street_reads_how_far_behind_is_far_for_itself(office):
    page = AppTest.from_function(_legends).run()
    assert not page.exception
    for _again in range(2):
        shown = [part.proto.body for part in page.get("html")]
        assert ["15" in words and "25" not in words for words in shown] == [True, False, True]
        page.run()
