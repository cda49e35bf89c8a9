"""接种点: the vaccination sites of the street."""

from __future__ import annotations

from data_access.sheets import checks, choices
from data_access.sheets.declaration import Column, SheetKind, Type

SITES = SheetKind(
    key="sites",
    zh="接种点",
    en="Sites",
    workbook="base",
    scope=(),
    identity=("name",),
    synonyms=("接种点名录", "接种点名单", "接种单位", "接种门诊", "接种点信息"),
    purpose_zh="本街道的接种点；一次报送即全部接种点",
    purpose_en="The street's vaccination sites; one sheet is the whole list",
    columns=(
        Column(
            "name",
            "接种点",
            "Site",
            required=True,
            synonyms=("接种点名称", "接种门诊", "点位", "接种单位", "门诊名称", "名称"),
            rule_zh="本街道唯一",
            rule_en="Unique in the street",
            example="街道接种门诊",
        ),
        Column(
            "kind",
            "类型",
            "Kind",
            Type.ENUM,
            required=True,
            synonyms=("接种点类型", "门诊类型"),
            choices=choices.SITE_KIND,
            example="regular",
        ),
        Column(
            "daily_capacity",
            "日接种能力",
            "Daily capacity",
            Type.INT,
            synonyms=("日最大接种量", "接待能力", "日接种量", "每日容量"),
            minimum=1,
            rule_zh="每日剂数；超出只标记，不退回",
            rule_en="Doses a day; a load above it is marked, not refused",
            example=300,
        ),
        Column(
            "batch_capacity",
            "每批容量",
            "Batch capacity",
            Type.INT,
            synonyms=("每批人数", "每批次人数", "批次容量"),
            minimum=1,
            rule_zh="每批人数",
            rule_en="People a batch",
            example=40,
        ),
        Column("address", "地址", "Address", synonyms=("位置", "详细地址"), example="示例路 1 号"),
        Column(
            "open_from",
            "启用日期",
            "Open from",
            Type.DATE,
            synonyms=("开诊日期", "开始日期"),
            rule_zh="未启用的接种点列入名单会提示",
            rule_en="A roster for a closed site is a warning",
        ),
        Column(
            "open_until",
            "停用日期",
            "Open until",
            Type.DATE,
            synonyms=("停诊日期", "结束日期", "关闭日期"),
            rule_zh="不早于启用日期",
            rule_en="Not before the first day",
        ),
    ),
    row_checks=(checks.dates_in_order("open_from", "open_until"),),
    sheet_checks=(checks.unique("name"),),
)
