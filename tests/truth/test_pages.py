"""Every number on the briefing, dispatch and ranking pages equals the one from the sample's workbooks.

A page's text is read as the run of its numbers and community names: who has which figure, in the order of the page.
What a chart draws is read from the data of its Vega specification.
"""

import re

import pandas as pd
import pytest

from tests.truth.conftest import DAY, EVE, NOW, before, chart, charts, tokens, words
from tests.truth.street import STATUSES, half_up, percent, share, told, wilson

DAYS = pytest.mark.parametrize("when", [EVE, DAY], ids=str)
MINUS = "−"


def signed(n):
    return "—" if n is None else f"+{n}" if n > 0 else f"{MINUS}{-n}" if n else "0"


def count(n):
    return "—" if n is None else f"{n:,}"


def fraction(rate):
    return f"{count(rate[0])}/{count(rate[1])}"


def summed(lines, name):
    return told(line[name] for line in lines.values())


def completion(lines):
    """名单内接种 ÷ 名单 over those whose evening tally came."""
    heard = [line for line in lines.values() if line["名单内接种"] is not None]
    return sum(line["名单内接种"] for line in heard), sum(line["persons"] for line in heard)


# Dispatch ------------------------------------------------------------------------------------------------------------

COLUMNS = {
    "计划": "planned", "已通知": "notified", "行数": "roster_rows", "名单人数": "名单人数", "名单内": "名单内接种",
    "计划外": "计划外接种", "合计": "当日接种合计", "未接种": "not_vaccinated",
}  # fmt: skip
DIFFERENCES = {"名单−计划": "I5 plan", "名单−晚报": "I5 roster", "已种−晚报": "I6", "不明差异": "I1", "累计−当日": "I2"}
GLYPHS = {"reconciled": "✓", "unchecked": "□", "explained": "✓", "open": "≠", "unreported": "⊘", "not_due": "…"}


def shown(frame):
    return frame.set_axis([name[1] for name in frame.columns], axis="columns").set_index("社区")


@DAYS
def test_the_table_of_the_dispatch_page(sample, truth, when):
    frame = shown(sample.page("dispatch", day=str(when)).dataframe[0].value)
    lines = truth.lines(when)
    assert list(frame.index) == [*truth.names, "合计"]
    assert set(frame.columns) - {"致电联络人"} == {*COLUMNS, *DIFFERENCES, "状态"}
    for name, line in lines.items():
        row = frame.loc[name]
        assert {zh: None if pd.isna(row[zh]) else row[zh] for zh in COLUMNS} == {
            zh: line[key] for zh, key in COLUMNS.items()
        }
        for heading, identity in DIFFERENCES.items():
            assert row[heading].split()[0] == signed(line[identity]), (name, heading)
            assert ("待核" in row[heading]) == (identity in line["broken"] and identity not in line["settled"])
        assert row["状态"][0] == GLYPHS[line["state"]]
        if line["state"] == "open":
            assert row["状态"].split()[-1] == str(line["open"])
        if line["state"] == "unreported":
            late = int((NOW - truth.due("evening", when)).total_seconds()) // 60
            assert tokens(row["状态"], []) == [str(late // 60), str(late % 60)]
    total = frame.loc["合计"]
    assert {zh: total[zh] for zh in COLUMNS} == {zh: summed(lines, key) for zh, key in COLUMNS.items()}
    for heading, identity in DIFFERENCES.items():
        assert total[heading] == f"净 {signed(summed(lines, identity))}"
    missing = sum(line["当日接种合计"] is None for line in lines.values())
    assert tokens(total["状态"], []) == ([str(missing)] if missing else [])


@DAYS
def test_the_tiles_of_the_dispatch_page(sample, truth, when):
    lines, earlier = truth.lines(when), truth.lines(when - pd.Timedelta(days=1).to_pytimedelta())
    done, yesterday = completion(lines), completion(earlier)
    opened = {name: line for name, line in lines.items() if line["state"] == "open"}
    owing = [name for name, line in lines.items() if line["state"] == "unreported"]
    waiting = sum(line["roster_rows"] or 0 for line in lines.values() if line["当日接种合计"] is None)
    sent = sum(line["roster_rows"] is not None for line in lines.values())
    expected = {
        "今日名单": (summed(lines, "roster_rows"), [sent, len(lines), waiting]),
        "名单内接种": (summed(lines, "名单内接种"), [summed(lines, "计划外接种"), summed(lines, "当日接种合计")]),
        "名单完成率": (half_up(share(done) * 100, 1), [*done, *yesterday]),
        "未接种": (summed(lines, "not_vaccinated"), [done[1], MINUS + str(done[0])]),
        "差异待核": (len(opened), [sum(line["open"] for line in opened.values()), next(iter(opened), None)]),
        "未报": (len(owing), owing[:1]),
    }
    tiles = {tile.label: tile for tile in sample.page("dispatch", day=str(when)).metric}
    assert set(tiles) == set(expected)
    for label, (value, note) in expected.items():
        assert tokens(tiles[label].value, []) == [str(value)], label
        known = [str(one) for one in note if one is not None]
        assert tokens(tiles[label].delta or "", truth.names) == known, label


@DAYS
def test_causes_and_zero_tolerance_of_the_dispatch_page(sample, truth, when):
    page, lines = sample.page("dispatch", day=str(when)), truth.lines(when)
    causes = {name: n for name, n in truth.causes(when).items() if n}
    away = sum(line["not_vaccinated"] for line in lines.values() if line["unexplained"] is not None)
    assert sum(causes.values()) == away
    drawn = chart(page, "label", "n", "share")
    assert dict(zip(drawn["label"], drawn["n"], strict=True)) == causes
    assert dict(zip(drawn["label"], drawn["share"], strict=True)) == {
        name: percent((n, away)) for name, n in causes.items()
    }
    assert any(tokens(caption.value, []) == [str(away)] for caption in page.caption if "为底" in caption.value)
    heard = [name for name, line in lines.items() if line["疑似异常反应"] is not None]
    silent = [name for name in truth.names if name not in heard]
    ill = [name for name in heard if lines[name]["疑似异常反应"]]
    given = sum(lines[name]["当日接种合计"] for name in heard)
    short = {name: lines[name]["当日接种合计"] - lines[name]["留观完成"] for name in heard}
    repeated = {name: line["I7"] for name, line in lines.items() if line["I7"]}
    unstaffed = [name for name, line in lines.items() if line["planned"] and line["staff"] == 0]
    (zero,) = [text for text in words(page) if "留观不足" in text]
    whole = len(truth.names)
    expected = [
        str(sum(lines[name]["疑似异常反应"] for name in ill)), str(len(heard)), str(whole), *(ill or silent),
        "30", str(sum(short.values())), str(given - sum(short.values())), str(given), *silent,
        str(sum(repeated.values())), str(whole), str(whole), *repeated,
        str(len(unstaffed)), str(whole), str(whole), *unstaffed,
    ]  # fmt: skip
    assert tokens(zero, truth.names) == expected


@DAYS
def test_what_is_missing_before_the_day_is_closed(sample, truth, when):
    page, lines = sample.page("dispatch", day=str(when)), truth.lines(when)
    owing = [name for name, line in lines.items() if line["state"] == "unreported"]
    unchecked = sum(line["state"] == "unchecked" for line in lines.values())
    opened = sum(line["open"] for line in lines.values() if line["state"] == "open")
    expected = [*owing, *([str(opened)] if opened else []), *([str(unchecked)] if unchecked else [])]
    (said,) = [text.value for text in page.markdown if text.value.startswith(("还差", "没有缺"))]
    assert tokens(said, truth.names) == expected


def test_a_picked_community_shows_both_sides_of_its_differences(sample, truth):
    line = truth.line("文昌社区", DAY)
    page = sample.page("dispatch", day=str(DAY), picked="文昌社区")
    (said,) = [text for text in words(page) if "累计−当日（第一剂）" in text]
    rise = line["I2 累计_第一剂"] + line["其中_第一剂"]
    for expected in (
        [signed(line["I5 plan"]), "5", str(line["roster_rows"]), str(line["planned"])],
        [signed(line["I2 累计_第一剂"]), "2", str(rise), str(line["其中_第一剂"])],
    ):
        assert " ".join(expected) in " ".join(tokens(said, []))


# Rankings ------------------------------------------------------------------------------------------------------------

OF_PEOPLE = ("coverage", "survey", "completion")
BASES = (*OF_PEOPLE, "increment", "remaining", "on_time", "workstreams")
TARGET = 90


def printed(truth, basis, name, when):
    n, d = truth.score(basis, name, when)
    if basis in ("increment", "remaining"):
        return signed_plain(n)
    return percent((n, d), 2)


def signed_plain(n):
    return "—" if n is None else f"{n:,}".replace("-", MINUS)


@pytest.mark.parametrize("basis", BASES)
@DAYS
def test_the_list_of_the_ranking_page(sample, truth, when, basis):
    drawn = chart(sample.page("rankings", day=str(when), basis=basis), "community", "rank", "rate", "gain")
    rows = {row["community"]: row for row in drawn.to_dict("records")}
    ranks, then = truth.ranks(basis, when), truth.ranks(basis, before(1) if when == DAY else before(2))
    for name in truth.names:
        row = rows[name]
        if name not in ranks:
            assert row["rank"] == "—" and pd.isna(row["value"])
            if basis == "coverage":
                last = truth.coverage(name, truth.last_evening(name, when))
                assert (row["fraction"], row["rate"]) == (fraction(last), percent(last, 2))
            continue
        score = truth.score(basis, name, when)
        assert row["rank"] == str(ranks[name])
        assert row["rate"] == printed(truth, basis, name, when)
        if basis not in ("increment", "remaining"):
            assert row["fraction"] == fraction(score)
            assert row["value"] == pytest.approx(float(share(score)) * 100)
        if basis in OF_PEOPLE and share(score) <= 1:
            assert (row["low"], row["high"]) == pytest.approx(wilson(*score))
        gained, span = truth.gain(name, when)
        if gained is not None and span == 1:
            assert row["gain"] == signed(gained)
        vaccinated, surveyed = truth.coverage(name, when)
        if vaccinated is not None:
            left = max(-(-surveyed * TARGET // 100) - vaccinated, 0)
            assert row["distance"] == count(left)
        if name in then and "change" in row:
            places = then[name] - ranks[name]
            moved = f"▲{places}" if places > 0 else f"▼{-places}" if places < 0 else "—"
            resized = f" ({then[name]}/{len(then)})" if len(then) != len(ranks) else ""
            assert row["change"] == moved + resized


@DAYS
def test_the_street_is_sum_over_sum(sample, truth, when):
    drawn = chart(sample.page("rankings", day=str(when)), "community", "rank", "rate", "gain")
    (street,) = [row for row in drawn.to_dict("records") if row["kind"] == "street"]
    heard = [name for name in truth.names if truth.coverage(name, when)[0] is not None]
    rate = tuple(sum(truth.coverage(name, when)[part] for name in heard) for part in (0, 1))
    assert (street["fraction"], street["rate"]) == (fraction(rate), percent(rate, 2))
    assert street["community"].endswith(f"{len(heard)}/{len(truth.names)}")
    assert street["gain"] == signed(sum(truth.gain(name, when)[0] for name in heard))
    assert street["distance"] == count(max(-(-rate[1] * TARGET // 100) - rate[0], 0))
    mean = sum(share(truth.coverage(name, when)) for name in heard) / len(heard)
    assert street["rate"] != half_up(mean * 100, 2) + "%"


def test_the_ranks_over_time(sample, truth):
    drawn = sample.page("rankings", day=str(DAY))
    shown = {(row["notice"], row["community"]): row["rank"] for row in _points(drawn) if not pd.isna(row["rank"])}
    expected = {}
    for when in truth.evenings:
        for name, rank in truth.ranks("coverage", when).items():
            expected[f"{when.month}/{when.day}", name] = rank
    assert shown == expected


def _points(page):
    every = [
        frame for group in charts(page) for frame in group if {"notice", "community", "rank"} <= set(frame.columns)
    ]
    return [row for frame in every for row in frame.to_dict("records")]


@pytest.mark.parametrize("basis", BASES)
def test_the_text_of_the_notice(sample, truth, basis):
    text = sample.page("rankings", day=str(DAY), basis=basis).code[0].value
    ranks = truth.ranks(basis, DAY)
    for name, rank in ranks.items():
        (line,) = [line for line in text.splitlines() if f" {name} " in f"{line} "]
        expected = [str(rank), name, printed(truth, basis, name, DAY).replace(MINUS, "")]
        if basis not in ("increment", "remaining"):
            expected += [count(one) for one in truth.score(basis, name, DAY)]
        found = [one.lstrip(MINUS) for one in tokens(line, truth.names)]
        assert found[: len(expected)] == expected
    heard = [name for name in truth.names if truth.coverage(name, DAY)[0] is not None]
    rate = tuple(sum(truth.coverage(name, DAY)[part] for name in heard) for part in (0, 1))
    assert f"{percent(rate, 2)}（{fraction(rate)}）" in text
    assert f"{len(heard)}/{len(truth.names)}" in text


# Briefing ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def panels(sample):
    """The texts of the briefing by panel; 0 holds the head and the spoken sentences."""
    found: dict[int, str] = {0: ""}
    for text in words(sample.page("briefing", day=str(DAY))):
        number = int(text[0]) if text[:2] in {f"{n} " for n in range(1, 7)} else max(found)
        found[number] = f"{found.get(number, '')} {text}".strip()
    return found


def spoken(truth):
    return [truth.short[name] for name in truth.names]


def test_the_spoken_summary(truth, panels):
    lines = truth.lines(EVE)
    opened, heard = truth.open_differences(EVE), [line for line in lines.values() if line["名单人数"] is not None]
    done, supply = completion(lines), truth.supply(DAY)
    table, used = truth.timetable(DAY), {site for site, _batch in truth.timetable(DAY)}
    people, room = sum(table.values()), sum(truth.sites[site]["日接种能力"] for site in used)
    short = {site: plan - stock for site, (plan, stock) in supply.items() if plan > stock}
    expected = [
        str(len(heard)), count(summed(lines, "当日接种合计")), percent(done), *map(str, done),
        str(len({name for name, *_rest in opened})), str(len(opened)),
        str(people), str(room), str(sum(stock for _plan, stock in supply.values())),
        *(str(n) for n in sorted(short.values(), reverse=True)),
    ]  # fmt: skip
    said = panels[0][panels[0].index("昨日") :]
    assert tokens(said, spoken(truth)) == expected


def test_panel_1_who_has_not_reported(truth, panels):
    states = {name: [truth.state("evening", name, EVE)] + [truth.state(k, name, DAY) for k in ("roster", "morning")]
              for name in truth.names}  # fmt: skip
    owing = [name for name, known in states.items() if "unreported" in known]
    head = [str(len(truth.names)), str(len(truth.names) - len(owing)), str(len(owing))]
    assert tokens(panels[1], spoken(truth)) == ["1", *head, *spoken(truth)]
    for name in truth.names:
        said = panels[1].split(f" {truth.short[name]} ")[1].split("社区")[0]
        icons = said.split()[: sum(state not in ("on_time", "not_due") for state in states[name])]
        marks = {"late": "schedule", "supplied": "history", "unreported": "block"}
        assert icons == [marks[state] for state in states[name] if state in marks]


def test_panel_2_what_yesterday_ended_with(sample, truth, panels):
    lines, opened = truth.lines(EVE), truth.open_differences(EVE)
    done, away = completion(lines), sum(line["not_vaccinated"] or 0 for line in lines.values())
    heard = sum(line["名单人数"] is not None for line in lines.values())
    largest = sorted(opened, key=lambda one: -abs(one[2]))
    head = [
        "2", str(EVE.month), str(EVE.day), str(heard), count(summed(lines, "当日接种合计")),
        count(summed(lines, "计划外接种")), percent(done)[:-1], *map(str, done), str(away),
        str(len({name for name, *_rest in opened})), str(len(opened)),
    ]  # fmt: skip
    found = tokens(panels[2], spoken(truth))
    assert found[: len(head)] == head
    pairs = list(zip(found[len(head) :: 2], found[len(head) + 1 :: 2], strict=True))
    assert sorted(pairs) == sorted((truth.short[name], signed(n)) for name, _identity, n in opened)
    assert [abs(int(n.replace(MINUS, "-"))) for _name, n in pairs] == [abs(n) for *_rest, n in largest]
    drawn = chart(sample.page("briefing", day=str(DAY)), "label", "n", "alert")
    causes = {name: n for name, n in truth.causes(EVE).items() if n}
    assert dict(zip(drawn["label"], drawn["n"], strict=True)) == causes
    assert set(causes) <= {*STATUSES, "不明差异"}


def test_panel_3_whom_today_calls_up(sample, truth, panels):
    page, table = sample.page("briefing", day=str(DAY)), truth.timetable(DAY)
    used = {site for site, _batch in table}
    people, room = sum(table.values()), sum(truth.sites[site]["日接种能力"] for site in used)
    supply = truth.supply(DAY)
    sent = sum(truth.called(name, DAY)["people"] is not None for name in truth.names)
    assert tokens(panels[3], []) == [
        "3", str(sent), str(len(truth.names)), percent((people, room)), str(people), str(room),
        str(people), str(room), str(sum(stock for _plan, stock in supply.values())),
    ]  # fmt: skip
    cells = chart(page, "site", "batch", "people", "capacity")
    assert {(row["site"], row["batch"]): (row["people"], row["capacity"]) for row in cells.to_dict("records")} == {
        (site, f"第{batch}批"): (n, truth.sites[site]["每批容量"]) for (site, batch), n in table.items()
    }
    for row in cells.to_dict("records"):
        rate = (int(row["people"]), int(row["capacity"]))
        over = rate[0] - rate[1]
        assert row["note"] == (f"▲超 {over}" if over > 0 else percent(rate, 0))
    edges = chart(page, "site", "note", "total", "of")
    for row in edges.to_dict("records"):
        own = sum(n for (site, _batch), n in table.items() if site == row["site"])
        assert (row["total"], row["of"]) == (str(own), f"/{truth.sites[row['site']]['日接种能力']}")
    hours = truth.gathering(DAY)
    for row in chart(page, "batch", "note", "total").to_dict("records"):
        number = int(tokens(row["batch"], [])[0])
        own = sum(n for (_site, batch), n in table.items() if batch == number)
        assert (row["note"], row["total"]) == (f"{hours[number]:%H:%M}", str(own))
    drawn = chart(page, "site", "plan", "stock")
    assert {row["site"]: (row["plan"], row["stock"]) for row in drawn.to_dict("records")} == supply
    for row in drawn.to_dict("records"):
        assert tokens(row["note"], []) == [str(abs(row["stock"] - row["plan"]))]


def test_panel_4_the_ranking(truth, panels):
    ranks = truth.ranks("coverage", EVE)
    then = truth.ranks("coverage", before(2))
    rate = tuple(sum(truth.coverage(name, EVE)[part] for name in ranks) for part in (0, 1))
    expected = ["4", str(EVE.month), str(EVE.day), percent(rate)[:-1], str(len(ranks)), str(len(truth.names))]
    expected += [count(one) for one in rate] + [f"{TARGET}%"]
    for name in sorted(ranks, key=lambda one: (ranks[one], truth.names.index(one))):
        score, places = truth.coverage(name, EVE), then[name] - ranks[name]
        expected += [str(ranks[name]), truth.short[name], percent(score, 2), *map(str, score)]
        expected += ["▲100%".replace("▲", "100%")[4:]] if share(score) > 1 else []
        expected += [f"▲{places}" if places > 0 else f"▼{-places}"] if places else []
    found = tokens(panels[4], spoken(truth))
    assert [one for one in found if one != "95%"] == expected


def test_panel_5_the_red_lights(sample, truth, panels):
    cells = truth.cells(DAY)
    red = {key: cell for key, cell in cells.items() if cell.state in ("behind", "zero_occurred")}
    passed, days = DAY.timetuple().tm_yday, 365
    drawn = chart(sample.page("briefing", day=str(DAY)), "label", "detail", "done", "elapsed")
    occurred = [(name, slug) for (name, slug), cell in red.items() if cell.state == "zero_occurred"]
    found = tokens(panels[5], spoken(truth))
    head = ["5", percent((passed, days)), str(passed), str(days), str(len(red))]
    assert found[: len(head)] == head
    assert found[len(head)] == truth.short[occurred[0][0]]
    assert str(len(red) - len(occurred) - len(drawn)) in found
    missed = [cell for cell in red.values() if cell.state == "behind"]
    behind = sorted((cell.shown for cell in missed), key=lambda one: -1000 if one.gap is None else one.gap)
    assert len(drawn)
    for row, cell in zip(drawn.to_dict("records"), behind, strict=False):
        assert row["gap"] == pytest.approx(float(cell.gap), abs=1e-6)
        assert row["done"] == pytest.approx(float(cell.completion) * 100)
        assert row["elapsed"] == pytest.approx(float(cell.asked) * 100)
        assert row["gap_text"].split()[-1] == half_up(-cell.gap, 1)
        owners = {truth.short[name] for (name, _slug), one in red.items() if one.shown.gap == cell.gap}
        assert row["label"].split()[0] in owners
        assert f"{cell.whole[0]}/{cell.whole[1]}" in row["detail"]


def test_panel_6_what_is_to_be_settled(truth, panels):
    supply, matters = truth.supply(DAY), truth.matters(DAY)
    short = any(plan > stock for plan, stock in supply.values())
    crowded = any(n > truth.sites[site]["每批容量"] for (site, _batch), n in truth.timetable(DAY).items())
    owing = any(
        truth.state(kind, name, EVE if kind == "evening" else DAY) == "unreported"
        for name in truth.names
        for kind in ("evening", "roster", "morning")
    )
    over = any(share(truth.coverage(name, EVE)) > 1 for name in truth.names)
    questions = [short, crowded, owing, bool(truth.open_differences(EVE)), over].count(True)
    late = [one for one in matters if one["late"]]
    found = tokens(panels[6], [])
    assert found[:3] == ["6", str(questions + len(matters)), str(len(late))]
    listed = [one for one in matters if one["number"] in panels[6]]
    assert listed
    for one in listed:
        said = panels[6].split(one["number"])[1]
        assert tokens(said, [])[:2] == [str(one["due"].month), str(one["due"].day)]
        assert str(one["late"]) in tokens(said, [])[:4]
    (rest,) = re.findall(r"另 (\d+) 项", panels[6])
    assert int(rest) == len(matters) - len(listed)
