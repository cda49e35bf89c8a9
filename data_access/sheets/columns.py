"""The columns that several kinds of sheet share."""

from __future__ import annotations

from dataclasses import replace

from data_access.sheets import choices
from data_access.sheets.declaration import Column, Type

COMMUNITY = Column(
    "community",
    "社区",
    "Community",
    Type.COMMUNITY,
    required=True,
    synonyms=(
        "社区名称",
        "村(社区)",
        "村居",
        "所属社区",
        "单位名称",
        "社区(村)",
        "村社区",
        "所在社区",
        "社区居委会",
    ),
    fill_down=True,
    rule_zh="须为本街道社区名录中的名称或别名",
    rule_en="A community of the street's list, by its official name or an alias",
)

CAMPAIGN = Column(
    "campaign",
    "接种项目",
    "Campaign",
    Type.CAMPAIGN,
    synonyms=("疫苗项目", "活动", "接种活动", "项目名称"),
    rule_zh="空白即当前项目",
    rule_en="Blank means the current campaign",
)

SITE = Column(
    "site",
    "接种点",
    "Site",
    Type.SITE,
    synonyms=("接种地点", "接种门诊", "接种点名称", "点位", "地点"),
    fill_down=True,
    rule_zh="空白即社区当日合计；须为接种点表中的名称",
    rule_en="Blank means the community's whole day; otherwise a site of the street's list",
)

BUSINESS_DATE = Column(
    "biz_date",
    "日期",
    "Date",
    Type.DATE,
    required=True,
    synonyms=("工作日期", "业务日期"),
    fill_down=True,
    rule_zh="与工作簿的日期一致",
    rule_en="The same as the workbook's date",
)

GROUP = Column(
    "person_group",
    "人员类别",
    "Person group",
    Type.GROUP,
    required=True,
    synonyms=("人群", "人群分类", "人群类别", "类别", "对象类别", "人员分类", "人员类型"),
    rule_zh="须为本项目的人群之一",
    rule_en="One of the campaign's groups",
)

NAME = Column(
    "name",
    "姓名",
    "Name",
    Type.NAME,
    required=True,
    synonyms=("接种人", "人员姓名", "受种者", "对象姓名", "受种者姓名", "接种对象", "接种人姓名"),
    personal=True,
    rule_zh="2–20 个字，不含数字，可含“·”",
    rule_en="2–20 characters, no digits, · allowed",
    example="张示例",
)

ID_TYPE = Column(
    "id_type",
    "证件类型",
    "Document type",
    Type.ENUM,
    synonyms=("证件种类", "证件类别"),
    choices=choices.ID_TYPE,
    example="resident",
    rule_zh="空白即身份证",
    rule_en="Blank means the resident identity card",
)

ID_NO = Column(
    "id_no",
    "证件号码",
    "Document number",
    Type.ID_NO,
    synonyms=("身份证号", "身份证号码", "公民身份号码", "证件号", "身份证", "居民身份证号", "居民身份证号码"),
    personal=True,
    rule_zh="按文本填写；身份证校验末位；与人员编号至少填一项",
    rule_en="Kept as text; the check digit of an identity card is tested; this or the person code",
    example="990101199001010019",
)

PERSON_CODE = Column(
    "person_code",
    "人员编号",
    "Person code",
    Type.TEXT,
    synonyms=("编号", "台账编号", "人员编码"),
    personal=True,
    rule_zh="不填证件号码时使用，在摸底台账中唯一",
    rule_en="Used where document numbers are not given; unique in the baseline",
    example="RY00001",
)

PHONE = Column(
    "phone",
    "联系电话",
    "Telephone",
    Type.PHONE,
    synonyms=("手机", "手机号", "手机号码", "电话", "联系方式", "电话号码", "本人电话"),
    personal=True,
    rule_zh="11 位手机号或固定电话",
    rule_en="11 digits, or a land line",
    example="13800000000",
)

SEX = Column(
    "sex",
    "性别",
    "Sex",
    Type.ENUM,
    choices=choices.SEX,
    example="male",
    personal=True,
    rule_zh="与身份证第 17 位一致",
    rule_en="Agrees with digit 17 of the identity card",
)

AGE = Column(
    "age",
    "年龄",
    "Age",
    Type.INT,
    synonyms=("周岁", "年龄(周岁)"),
    personal=True,
    minimum=0,
    maximum=120,
    rule_zh="与身份证推算的周岁一致",
    rule_en="Agrees with the age by the identity card on the day",
    example=36,
)

EMPLOYER = Column(
    "employer",
    "行业/单位",
    "Trade or employer",
    Type.TEXT,
    synonyms=("工作单位", "业户", "所属单位", "行业单位", "行业", "从业单位"),
    personal=True,
    example="某景区",
)

AREA = Column(
    "area",
    "片区/网格",
    "Area",
    Type.TEXT,
    synonyms=("片区", "分片", "网格", "网格号", "包干片", "包干片区", "所属网格"),
    rule_zh="须属于本社区",
    rule_en="Must belong to the community",
    example="第一网格",
)

OWNER = Column(
    "owner",
    "责任人",
    "Owner",
    Type.NAME,
    synonyms=("责任人姓名", "具体责任人"),
    personal=True,
    example="王示例",
)


def count(key: str, zh: str, en: str, *synonyms: str, **options: object) -> Column:
    """A column of whole numbers from zero; blank is missing, never zero."""
    return replace(Column(key, zh, en, Type.INT, synonyms=synonyms, minimum=0), **options)  # type: ignore[arg-type]


def tick(key: str, zh: str, en: str, *synonyms: str, **options: object) -> Column:
    """A yes-or-no column."""
    return replace(Column(key, zh, en, Type.TICK, synonyms=synonyms), **options)  # type: ignore[arg-type]
