"""References of a row resolved: community, campaign, dose, group, site, workstream and indicator.

An unknown name is an error with the nearest names beside it; nothing is ever created from a misspelt cell.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
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
from data_access.findings import Finding, Rule, both
from data_access.sheets.declaration import Column, Type
from data_access.workbooks import rules
from data_access.workbooks.names import nearest, simplified, squeeze
from data_access.workbooks.read import Draft
from data_access.workbooks.recognise import Table
from data_access.workbooks.street import Street
from data_access.workbooks.values import plain

_WHOLE = frozenset({"合计", "总计", "小计", "全部", "全体", "全人群", "总人群", "all", "total"})
Outcome = tuple[Any, Rule | None, dict[str, object]]
Look = Callable[[str, Any], Outcome]  # a text and what it hangs on in its row


class Resolver:
    """Resolves the references of one table, column by column; equal texts are looked up once."""

    def __init__(self, table: Table, street: Street) -> None:
        self.table, self.street = table, street
        self.kind = table.kind
        self.columns: dict[Type, list[Column]] = {}
        for column in self.kind.columns if self.kind else ():
            self.columns.setdefault(column.type, []).append(column)
        self.spots = {column.key: place for place, column in table.columns.items()}

    def campaigns(self, drafts: Sequence[Draft]) -> list[Campaign | None]:
        """The campaign of each row: its own cell, else the sheet's; None where the kind knows no campaigns."""
        if self.kind is None or "campaign" not in self.kind.scope:
            return [None] * len(drafts)
        known = self.street.known.campaigns
        return [known.get(draft.row.values.get("campaign") or "") for draft in drafts]

    def resolve(self, drafts: Sequence[Draft]) -> None:
        """Put official names and codes in place of what was typed; what is unknown becomes an error."""
        if self.kind is None:
            return
        if "campaign" in self.kind.scope:
            failed = self._resolve(drafts, Type.CAMPAIGN, lambda text, _row: self._campaign(text))
            self._fill(drafts, "campaign", self.table.campaign, failed)
            if self.table.unsettled:
                self._unsettled(drafts, failed)
        if self.columns.get(Type.COMMUNITY):
            failed = self._resolve(drafts, Type.COMMUNITY, lambda text, _row: self._community(text))
            self._fill(drafts, "community", self.table.community, failed)
        codes = [campaign.code if campaign else None for campaign in self.campaigns(drafts)]
        if any(codes):
            self._resolve(drafts, Type.DOSE, self._dose, codes)
            self._resolve(drafts, Type.GROUP, self._group, codes)
            if "dose_no" not in self.spots and any(c.key == "dose_no" for c in self.columns.get(Type.DOSE, ())):
                self._fill(drafts, "dose_no", self.table.dose, {spot for spot, code in enumerate(codes) if not code})
        self._resolve(drafts, Type.SITE, lambda text, _row: self._site(text))
        self._resolve(drafts, Type.WORKSTREAM, lambda text, _row: self._workstream(text))
        if self.columns.get(Type.INDICATOR):
            workstreams = [draft.row.values.get("workstream") for draft in drafts]
            self._resolve(drafts, Type.INDICATOR, self._indicator, workstreams)
            self._indicators_by_name(drafts, workstreams)

    def _fill(self, drafts: Sequence[Draft], key: str, value: str | None, failed: Container[int]) -> None:
        """What the sheet as a whole says, for the rows that say nothing themselves."""
        if value is None:
            return
        for spot, draft in enumerate(drafts):
            if draft.row.values.get(key) is None and spot not in failed:
                draft.row.values[key] = value

    def _unsettled(self, drafts: Sequence[Draft], failed: Container[int]) -> None:
        """Title and file name disagree about the campaign: a row that does not say its own is of none (I9)."""
        column = next(column for column in self.columns[Type.CAMPAIGN] if column.key == "campaign")
        fields = {"sources": self.table.unsettled}
        for spot, draft in enumerate(drafts):
            if draft.row.values.get("campaign") is None and spot not in failed:
                draft.add(self.finding(draft, rules.CAMPAIGN_DISAGREES, column, fields))

    def _resolve(
        self, drafts: Sequence[Draft], of: Type, look: Look, contexts: Sequence[str | None] | None = None
    ) -> set[int]:
        """Resolve all columns of one type; the places of the rows where that failed.

        What a text means may hang on something else in its row, its ``context``. A value that failed is taken out.
        """
        failed: set[int] = set()
        for column in self.columns.get(of, ()):
            key = column.key
            texts = [draft.row.values.get(key) for draft in drafts]
            pairs = list(zip(texts, contexts or [None] * len(texts), strict=True))
            outcomes = {pair: look(str(pair[0]), pair[1]) for pair in set(pairs) if pair[0] is not None}
            told = {pair: found for pair, found in outcomes.items() if found[0] != pair[0] or found[1] is not None}
            for spot, pair in enumerate(pairs) if told else ():
                if pair not in told:
                    continue
                draft, text = drafts[spot], pair[0]
                values = draft.row.values
                value, rule, fields = told[pair]
                if value is None:
                    del values[key]
                    failed.add(spot)
                elif value != text:
                    values[key] = value
                    draft.row.original.setdefault(key, str(text))
                if rule is not None:
                    draft.add(self.finding(draft, rule, column, fields))
            failed.update(self._unread(drafts, texts, key))
        return failed

    def _unread(self, drafts: Sequence[Draft], texts: Sequence[Any], key: str) -> Iterator[int]:
        """The rows whose cell could not even be read."""
        if None not in texts:
            return
        for spot, (draft, text) in enumerate(zip(drafts, texts, strict=True)):
            if text is None and draft.findings:
                cell = draft.row.cells.get(key)
                if any(finding.cell and finding.cell == cell for finding in draft.findings):
                    yield spot

    def finding(
        self, draft: Draft, rule: Rule, column: Column | None, fields: Mapping[str, object] | None = None
    ) -> Finding:
        """A finding on one cell of a row, with the cell's text as it was typed."""
        number = draft.row.number
        if column is None:
            return Finding(rule, self.table.grid.name, self.table.cell(number - 1), fields=fields or {})
        cell = draft.row.cells.get(column.key) or self.table.cell(number - 1)
        value = ""
        place = self.spots.get(column.key)
        if place is not None:
            line = self.table.grid.rows[number - 1]
            value = plain(line[place])[:200] if place < len(line) else ""
            if not value and column.fill_down:  # taken from a merge or from the row above
                value = str(draft.row.values.get(column.key) or "")
        return self.table.finding(rule, cell, value, column, fields)

    # What each reference may be ------------------------------------------------------------------

    def _campaign(self, text: str) -> Outcome:
        campaigns = self.street.known.campaigns
        try:
            return campaign_from_text(simplified(text), campaigns.values()).code, None, {}
        except UnknownCampaignError:
            return None, rules.CAMPAIGN_UNKNOWN, {"allowed": [both(each) for each in campaigns.values()]}

    def _community(self, text: str) -> Outcome:
        found = self.street.places.find(text)
        if found is None:
            near = nearest(text, self.street.places.names)
            rule = rules.COMMUNITY_UNKNOWN_NEAR if near else rules.COMMUNITY_UNKNOWN
            return None, rule, {"near": near, "value": text}
        return found, None, {}

    def _site(self, text: str) -> Outcome:
        found = self.street.sites.find(text)
        if found is not None:
            return found, None, {}
        if not self.street.sites.names:
            return text, rules.SITE_UNLISTED, {}
        near = nearest(text, self.street.sites.names)
        rule = rules.SITE_UNKNOWN_NEAR if near else rules.SITE_UNKNOWN
        return None, rule, {"near": near, "value": text}

    def _dose(self, text: str, code: str | None) -> Outcome:
        campaign = self.street.known.campaigns.get(code or "")
        if campaign is None:
            return text, None, {}
        try:
            return campaign.dose_from_text(simplified(text)).code, None, {}
        except UnknownDoseError:
            allowed = [both(dose) for dose in campaign.doses]
            return None, rules.DOSE_UNKNOWN, {"campaign": both(campaign), "allowed": allowed}

    def _group(self, text: str, code: str | None) -> Outcome:
        campaign = self.street.known.campaigns.get(code or "")
        if campaign is None:
            return text, None, {}
        if squeeze(text) in _WHOLE:
            return ALL, None, {}
        try:
            return campaign.group_from_text(simplified(text)).code, None, {}
        except UnknownGroupError:
            allowed = [both(group) for group in campaign.groups]
            return None, rules.GROUP_UNKNOWN, {"campaign": both(campaign), "allowed": allowed}

    def _workstream(self, text: str) -> Outcome:
        try:
            return catalogue().workstream(simplified(text)).slug, None, {}
        except UnknownNameError as unknown:
            near = unknown.suggestions[:3]
            return None, rules.WORKSTREAM_UNKNOWN_NEAR if near else rules.WORKSTREAM_UNKNOWN, {"near": near}

    def _indicator(self, text: str, workstream: str | None) -> Outcome:
        try:
            return catalogue().find(simplified(text), workstream).code, None, {}
        except UnknownNameError as unknown:
            near = unknown.suggestions[:3]
            return None, rules.INDICATOR_UNKNOWN_NEAR if near else rules.INDICATOR_UNKNOWN, {"near": near}

    def _indicators_by_name(self, drafts: Sequence[Draft], workstreams: Sequence[str | None]) -> None:
        """The name given instead of the code."""
        outcomes: dict[tuple[str, str | None], Outcome] = {}
        for draft, workstream in zip(drafts, workstreams, strict=True):
            values = draft.row.values
            if values.get("indicator") is not None or not values.get("indicator_name"):
                continue
            key = (str(values["indicator_name"]), workstream)
            if key not in outcomes:
                outcomes[key] = self._indicator(*key)
            value, rule, fields = outcomes[key]
            if value is not None:
                values["indicator"] = value
            elif rule is not None and self.kind is not None:
                draft.add(self.finding(draft, rule, self.kind.column("indicator_name"), fields))
