"""References of a row resolved: community, campaign, dose, group, site, workstream and indicator.

An unknown name is an error with the nearest names beside it; nothing is ever created from a misspelt cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from config.campaigns import (
    ALL,
    Campaign,
    UnknownCampaignError,
    UnknownDoseError,
    UnknownGroupError,
    campaign_from_text,
)
from config.catalogue import catalogue
from config.declarations import UnknownNameError
from data_access.findings import Finding, Rule
from data_access.sheets.declaration import Column, Type
from data_access.workbooks import rules
from data_access.workbooks.names import nearest, simplified, squeeze
from data_access.workbooks.read import Draft
from data_access.workbooks.recognise import Table
from data_access.workbooks.street import Street
from data_access.workbooks.values import plain

_WHOLE = frozenset({"合计", "总计", "小计", "全部", "全体", "全人群", "总人群", "all", "total"})
Outcome = tuple[Any, Rule | None, dict[str, object]]


class Resolver:
    """Resolves the references of one table's rows; equal texts are looked up once."""

    def __init__(self, table: Table, street: Street) -> None:
        self.table, self.street = table, street
        self.kind = table.kind
        self.columns: dict[Type, list[Column]] = {}
        for column in self.kind.columns if self.kind else ():
            self.columns.setdefault(column.type, []).append(column)
        self._cache: dict[tuple[object, ...], Outcome] = {}
        self.spots = {column.key: place for place, column in table.columns.items()}

    def campaign_of(self, draft: Draft) -> Campaign | None:
        """The campaign of a row: its own cell, else the sheet's; None where the kind knows no campaigns."""
        if self.kind is None or "campaign" not in self.kind.scope:
            return None
        code = draft.row.values.get("campaign")
        return self.street.known.campaigns.get(code) if code else None

    def resolve(self, draft: Draft) -> None:
        """Put official names and codes in place of what was typed; what is unknown becomes an error."""
        values, table = draft.row.values, self.table
        if self.kind is None:
            return
        if "campaign" in self.kind.scope and not self._resolve_type(draft, Type.CAMPAIGN, self._campaign):
            values.setdefault("campaign", table.campaign)
        if self.columns.get(Type.COMMUNITY):
            failed = self._resolve_type(draft, Type.COMMUNITY, self._community)
            if not failed and values.get("community") is None and table.community is not None:
                values["community"] = table.community
        campaign = self.campaign_of(draft)
        if campaign is not None:
            self._resolve_type(draft, Type.DOSE, lambda text: self._dose(text, campaign), campaign.code)
            self._resolve_type(draft, Type.GROUP, lambda text: self._group(text, campaign), campaign.code)
            if "dose_no" not in self.spots and any(c.key == "dose_no" for c in self.columns.get(Type.DOSE, ())):
                values.setdefault("dose_no", table.dose)
        self._resolve_type(draft, Type.SITE, self._site)
        self._resolve_type(draft, Type.WORKSTREAM, self._workstream)
        workstream = values.get("workstream")
        self._resolve_type(draft, Type.INDICATOR, lambda text: self._indicator(text, workstream), workstream)
        if values.get("indicator") is None and values.get("indicator_name") and self.columns.get(Type.INDICATOR):
            self._indicator_by_name(draft, workstream)

    def _resolve_type(self, draft: Draft, of: Type, look: Callable[[str], Outcome], *context: object) -> bool:
        """Resolve all columns of one type; whether any failed. A value that failed is taken out of the row."""
        failed = False
        for column in self.columns.get(of, ()):
            text = draft.row.values.get(column.key)
            if text is None:
                failed = failed or any(f.cell and f.cell == draft.row.cells.get(column.key) for f in draft.findings)
                continue
            key = (of, text, *context)
            if key not in self._cache:
                self._cache[key] = look(str(text))
            value, rule, fields = self._cache[key]
            if value is None:
                del draft.row.values[column.key]
                failed = True
            else:
                draft.row.values[column.key] = value
                if value != text:
                    draft.row.original.setdefault(column.key, str(text))
            if rule is not None:
                draft.add(self.finding(draft, rule, column, fields))
        return failed

    def finding(
        self, draft: Draft, rule: Rule, column: Column | None, fields: Mapping[str, object] | None = None
    ) -> Finding:
        """A finding on one cell of a row, with the cell's text as it was typed."""
        name = self.table.grid.name
        number = draft.row.number
        if column is None:
            return Finding(rule, name, f"A{number}", fields=fields or {})
        cell = draft.row.cells.get(column.key, f"A{number}")
        value = ""
        place = self.spots.get(column.key)
        if place is not None:
            line = self.table.grid.rows[number - 1]
            value = plain(line[place])[:200] if place < len(line) else ""
            if not value and column.fill_down:  # taken from a merge or from the row above
                value = str(draft.row.values.get(column.key) or "")
        return Finding(rule, name, cell, value, self.table.head(column), fields or {}, column.personal)

    # What each reference may be ------------------------------------------------------------------

    def _campaign(self, text: str) -> Outcome:
        campaigns = self.street.known.campaigns
        try:
            return campaign_from_text(simplified(text), campaigns.values()).code, None, {}
        except UnknownCampaignError:
            return (
                None,
                rules.CAMPAIGN_UNKNOWN,
                {"allowed": "、".join(each.zh for each in campaigns.values())},
            )

    def _community(self, text: str) -> Outcome:
        found = self.street.places.find(text)
        if found is None:
            near = nearest(text, self.street.places.names)
            rule = rules.COMMUNITY_UNKNOWN_NEAR if near else rules.COMMUNITY_UNKNOWN
            return None, rule, {"near": "、".join(near), "value": text}
        return found, None, {}

    def _site(self, text: str) -> Outcome:
        found = self.street.sites.find(text)
        if found is not None:
            return found, None, {}
        if not self.street.sites.names:
            return text, rules.SITE_UNLISTED, {}
        near = nearest(text, self.street.sites.names)
        rule = rules.SITE_UNKNOWN_NEAR if near else rules.SITE_UNKNOWN
        return None, rule, {"near": "、".join(near), "value": text}

    def _dose(self, text: str, campaign: Campaign) -> Outcome:
        try:
            return campaign.dose_from_text(simplified(text)).code, None, {}
        except UnknownDoseError:
            allowed = "、".join(dose.zh for dose in campaign.doses)
            return None, rules.DOSE_UNKNOWN, {"campaign": campaign.zh, "allowed": allowed}

    def _group(self, text: str, campaign: Campaign) -> Outcome:
        if squeeze(text) in _WHOLE:
            return ALL, None, {}
        try:
            return campaign.group_from_text(simplified(text)).code, None, {}
        except UnknownGroupError:
            allowed = "、".join(group.zh for group in campaign.groups)
            return None, rules.GROUP_UNKNOWN, {"campaign": campaign.zh, "allowed": allowed}

    def _workstream(self, text: str) -> Outcome:
        try:
            return catalogue().workstream(simplified(text)).slug, None, {}
        except UnknownNameError as unknown:
            near = "、".join(unknown.suggestions[:3])
            return None, rules.WORKSTREAM_UNKNOWN_NEAR if near else rules.WORKSTREAM_UNKNOWN, {"near": near}

    def _indicator(self, text: str, workstream: str | None) -> Outcome:
        try:
            return catalogue().find(simplified(text), workstream).code, None, {}
        except UnknownNameError as unknown:
            near = "、".join(unknown.suggestions[:3])
            return None, rules.INDICATOR_UNKNOWN_NEAR if near else rules.INDICATOR_UNKNOWN, {"near": near}

    def _indicator_by_name(self, draft: Draft, workstream: str | None) -> None:
        """The name given instead of the code."""
        text = str(draft.row.values["indicator_name"])
        key = (Type.INDICATOR, text, workstream)
        if key not in self._cache:
            self._cache[key] = self._indicator(text, workstream)
        value, rule, fields = self._cache[key]
        if value is not None:
            draft.row.values["indicator"] = value
        elif rule is not None and self.kind is not None:
            draft.add(self.finding(draft, rule, self.kind.column("indicator_name"), fields))
