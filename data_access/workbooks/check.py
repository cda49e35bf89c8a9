"""Check: typed rows against the declaration and the street, and split into the portions that may be committed.

An error refuses its row and no other; only a missing column, or a sheet of which it is not clear whose it is,
refuses the sheet as a whole. What spans sheets and days is in ``crosscheck``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from config.campaigns import Campaign
from data_access.findings import Finding, Severity, both, either
from data_access.office.deadlines import DAILY
from data_access.sheets.declaration import Column, LooksAt, Problem, RowCheck, SheetKind, Type
from data_access.sheets.ledger import aggregate
from data_access.workbooks import rules
from data_access.workbooks.model import Portion, Row, Scope, SheetResult
from data_access.workbooks.read import Content, Draft
from data_access.workbooks.recognise import Table
from data_access.workbooks.resolve import Resolver
from data_access.workbooks.street import Street

STREET_ONLY = ("communities", "sites")


def check(content: Content, street: Street) -> SheetResult:
    """The outcome of one table: its portions, and every finding on it."""
    table = content.table
    result = SheetResult(
        table.grid.name,
        "read",
        kind=table.kind,
        header_row=table.header_row,
        title=table.title,
        signed=content.signed,
        findings=list(table.findings),
    )
    if table.kind is None:
        return _refuse(result, content)
    result.findings += _missing_columns(table, street)
    if street.known.only is not None and table.kind.key in STREET_ONLY:
        result.findings.append(Finding(rules.ONLY_STREET, table.grid.name, fields={"kind": both(table.kind)}))
    if any(finding.severity == Severity.ERROR for finding in result.findings):
        return _refuse(result, content)
    result.findings += content.findings
    checker = _Checker(table, street)
    checker.rows(content.drafts)
    result.findings += _days_disagree(table, content.drafts)
    checker.doses_held(content.drafts)
    checker.sheet(content.drafts)
    _portion(result, table.kind, content.drafts)
    if not content.drafts:
        _empty(result, table, street)
    if content.drafts and not result.portions:
        result.state = "refused"
    return result


def _refuse(result: SheetResult, content: Content) -> SheetResult:
    result.state = "refused"
    result.refused = len(content.drafts)
    return result


# Columns ----------------------------------------------------------------------------------------


def given(column: Column, campaign: Campaign | None) -> bool:
    """Whether a campaign has the dose a column is about; columns about no dose always count."""
    if column.dose is None or campaign is None:
        return True
    if column.dose == "full":
        return campaign.has_full
    return any(dose.code == column.dose for dose in campaign.doses)


def _missing_columns(table: Table, street: Street) -> Iterable[Finding]:
    """One finding with all required headers that are not there and that nothing else stands in for."""
    kind = table.kind
    if kind is None:
        return
    present = {column.key for column in table.columns.values()} | table.beside
    campaign = None if "campaign" in present else street.known.campaigns.get(table.campaign or "")
    stands_in = {"community": table.community, kind.date: table.day, "dose_no": table.dose}
    missing = [
        column
        for column in kind.columns
        if column.required
        and column.key not in present
        and stands_in.get(column.key) is None
        and (column.dose is None or (campaign is not None and given(column, campaign)))
    ]
    settled = {finding.rule for finding in table.findings if finding.severity == Severity.ERROR}
    if any(column.key == kind.date for column in missing):
        missing = [column for column in missing if column.key != kind.date]
        if rules.DATE_UNCLEAR not in settled:
            yield Finding(rules.DATE_MISSING, table.grid.name, table.cell(table.first))
    if any(column.key == "community" for column in missing) and "community" in kind.scope:
        missing = [column for column in missing if column.key != "community"]
    groups = [group for group in kind.either if not present.intersection(group)]
    headers = [table.headed(column) for column in missing]
    headers += [either(table.headed(kind.column(key)) for key in group) for group in groups]
    if headers:
        fields = {"kind": both(kind), "headers": headers}
        yield Finding(rules.HEADERS_MISSING, table.grid.name, table.cell(table.first), fields=fields)


# Rows -------------------------------------------------------------------------------------------


class _Checker:
    """The checks of one table's rows, one by one and together."""

    def __init__(self, table: Table, street: Street) -> None:
        if table.kind is None:
            raise ValueError("a table without a kind cannot be checked")
        self.table, self.street = table, street
        self.kind: SheetKind = table.kind
        self.resolver = Resolver(table, street)
        self.by_key = {column.key: column for column in self.kind.columns}
        self.required = [column for column in self.kind.columns if column.required]
        self.dosed = [column for column in self.kind.columns if column.dose is not None]
        self.absent: set[str] = set()  # columns the sheet lacks and was told of
        self.said: dict[str, list[Any]] = {}  # the columns of the rows, once their values stand

    def rows(self, drafts: list[Draft]) -> None:
        """Everything each row can be asked for itself, one question to all rows after the other."""
        self.resolver.resolve(drafts)
        self._days(drafts)
        campaigns = self.resolver.campaigns(drafts)
        self._doses_not_given(drafts, campaigns)
        for column in self.required:
            self._required(drafts, column, campaigns)
        for group in self.kind.either:
            self._either(drafts, [self.by_key[key] for key in group])
        self._own(drafts)
        for ask in self.kind.row_checks:
            self._ask(drafts, ask)

    def _days(self, drafts: list[Draft]) -> None:
        """A row without a day of its own is of the sheet's day; one whose day cannot be read is not."""
        key, day = self.kind.date, self.table.day
        if key is None or day is None:
            return
        for draft in drafts:
            if draft.row.values.get(key) is None and not self._has_error(draft, self.by_key[key]):
                draft.row.values[key] = day

    def _doses_not_given(self, drafts: list[Draft], campaigns: list[Campaign | None]) -> None:
        """A campaign that does not give a dose has no figures for it; a zero there is no mistake."""
        for column in self.dosed:
            for draft, campaign in zip(drafts, campaigns, strict=True):
                values = draft.row.values
                if column.key not in values or campaign is None or given(column, campaign):
                    continue
                value = values.pop(column.key)
                if value != 0:
                    fields = {"campaign": both(campaign), "value": str(value)}
                    draft.add(self.resolver.finding(draft, rules.DOSE_NOT_GIVEN, column, fields))

    def _required(self, drafts: list[Draft], column: Column, campaigns: list[Campaign | None]) -> None:
        number = column.type in (Type.INT, Type.NUMBER) and column.maximum is None
        rule = rules.REQUIRED if number else rules.REQUIRED_TEXT
        if None not in self._said(drafts, column.key):
            return
        for draft, campaign in zip(drafts, campaigns, strict=True):
            if draft.row.values.get(column.key) is not None:
                continue
            if given(column, campaign) and not self._has_error(draft, column):
                draft.add(self.resolver.finding(draft, rule, column))

    def _either(self, drafts: list[Draft], columns: list[Column]) -> None:
        for draft in drafts:
            values = draft.row.values
            if values.get(columns[0].key) is not None:
                continue
            if all(values.get(column.key) is None and not self._has_error(draft, column) for column in columns):
                fields = {"columns": either(self.table.headed(column) for column in columns)}
                there = next((column for column in columns if column.key in self.resolver.spots), columns[0])
                draft.add(self.resolver.finding(draft, rules.EITHER_REQUIRED, there, fields))

    def _own(self, drafts: list[Draft]) -> None:
        only = self.street.known.only
        if only is None:
            return
        for draft in drafts:
            community = draft.row.values.get("community")
            if community is not None and community != only:
                fields = {"community": community, "only": only}
                draft.add(self.resolver.finding(draft, rules.COMMUNITY_NOT_YOURS, self.by_key["community"], fields))

    def _ask(self, drafts: list[Draft], check: RowCheck) -> None:
        """One row check. Where it says what it looks at and rows are alike in that, those are asked once."""
        if not isinstance(check, LooksAt):
            for draft in drafts:
                for problem in check(draft.row.values):
                    self._problem(draft, problem)
            return
        said = list(zip(*(self._said(drafts, key) for key in check.keys), strict=True))
        alike = dict(zip(said, drafts, strict=True))  # of rows that are alike, one
        answers = {
            values: problems for values, draft in alike.items() if (problems := list(check.ask(draft.row.values)))
        }
        if not answers:
            return
        for draft, values in zip(drafts, said, strict=True):
            for problem in answers.get(values, ()):
                self._problem(draft, problem)

    def _said(self, drafts: list[Draft], key: str) -> list[Any]:
        """One column of the rows; None where nothing is said."""
        if key not in self.said:
            self.said[key] = [draft.row.values.get(key) for draft in drafts]
        return self.said[key]

    def sheet(self, drafts: list[Draft]) -> None:
        """What only shows when the accepted rows are seen together."""
        for ask in self.kind.sheet_checks:
            accepted = [draft for draft in drafts if not draft.refused]
            for problem in list(ask([draft.row.values for draft in accepted])):
                self._problem(accepted[problem.row], problem)

    def doses_held(self, drafts: list[Draft]) -> None:
        """I7: nobody is called up for a dose already recorded as given."""
        if self.kind.key != "roster":
            return
        asked: dict[tuple[str, date], dict[str, list[Draft]]] = {}
        for draft in drafts:
            values = draft.row.values
            document = values.get("id_no") or values.get("person_code")
            if draft.refused or document is None or values.get("campaign") is None:
                continue
            day = values["vaccination_date"]
            asked.setdefault((values["campaign"], day), {}).setdefault(document, []).append(draft)
        for (campaign, day), people in asked.items():
            held = self.street.known.history.doses(campaign, people, before=day)
            for document, doses in held.items():
                for draft in people.get(document, ()):
                    if draft.row.values.get("dose_no") in doses:
                        draft.add(self.resolver.finding(draft, rules.I7_DOSE_HELD, self.by_key["dose_no"]))

    def _problem(self, draft: Draft, problem: Problem) -> None:
        column = self.by_key.get(problem.column) if problem.column else None
        if problem.absent is not None and column is not None and column.key not in self.resolver.spots:
            if column.key not in self.absent:
                self.absent.add(column.key)
                draft.add(self.resolver.finding(draft, problem.absent, column))
            return
        draft.add(self.resolver.finding(draft, problem.rule, column, dict(problem.fields or {})))

    def _has_error(self, draft: Draft, column: Column) -> bool:
        cell = draft.row.cells.get(column.key)
        return cell is not None and any(f.cell == cell and f.severity == Severity.ERROR for f in draft.findings)


def _days_disagree(table: Table, drafts: list[Draft]) -> Iterable[Finding]:
    """I9 where the rows bear their own day: they decide, and a source that says another one is shown."""
    kind = table.kind
    if kind is None or kind.date is None or not table.days:
        return
    place = next((place for place, column in table.columns.items() if column.key == kind.date), None)
    days = {draft.row.values[kind.date] for draft in drafts if draft.row.values.get(kind.date) is not None}
    if place is None or not days or all(day in days for day in table.days.values()):
        return
    shown = [f"{source} → {day.isoformat()}" for source, day in table.days.items()]
    said = sorted(day.isoformat() for day in days)
    shown += [f"“{table.head(kind.column(kind.date))}” → {day}" for day in said]
    fields = {"sources": "; ".join(shown), "day": said}
    yield Finding(rules.DATE_DISAGREES, table.grid.name, table.cell(table.first, place), fields=fields)


# Portions ---------------------------------------------------------------------------------------


def _scopes(kind: SheetKind, rows: Sequence[Row]) -> list[Scope]:
    """What the submission of each row covers; rows of one scope share the object.

    A ledger of persons is counted by community, whatever the day of each of them.
    """
    period = next((column.key for column in kind.columns if column.type is Type.PERIOD), None)
    sources = {
        "campaign": "campaign",
        "community": "name" if kind.key == "communities" else "community",
        "business_date": None if kind.key == "ledger" else kind.date,
        "period": period,
        "topic": kind.topic,
    }
    keys = [key if name in kind.scope else None for name, key in sources.items()]
    said = list(zip(*([row.values.get(key) if key else None for row in rows] for key in keys), strict=True))
    scopes = {values: Scope(kind.key, *values) for values in set(said)}
    return [scopes[values] for values in said]


def _portion(result: SheetResult, kind: SheetKind, drafts: list[Draft]) -> None:
    """Accepted rows by scope. A scope of which nothing is accepted makes no portion, lest it replace what is there."""
    portions: dict[object, Portion] = {}
    refused: list[tuple[Scope, Draft]] = []
    for scope, draft in zip(_scopes(kind, [draft.row for draft in drafts]), drafts, strict=True):
        if draft.refused:
            refused.append((scope, draft))
            continue
        key: object = id(scope)
        if "topic" in kind.scope and scope.topic is None:  # an item without a number is a matter of its own
            key = (scope, draft.row.number)
        portion = portions.get(key)
        if portion is None:
            portion = portions[key] = Portion(scope)
        portion.rows.append(draft.row)
        portion.findings += draft.findings
    for scope, draft in refused:
        home = portions.get(id(scope))
        if home is None:
            result.refused += 1
            result.findings += draft.findings
        else:
            home.refused += 1
            home.findings += draft.findings
    result.portions = list(portions.values())
    if kind.key == "ledger":
        for portion in result.portions:
            _count(portion)


def _empty(result: SheetResult, table: Table, street: Street) -> None:
    """空表: a daily sheet with its header alone was handed in all the same, where it says whose and of which day it is.

    It holds no figures, least of all zeros.
    """
    kind, day = table.kind, table.day
    community = table.community or street.known.only
    if kind is None or kind.key not in DAILY or community is None or day is None:
        return
    told = Finding(rules.EMPTY_REPORT, table.grid.name, table.cell(table.first), fields={"community": community})
    result.findings = [found for found in result.findings if found.rule is not rules.SHEET_WITHOUT_ROWS]
    result.portions = [Portion(Scope(kind.key, table.campaign, community, day), findings=[told])]


def _count(portion: Portion) -> None:
    """A ledger of persons becomes the baseline of its community; the persons are not carried on."""
    first = min((row.number for row in portion.rows), default=1)
    counted = aggregate([row.values for row in portion.rows])
    portion.rows = [Row(first, values) for values in counted]
    day = counted[0]["as_of"] if counted else None
    portion.scope = Scope("baseline", portion.scope.campaign, portion.scope.community, day)
