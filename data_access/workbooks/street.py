"""The street as the checks see it: what is known, and what the same workbook has just declared."""

from __future__ import annotations

from collections.abc import Iterable

from config.campaigns import Campaign
from data_access.workbooks.model import Known, KnownCommunity, KnownSite, Row
from data_access.workbooks.names import SITE_SUFFIXES, Places


class Street:
    """Communities, sites and campaigns by any of their names. Base sheets of a workbook add to it."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.places = Places(street=known.street)
        self.sites = Places(street=known.street, suffixes=SITE_SUFFIXES)
        self.communities: dict[str, KnownCommunity] = {}
        self.site_facts: dict[str, KnownSite] = {}
        for community in known.communities:
            self.add_community(community)
        for site in known.sites:
            self.add_site(site)

    @property
    def campaigns(self) -> dict[str, Campaign]:
        """The campaigns by code."""
        return dict(self.known.campaigns)

    def add_community(self, community: KnownCommunity) -> None:
        """Make a community known; a newer entry of the same name takes the place of the older."""
        self.communities[community.name] = community
        self.places.add(community.name, community.aliases)

    def add_site(self, site: KnownSite) -> None:
        """Make a site known; a newer entry of the same name takes the place of the older."""
        self.site_facts[site.name] = site
        self.sites.add(site.name)

    def called(self, text: str) -> str | None:
        """The official name of a community that a person asks for by name, alias, other suffix or code."""
        codes = {community.code: name for name, community in self.communities.items() if community.code}
        return self.places.find(text) or codes.get(text.strip())

    def declare(self, kind: str, rows: Iterable[Row]) -> None:
        """Take in the accepted rows of a list of communities or sites, for the sheets after it."""
        for row in rows:
            values = row.values
            if kind == "communities":
                self.add_community(
                    KnownCommunity(
                        name=values["name"],
                        code=values.get("code") or "",
                        kind=values.get("kind") or "community",
                        aliases=tuple(values.get("aliases") or ()),
                        active_from=values.get("active_from"),
                        active_until=values.get("active_until"),
                    )
                )
            elif kind == "sites":
                self.add_site(
                    KnownSite(
                        name=values["name"],
                        kind=values.get("kind") or "regular",
                        daily_capacity=values.get("daily_capacity"),
                        batch_capacity=values.get("batch_capacity"),
                        open_from=values.get("open_from"),
                        open_until=values.get("open_until"),
                    )
                )
