"""The edge cases of metrics.md §6.9 as people meet them: on the pages, one test for each row of its table.

``row`` names the row in the table's own words; where the domain's documents lie beside the project, a test compares the
list with theirs, so that a new row there asks for a test here.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from data_access import submissions
from data_access.accounts import Role
from tests.data_access import books
from tests.data_access.street import DAY, Board, at
from tests.pages.conftest import App, account

EVE, START = DAY - timedelta(days=1), date(2022, 8, 1)
METRICS = Path(__file__).parents[3] / "shared" / "domain" / "metrics.md"

LATER = {"cum_full": 0, "cum_b": 0}  # totals without which I2 cannot be judged as a whole
ROWS: dict[str, Callable[[Board, App], None]] = {}


def row(case: str):
    def keep(test: Callable[[Board, App], None]) -> Callable[[Board, App], None]:
        ROWS[case] = test
        return test

    return keep


@pytest.fixture
def board(office) -> Board:
    made = Board()
    made.communities(["春晖社区", "安康社区", "和平社区"], at=at(START, 8))
    return made


def html(page) -> str:
    assert not page.exception
    return " ".join(element.proto.body for element in page.get("html"))


def words(page) -> str:
    assert not page.exception
    texts = [str(one.value) for kind in (page.markdown, page.caption, page.code) for one in kind]
    tiles = [f"{one.label} {one.value} {one.delta}" for one in page.metric]
    return " ".join([html(page), *texts, *tiles])


def drawn(page) -> str:
    """The data of every chart, as text."""
    parts = [one for chart in page.get("vega_lite_chart") for one in chart.proto.datasets if one.data.data]
    return " ".join(str(pa.ipc.open_stream(one.data.data).read_all().to_pylist()) for one in parts)


def listed(page) -> dict[str, dict]:
    """The rows of the ranking's chart by community (the whole street under its kind)."""
    parts = [one for chart in page.get("vega_lite_chart") for one in chart.proto.datasets if one.data.data]
    for one in parts:
        rows = pa.ipc.open_stream(one.data.data).read_all().to_pylist()
        if rows and {"community", "rank", "rate", "note"} <= set(rows[0]):
            return {"street" if line["kind"] == "street" else line["community"]: line for line in rows}
    raise AssertionError("the page draws no list")


def rankings(app: App, day: date = DAY, **query: str) -> dict[str, dict]:
    page = app(Role.LEADER, "rankings", day=day.isoformat(), **query)
    assert not page.exception
    return listed(page)


def dispatched(app: App, day: date = DAY) -> dict[str, dict]:
    page = app(Role.SUPERVISOR, "dispatch", day=day.isoformat())
    assert not page.exception
    frame = page.dataframe[0].value
    return frame.set_axis([name[1] for name in frame.columns], axis="columns").set_index("社区").to_dict("index")


def base(board: Board, day: date = START, **surveyed: int) -> None:
    for name, count in surveyed.items():
        board.baseline(name, day, count, at=at(day, 9))


# The table -----------------------------------------------------------------------------------------------------------


@row("denominator 0")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=0, 安康社区=100)
    board.evening("春晖社区", cum_d1=0)
    board.evening("安康社区", cum_d1=40)
    found = rankings(app)
    assert found["春晖社区"]["rank"] == "—" and "无应接种对象" in found["春晖社区"]["note"]
    assert found["春晖社区"]["rate"] == "—"
    assert found["street"]["fraction"] == "40/100"
    tile = app(Role.LEADER, "community", day=DAY.isoformat(), community="春晖社区").metric[0]
    assert tile.value.startswith("—")


@row("numerator missing, denominator known")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120, 安康社区=100)
    board.evening("安康社区", cum_d1=40)
    found = rankings(app)
    assert found["春晖社区"]["rank"] == "—" and found["春晖社区"]["rate"] == "—"
    assert found["street"]["fraction"] == "40/100" and found["street"]["community"].endswith("1/3")
    assert "晚报缺 2 家" in dispatched(app)["合计"]["状态"]


@row("reported 0")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120, 安康社区=100)
    board.evening("春晖社区", cum_d1=0)
    board.evening("安康社区", cum_d1=40)
    found = rankings(app)
    assert (found["春晖社区"]["rank"], found["春晖社区"]["rate"]) == ("2", "0.00%")
    assert found["street"]["fraction"] == "40/220"
    assert dispatched(app)["春晖社区"]["合计"] == 0


@row("community not reporting")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120, 安康社区=100)
    board.evening("春晖社区", EVE, cum_d1=46, at=at(EVE, 19))
    board.evening("安康社区", cum_d1=40)
    found = rankings(app)
    silent = found["春晖社区"]
    assert silent["kind"] == "unreported" and silent["rank"] == "—" and "未报" in silent["note"]
    assert silent["fraction"] == "46/120" and silent["value"] is None and silent["quiet"]
    assert "⊘ 未报" in dispatched(app)["春晖社区"]["状态"]
    briefing = html(app(Role.LEADER, "briefing", day=(DAY + timedelta(days=1)).isoformat()))
    assert '<span class="red" title="未报">' in briefing and "未报" in briefing


@row("cumulative goes down")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120)
    board.evening("春晖社区", EVE, cum_d1=50, **LATER, at=at(EVE, 19))
    board.evening("春晖社区", vacc_on_roster=2, roster_n=2, cum_d1=46, **LATER)
    assert rankings(app)["春晖社区"]["gain"] == "−4"
    assert dispatched(app)["春晖社区"]["累计−当日"] == "−6 ≠ 待核"
    page = app(Role.LEADER, "rankings", day=DAY.isoformat(), basis="increment")
    assert "−4" in words(page)


@row("late correction of d")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120)
    board.evening("春晖社区", EVE, vacc_on_roster=6, roster_n=6, cum_d1=46, **LATER, at=at(EVE, 19))
    board.evening("春晖社区", vacc_on_roster=4, roster_n=4, cum_d1=50, **LATER, at=at(DAY, 19))
    assert dispatched(app)["春晖社区"]["累计−当日"] == "0"
    board.evening("春晖社区", EVE, vacc_on_roster=5, roster_n=5, cum_d1=45, **LATER, at=at(DAY, 20))
    assert dispatched(app)["春晖社区"]["累计−当日"] == "+1 ≠ 待核"
    assert rankings(app, EVE)["春晖社区"]["fraction"] == "45/120"
    assert rankings(app, EVE, as_of="2022-08-12T19:30")["春晖社区"]["fraction"] == "46/120"
    page = app(Role.SUPERVISOR, "dispatch", day=EVE.isoformat(), picked="春晖社区")
    assert "v2" in words(page) and "更正" in words(page)


@row("coverage > 100 %")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120)
    board.evening("春晖社区", cum_d1=124)
    found = rankings(app)["春晖社区"]
    assert found["rate"] == "103.33%" and found["fraction"] == "124/120"
    assert "超100%" in found["note"] and "核底数" in found["note"]
    assert found["low"] is None and found["value"] == pytest.approx(103.3333, abs=1e-3)
    briefing = html(app(Role.LEADER, "briefing", day=(DAY + timedelta(days=1)).isoformat()))
    assert "103.33%" in briefing and "核底数 120" in briefing


@row("numerator > denominator in a checklist")
def _(board: Board, app: App) -> None:
    whole = {"place": "活动室", "attendees": 30, "theme": "慢病", "photos": 1, "minutes": 1, "sign_in": 1}
    meetings = (
        {"item_code": "1.4", "event_no": n, "event_date": date(2022, n, 5), "review": "approved", **whole}
        for n in range(1, 7)
    )
    board.evidence("春晖社区", "2022", *meetings)
    page = app(Role.SUPERVISOR, "workstreams", day=DAY.isoformat(), tab="checklist", community="春晖社区")
    shown = " ".join(frame.value.to_string() for frame in page.dataframe)
    assert "6/4" in shown and "1/35" in shown and "2.9%" in shown and "150" not in shown


@row("approximate number (46余)")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120, 安康社区=100)
    board.evening("安康社区", cum_d1=90)
    for content, heading in (
        (books.morning("春晖社区", 46), "今日计划人数"),
        (books.evening("春晖社区", 6, total=46), "累计_第一剂"),
    ):
        sheet = _approximate(content, heading)
        result = submissions.examine(account(Role.SUPERVISOR), sheet, "春晖.xlsx")
        outcome = submissions.commit(account(Role.SUPERVISOR), result, sheet).sheets[0]
        assert outcome.status == "committed"
        assert any(found.code == "APPROXIMATE" and "46余" in str(found.shown_value) for found in outcome.findings)
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat())
    shown = page.dataframe[0].proto.arrow_data.styler.display_values
    assert "≈46" in str(pa.ipc.open_stream(shown).read_all().to_pydict())
    called = app(Role.LEADER, "callups", day=DAY.isoformat()).dataframe[0].proto.arrow_data.styler.display_values
    assert "≈46" in str(pa.ipc.open_stream(called).read_all().to_pydict())
    assert "≈38.33%" in drawn(app(Role.LEADER, "community", day=DAY.isoformat(), community="春晖社区"))
    found = rankings(app)
    row = found["春晖社区"]
    assert (row["kind"], row["rank"], row["fraction"], row["rate"]) == ("not_comparable", "—", "≈46/120", "≈38.33%")
    assert "约数" in row["note"] and found["安康社区"]["rank"] == "1" and found["street"]["fraction"] == "90/100"
    assert "约数（≈），不参评：春晖社区" in words(app(Role.LEADER, "rankings", day=DAY.isoformat()))
    briefing = html(app(Role.LEADER, "briefing", day=(DAY + timedelta(days=1)).isoformat()))
    assert "≈38.33% ≈46/120" in briefing and "≈61.8" in briefing


def _approximate(content: bytes, head: str) -> bytes:
    """A sheet with one figure written as an estimate."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    heading = next(cell for line in sheet.iter_rows() for cell in line if cell.value == head)
    sheet.cell(heading.row + 1, heading.column).value = "46余"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@row("two figures for one thing in one day")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120)
    board.evening("春晖社区", cum_d1=46, vacc_on_roster=6, roster_n=6, at=at(DAY, 19))
    board.evening("春晖社区", cum_d1=47, vacc_on_roster=7, roster_n=7, at=at(DAY, 20))
    assert dispatched(app)["春晖社区"]["名单内"] == 7 and dispatched(app)["合计"]["名单内"] == 7
    assert rankings(app)["春晖社区"]["fraction"] == "47/120"
    assert rankings(app, as_of="2022-08-12T19:30")["春晖社区"]["fraction"] == "46/120"


@row("target missing (setting)")
def _(board: Board, app: App) -> None:
    told = {"indicator": "HC-24", "num": Decimal(9), "den": Decimal(10)}
    board.progress("春晖社区", "healthy_community", "2022-07", told)
    page = app(
        Role.SUPERVISOR, "workstreams", day=DAY.isoformat(), community="春晖社区", workstream="healthy_community",
        indicator="HC-24",
    )  # fmt: skip
    said = words(page)
    assert "目标待定" in said and "9/10" in said
    assert "落后" not in said.split("流动儿童免疫接种及时率")[1][:200]


@row("change of E (base update)")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120)
    board.evening("春晖社区", EVE, cum_d1=46, at=at(EVE, 19))
    board.evening("春晖社区", cum_d1=46)
    base(board, DAY, 春晖社区=115)
    assert rankings(app)["春晖社区"]["fraction"] == "46/115"
    assert rankings(app, EVE)["春晖社区"]["fraction"] == "46/120"
    page = app(Role.LEADER, "community", day=DAY.isoformat(), community="春晖社区")
    assert "8月12日" in drawn(page) + words(page) and "底数" in drawn(page) + words(page)


@row("percentage-point vs percent")
def _(board: Board, app: App) -> None:
    for month, done in enumerate((1, 1, 1, 1, 0, 0, 0), start=1):
        told = {"indicator": "HE-01", "accrual": "period", "done": Decimal(done)}
        board.progress("春晖社区", "health_education", f"2022-{month:02d}", told)
    cell = {"community": "春晖社区", "workstream": "health_education"}
    said = words(app(Role.SUPERVISOR, "workstreams", day=DAY.isoformat(), **cell))
    assert "28.0 个百分点" in said and "28.0%" not in said


@row("person moved community")
def _(board: Board, app: App) -> None:
    base(board, 春晖社区=120, 安康社区=100)
    for name, done in (("春晖社区", 46), ("安康社区", 40)):
        board.evening(name, EVE, cum_d1=done, at=at(EVE, 19))
    base(board, DAY, 春晖社区=119, 安康社区=101)
    board.evening("春晖社区", cum_d1=45)
    board.evening("安康社区", cum_d1=41)
    now, then = rankings(app), rankings(app, EVE)
    assert (now["春晖社区"]["fraction"], now["安康社区"]["fraction"]) == ("45/119", "41/101")
    assert (then["春晖社区"]["fraction"], then["安康社区"]["fraction"]) == ("46/120", "40/100")
    assert now["street"]["fraction"] == then["street"]["fraction"] == "86/220"


@pytest.mark.parametrize("case", ROWS)
def test_row(case, board, app):
    ROWS[case](board, app)


def test_every_row_of_the_table_has_a_test():
    if not METRICS.exists():
        pytest.skip("The domain's documents do not lie beside the project.")
    table = METRICS.read_text("utf-8").split("### 6.9")[1].splitlines()
    cases = [line.split("|")[1].strip() for line in table if line.startswith("| ")]
    assert set(cases[1:]) == set(ROWS)


# Beside the table: what the other sections ask of the same pages -----------------------------------------------------


def test_a_tie_is_one_of_fractions_and_not_of_printed_numbers(board, app):
    base(board, 春晖社区=120, 安康社区=60, 和平社区=100_000)
    for name, done in (("春晖社区", 46), ("安康社区", 23), ("和平社区", 38_333)):
        board.evening(name, cum_d1=done)
    found = rankings(app)
    assert [found[name]["rank"] for name in ("春晖社区", "安康社区", "和平社区")] == ["1", "1", "3"]
    assert found["春晖社区"]["tied"] and found["安康社区"]["tied"] and not found["和平社区"]["tied"]
    assert found["和平社区"]["rate"] != found["安康社区"]["rate"]


def test_a_small_base_is_marked(board, app):
    base(board, 春晖社区=29, 安康社区=30)
    board.evening("春晖社区", cum_d1=10)
    board.evening("安康社区", cum_d1=10)
    found = rankings(app)
    assert "小基数" in found["春晖社区"]["note"] and "小基数" not in found["安康社区"]["note"]


def test_the_first_day_has_no_gain_and_nobody_moved(board, app):
    base(board, 春晖社区=120)
    board.evening("春晖社区", cum_d1=46)
    found = rankings(app)["春晖社区"]
    assert found["gain"] == "—" and found["change"] == ""
    apart = rankings(app, basis="increment")["春晖社区"]
    assert apart["rank"] == "—" and "首次报送" in apart["note"]


def test_in_a_field_of_another_size_the_rank_bears_the_size(board, app):
    base(board, 春晖社区=120, 安康社区=100, 和平社区=100)
    for name, done in (("春晖社区", 60), ("安康社区", 40), ("和平社区", 90)):
        board.evening(name, EVE, cum_d1=done, at=at(EVE, 19))
    board.evening("春晖社区", cum_d1=60)
    board.evening("安康社区", cum_d1=40)
    assert "2/3" in rankings(app)["春晖社区"]["change"]


def test_more_vaccinated_than_surveyed_leaves_a_negative_rest(board, app):
    base(board, 春晖社区=120, 安康社区=100)
    board.evening("春晖社区", cum_d1=124)
    board.evening("安康社区", cum_d1=40)
    found = rankings(app, basis="remaining")
    assert (found["春晖社区"]["rank"], found["春晖社区"]["rate"]) == ("2", "−4")


def test_an_increment_over_a_gap_is_no_gain_of_one_day(board, app):
    base(board, 春晖社区=120)
    board.evening("春晖社区", date(2022, 8, 10), cum_d1=40, at=at(date(2022, 8, 10), 19))
    board.evening("春晖社区", cum_d1=46)
    assert rankings(app)["春晖社区"]["gain"] == "2日合计 +6"
    assert rankings(app, basis="increment")["春晖社区"]["rank"] == "—"


def test_forty_five_of_fifty_and_the_same_of_thousands_cannot_be_told_apart(board, app):
    base(board, 春晖社区=50, 安康社区=5000)
    board.evening("春晖社区", cum_d1=45)
    board.evening("安康社区", cum_d1=4400)
    assert "≈" in rankings(app)["安康社区"]["versus"]


def test_what_rounds_to_the_target_and_misses_it_says_so(board, app):
    base(board, 春晖社区=10_000)
    board.evening("春晖社区", cum_d1=8_999)
    found = rankings(app)["春晖社区"]
    assert found["rate"] == "89.99%" and "达标" not in found["note"].replace("未达标", "")


def test_nobody_on_the_roster_and_walk_ins_is_no_rate(board, app):
    board.roster("春晖社区", n=0)
    board.evening("春晖社区", roster_n=0, walk_in=4, cum_d1=4)
    page = app(Role.SUPERVISOR, "dispatch", day=DAY.isoformat())
    tile = {one.label: one for one in page.metric}["名单完成率"]
    assert tile.value.startswith("—")
    assert dispatched(app)["春晖社区"]["合计"] == 4
    assert rankings(app, basis="completion")["春晖社区"]["rank"] == "—"
