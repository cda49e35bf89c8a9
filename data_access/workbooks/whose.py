"""Whose sheet it is: day, community and campaign from title, sheet name, file name and sender.

Where sources disagree nothing is guessed: a finding shows all of them and asks (identity I9).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import PurePath

from config import clock
from config.campaigns import Campaign, UnknownCampaignError, campaign_from_text, mentioned, other_vaccine
from data_access.findings import Finding
from data_access.workbooks import dates, rules
from data_access.workbooks.model import Hints, Known
from data_access.workbooks.names import Places, nearest, squeeze
from data_access.workbooks.recognise import Table

_SENDER = re.compile(
    r"(?:填报单位|上报单位|报送单位|填表单位|单位名称|社区名称|所属社区|社区)\s*[:：]\s*([^\s:：,，;；()（）]{2,30})"
)


def place_table(table: Table, filename: str, known: Known, hints: Hints, places: Places) -> None:
    """Settle day, community and campaign of a table from what title, sheet name, file name and sender say."""
    if table.kind is None:
        return
    sources = _sources(table, filename)
    if table.kind.date is not None:
        _settle_day(table, sources, hints)
    if "community" in table.kind.scope and any(column.key == "community" for column in table.kind.columns):
        _settle_community(table, sources, known, hints, places)
    _settle_campaign(table, sources, known, hints)


def _sources(table: Table, filename: str) -> dict[str, str]:
    texts = {"title": " ".join(table.title), "sheet": table.grid.name, "file": PurePath(filename).stem}
    return {name: text for name, text in texts.items() if text.strip()}


def _shown(sources: Mapping[str, str], values: Mapping[str, object]) -> str:
    """What each source says, in its own words, so that the finding needs no language."""
    return "; ".join(f"“{sources[name][:40]}” → {value}" for name, value in values.items())


def _settle_day(table: Table, sources: Mapping[str, str], hints: Hints) -> None:
    anchor = hints.day or clock.today()
    found: dict[str, tuple[date, bool]] = {}
    for name, text in sources.items():
        said = list(dates.mentioned(text, anchor, weak=True))
        if said:
            found[name] = said[-1]
            if name == "title" and said[-1][1]:
                anchor = said[-1][0]
    table.days = {_shown_source(sources, name): day for name, (day, _sure) in found.items()}
    shown = _shown(sources, {name: day.isoformat() for name, (day, _sure) in found.items()})
    cells = table.kind is not None and any(column.key == table.kind.date for column in table.columns.values())
    if hints.day is not None:
        table.day = hints.day
        if any(day != hints.day and sure for day, sure in found.values()) and not cells:
            fields = {"sources": shown, "day": hints.day.isoformat()}
            table.findings.append(Finding(rules.DATE_DISAGREES, table.grid.name, fields=fields))
        return
    days = {day for day, _sure in found.values()}
    if len(days) > 1:
        _settle_disagreement(table, found, shown, quiet=cells)
    elif days:
        table.day = days.pop()
        if not cells:
            sure = len(found) > 1 or any(sure for _day, sure in found.values())
            rule = rules.DATE_FROM if sure else rules.DATE_FROM_WEAK
            fields = {"day": table.day.isoformat(), "source": "“" + sources[next(iter(found))][:40] + "”"}
            table.findings.append(Finding(rule, table.grid.name, fields=fields))


def _shown_source(sources: Mapping[str, str], name: str) -> str:
    return f"“{sources[name][:40]}”"


def _settle_disagreement(table: Table, found: Mapping[str, tuple[date, bool]], shown: str, *, quiet: bool) -> None:
    """Two of three agreeing decide, with a warning that shows all; else nothing does (I9).

    ``quiet`` where the rows bear their own day: then the disagreement is judged against them.
    """
    votes: dict[date, set[str]] = {}
    for name, (day, _sure) in found.items():
        votes.setdefault(day, set()).add(name)
    winner = next((day for day, names in votes.items() if len(names) > 1), None)
    table.day = winner
    if quiet:
        return
    if winner is None:
        table.findings.append(Finding(rules.DATE_UNCLEAR, table.grid.name, fields={"sources": shown}))
    else:
        fields = {"sources": shown, "day": winner.isoformat()}
        table.findings.append(Finding(rules.DATE_DISAGREES, table.grid.name, fields=fields))


def _settle_community(table: Table, sources: Mapping[str, str], known: Known, hints: Hints, places: Places) -> None:
    column = any(column.key == "community" for column in table.columns.values())
    if hints.community is not None:
        table.community = places.find(hints.community)
        if table.community is None and not column:
            table.findings.append(_unknown_community(table, hints.community, places))
        return
    said: dict[str, str] = {}
    unknown = ""
    for name, text in sources.items():
        hits = places.mentioned(text)
        if not hits and name == "sheet" and (found := places.find(text)):
            hits = {found}
        if len(hits) == 1:
            said[name] = next(iter(hits))
        elif not hits and name == "title" and (sender := _SENDER.search(text)):
            word = sender[1]
            unknown = "" if squeeze(word).startswith(squeeze(known.street)) else word
            if found := places.find(word):
                said[name], unknown = found, ""
    if len(set(said.values())) == 1:
        table.community = next(iter(said.values()))
    elif column:
        return
    elif said:
        fields = {"sources": _shown(sources, said)}
        table.findings.append(Finding(rules.COMMUNITY_DISAGREES, table.grid.name, fields=fields))
    elif unknown:
        table.findings.append(_unknown_community(table, unknown, places))
    elif known.only is not None:
        table.community = known.only
    else:
        table.findings.append(Finding(rules.COMMUNITY_MISSING, table.grid.name))


def _unknown_community(table: Table, name: str, places: Places) -> Finding:
    near = nearest(name, places.names)
    rule = rules.COMMUNITY_UNKNOWN_NEAR if near else rules.COMMUNITY_UNKNOWN
    return Finding(rule, table.grid.name, "", name, fields={"near": "、".join(near)})


def _settle_campaign(table: Table, sources: Mapping[str, str], known: Known, hints: Hints) -> None:
    kind = table.kind
    if kind is None or "campaign" not in kind.scope:
        return
    table.campaign = known.default_campaign
    if hints.campaign is not None:
        try:
            table.campaign = campaign_from_text(hints.campaign, known.campaigns.values()).code
        except UnknownCampaignError:
            fields = {"allowed": _labels(known.campaigns.values())}
            table.findings.append(Finding(rules.CAMPAIGN_UNKNOWN, table.grid.name, "", hints.campaign, fields=fields))
            return
    said: dict[str, str] = {}
    for name, text in sources.items():
        hits = mentioned(text, known.campaigns.values())
        if len(hits) == 1:
            said[name] = hits[0].code
    if hints.campaign is None and said:
        if len(set(said.values())) > 1 and not any(column.key == "campaign" for column in table.columns.values()):
            words = {name: known.campaigns[code].zh for name, code in said.items()}
            fields = {"sources": _shown(sources, words)}
            table.findings.append(Finding(rules.CAMPAIGN_DISAGREES, table.grid.name, fields=fields))
            return
        table.campaign = next(iter(said.values()))
    elif hints.campaign is None and not any(column.key == "campaign" for column in table.columns.values()):
        foreign = (other_vaccine(text, known.campaigns.values()) for text in sources.values())
        if word := next(filter(None, foreign), None):
            fields = {"allowed": _labels(known.campaigns.values())}
            table.findings.append(Finding(rules.CAMPAIGN_NOT_RUN, table.grid.name, "", word, fields=fields))
            return
    campaign = known.campaigns.get(table.campaign)
    if campaign is not None:
        table.dose = _dose_in(" ".join(table.title), campaign)


def _dose_in(title: str, campaign: Campaign) -> str | None:
    """The one dose a title speaks of, for a roster without a column of doses."""
    bare = squeeze(title)
    hits = {dose.code for dose in campaign.doses if any(len(n) >= 2 and squeeze(n) in bare for n in dose.names)}
    return hits.pop() if len(hits) == 1 else None


def _labels(campaigns: Iterable[Campaign]) -> str:
    return "、".join(campaign.zh for campaign in campaigns)
