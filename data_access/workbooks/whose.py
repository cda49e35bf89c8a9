"""Whose sheet it is: day, community and campaign from title, sheet name, file name and sender.

Where sources disagree nothing is guessed: a finding shows all of them and asks (identity I9).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import PurePath

from config import clock
from config.campaigns import Campaign, UnknownCampaignError, campaign_from_text, mentioned, other_vaccine
from data_access.findings import Finding, both
from data_access.sheets.declaration import Type
from data_access.workbooks import dates, rules
from data_access.workbooks.model import Hints, Known
from data_access.workbooks.names import Places, clean, nearest, squeeze
from data_access.workbooks.recognise import Table
from data_access.workbooks.totals import is_total

_SENDER = re.compile(
    r"(?:填报单位|上报单位|报送单位|填表单位|单位名称|社区名称|所属社区|社区)\s*[:：]\s*([^\s:：,，;；()（）]{2,30})"
)

_PARTS = re.compile(r"[\s_\-—–()+.、,:·~&]+|\d+[年月日号.]*")
_KIND_WORDS = re.compile(
    r"早会商|早调度|早会|晚调度|晚会商|接种名单|花名册|名单|台账|进展|资料清单|督办|整改|日报|周报|月报|新冠|流感|疫苗|接种|"
    r"附件|报送|上报|填报|更正|修改|最终|最新|版|表$|汇总|统计|情况"
)


def place_table(table: Table, filename: str, known: Known, hints: Hints, places: Places) -> None:
    """Settle day, community and campaign of a table from what title, sheet name, file name and sender say."""
    if table.kind is None:
        return
    if table.key is not None:
        _name_key(table, table.key, hints, places)
    sources = _sources(table, filename)
    if table.kind.date is not None:
        _settle_day(table, sources, hints)
    if "community" in table.kind.scope and any(column.key == "community" for column in table.kind.columns):
        _settle_community(table, sources, known, hints, places)
    _settle_campaign(table, sources, known, hints)


def _sources(table: Table, filename: str) -> dict[str, str]:
    texts = {
        "title": " ".join(table.title),
        "header": table.dated,
        "sheet": table.grid.name,
        "file": PurePath(filename).stem,
    }
    return {name: text for name, text in texts.items() if text.strip()}


def _shown(sources: Mapping[str, str], values: Mapping[str, object]) -> str:
    """What each source says, in its own words, so that the finding needs no language."""
    return "; ".join(f"“{sources[name][:40]}” → {value}" for name, value in values.items())


def _name_key(table: Table, key: int, hints: Hints, places: Places) -> None:
    """What the nameless column of a turned table holds, which were the heads of its columns: communities or days."""
    kind, lines = table.kind, table.grid.rows[table.body : table.end]
    cells = [line[key] for line in lines if key < len(line) and line[key] != ""]
    cells = [cell for cell in cells if not isinstance(cell, str) or is_total(squeeze(cell)) is None]
    if kind is None or not cells:
        return
    anchor = hints.day or clock.today()
    hits = sum(isinstance(cell, str) and places.find(cell) is not None for cell in cells)
    days = sum(isinstance(dates.day_of(cell, anchor), date) for cell in cells)
    of, enough = (Type.COMMUNITY, hits) if hits else (Type.DATE, days)
    wanted = next((column for column in kind.columns if column.type is of and column.required), None)
    if wanted is None or wanted.key in table.heads or enough * 2 < len(cells):
        return
    if key in table.columns:
        del table.heads[table.columns[key].key]
    table.columns[key] = wanted
    table.heads[wanted.key] = wanted.zh
    cell = table.cell(table.body - 1, key)
    unknown = (rules.COLUMN_UNKNOWN, rules.COLUMN_UNKNOWN_NEAR)
    table.findings = [finding for finding in table.findings if finding.rule not in unknown or finding.cell != cell]


def _settle_day(table: Table, sources: dict[str, str], hints: Hints) -> None:
    kind = table.kind
    if kind is None:
        return
    found = _days_said(table, sources, hints.day or clock.today())
    table.days = {_shown_source(sources, name): day for name, (day, _sure) in found.items()}
    shown = _shown(sources, {name: day.isoformat() for name, (day, _sure) in found.items()})
    cells = any(column.key == kind.date for column in table.columns.values())
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


def _days_said(table: Table, sources: dict[str, str], anchor: date) -> dict[str, tuple[date, bool]]:
    """The day each source speaks of, and whether it is sure. A table without a day in its own title has that of the
    sheet; only where nobody names a month does a day alone count, and last the day of filling in a tally."""
    found: dict[str, tuple[date, bool]] = {}
    heading = " ".join(table.heading)
    if heading and not list(dates.mentioned(sources.get("title", ""), anchor, weak=True)):
        sources["title"] = heading
    for name, text in sources.items():
        said = list(dates.mentioned(text, anchor, weak=True))
        if said:
            found[name] = said[-1]
            if name == "title" and said[-1][1]:
                anchor = said[-1][0]
    if not found:
        month = next((month for text in sources.values() if (month := dates.month_in(text, anchor))), anchor)
        alone = {name: day for name, text in sources.items() if (day := dates.day_alone_in(text, month))}
        found = {name: (day, False) for name, day in alone.items()}
    kind = table.kind
    if not found and kind is not None and kind.date == "biz_date" and kind.date not in table.heads:
        filled = ((name, dates.filled_in(text, anchor)) for name, text in sources.items())
        found = {name: (day, False) for name, day in filled if day is not None}
    return found


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
    if winner is None:  # 2.6 and 0812 may as well number an attachment: they decide nothing against a plain day
        plain = {name: day for name, (day, sure) in found.items() if sure}
        winner = next(iter(plain.values())) if len(plain) == 1 and "sheet" not in plain else None
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
    if table.heading and not places.mentioned(sources.get("title", "")):
        sources = {"title": " ".join((*table.heading, *table.title)), **sources}
    for name, text in sources.items():
        hits = places.mentioned(text)
        if not hits and name != "title":
            hits = set(filter(None, map(places.find, _names_in(text))))
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


def _names_in(text: str) -> Iterator[str]:
    """What may be a community's name in the name of a sheet or file: 朝阳0812早会商 is 朝阳."""
    yield text
    for part in _PARTS.split(clean(text)):
        if len(rest := _KIND_WORDS.sub("", part)) >= 2:
            yield rest


def _unknown_community(table: Table, name: str, places: Places) -> Finding:
    near = nearest(name, places.names)
    rule = rules.COMMUNITY_UNKNOWN_NEAR if near else rules.COMMUNITY_UNKNOWN
    return Finding(rule, table.grid.name, "", name, fields={"near": near})


def _settle_campaign(table: Table, sources: Mapping[str, str], known: Known, hints: Hints) -> None:
    kind = table.kind
    if kind is None or "campaign" not in kind.scope:
        return
    table.campaign = known.default_campaign
    allowed = {"allowed": [both(each) for each in known.campaigns.values()]}
    if hints.campaign is not None:
        try:
            table.campaign = campaign_from_text(hints.campaign, known.campaigns.values()).code
        except UnknownCampaignError:
            table.findings.append(Finding(rules.CAMPAIGN_UNKNOWN, table.grid.name, "", hints.campaign, fields=allowed))
            return
    said: dict[str, str] = {}
    for name, text in sources.items():
        hits = mentioned(text, known.campaigns.values())
        if len(hits) == 1:
            said[name] = hits[0].code
    if hints.campaign is None and said:
        if len(set(said.values())) > 1:
            table.campaign = None
            words = {name: known.campaigns[code].zh for name, code in said.items()}
            shown = _shown(sources, words)
            if any(column.key == "campaign" for column in table.columns.values()):
                table.unsettled = shown
            else:
                fields = {"sources": shown}
                table.findings.append(Finding(rules.CAMPAIGN_DISAGREES, table.grid.name, fields=fields))
            return
        table.campaign = next(iter(said.values()))
    elif hints.campaign is None and not any(column.key == "campaign" for column in table.columns.values()):
        foreign = (other_vaccine(text, known.campaigns.values()) for text in sources.values())
        if word := next(filter(None, foreign), None):
            table.findings.append(Finding(rules.CAMPAIGN_NOT_RUN, table.grid.name, "", word, fields=allowed))
            return
    campaign = known.campaigns.get(table.campaign)
    if campaign is not None:
        table.dose = _dose_in(" ".join(table.title), campaign)


def _dose_in(title: str, campaign: Campaign) -> str | None:
    """The one dose a title speaks of, for a roster without a column of doses."""
    bare = squeeze(title)
    hits = {dose.code for dose in campaign.doses if any(len(n) >= 2 and squeeze(n) in bare for n in dose.names)}
    return hits.pop() if len(hits) == 1 else None
