"""What the commands are told: days, moments, accounts and campaigns, in the words of whoever types them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import click

from config import clock
from config.campaigns import Campaign, UnknownCampaignError, campaign_from_text
from config.language import _
from data_access import accounts
from data_access.accounts import Actor


class Day(click.ParamType[date]):
    """A business date."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """An ISO date."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(_("{value} is not a date like 2022-08-12.", value=value), param, ctx)


class Moment(click.ParamType[datetime]):
    """A moment: an ISO time, HH:MM of today or a day (its end); Asia/Shanghai where it bears no offset."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware instant in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            if len(value) <= 5:
                return clock.wall(clock.today(), time.fromisoformat(value.zfill(5)))
            if len(value) <= 10:
                return clock.wall(date.fromisoformat(value), time.max)
            return clock.instant(datetime.fromisoformat(value))
        except ValueError:
            self.fail(_("{value} is not a time like 2022-08-12T08:40 or 08:40.", value=value), param, ctx)


def acting(name: str | None) -> Actor:
    """The account to act as; without a name that of the machine itself."""
    return accounts.actor(name) if name else accounts.console()


def campaign(campaigns: Sequence[Campaign], text: str) -> str:
    """The code of a campaign called by code or name."""
    try:
        return campaign_from_text(text, campaigns).code
    except UnknownCampaignError:
        known = ", ".join(f"{campaign.code} ({campaign.label})" for campaign in campaigns)
        raise click.BadParameter(
            _("There is no campaign {name}; there are {known}.", name=text, known=known), param_hint="--campaign"
        ) from None
