"""From official names to keys, within one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from data_access import naming
from data_access.inbox.facts import by_column
from data_access.schema import Campaign, Community, Site
from data_access.workbooks.model import Scope


class Identities:
    """The keys of a street's communities, sites and campaigns; registers new communities and sites as they come."""

    def __init__(self, connection: Connection, street_id: int) -> None:
        self.connection, self.street_id = connection, street_id
        self.grown = False  # whether a site or a community was registered
        self._communities = self._load(Community.name, naming.identity(), Community.street_id)
        self._sites = self._load(Site.name, Site.id, Site.street_id)
        self._campaigns = self._load(Campaign.code, Campaign.id, Campaign.street_id)

    def _load(self, name: Any, key: Any, street: Any) -> dict[str, int]:
        rows = self.connection.execute(select(name, key).where(street == self.street_id))
        return {row[0]: row[1] for row in rows}

    def community(self, name: str | None) -> int | None:
        """The key of a community; None if it is not registered (yet)."""
        return self._communities.get(name) if name else None

    def official(self, name: str) -> str:
        """The name that a community bears, of one that it bears or bore; an unknown name as it is."""
        rows = select(Community.name).where(Community.id == self._communities.get(name))
        return self.connection.execute(rows).scalar() or name

    def retired_on(self, name: str) -> date | None:
        """The day from which a community owes nothing more; None where it goes on or is not registered."""
        rows = select(Community.retired_on).where(Community.id == self._communities.get(name))
        return self.connection.execute(rows).scalar()

    def campaign(self, code: str | None) -> int | None:
        """The key of a campaign."""
        return self._campaigns[code] if code else None

    def site(self, name: str | None) -> int | None:
        """The key of a site, registered at its first mention."""
        if not name:
            return None
        if name not in self._sites:
            self.grown = True
            self._sites[name] = self.connection.execute(
                insert(Site).values(street_id=self.street_id, name=name).returning(Site.id)
            ).scalar_one()
        return self._sites[name]

    def register(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """Give new communities their identity: a key, a code that is never reused, a place in the register."""
        for entry in entries:
            if entry["name"] in self._communities:
                continue
            self.grown = True
            position = self._next_position()
            code = entry["code"] or f"C{position:02d}"
            self._communities[entry["name"]] = self.connection.execute(
                insert(Community)
                .values(street_id=self.street_id, name=entry["name"], code=code, position=position)
                .returning(Community.id)
            ).scalar_one()

    def _next_position(self) -> int:
        highest = self.connection.execute(
            select(func.max(Community.position)).where(Community.street_id == self.street_id)
        ).scalar()
        return (highest or 0) + 1

    def scope_text(self, scope: Scope) -> str:
        """A scope as one text, by which its revisions are found."""
        community = self.community(scope.community) or scope.community
        parts = (scope.kind, scope.campaign, community, scope.business_date, scope.period, scope.topic)
        return "|".join("" if part is None else str(part) for part in parts)

    def resolve(
        self, scope: Scope, facts: Sequence[Mapping[str, Any]], community_id: int | None
    ) -> dict[str, Sequence[Any]]:
        """The facts of one scope by column, ready to be stored: names replaced by keys."""
        said = by_column(facts)
        stored: dict[str, Sequence[Any]] = {n: column for n, column in said.items() if n not in ("site", "community")}
        if "site" in said or scope.kind == "sites":
            stored["site_id"] = [self.site(name) for name in said["name" if scope.kind == "sites" else "site"]]
        if scope.kind != "sites":
            stored["community_id"] = [community_id] * len(facts)
        if scope.kind in ("baseline", "roster", "morning", "evening"):
            stored["campaign_id"] = [self.campaign(scope.campaign)] * len(facts)
        return stored
