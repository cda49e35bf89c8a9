"""What an indicator and a workstream are, and how an indicator's definition (口径) is put into words.

The words are composed from the facts in ``workstreams/*.toml``, so that a changed target changes them too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from config.declarations import FieldError, Named, Text
from config.language import _, pick

Kind = Literal["count", "rate", "score", "zero", "cap", "evidence"]
Polarity = Literal["higher", "lower", "zero", "none"]  # what is better; none: neither more nor less
Comparator = Literal["≥", "≤", "=", ""]
Basis = Literal["target", "implied", "field", "setting", "observed"]
Accrual = Literal["per_period", "annual_total", "cumulative_all_time", "snapshot"]
Period = Literal[
    "day", "week", "month", "two_months", "quarter", "year", "season", "campaign", "event", "holiday",
    "drive", "check", "visit", "cumulative", "continuous", "once", "rolling",
]  # fmt: skip

PERIODS: dict[Period, Text] = {
    "day": Text(zh="每日", en="per day"),
    "week": Text(zh="每周", en="per week"),
    "month": Text(zh="每月", en="per month"),
    "two_months": Text(zh="每两月", en="per two months"),
    "quarter": Text(zh="每季度", en="per quarter"),
    "year": Text(zh="全年", en="in the year"),
    "season": Text(zh="季节内", en="in the season"),
    "campaign": Text(zh="接种期间", en="in the campaign"),
    "event": Text(zh="每次活动", en="per event"),
    "holiday": Text(zh="每个节假日", en="per holiday"),
    "drive": Text(zh="每次突击", en="per drive"),
    "check": Text(zh="每次检查", en="per check"),
    "visit": Text(zh="每次到访", en="per visit"),
    "cumulative": Text(zh="累计", en="in total"),
    "continuous": Text(zh="随时", en="at any time"),
    "once": Text(zh="一次性", en="once"),
    "rolling": Text(zh="连续", en="rolling"),
}
KINDS: dict[Kind, Text] = {
    "count": Text(zh="计数", en="count"),
    "rate": Text(zh="比率", en="rate"),
    "score": Text(zh="评分", en="score"),
    "zero": Text(zh="零容忍", en="zero tolerance"),
    "cap": Text(zh="上限", en="cap"),
    "evidence": Text(zh="资料", en="evidence"),
}
ACCRUALS: dict[Accrual, Text] = {
    "per_period": Text(
        zh="逐期计算，一期多办不抵他期", en="each period needs its own; a surplus does not fill another"
    ),
    "annual_total": Text(zh="期内合计", en="the total of the period counts"),
    "cumulative_all_time": Text(zh="历年累计，含期初数", en="the total of all years, opening balance included"),
    "snapshot": Text(zh="取最新值", en="the latest value counts"),
}
BASES: dict[Basis, Text] = {
    "target": Text(zh="任务目标", en="target set by the plan"),
    "implied": Text(zh="由工作要求推出", en="implied by the requirement"),
    "field": Text(zh="通行做法，请街道确认", en="field practice, to be confirmed by the office"),
    "setting": Text(zh="由街道设定", en="set by the office"),
    "observed": Text(zh="实绩参考", en="a result reached elsewhere"),
}
POLARITIES: dict[Polarity, Text] = {
    "higher": Text(zh="多者为好", en="more is better"),
    "lower": Text(zh="少者为好", en="less is better"),
    "zero": Text(zh="零为好", en="none is best"),
    "none": Text(zh="不论多少", en="neither more nor less is better"),
}
_POLARITY: dict[str, Polarity] = {"≥": "higher", "≤": "lower", "=": "higher", "": "none"}
_TYPED: dict[str, Comparator] = {">=": "≥", "<=": "≤", "==": "="}
# Unit in Chinese: one, several in English. A unit that is not listed is printed as it stands.
UNITS: dict[str, tuple[str, str]] = {
    "%": ("%", "%"), "m²": ("m²", "m²"), "次": ("time", "times"), "期": ("issue", "issues"),
    "例": ("case", "cases"), "剂": ("dose", "doses"), "个": ("", ""), "轮": ("round", "rounds"),
    "份": ("copy", "copies"), "支": ("team", "teams"), "户": ("household", "households"),
    "片": ("area", "areas"), "家": ("unit", "units"), "项": ("item", "items"), "人": ("person", "people"),
    "本": ("book", "books"), "场": ("event", "events"), "月": ("month", "months"), "起": ("case", "cases"),
    "公斤": ("kg", "kg"), "张": ("piece", "pieces"), "处/2000米": ("per 2000 m", "per 2000 m"),
    "瓶": ("bottle", "bottles"), "条": ("item", "items"), "块": ("piece", "pieces"),
    "人次": ("attendance", "attendances"), "处": ("place", "places"), "车": ("load", "loads"),
    "册": ("volume", "volumes"), "把": ("piece", "pieces"), "年": ("year", "years"), "元": ("yuan", "yuan"),
    "米": ("m", "m"), "小时": ("hour", "hours"), "单位次": ("unit visit", "unit visits"),
}  # fmt: skip


def month_day(text: str) -> tuple[int, int]:
    """``"04-30"`` as (4, 30). Raises ValueError where it is no day of the year."""
    month, _dash, day = text.partition("-")
    moment = date(2000, int(month), int(day))
    return moment.month, moment.day


class Indicator(Named):
    """One indicator of a workstream. The target of a rate or a score is in percent unless ``factor`` says more."""

    code: str
    workstream: str = ""  # the slug of its file, filled in by the loader
    aliases: tuple[str, ...] = ()
    kind: Kind
    numerator: Text | None = None
    denominator: Text | None = None
    factor: int = 100  # a rate is numerator ÷ denominator × factor
    unit: str
    comparator: Comparator = ""
    target: int | float | None = None  # per slot where accrual is per_period
    source: str = ""  # where the target comes from: a plan, a notice
    reached: int | float | None = None  # a result reached elsewhere: context, never a target
    polarity: Polarity = "none"  # from the comparator where it is not given
    basis: Basis
    period: Period
    accrual: Accrual
    slots: int | None = Field(default=None, gt=0)  # slots in a year (or in the window)
    window: tuple[str, str] | None = None  # month-day to month-day, for what is due in a season only
    evidence: Text
    note: Text | None = None
    alternative_to: str | None = None  # the code of a competing rule for the same matter
    matrix: bool = False
    enabled: bool = True

    @field_validator("window")
    @classmethod
    def _days(cls, window: tuple[str, str] | None) -> tuple[str, str] | None:
        for text in window or ():
            try:
                month_day(text)
            except ValueError:
                reason = _("{value} is not a month and day such as 04-30", value=text)
                raise FieldError("window", reason) from None
        return window

    @model_validator(mode="before")
    @classmethod
    def _directed(cls, values: Any) -> Any:
        """The comparator, also where it is typed as on a keyboard, says what is better, unless the declaration does."""
        if not isinstance(values, Mapping):
            return values
        if (typed := str(values.get("comparator", ""))) in _TYPED:
            values = {**values, "comparator": _TYPED[typed]}
        if values.get("polarity") is not None:
            return values
        known = _POLARITY.get(str(values.get("comparator", "")), "none")
        return {**values, "polarity": "zero" if values.get("kind") == "zero" else known}

    @model_validator(mode="after")
    def _agree(self) -> Indicator:
        """The fields must not contradict one another (traps.md §2; metrics.md §6.7)."""
        if self.basis == "observed" and self.target is not None:
            raise FieldError(
                "target", _("an observed result is not a target; write it as reached"), _("Rename target to reached.")
            )
        if self.target is None and self.basis in ("target", "implied"):
            remedy = _('Add target = …, or write basis = "setting" where the office sets it later.')
            raise FieldError("target", _("the basis {basis} needs a target", basis=self.basis), remedy)
        if self.ratio and (self.numerator is None or self.denominator is None):
            missing = "numerator" if self.numerator is None else "denominator"
            remedy = _('Add {name} = {{ zh = "…", en = "…" }}.', name=missing)
            raise FieldError(missing, _("a rate needs numerator and denominator"), remedy)
        if self.kind == "zero" and (self.comparator != "=" or self.target not in (0, None)):
            raise FieldError("comparator", _("zero tolerance means = 0"), _('Write comparator = "=" and target = 0.'))
        if self.kind == "cap" and self.comparator != "≤":
            raise FieldError("comparator", _("a cap means ≤"), _('Write comparator = "≤".'))
        if self.target is not None and not self.comparator:
            remedy = _('Add comparator = "≥" (at least), "≤" (at most) or "=".')
            raise FieldError("comparator", _("a target needs a comparator"), remedy)
        if self.period == "season" and self.window is None:
            remedy = _('Add window = ["05-01", "10-31"].')
            raise FieldError("window", _("a seasonal indicator needs a window"), remedy)
        if self.matrix and (not self.enabled or (self.target is None and self.basis == "observed")):
            remedy = _("Take the line matrix = true out, or give the indicator a target.")
            reason = _("only an enabled indicator with a target can stand in the matrix")
            raise FieldError("matrix", reason, remedy)
        return self

    @property
    def ratio(self) -> bool:
        """Whether it is reported as numerator and denominator."""
        return self.kind in ("rate", "score")

    @property
    def proportional(self) -> bool:
        """Whether the figure grows with elapsed time (序时); a snapshot, a zero or a cap does not."""
        return self.kind in ("count", "evidence") and self.accrual != "snapshot"

    @property
    def full_target(self) -> int | float | None:
        """The target of the whole year or window: target × slots where each period needs its own."""
        if self.target is None or self.accrual != "per_period" or self.kind not in ("count", "evidence"):
            return self.target
        return self.target * self.slots if self.slots else None

    @property
    def confirm(self) -> Period:
        """How often a zero has to be confirmed to count as met (metrics.md §6.7)."""
        return self.period if self.period in ("day", "week", "month", "quarter", "drive") else "month"

    def window_in(self, year: int) -> tuple[date, date]:
        """First and last day in ``year``: its own window, or the calendar year (metrics.md §6.7)."""
        first, last = (month_day(text) for text in self.window or ("01-01", "12-31"))
        ends = year if last >= first else year + 1
        return _day(year, *first), _day(ends, *last)

    @property
    def unit_text(self) -> str:
        """The unit in the current language (several of it)."""
        return pick(self.unit, UNITS.get(self.unit, (self.unit, self.unit))[1])

    @property
    def target_text(self) -> Text:
        """The target in words; what was only reached elsewhere and what is still to be set say so."""
        if self.kind == "zero" and self.target == 0:
            return Text(zh="不得发生", en="none allowed")
        if self.target is None and self.reached is not None:
            return Text(
                zh=f"别处实绩 {_zh(self.reached, self.unit)}，不作目标",
                en=f"{_en(self.reached, self.unit)} reached elsewhere, not a target",
            )
        if self.target is None and self.basis == "observed":
            return Text(zh="不作目标", en="not a target")
        if self.target is None:
            return Text(zh="待定", en="to be set")
        period = PERIODS[self.period]
        spoken = not self.ratio and self.accrual != "snapshot"
        zh = f"{self.comparator}{_zh(self.target, self.unit)}"
        en = f"{self.comparator} {_en(self.target, self.unit)}"
        return Text(zh=f"{period.zh}{zh}", en=f"{en} {period.en}") if spoken else Text(zh=zh, en=en)

    @property
    def definition(self) -> Text:
        """口径: what is counted over what, the target and its basis, how it adds up, and the evidence."""
        target = self.target_text
        known = self.basis != "observed"  # the words of an observed result say so themselves
        said = f"，{self.source}" if self.source else "", f", {self.source}" if self.source else ""
        zh = [_formula_zh(self), f"目标：{target.zh}" + (f"（{BASES[self.basis].zh}{said[0]}）" if known else "")]
        en = [_formula_en(self), f"target: {target.en}" + (f" ({BASES[self.basis].en}{said[1]})" if known else "")]
        if self.kind == "zero":
            zh.append(f"{PERIODS[self.confirm].zh}都确认为零才算达标")
            en.append(f"met only while zero is confirmed {PERIODS[self.confirm].en}")
        else:
            zh.append(ACCRUALS[self.accrual].zh)
            en.append(ACCRUALS[self.accrual].en)
        if self.window:
            zh.append("时段 {} 至 {}".format(*self.window))
            en.append("from {} to {}".format(*self.window))
        zh.append(f"佐证：{self.evidence.zh}")
        en.append(f"evidence: {self.evidence.en}")
        spoken = "; ".join(en)
        note_zh, note_en = (self.note.zh + "。", f" {self.note.en}.") if self.note else ("", "")
        return Text(zh="；".join(zh) + "。" + note_zh, en=spoken[0].upper() + spoken[1:] + "." + note_en)


class Funnel(Named):
    """Steps that lead one into the next, such as applied, shortlisted, commended: codes of indicators in order."""

    code: str
    steps: tuple[str, ...] = Field(min_length=2)
    note: Text | None = None


class Workstream(Named):
    """A workstream (专项): its lead department and its indicators, in the order of the file."""

    slug: str
    order: int
    aliases: tuple[str, ...] = ()
    lead: Text
    matrix: bool = False  # shown on the matrix by default
    indicators: tuple[Indicator, ...] = ()
    funnels: tuple[Funnel, ...] = ()

    @property
    def enabled(self) -> tuple[Indicator, ...]:
        """The indicators in use."""
        return tuple(item for item in self.indicators if item.enabled)

    @property
    def shown(self) -> tuple[Indicator, ...]:
        """The indicators that make up this workstream's cell of the matrix."""
        return tuple(item for item in self.indicators if item.matrix)


def _day(year: int, month: int, day: int) -> date:
    """A day of ``year``; 29 February falls back to the 28th."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def _number(value: int | float) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _zh(value: int | float, unit: str) -> str:
    return f"{_number(value)}{unit}"


def _en(value: int | float, unit: str) -> str:
    one, several = UNITS.get(unit, (unit, unit))
    return f"{_number(value)} {one if value == 1 else several}".strip()


def _formula_zh(item: Indicator) -> str:
    what = item.numerator.zh if item.numerator else f"{item.zh}（按{item.unit}计）"
    if item.denominator is None:
        return what
    scale = "" if not item.ratio else "×100%" if item.factor == 100 else f"×{item.factor}"
    return f"{what}÷{item.denominator.zh}{scale}"


def _formula_en(item: Indicator) -> str:
    what = item.numerator.en if item.numerator else item.en
    if item.denominator is None:
        return what
    scale = "" if not item.ratio else " × 100 %" if item.factor == 100 else f" × {item.factor}"
    return f"{what} ÷ {item.denominator.en}{scale}"
