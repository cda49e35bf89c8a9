"""What only shows across sheets and days: identities I2, I5, I6, I8 and I10, capacities, people called up twice.

Everything here is a warning or an info: it is marked and shown, and refuses nothing. Figures of the workbook at hand
outrank what the database holds, since they are about to take its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from config import clock
from config.campaigns import Campaign
from config.settings import settings
from data_access.findings import Finding, Rule, both, headed
from data_access.sheets import KINDS
from data_access.sheets.declaration import SheetKind, Type
from data_access.sheets.identity import person
from data_access.workbooks import rules
from data_access.workbooks.model import DayFigures, Portion, Row, SheetResult
from data_access.workbooks.street import Street

Day = tuple[str, str, date]  # campaign, community, business date
DAILY = ("roster", "morning", "evening")


@dataclass(slots=True)
class _Book:
    """The daily portions of one workbook, by kind and day."""

    portions: dict[tuple[str, Day], tuple[SheetResult, Portion]] = field(default_factory=dict)
    figures: dict[Day, DayFigures] = field(default_factory=dict)


def crosscheck(results: Iterable[SheetResult], street: Street) -> None:
    """Put the findings across sheets and days on the portions they concern."""
    book = _Book()
    for result in results:
        for portion in result.portions:
            _place_checks(result, portion, street)
            day = _day_of(portion)
            if day is not None:
                book.portions.setdefault((portion.scope.kind, day), (result, portion))
            if day is not None and not portion.partial:  # the changed rows alone say nothing of the whole day
                book.figures[day] = _figures(book.figures.get(day, DayFigures()), portion)
    for (kind, day), (result, portion) in book.portions.items():
        if portion.partial:
            continue
        checker = _DayChecker(book, street, day, result, portion)
        checker.replaces(kind)
        if kind == "roster":
            checker.roster()
        elif kind == "morning":
            checker.morning()
        else:
            checker.evening()
    _batches(book, street)
    _called_twice(book)


def _day_of(portion: Portion) -> Day | None:
    """The day whose figures it holds; an empty sheet holds none."""
    scope = portion.scope
    if not portion.rows:
        return None
    if scope.kind not in DAILY or scope.campaign is None or scope.community is None or scope.business_date is None:
        return None
    return scope.campaign, scope.community, scope.business_date


def _figures(known: DayFigures, portion: Portion) -> DayFigures:
    rows = portion.rows
    if portion.scope.kind == "roster":
        marked = [row.values.get("outcome") for row in rows if row.values.get("outcome") not in (None, "pending")]
        vaccinated = sum(1 for outcome in marked if outcome == "vaccinated") if marked else None
        return replace(known, roster_rows=len(rows), roster_vaccinated=vaccinated)
    if portion.scope.kind == "morning":
        return replace(known, planned=_sum(rows, "planned"))
    keys = [column.key for column in KINDS["evening"].columns if column.type is Type.INT]
    return replace(known, evening={key: _sum(rows, key) for key in keys})


def _sum(rows: Iterable[Row], key: str) -> int | None:
    """The sum over the sites; None where one of them lacks the figure."""
    values: list[int | None] = [row.values.get(key) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


class _DayChecker:
    """The checks of one community's day, with what the workbook and the database know of it."""

    def __init__(self, book: _Book, street: Street, day: Day, result: SheetResult, portion: Portion) -> None:
        self.book, self.street, self.day = book, street, day
        self.campaign, self.community, self.date = day
        self.result, self.portion = result, portion
        self.kind: SheetKind = KINDS[portion.scope.kind]
        self.stored = street.known.history.day(*day)
        self.now = self.known_of(self.date)

    def known_of(self, day: date) -> DayFigures:
        """The figures of a day: the workbook's where it has them, else the stored ones."""
        stored = self.stored if day == self.date else self.street.known.history.day(self.campaign, self.community, day)
        fresh = self.book.figures.get((self.campaign, self.community, day))
        if fresh is None:
            return stored
        return DayFigures(
            roster_rows=stored.roster_rows if fresh.roster_rows is None else fresh.roster_rows,
            roster_vaccinated=stored.roster_vaccinated if fresh.roster_rows is None else fresh.roster_vaccinated,
            planned=stored.planned if fresh.planned is None else fresh.planned,
            evening=stored.evening if fresh.evening is None else fresh.evening,
            eligible=stored.eligible,
        )

    def has(self, kind: str) -> bool:
        """Whether the workbook itself holds this kind for the day."""
        return (kind, self.day) in self.book.portions

    def add(self, rule: Rule, key: str, fields: Mapping[str, object], counted: int | None = None) -> None:
        """A finding on the first row's cell of a column; ``counted`` is a number of rows, where no cell holds it."""
        row = self.portion.rows[0]
        column = self.kind.column(key)
        cell = row.cells.get(key, f"A{row.number}")
        value = row.original.get(key, str(row.values.get(key) or "")) if counted is None else str(counted)
        personal = column.personal and counted is None
        told = {"column": headed(column.zh, column), **fields}
        self.portion.findings.append(Finding(rule, self.result.name, cell, value, column.zh, told, personal))

    def differ(self, rule: Rule, key: str, word: str, stated: int | None, roster: int | None) -> None:
        """Two numbers that should be one."""
        if stated is not None and roster is not None and stated != roster:
            fields = {word: stated, "roster": roster, "difference": stated - roster}
            self.add(rule, key, fields, roster if self.kind.key == "roster" else None)

    def replaces(self, kind: str) -> None:
        """I10: the day has this sheet already."""
        before = {
            "roster": self.stored.roster_rows,
            "morning": self.stored.planned,
            "evening": self.stored.evening,
        }[kind]
        if before is not None:
            fields = {"community": self.community, "kind": both(self.kind), "day": self.date.isoformat()}
            self.add(rules.I10_REPLACES, self.kind.date or "community", fields)

    def roster(self) -> None:
        """I5, I6 and I8 as seen from a roster, where the tally is not in the same workbook; and a day far off."""
        away = abs((self.date - clock.today()).days)
        if away > settings().thresholds.roster_days_away:
            self.add(rules.ROSTER_DATE_FAR, "vaccination_date", {"day": self.date.isoformat(), "n": away})
        if not self.has("morning"):
            self.differ(rules.I5_PLAN_ROSTER, "name", "planned", self.now.planned, self.now.roster_rows)
        if not self.has("evening") and self.now.evening is not None:
            stated = self.now.evening
            self.differ(rules.I5_EVENING_ROSTER, "name", "stated", stated.get("roster_n"), self.now.roster_rows)
            vaccinated = stated.get("vacc_on_roster")
            self.differ(rules.I6_VACCINATED_ROSTER, "outcome", "stated", vaccinated, self.now.roster_vaccinated)
        before = self.known_of(self.date - timedelta(days=1)).evening
        planned = before.get("plan_next") if before is not None else None
        if planned is not None and planned != self.now.roster_rows:
            fields = {"planned": planned, "day": self.date.isoformat(), "roster": self.now.roster_rows}
            self.add(rules.I8_TOMORROW, "vaccination_date", fields)

    def morning(self) -> None:
        """I5: the plan of the day is its roster; and a day after tomorrow, for which nobody consults yet."""
        if self.date > clock.today() + timedelta(days=1):
            self.add(rules.MORNING_AHEAD, "biz_date", {"day": self.date.isoformat()})
        self.differ(rules.I5_PLAN_ROSTER, "planned", "planned", self.now.planned, self.now.roster_rows)

    def evening(self) -> None:
        """I5, I6, I2 and I8 as seen from the tally, and its denominator against the baseline."""
        if self.date > clock.today():
            self.add(rules.TALLY_AHEAD, "biz_date", {"day": self.date.isoformat()})
        stated = self.now.evening or {}
        roster, done = self.now.roster_rows, self.now.roster_vaccinated
        self.differ(rules.I5_EVENING_ROSTER, "roster_n", "stated", stated.get("roster_n"), roster)
        self.differ(rules.I6_VACCINATED_ROSTER, "vacc_on_roster", "stated", stated.get("vacc_on_roster"), done)
        self._cumulative(stated)
        eligible, baseline = stated.get("eligible"), self.now.eligible
        if eligible is not None and baseline is not None and eligible != baseline:
            fields = {"stated": eligible, "baseline": baseline, "difference": eligible - baseline}
            self.add(rules.ELIGIBLE_DIFFERS, "eligible", fields)
        tomorrow = self.date + timedelta(days=1)
        planned, rows = stated.get("plan_next"), self.known_of(tomorrow).roster_rows
        if (
            planned is not None
            and rows is not None
            and planned != rows
            and ("roster", self._on(tomorrow)) not in self.book.portions
        ):
            self.add(
                rules.I8_TOMORROW,
                "plan_next",
                {"planned": planned, "day": tomorrow.isoformat(), "roster": rows},
            )

    def _on(self, day: date) -> Day:
        return self.campaign, self.community, day

    def _cumulative(self, stated: Mapping[str, int | None]) -> None:
        """I2: the total rose by what was given today; up to as many more as were vaccinated elsewhere are explained."""
        before = self.known_of(self.date - timedelta(days=1)).evening
        campaign = self.street.known.campaigns.get(self.campaign)
        if before is None or campaign is None:
            return
        elsewhere = stated.get("elsewhere") or 0
        for key, doses in _series(campaign).items():
            was, now, today = before.get(key), stated.get(key), stated.get(doses)
            if was is None or now is None or today is None or 0 <= now - was - today <= elsewhere:
                continue
            fields = {"before": was, "after": now, "given": today, "difference": now - was - today}
            self.add(rules.I2_CUMULATIVE, key, fields)


def _series(campaign: Campaign) -> dict[str, str]:
    """Which dose column of the day raises which running total."""
    return {f"cum_{total}": f"vacc_{dose}" for total, dose in campaign.raises.items()}


# Places and people ------------------------------------------------------------------------------


def _place_checks(result: SheetResult, portion: Portion, street: Street) -> None:
    """A community outside its dates, a site that is not open."""
    day, name = portion.scope.business_date, portion.scope.community
    if day is None or not portion.rows:
        return
    community = street.communities.get(name or "")
    if community is not None and not _within(day, community.active_from, community.active_until):
        fields = {"community": community.name, "day": day.isoformat()}
        cell = portion.rows[0].cells.get("community", f"A{portion.rows[0].number}")
        portion.findings.append(Finding(rules.COMMUNITY_INACTIVE, result.name, cell, community.name, fields=fields))
    first = {row.values.get("site"): row for row in reversed(portion.rows)}
    for name in dict.fromkeys(row.values.get("site") for row in portion.rows):
        site = street.site_facts.get(name or "")
        if site is None or _within(day, site.open_from, site.open_until):
            continue
        fields = {"site": site.name, "day": day.isoformat()}
        cell = first[name].cells.get("site", f"A{first[name].number}")
        portion.findings.append(Finding(rules.SITE_CLOSED, result.name, cell, site.name, fields=fields))


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or day >= first) and (last is None or day <= last)


def _rosters(book: _Book) -> Iterable[tuple[SheetResult, Portion, Row]]:
    for (kind, _day), (result, portion) in book.portions.items():
        if kind == "roster":
            for row in portion.rows:
                yield result, portion, row


def _batches(book: _Book, street: Street) -> None:
    """People of one batch at one site against what the site takes; communities share a site's batches."""
    called = list(_rosters(book))
    keys = ("vaccination_date", "site", "batch_no", "batch_time")
    batches = [tuple(map(row.values.get, keys)) for _result, _portion, row in called]
    for key, size in Counter(batches).items():
        _day, site, batch, _time = key
        facts = street.site_facts.get(str(site))
        if batch is None or facts is None or facts.batch_capacity is None or size <= facts.batch_capacity:
            continue
        result, portion, row = called[batches.index(key)]
        fields = {"batch": batch, "site": site, "n": size, "capacity": facts.batch_capacity}
        cell = row.cells.get("batch_no", f"A{row.number}")
        portion.findings.append(Finding(rules.BATCH_OVER_CAPACITY, result.name, cell, str(batch), fields=fields))


def _called_twice(book: _Book) -> None:
    """N16: one person on the rosters of two communities is shown on both, for the street to decide."""
    seen: dict[tuple[object, ...], list[tuple[SheetResult, Portion, Row]]] = {}
    called = [(person(row.values), (result, portion, row)) for result, portion, row in _rosters(book)]
    often = Counter(who for who, _place in called)
    for who, (result, portion, row) in called:
        if who is not None and often[who] > 1:
            scope = portion.scope
            key = (who, scope.campaign, scope.business_date, row.values.get("dose_no"))
            seen.setdefault(key, []).append((result, portion, row))
    for people in seen.values():
        communities = {portion.scope.community for _result, portion, _row in people}
        if len(communities) < 2:
            continue
        for result, portion, row in people:
            document = "id_no" if row.values.get("id_no") is not None else "person_code"
            others = sorted(str(name) for name in communities if name != portion.scope.community)
            cell, value = row.cells.get(document, f"A{row.number}"), str(row.values[document])
            column = KINDS["roster"].column(document)
            fields = {"column": headed(column.zh, column), "community": others}
            finding = Finding(rules.PERSON_ELSEWHERE, result.name, cell, value, column.zh, fields, True)
            portion.findings.append(finding)
