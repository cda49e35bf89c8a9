"""What the writer writes the reader reads, in both languages; a template's own example is a good row."""

from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from config import clock
from config.campaigns import sample_campaigns
from config.language import speaking
from data_access.findings import Severity
from data_access.sheets import WORKBOOKS, kind
from data_access.workbooks.model import Known, KnownCommunity, KnownSite
from data_access.workbooks.pipeline import examine
from data_access.workbooks.templates import template, workbook

DAY = date(2026, 11, 20)
COVID, FLU = sample_campaigns()
COMMUNITIES = (KnownCommunity("和平社区", "C01"), KnownCommunity("新村", "C02", kind="village"))
SITES = (KnownSite("街道门诊"),)
KNOWN = Known(
    street="示例街道",
    campaigns={campaign.code: campaign for campaign in (COVID, FLU)},
    default_campaign=COVID.code,
    communities=COMMUNITIES,
    sites=SITES,
)
BOTH = pytest.mark.parametrize("language", ["zh_CN", "en"])
GROUP = COVID.groups[0].code

ROWS = {
    "communities": {"code": "C01", "name": "和平社区", "kind": "community", "aliases": ("和平居", "和平片")},
    "sites": {"name": "街道门诊", "kind": "mobile", "daily_capacity": 300, "open_from": DAY},
    "baseline": {"community": "新村", "person_group": GROUP, "surveyed": 120, "contraindicated": 0, "as_of": DAY},
    "roster": {
        "vaccination_date": DAY, "community": "新村", "name": "买买提·艾力", "id_no": "990101199001010019",
        "person_group": GROUP, "dose_no": "d1", "site": "街道门诊", "batch_no": 2, "batch_time": time(9, 30),
        "liaison": "王五", "liaison_phone": "13800000001", "reminded": True, "outcome": "contraindicated",
        "reason": "=发热",
    },
    "morning": {
        "biz_date": DAY, "community": "新村", "planned": 50, "stock": 60, "filler": "赵六",
        "filled_at": datetime(2026, 11, 20, 0, 45, tzinfo=UTC), "needs_help": False,
    },
    "evening": {
        "biz_date": DAY, "community": "新村", "roster_n": 2, "vacc_on_roster": 1, "walk_in": 0, "vacc_total": 1,
        "vacc_d1": 1, "vacc_d2": 0, "vacc_b": 0, "deferred": 1, "contraindicated": 0, "refused": 0, "no_show": 0,
        "moved": 0, "shortage": 0, "elsewhere": 0, "observed": 1, "aefi_n": 0, "cum_d1": 46, "cum_full": 40,
        "cum_b": 30, "cum_people": 46, "reconciled": "yes",
    },
    "progress": {
        "biz_date": DAY, "period": "2026-10", "community": "新村", "workstream": "vaccination", "indicator": "VAX-01",
        "accrual": "cumulative", "num": 46, "den": 120, "problems_found": 5, "problems_mended": 3,
    },
    "evidence": {
        "year": "2026", "community": "新村", "item_code": "2.10", "event_no": 1, "event_date": DAY, "place": "会议室",
        "attendees": 12, "theme": "讲座", "photos": 3, "minutes": 0, "sealed": True,
    },
    "actions": {
        "item_no": "DB-1", "source": "weekly", "found_on": DAY, "community": "新村", "place": "菜市场",
        "workstream": "environment", "issue": "垃圾桶满溢", "severity": "critical", "demand": "当日清运",
        "unit": "新村", "owner": "张三", "due": DAY, "photos_before": 2, "status": "new",
    },
    "plan": {
        "community": "新村", "week": "2026-W47", "item_no": 2, "task": "走访独居老人", "workstream": "vaccination",
        "owner": "张三", "due": DAY, "done_on": DAY, "outcome": "done", "result": "已走访 12 户",
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _today():
    with clock.at(datetime(2026, 11, 21, 1, tzinfo=UTC)):
        yield


def errors(result):
    return [(f.code, f.cell, f.value) for f in result.all_findings() if f.severity is Severity.ERROR]


@BOTH
@pytest.mark.parametrize("key", ROWS)
def test_what_is_written_is_read(key, language):
    content = workbook([(kind(key), "", [ROWS[key]])], campaigns=(COVID, FLU), language=language)
    result = examine(content, "a.xlsx", KNOWN)
    assert errors(result) == []
    ((sheet, portion),) = result.portions
    assert sheet.kind is kind(key)
    values = portion.rows[0].values
    assert {name: values.get(name) for name in ROWS[key]} == ROWS[key]


@BOTH
@pytest.mark.parametrize("key", list(WORKBOOKS))
def test_an_untouched_template_holds_no_data_of_the_example(key, language):
    content = template(key, campaign=COVID, communities=COMMUNITIES, sites=SITES, language=language)
    result = examine(content, "a.xlsx", KNOWN)
    with speaking(language):
        own = {sheet_kind.label for sheet_kind in WORKBOOKS[key]}
    others = [sheet.state for sheet in result.sheets if sheet.name not in own]
    assert len(others) == 3 and set(others) <= {"ignored", "hidden"}
    assert errors(result) == []
    assert [sheet.kind.key for sheet, _portion in result.portions if sheet.kind] == (
        ["communities"] * 2 + ["sites"] if key == "base" else []
    )


@BOTH
@pytest.mark.parametrize("campaign", [COVID, FLU], ids=lambda campaign: campaign.code)
@pytest.mark.parametrize("key", list(WORKBOOKS))
def test_the_example_of_a_template_is_a_good_row(key, campaign, language):
    known = Known("示例街道", KNOWN.campaigns, campaign.code, COMMUNITIES, SITES)
    content = template(
        key, campaign=campaign, communities=COMMUNITIES, sites=SITES, language=language, day=DAY - timedelta(days=1)
    )
    book = load_workbook(BytesIO(content))
    example = book["示例" if language == "zh_CN" else "Example"]
    row = 3
    for sheet_kind in WORKBOOKS[key]:
        with speaking(language):
            sheet = book[sheet_kind.label]
        sheet.delete_rows(4, 10)
        places = {cell.value: cell.column for cell in sheet[3]}
        for place in range(2, example.max_column + 1):
            head = example.cell(row, place).value
            if head is not None:
                sheet.cell(4, places[head]).value = example.cell(row + 1, place).value
        row += 4
    edited = BytesIO()
    book.save(edited)
    result = examine(edited.getvalue(), "a.xlsx", known)
    assert errors(result) == []
    assert [sheet.kind for sheet, _portion in result.portions] == list(WORKBOOKS[key])
