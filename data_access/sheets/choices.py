"""The allowed values that several kinds of sheet share."""

from __future__ import annotations

from data_access.sheets.declaration import Choice

COMMUNITY_KIND = (
    Choice("community", "社区", "community", ("居委会", "社区居委会", "小区")),
    Choice("village", "村", "village", ("行政村", "村委会", "村居")),
    Choice("trade", "行业", "trade", ("行业部门", "行业系统")),
    Choice("key_unit", "重点单位", "key unit", ("单位", "企业", "重点企业")),
)

SITE_KIND = (
    Choice("regular", "常规", "regular", ("常规门诊", "固定", "固定接种点", "常规接种点")),
    Choice("temporary", "临时", "temporary", ("临时接种点", "方舱")),
    Choice("mobile", "流动", "mobile", ("流动接种点", "流动接种车", "移动")),
)

SEX = (
    Choice("male", "男", "male", ("男性", "M")),
    Choice("female", "女", "female", ("女性", "F")),
)

ID_TYPE = (
    Choice("resident", "身份证", "resident identity card", ("居民身份证", "二代身份证", "二代证")),
    Choice("passport", "护照", "passport", ("外国护照",)),
    Choice("hk_macao", "港澳通行证", "Hong Kong and Macao permit", ("港澳居民来往内地通行证", "回乡证")),
    Choice("taiwan", "台湾通行证", "Taiwan permit", ("台湾居民来往大陆通行证", "台胞证")),
    Choice(
        "foreign_resident",
        "外国人永居证",
        "foreign permanent residence card",
        ("外国人永久居留身份证", "永居证"),
    ),
    Choice("household_book", "户口簿", "household register", ("户口本",)),
    Choice("other", "其他", "other", ("其它",)),
)

OUTCOME = (
    Choice("pending", "待接种", "pending", ("未接种", "待种")),
    Choice("vaccinated", "已接种", "vaccinated", ("是", "已种", "完成", "已完成", "√")),
    Choice("no_show", "未到", "no-show", ("未来", "未到场", "爽约")),
    Choice("deferred", "缓种", "deferred", ("暂缓", "暂缓接种")),
    Choice("contraindicated", "禁忌", "contraindicated", ("不宜", "不宜接种", "禁忌证")),
    Choice("refused", "拒种", "refused", ("拒绝", "不愿意", "拒绝接种", "不愿接种")),
    Choice("rescheduled", "改期", "rescheduled", ("改约", "延期")),
    Choice("site_changed", "转点", "moved to another site", ("转其他点", "换点")),
    Choice("shortage", "缺苗", "no vaccine", ("无苗", "缺苗未种")),
    Choice("elsewhere", "异地已接种", "vaccinated elsewhere", ("外地已种", "异地接种", "外地接种")),
    # 否 says that nothing was given, not why; it must never be read as a no-show.
    Choice("unexplained", "未说明", "not explained", ("否", "×")),
)

RECONCILED = (
    Choice("yes", "已核对", "reconciled", ("是", "已核", "√")),
    Choice("no", "未核对", "not reconciled", ("否", "未核", "×")),
)

RESIDENCE = (
    Choice("registered", "户籍", "registered here", ("户籍人口", "本地户籍", "本地")),
    Choice("floating", "常住流动", "long-term floating", ("流动人口", "常住流动人口", "常住")),
    Choice("temporary", "暂住", "temporary stay", ("暂住人口",)),
    Choice("foreign", "外籍", "foreign national", ("外籍人员", "境外")),
)

UNFIT = (
    Choice("contraindicated", "禁忌", "contraindicated", ("不宜接种", "禁忌证")),
    Choice("deferred", "缓种", "deferred", ("暂缓", "暂缓接种")),
    Choice("none", "无", "none", ("否", "可接种", "正常")),
)

WILLINGNESS = (
    Choice("willing", "愿意", "willing", ("是", "同意")),
    Choice("hesitant", "犹豫", "hesitant", ("观望", "考虑中")),
    Choice("refuses", "拒绝", "refuses", ("不愿意", "否", "拒种")),
)

PERSON_STATUS = (
    Choice("present", "在册", "on the list", ("正常", "在住", "在")),
    Choice("moved_out", "迁出", "moved out", ("搬离", "已迁出", "搬走")),
    Choice("dead", "死亡", "dead", ("已故", "去世")),
    Choice("lost", "失联", "cannot be reached", ("联系不上", "无法联系")),
    Choice("duplicate", "重复", "duplicate", ("重复登记",)),
)

ACCRUAL = (
    Choice("period", "当期", "this period", ("本期", "当月", "本月", "当季", "本季", "当周", "本周", "当日")),
    Choice("cumulative", "累计", "cumulative", ("累积", "年初以来", "累计数")),
)

REVIEW = (
    Choice("pending", "待审", "awaiting review", ("待审核", "未审", "未审核")),
    Choice("approved", "通过", "approved", ("已通过", "审核通过", "合格")),
    Choice("returned", "退回", "returned", ("已退回", "不通过", "未通过", "不合格")),
)

SOURCE = (
    Choice("daily", "日查", "daily inspection", ("日检查", "每日检查")),
    Choice("weekly", "周巡", "weekly patrol", ("周巡查", "每周巡查")),
    Choice("monthly", "月评", "monthly review", ("月评比", "月度评比", "每月考评")),
    Choice("on_site", "现场督导", "on-site supervision", ("现场检查", "实地督导", "督导")),
    Choice("morning", "早会商", "morning meeting", ("早会",)),
    Choice("evening", "晚调度", "evening dispatch", ("晚会", "调度会")),
    Choice("safety", "安全检查", "safety inspection", ("安全生产检查", "安全隐患排查")),
    Choice("superior", "上级督查", "inspection from above", ("上级检查", "上级督导")),
    Choice("mock", "模拟检查", "mock inspection", ("模拟测评", "模拟验收")),
    Choice("expert", "专家复查", "expert re-inspection", ("专家检查", "专家评审")),
    Choice("complaint", "居民投诉", "residents' complaint", ("投诉", "群众投诉", "信访")),
    Choice("opinion", "征求意见", "residents' opinion", ("意见征集", "群众意见")),
)

SEVERITY = (
    Choice("minor", "一般", "minor", ("轻微", "普通")),
    Choice("major", "较大", "major", ("较重", "较严重")),
    Choice("critical", "重大", "critical", ("严重", "特别重大")),
)

RECHECK = (
    Choice("passed", "通过", "passed", ("合格", "已通过", "复查通过")),
    Choice("failed", "未通过", "failed", ("不合格", "不通过", "复查未通过")),
)

PLAN_OUTCOME = (
    Choice("done", "完成", "done", ("已完成", "办结", "已办结", "落实", "是", "√")),
    Choice("carried", "转下周", "carried over", ("结转", "顺延", "延续", "转下周继续", "结转下周")),
    Choice("dropped", "取消", "dropped", ("已取消", "不再进行", "作废")),
    Choice("open", "未完成", "open", ("进行中", "推进中", "未办结", "正在办理", "否", "×")),
)

ACTION_STATUS = (
    Choice("new", "待交办", "to be assigned", ("未交办", "新发现", "待分派")),
    Choice("fixing", "整改中", "being fixed", ("进行中", "正在整改", "未完成")),
    Choice("recheck", "待复查", "awaiting re-check", ("待验收", "已整改", "整改完成")),
    Choice("closed", "已销号", "closed", ("销号", "已办结", "已闭环", "办结")),
    Choice("relapsed", "反弹", "relapsed", ("回潮", "问题反弹")),
    # An inspection that found nothing is on record, but is no matter to settle.
    Choice("clear", "无问题", "nothing found", ("未发现问题", "检查合格")),
)
