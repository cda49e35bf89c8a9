"""What each family of charts promises on its own."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from specs import layers, marks, printed, rows

from charts import bars, bullets, columns, heat, lines, ranks, sparks, theme, trends, year


def test_reasons_are_sorted_by_size_with_the_missing_last(reasons):
    spec = bars.reasons(reasons).to_dict()
    bar = marks(spec, "bar")[0]
    assert bar["encoding"]["y"]["sort"] == ["未到", "缓种", "不明差异", "异地接种"]
    missing = next(row for row in rows(spec, bar) if row["label"] == "异地接种")
    assert missing["n"] is None and missing["figure"] == "—"
    assert printed(spec) == ["36", "25", "4", "—", "55.4%", "38.5%", "6.2%", "—"]
    condition = bar["encoding"]["y"]["axis"]["labelColor"]["condition"]
    assert "不明差异" in condition["test"] and condition["value"] == theme.LIGHT.act


def test_reasons_without_shares_print_counts_at_the_edge(reasons):
    spec = bars.reasons(reasons.drop(columns="share")).to_dict()
    assert [layer["encoding"]["x"] for layer in marks(spec, "text")] == [{"value": "width"}]


def test_what_the_stock_does_not_cover_is_a_bar_of_its_own(stock):
    spec = bars.stock(stock).to_dict()
    found = {row["site"]: row for row in rows(spec, marks(spec, "bar")[0])}
    assert (found["文体中心"]["lack_from"], found["文体中心"]["lack_to"]) == (180, 196)
    assert found["文体中心"]["covered"] == 180 and found["文体中心"]["alert"] is True
    assert found["卫生中心"]["lack_from"] is None and found["卫生中心"]["covered"] == 290
    assert found["流动车"]["stock"] is None and found["流动车"]["alert"] is False
    assert marks(spec, "bar")[0]["encoding"]["y"]["sort"] == ["卫生中心", "文体中心", "流动车"]


def test_groups_stop_at_full_width_and_keep_the_exact_rate(groups):
    spec = bars.groups(groups, 90).to_dict()
    found = {row["label"]: row for row in rows(spec, marks(spec, "bar")[0])}
    assert found["重点行业"]["reach"] == 100 and found["重点行业"]["over"] is True
    assert found["学生"]["reach"] is None
    assert "102.9%" in printed(spec)
    assert marks(spec, "tick")[0]["encoding"]["x"]["datum"] == 90
    assert not marks(bars.groups(groups).to_dict(), "tick")


def test_base_prints_a_dash_for_what_is_missing(base):
    assert printed(bars.base(base).to_dict()) == ["1,702", "1,640", "—"]


def test_load_above_capacity_leaves_the_scale_and_missing_is_hatched(cells, sites, batches):
    spec = heat.load(cells, sites, batches, "202").to_dict()
    step = {(row["site"], row["batch"]): row["step"] for row in rows(spec, marks(spec, "rect")[0])}
    assert step == {
        ("卫生中心", "第1批"): 3,
        ("卫生中心", "第2批"): 4,
        ("北辰小学", "第1批"): -1,
        ("北辰小学", "第2批"): 1,
    }
    full, hatched = marks(spec, "rect")
    assert full["transform"] == [{"filter": "datum.step >= 0"}]
    assert hatched["mark"]["color"]["gradient"] == "linear"
    over = next(c for c in full["encoding"]["color"]["condition"] if c["test"] == "datum.step === 4")
    assert over["value"] == theme.LIGHT.act_solid
    assert full["encoding"]["x"]["scale"]["domain"] == ["第2批", "第1批"]
    assert {"—", "▲超 6", "202", "164", "/320", "124", "10:30", "合计"} <= set(printed(spec))


def test_matrix_steps_stand_at_the_thresholds():
    gaps = [-10.1, -10.0, -5.1, -5.0, -0.1, 0.0, 4.9, 5.0]
    assert [heat._gap_step("gap", gap) for gap in gaps] == [0, 1, 1, 2, 2, 3, 3, 4]


def test_matrix_words_colours_and_selection(matrix, workstreams, communities):
    spec = heat.matrix(matrix, workstreams, communities, ("和平", "安全生产")).to_dict()
    face = marks(spec, "rect")[0]
    words = {(row["community"], row["workstream"]): row["words"] for row in rows(spec, face)}
    assert words == {
        ("和平", "疫苗接种"): "▼ −19.7",
        ("和平", "安全生产"): "! 发生 1 起",
        ("安康", "疫苗接种"): "⊘ 未报",
        ("安康", "安全生产"): "? 未确认",
        ("东湖", "疫苗接种"): "−10.0",
        ("东湖", "安全生产"): "不适用",
    }
    assert face["encoding"]["y"]["sort"] == ["和平", "安康", "东湖"]
    (cell,) = spec["params"]
    assert cell["name"] == "cell" and cell["select"]["fields"] == ["community", "workstream"]
    assert cell["value"] == [{"community": "和平", "workstream": "安全生产"}]
    assert any(
        {"param": "cell", "empty": False} in [t.get("filter") for t in layer.get("transform", [])]
        for layer in layers(spec)
    )


def test_the_matrix_turns_and_says_what_a_cell_is_made_of(matrix, workstreams, communities):
    made = matrix.assign(worst="健康讲座 5/12", made="7 项指标中 2 项滞后")
    spec = heat.matrix(made, workstreams, communities, flipped=True).to_dict()
    face = marks(spec, "rect")[0]["encoding"]
    assert face["x"]["scale"]["domain"] == list(communities["community"])
    assert face["y"]["scale"]["domain"] == list(workstreams["workstream"])
    assert [tip["field"] for tip in face["tooltip"]] == ["community", "workstream", "words", "worst", "made"]
    many = pd.DataFrame({"workstream": [f"Long name of {n}" for n in range(14)], "note": "office"})
    heads = heat.matrix(matrix, many, communities).to_dict()
    assert any(layer["mark"].get("angle") for layer in marks(heads, "text")), "long heads lean"
    assert not any(layer["mark"].get("angle") for layer in marks(spec, "text"))


def test_a_share_keeps_one_scale_and_breaks_where_nothing_is_known(share):
    spec = trends.share(share).to_dict()
    line = marks(spec, "line")[0]
    assert line["encoding"]["y"]["scale"]["domain"] == [0, 100]
    assert rows(spec, line)[0]["value"] is None
    assert rows(spec, marks(spec, "point")[1]) == [rows(spec, line)[-1]]


def test_matrix_without_a_selection_outlines_nothing(matrix, workstreams, communities):
    spec = heat.matrix(matrix, workstreams, communities).to_dict()
    assert "value" not in spec["params"][0]
    filters = [t["filter"] for layer in layers(spec) for t in layer.get("transform", [])]
    assert {"param": "cell", "empty": False} in filters


def test_a_gap_that_is_missing_is_hatched_and_not_zero(matrix, workstreams, communities):
    unknown = matrix.assign(gap=float("nan"), text=None, state="gap")
    spec = heat.matrix(unknown, workstreams, communities).to_dict()
    assert {row["step"] for row in rows(spec, marks(spec, "rect")[0])} == {6}
    assert {row["words"] for row in rows(spec, marks(spec, "rect")[0])} == {"—"}


def test_calendar_has_a_glyph_for_each_state_and_no_cell_for_none(calendar):
    spec = heat.calendar(calendar).to_dict()
    cell = marks(spec, "rect")[0]
    found = rows(spec, cell)
    assert len(found) == 9 and {row["glyph"] for row in found} == {"●", "迟", "⊘"}
    assert cell["encoding"]["x"]["sort"] == ["8/8", "8/9", "8/10", "8/11"]
    assert cell["encoding"]["y"]["sort"] == ["接种名单", "早会商", "晚调度"]
    assert {row["fill"] for row in found if row["state"] == "unreported"} == {theme.LIGHT.red_tint}


def test_dots_keep_the_order_of_the_notice_with_the_unreported_apart(dots):
    spec = ranks.dots(dots, 90, "目标 90%", 97.6, "全街 97.6%").to_dict()
    point = marks(spec, "point")[0]
    assert point["encoding"]["y"]["sort"] == ["东湖", "向阳", "文昌", "全街", "安康", "园区"]
    found = {row["community"]: row for row in rows(spec, point)}
    assert found["安康"]["value"] is None and found["安康"]["rank"] == "—"
    assert "941/1,330" in printed(spec), "the last known figure stays, in grey"
    assert found["东湖"]["over"] is True and found["东湖"]["low"] is None
    assert found["园区"]["rate"] == "—"
    assert point["encoding"]["x"]["scale"]["domain"] == [20, 110]
    assert 90 not in point["encoding"]["x"]["axis"]["values"]
    assert printed(spec).count("并列") == 2
    hollow = marks(spec, "point")[1]["mark"]
    assert (hollow["fill"], hollow["stroke"]) == (theme.LIGHT.surface, theme.LIGHT.act_solid)
    dashes = [mark["mark"]["strokeDash"] for mark in marks(spec, "rule") if "strokeDash" in mark["mark"]]
    assert dashes == [[4, 3], [1, 0]], "street dashed, target solid"


def test_dots_keep_their_room_where_words_are_long(dots):
    beside = ("versus", "alike", "change", "gain", "pace", "finish", "note")
    long, brief = dict.fromkeys(beside, "▲ >100%, check the base"), dict.fromkeys(beside, "a")
    spec, short = (ranks.dots(dots.assign(**words)).to_dict() for words in (long, brief))
    heads = ("7日均速", "日增", "同组", "预计达标", "标记")
    assert [name in printed(short) for name in heads] == [True] * 5
    assert [name in printed(spec) for name in heads] == [False, False, False, False, True]


def test_dots_of_counts_know_no_hundred_percent(dots):
    spec = ranks.dots(dots, heading="当日增量", unit="").to_dict()
    assert not any(row["over"] for row in rows(spec, marks(spec, "point")[0]))
    assert "当日增量" in printed(spec) and "接种率" not in printed(spec)


def test_bump_bridges_a_gap_and_puts_the_unreported_at_the_foot(bump):
    points, runs = ranks._bump_rows(bump, ["第9期", "第10期", "第11期"], ("文昌",), ("春晖",))
    spring = points[points["community"] == "春晖"]
    assert spring["notice"].tolist() == ["第9期", "第11期"] and not spring["absent"].any()
    assert runs[runs["role"] == "alert"]["dashed"].all()
    last = points[(points["community"] == "安康") & (points["notice"] == "第11期")].iloc[0]
    assert last["absent"] and last["place"] == 4 and pd.isna(last["rank"])
    spec = ranks.bump(bump, ("文昌",), ("春晖",)).to_dict()
    assert {"2 春晖＝文昌", "未报 安康", "东湖 1", "1 东湖"} <= set(printed(spec))
    assert marks(spec, "point")[0]["encoding"]["y"]["scale"]["reverse"] is True


def test_coverage_breaks_where_a_day_is_missing_and_shades_the_open_day(coverage):
    ahead = pd.DataFrame(
        {"day": [date(2022, 8, 12), date(2022, 8, 16)], "value": [77.2, 90.0], "label": [None, "约 8月16日"]}
    )
    spec = lines.coverage(coverage, 90, "目标 90%", ahead).to_dict()
    line = marks(spec, "line")[0]
    assert [row["value"] for row in rows(spec, line)] == [70.3, None, 74.0, 77.2]
    assert line["encoding"]["y"]["scale"]["domain"] == [70, 100]
    assert len(rows(spec, marks(spec, "rect")[0])) == 1
    assert marks(spec, "line")[1]["mark"]["strokeDash"]
    hollow = marks(spec, "point")[1]
    assert hollow["transform"][-1] == {"filter": "datum.open"} and hollow["mark"]["fill"] == theme.LIGHT.surface
    assert {"77.20%", "1,266/1,640", "目标 90%", "约 8月16日"} <= set(printed(spec))


def test_the_target_is_named_where_the_line_is_far_from_it(coverage):
    def side(target: float) -> str:
        texts = marks(lines.coverage(coverage, target, "目标").to_dict(), "text")
        named = next(layer for layer in texts if layer["encoding"]["text"]["field"] == "words")
        return f"{named['mark']['align']} {named['encoding']['x']['value']}"

    assert side(78) == "left 0", "the line ends at 77.2"
    assert side(70) == "right width", "the line begins at 70.3"


def test_a_long_name_leaves_room_for_the_bars(reasons):
    axis = marks(bars.reasons(reasons.assign(label=["很长的名字" * 6, "二", "三", "四"])).to_dict(), "bar")[0]
    axis = axis["encoding"]["y"]["axis"]
    assert axis["minExtent"] <= 12 * theme.WORKING.label and axis["labelLimit"] < axis["minExtent"]


def test_counts_are_ranked_without_an_empty_column_of_fractions(dots):
    with_rates = printed(ranks.dots(dots).to_dict())
    assert "完成/底数" in with_rates
    counts = ranks.dots(dots.assign(fraction=""), unit="").to_dict()
    assert "完成/底数" not in printed(counts)


def test_steps_never_fall_for_a_missing_report(steps):
    spec = lines.steps(steps, 12, "序时", date(2022, 1, 1), date(2022, 12, 31), last_text="2 次", alert=True).to_dict()
    line = marks(spec, "line")[1]
    assert line["mark"]["interpolate"] == "step-after"
    assert [row["value"] for row in rows(spec, line)] == [0, 1, 2, 2]
    assert printed(spec).count("缺") == 2
    assert not marks(spec, "rect"), "no shading is asked for"


def test_week_runs_in_order_of_days_and_hatches_the_missing_one(week):
    spec = columns.week(week).to_dict()
    bar = marks(spec, "bar")[1]
    assert bar["encoding"]["x"]["sort"] == ["8/10 周三", "8/11 周四", "8/12 周五"]
    found = {row["label"]: row for row in rows(spec, bar)}
    assert found["8/10 周三"]["stacked"] == 61
    assert found["8/11 周四"]["on_roster"] is None and found["8/11 周四"]["stacked"] is None
    assert found["8/12 周五"]["rate"] == "▼81.4%"
    assert "缺" in printed(spec)
    assert bar["encoding"]["y"]["scale"]["domain"][0] == 0


@pytest.mark.parametrize("screen", [False, True])
def test_pace_puts_the_worst_first_and_the_unknown_last(pace, screen):
    spec = bullets.pace(pace, screen=screen).to_dict()
    bar = marks(spec, "bar")[0]
    assert bar["encoding"]["y"]["sort"] == ["爱国卫生", "健康教育", "安全生产", "文明社区"]
    found = {row["label"]: row for row in rows(spec, bar)}
    assert found["安全生产"]["reach"] == 100
    assert found["文明社区"]["reach"] is None and found["文明社区"]["gap_text"] == "—"
    assert found["爱国卫生"]["gap_text"] == "▼ −13.3"


def test_steps_break_where_target_and_definition_change(steps):
    breaks = pd.DataFrame(
        {
            "day": [date(2022, 1, 1), date(2022, 3, 1), date(2022, 7, 1)],
            "begin": [0.0, 2.0, 12.0],
            "reach": [2.0, 6.0, 24.0],
            "label": ["", "口径调整", "目标调整"],
            "cut": [False, True, False],
        }
    )
    window = (date(2022, 1, 1), date(2022, 12, 31))
    spec = lines.steps(steps, 12, "序时", *window, breaks=breaks).to_dict()
    pace, line = marks(spec, "line")
    assert [(row["stretch"], row["value"]) for row in rows(spec, pace)] == [
        (0, 0), (0, 2), (1, 2), (1, 6), (2, 12), (2, 24),
    ]  # fmt: skip
    assert [row["stretch"] for row in rows(spec, line)] == [0, 0, 1, 1], "not drawn across another definition"
    assert [row["label"] for row in rows(spec, marks(spec, "rule")[0])] == ["口径调整", "目标调整"]
    assert line["encoding"]["y"]["scale"]["domain"][1] == 24
    assert not marks(lines.steps(steps, 12, "序时", *window).to_dict(), "rule")


def test_the_year_has_a_cell_for_each_span_and_names_how_often_once(duties):
    spec = year.calendar(duties, [f"{n}月" for n in range(1, 13)], 2.5).to_dict()
    face = marks(spec, "rect")[0]
    cells = {row["code"] + row["state"]: row for row in rows(spec, face)}
    assert cells["HC-23due"]["start"] < 0.1 and cells["HC-23due"]["end"] > 1.9  # two months wide
    assert cells["ENV-03short"]["ink"] == theme.LIGHT.act and cells["ENV-03unreported"]["edge"] == theme.LIGHT.red
    assert cells["ENV-03done"]["edge"] is None
    assert printed(spec).count("每周") == 1 and printed(spec).count("周巡") == 1


def test_a_small_line_breaks_where_nothing_was_judged_and_stays_in_its_row(pace, past):
    spec = sparks.streams(pace.assign(words=pace["detail"]), past).to_dict()
    (line,) = marks(spec, "line")
    by_label = {(row["label"], row["x"]): row["y"] for row in rows(spec, line)}
    assert by_label["爱国卫生", 112] is None and 0.8 < by_label["爱国卫生", 156] < 0.9  # far below stays at the edge
    assert by_label["健康教育", 156] < by_label["健康教育", 112]  # better stands higher
