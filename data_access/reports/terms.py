"""What the bases of the ranking are called, and what each of them means (口径)."""

from __future__ import annotations

from collections.abc import Mapping

from config.campaigns import Campaign
from config.language import N_, _, pick
from config.settings import settings
from data_access.reports import coverage, scores, standing
from data_access.reports.scores import BASES, WHOLE, Cut

DEFINITIONS: dict[str, tuple[str, str]] = {
    "survey": coverage.DEFINITIONS["survey"],
    "coverage": coverage.DEFINITIONS["coverage"],
    "completion": (
        "名单完成率：当日名单内接种÷名单人数",
        "Plan completion: vaccinated on the roster ÷ people on the day's roster",
    ),
    "increment": (
        "当日增量：累计减上一开放日的累计，多者在前；首次报送或中间缺报（多日合计）的不参评",
        "Increment: cumulative less that of the open day before, most first; a first report or a total of several days "
        "is not ranked",
    ),
    "remaining": (
        "剩余人数：分母−累计接种，多者在前，看哪里需要帮助，不是成绩排名",
        "People left: base less people vaccinated, most first; it shows where help is needed, it is no merit list",
    ),
    "on_time": (
        "按时率：近30天（或开展以来）按时报送的份数÷应报份数，名单、早会商、晚调度三张表",
        "On time: sheets received in time ÷ sheets due, last 30 days or since the start; roster, morning, evening",
    ),
    "workstreams": (
        "专项：不落后于序时的专项数÷有目标且已报的专项数",
        "Workstreams: those not behind elapsed time ÷ those with a target and a report",
    ),
    "composite": (
        "综合：各项的加权平均，权重由设置给出并随表印出；缺一项即不评",
        "Composite: weighted mean; the weights are settings and printed with it; one part missing leaves it unranked",
    ),
    "rank": (
        "名次按分数的准确值比较，相等即并列（1、1、3、4）；未报、不可比、无应接种对象的不排名",
        "Rank compares exact fractions, equal ones tie (1, 1, 3, 4); without a report, a comparable kind or anybody "
        "eligible there is none",
    ),
    "change": (
        "升降：与上一期通报相比（尚无通报时与上一个有晚调度的日子相比）；参评家数变了，印成 名次/家数",
        "Change against the last notice (before the first one, against the last day with evening tallies); where the "
        "number ranked changed it reads rank/number",
    ),
    "same_as_above": (
        "≈ 与上一位的95%威尔逊区间重叠，差异不显著",
        "≈ the 95% Wilson intervals of this row and the one above overlap: not distinguishable",
    ),
    "alike": (
        "同组：字母相同的两家，95%威尔逊区间重叠，差异不显著；没有相同字母的，差异显著",
        "Group: two rows that share a letter have overlapping 95% Wilson intervals and cannot be told apart; rows "
        "without a common letter can",
    ),
    "pace": (
        "近7天速度：每开放日增加人数；两头都报了取（今日累计−7天前累计）÷开放日数，否则取已报各日的平均，不足3天不计",
        "7-day pace: people per open day; (today's total − that of 7 days ago) ÷ open days where both are known, else "
        "the mean of the reported days, of which it takes three",
    ),
    "forecast": (
        "预计达标：距目标人数÷每开放日人数，向上取整，按开放日数到日期；速度不大于0或不足3天为无法预计",
        "Forecast: people left to the target ÷ people per open day, rounded up and counted in open days; without a "
        "pace above 0 over three days there is none",
    ),
    "group": (
        "片区、包片领导：所辖社区中已参评的，分子、分母分别求和，n/m 为参评家数；人数类须各家到齐才参评；"
        "未划片区、无包片领导的社区单列",
        "Area and lead cadre: numerators and denominators of the communities that are ranked, added up, n/m of them; "
        "counts of people are ranked only when complete; a community without an area or lead cadre stands apart",
    ),
}
NAMES: Mapping[str, str] = {
    "survey": N_("Survey completion"),
    "coverage": N_("Coverage"),
    "completion": N_("Roster completion"),
    "increment": N_("Increment of the day"),
    "remaining": N_("People left"),
    "on_time": N_("On-time rate"),
    "workstreams": N_("Workstreams"),
    "composite": N_("Composite"),
}


def available() -> list[str]:
    """The bases an office may look at: all, but the composite only with weights."""
    return [basis for basis in BASES if basis != "composite" or settings().composite_weights]


def definition(basis: str, campaign: Campaign, cut: Cut = WHOLE) -> str:
    """口径 of a basis in one line as printed beside the list, with denominators and weights where it has them."""
    if basis == "coverage":
        return standing.definition(campaign, cut.series, cut.over)
    if basis == "remaining":
        over = cut.over or standing.denominator(campaign)
        if over not in ("surveyed", "eligible"):
            return _("Where help is needed: {definition}", definition=standing.definition(campaign, cut.series, over))
        people = _("people surveyed") if over == "surveyed" else _("people eligible")
        return _("Where help is needed: {base} less people vaccinated, most first", base=people)
    if basis == "composite":
        weights = _(", ").join(f"{_(NAMES[name])} {weight:g}" for name, weight in settings().composite_weights.items())
        return _("Weighted mean of: {weights}", weights=weights)
    return {
        "survey": _("People surveyed ÷ people to survey"),
        "completion": _("Vaccinated on the roster ÷ people on the roster of the day"),
        "increment": _("Cumulative figure less that of the open day before"),
        "on_time": _("Daily sheets received in time ÷ sheets due, last {n} days", n=scores.TIMELY_DAYS),
        "workstreams": _("Workstreams not behind elapsed time ÷ workstreams with a target and a report"),
    }[basis]


def explained(basis: str, cut: Cut = WHOLE) -> str:
    """The whole 口径 of a basis and of the signs beside it, for the one hover away."""
    names = [basis, "rank", "change"]
    names += ["same_as_above", "alike"] if basis in scores.OF_PEOPLE else []
    names += ["pace", "forecast"] if basis == "coverage" else []
    names += ["group"] if cut.by != "community" else []
    return "\n\n".join(pick(*DEFINITIONS[name]) for name in names)
