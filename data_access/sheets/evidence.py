"""资料清单: the evidence a community keeps for each item of the health-promotion checklist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from config.checklist import checklist
from data_access.sheets import checks, choices, columns, rules
from data_access.sheets.columns import tick
from data_access.sheets.declaration import Column, Problem, SheetKind, Type, Values

SEALED_ITEMS = frozenset({"1.5"})
FAMILY_ITEMS = frozenset({"4.6"})
EVENT_FIELDS = ("event_date", "place", "attendees", "theme")


def code_is_known(values: Values) -> Iterable[Problem]:
    """The code is one of the checklist's items."""
    code: str | None = values.get("item_code")
    if code is not None and code not in {item.code for item in checklist().items}:
        yield Problem(rules.ITEM_CODE_FORM, "item_code", {"value": code})


def sealed_where_due(values: Values) -> Iterable[Problem]:
    """The annual plan bears the official seal."""
    applies = values.get("na_reason") is None
    if applies and values.get("item_code") in SEALED_ITEMS and values.get("sealed") is not True:
        yield Problem(rules.SEAL_MISSING, "sealed", {"item": values["item_code"]})


def event_is_complete(values: Values) -> Iterable[Problem]:
    """A numbered event has date, place, attendees and theme; without them it is kept, but not passed."""
    if values.get("event_no") is None:
        return
    missing = [key for key in EVENT_FIELDS if values.get(key) is None]
    if missing:
        yield Problem(rules.EVENT_INCOMPLETE, missing[0], {"n": len(missing)})


def family_file_is_complete(values: Values) -> Iterable[Problem]:
    """A family file has its number and its parts; two parts are asked for only where they apply."""
    if values.get("item_code") not in FAMILY_ITEMS or values.get("na_reason") is not None:
        return
    if values.get("family_no") is None:
        yield Problem(rules.FAMILY_WITHOUT_NUMBER, "family_no")
        return
    parts = ["family_application", "family_checkup", "family_lifestyle"]
    if values.get("has_65") is True:
        parts.append("family_checkup_65")
    if values.get("has_chronic") is True:
        parts.append("family_chronic")
    missing = [key for key in parts if values.get(key) is not True]
    if missing:
        yield Problem(rules.FAMILY_PART_MISSING, missing[0], {"n": len(missing)})


def not_applicable_has_reason(values: Values) -> Iterable[Problem]:
    """An item is not applicable for a reason, and only one that may be."""
    declared, reason = values.get("not_applicable") is True, values.get("na_reason")
    if declared and reason is None:
        yield Problem(rules.NOT_APPLICABLE_WITHOUT_REASON, "na_reason")
    item = {item.code: item for item in checklist().items}.get(values.get("item_code") or "")
    if (declared or reason is not None) and item is not None and not item.not_applicable:
        yield Problem(rules.NOT_APPLICABLE_REFUSED, "item_code", {"item": item.code})


def _files(key: str, zh: str, en: str, *synonyms: str, example: int | None = None) -> Column:
    return Column(
        key,
        zh,
        en,
        Type.FILES,
        synonyms=synonyms,
        minimum=0,
        rule_zh="份数；“是”算 1 份",
        rule_en="Number of files; a yes counts as 1",
        example=example,
    )


EVIDENCE = SheetKind(
    key="evidence",
    zh="资料清单",
    en="Evidence",
    workbook="evidence",
    scope=("community", "period"),
    identity=("item_code", "event_no", "family_no"),
    synonyms=("资料清单表", "健康促进资料清单", "健康社区资料清单", "佐证资料清单", "档案清单"),
    purpose_zh="健康促进社区资料清单，每项（每次活动、每户健康家庭）一行",
    purpose_en="The health-promotion checklist: one row an item, event or healthy family",
    columns=(
        Column(
            "year",
            "年度",
            "Year",
            Type.PERIOD,
            required=True,
            synonyms=("年份", "考核年度"),
            fill_down=True,
            rule_zh="四位年份",
            rule_en="Four digits",
        ),
        columns.COMMUNITY,
        Column(
            "item_code",
            "条目编码",
            "Item code",
            required=True,
            synonyms=("序号", "清单项", "条目编号", "清单编码"),
            rule_zh="1.1–5.3，按文本填写（2.10 不是 2.1）；与名称不符时以编码为准",
            rule_en="1.1–5.3, as text (2.10 is not 2.1); decides over the name",
            example="1.4",
        ),
        Column(
            "item_name",
            "条目名称",
            "Item",
            synonyms=("清单名称", "资料名称", "条目", "内容"),
            spare=("清单项",),
            example="例会资料",
        ),
        Column(
            "event_no",
            "活动序号",
            "Event no.",
            Type.INT,
            synonyms=("活动次序", "第几次", "次数"),
            minimum=1,
            rule_zh="活动类必填",
            rule_en="Required for events",
            example=1,
        ),
        Column(
            "event_date",
            "活动日期",
            "Event date",
            Type.DATE,
            synonyms=("时间", "活动时间", "日期"),
            rule_zh="活动类必填",
            rule_en="Required for events",
        ),
        Column(
            "place",
            "地点",
            "Place",
            synonyms=("活动地点",),
            personal=True,
            rule_zh="活动类必填",
            rule_en="Required for events",
            example="社区会议室",
        ),
        replace(
            columns.count("attendees", "参加人数", "Attendees", "人员", "人数", "参与人数"),
            rule_zh="活动类必填",
            rule_en="Required for events",
            example=32,
        ),
        Column(
            "theme",
            "主题",
            "Theme",
            synonyms=("活动主题", "会议主题"),
            personal=True,
            rule_zh="活动类必填",
            rule_en="Required for events",
            example="冬季健康讲座",
        ),
        Column(
            "partner",
            "协办机构",
            "Partner",
            synonyms=("协办单位", "参与机构"),
            personal=True,
            example="社区卫生服务中心",
        ),
        _files("photos", "照片", "Photos", "图片", "活动照片", example=3),
        _files("minutes", "会议记录", "Minutes", "纪要", "会议纪要", "活动记录", "记录", example=1),
        _files("sign_in", "签到", "Sign-in sheets", "签到表", "签到册", example=1),
        _files("appeal", "倡议书", "Appeals", "倡议书文本"),
        _files("handout", "发放记录", "Handout records", "资料发放记录", "发放登记"),
        _files("original", "实物或原件", "Originals", "实物", "原件", "文件", "文本"),
        tick("sealed", "盖公章", "Sealed", "公章", "是否盖章", rule_zh="1.5 必填", rule_en="Required for 1.5"),
        tick(
            "not_applicable",
            "不适用",
            "Not applicable",
            "是否不适用",
            rule_zh="只限允许的条目，须批准",
            rule_en="Only for items that allow it; needs approval",
        ),
        Column(
            "na_reason",
            "不适用及原因",
            "Reason not applicable",
            synonyms=("不适用原因", "无此场所"),
            personal=True,
            rule_zh="如“楼内无电梯”",
            rule_en="Such as “no lift in the building”",
        ),
        Column(
            "family_no",
            "健康家庭编号",
            "Family no.",
            synonyms=("家庭编号", "户编号"),
            rule_zh="4.6 必填",
            rule_en="Required for 4.6",
        ),
        tick("has_65", "有65岁以上", "Someone is 65+", "有65岁以上成员", "有65岁以上老人"),
        tick("has_chronic", "有慢病", "Someone is chronically ill", "有慢病患者", "有慢性病"),
        tick("family_application", "申报表", "Application form", "健康家庭申报表"),
        tick("family_checkup", "体检表", "Check-up form", "成员体检表"),
        tick(
            "family_checkup_65",
            "65岁以上体检表",
            "Check-up form 65+",
            "老年人体检表",
            rule_zh="有65岁以上时需要",
            rule_en="Needed if someone is 65 or over",
        ),
        tick(
            "family_chronic",
            "慢病随访表",
            "Chronic follow-up form",
            "慢性病随访表",
            rule_zh="有慢病时需要",
            rule_en="Needed if someone is chronically ill",
        ),
        tick("family_lifestyle", "生活方式材料", "Lifestyle material", "生活方式", "健康生活方式材料"),
        Column(
            "review",
            "审核状态",
            "Review",
            Type.ENUM,
            synonyms=("审核", "审核结果"),
            choices=choices.REVIEW,
            rule_zh="由街道填写；只有通过的计入正式得分",
            rule_en="By the street; only approved rows count for the official score",
        ),
        Column("review_note", "审核意见", "Review note", synonyms=("审核说明", "退回原因"), personal=True),
    ),
    row_checks=(
        code_is_known,
        checks.not_in_future("event_date"),
        sealed_where_due,
        event_is_complete,
        family_file_is_complete,
        not_applicable_has_reason,
    ),
    sheet_checks=(checks.unique_rows("community", "year", "item_code", "event_no", "family_no"),),
)
