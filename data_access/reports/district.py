"""区级总览: the streets of a district side by side, each with the figures its own pages show (metrics.md §6.6, §6.9).

Nothing is computed here that a street's reports do not answer: a street is asked as it speaks itself, with its own
catalogue and settings, and the district only adds up and ranks, by the rule by which a street ranks its communities.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from config import clock
from config.campaigns import Campaign as Drive
from config.settings import settings
from data_access import accounts, database, metrics
from data_access.accounts import Actor, Capability
from data_access.catalogue import catalogues
from data_access.force import in_force
from data_access.metrics import Entry, Rate
from data_access.reports import (
    actions,
    coverage,
    directory,
    dispatch,
    frames,
    ranking,
    reporting,
    standing,
    workstreams,
)
from data_access.reports.view import View
from data_access.schema import Campaign, DataVersion, Street, Submission

RATES = ("coverage", "completion", "reported")
COUNTS = ("communities", "heard", "unreported", "increment", "increment_counted")
ALWAYS = ("matters", "overdue", "red", "cells")  # what needs no campaign
_FIGURES = [*COUNTS, "left", *(f"{name}_{part}" for name in RATES for part in "nd"), *ALWAYS]
_TYPES: dict[str, Any] = dict.fromkeys(_FIGURES, "Int64") | {"target": "Float64"}

DEFINITIONS: dict[str, tuple[str, str]] = {
    "coverage": (
        coverage.DEFINITIONS["coverage"][0].replace("全街", "街道、全区"),
        coverage.DEFINITIONS["coverage"][1].replace("The street is", "Street and district are"),
    ),
    "rank": ranking.DEFINITIONS["rank"],
    "heard": (
        "参评社区数/社区总数：未报社区不计入街道的分子和分母",
        "Communities ranked of all: those that did not report are in neither sum of their street",
    ),
    "completion": dispatch.DEFINITIONS["completion"],
    "reported": reporting.DEFINITIONS["reported"],
    "matters": ("未销号的事项，其中逾期的另列", "Matters not closed; of these the overdue ones beside them"),
    "red": (
        "专项矩阵中的红格（滞后，或零容忍事项已发生）/全部格",
        "Red cells of the workstream matrix (behind, or what may not happen did) of all cells",
    ),
}


def campaigns(acting: Actor) -> dict[str, str]:
    """The campaigns that any street of the district runs, code → name, in the order of the streets and their own."""
    found: dict[str, str] = {}
    acting.require(Capability.COMPARE_STREETS)
    with database.reading() as connection:
        rows = connection.execute(
            select(Campaign.definition)
            .join(Street, Street.id == Campaign.street_id)
            .where(Street.district_id == acting.district_id)
            .order_by(Street.id, Campaign.position)
        ).scalars()
        for definition in rows:
            drive = Drive.model_validate(definition)
            found.setdefault(drive.code, drive.label)
    return found


def latest_day(acting: Actor, campaign: str) -> date:
    """The latest day, today at most, of which any street of the district has an evening tally; today without one."""
    acting.require(Capability.COMPARE_STREETS)
    drive = select(Campaign.id).where(Campaign.street_id == Street.id, Campaign.code == campaign)
    latest = (
        select(Submission.business_date)
        .where(
            Submission.street_id == Street.id,
            Submission.campaign_id == drive.correlate(Street).scalar_subquery(),
            Submission.kind == "evening",
            Submission.business_date <= clock.today(),
            in_force(),
        )
        .order_by(Submission.business_date.desc())
        .limit(1)
    )
    with database.reading() as connection:
        query = select(func.max(latest.scalar_subquery())).where(Street.district_id == acting.district_id)
        found: date | None = connection.execute(query).scalar()
    return found or clock.today()


@dataclass(frozen=True, slots=True)
class Status:
    """What the overview says of its data: the last commit in any street, the data version, and which streets count."""

    changed_at: datetime | None
    data_version: int
    is_sample: bool


def status(acting: Actor, as_of: datetime | None = None) -> Status:
    """The last commit that counts in any street of the district; ``is_sample`` where any of them is invented."""
    acting.require(Capability.COMPARE_STREETS)
    own = Street.district_id == acting.district_id
    latest = select(func.max(Submission.committed_at)).where(Submission.street_id == Street.id)
    if as_of is not None:
        latest = latest.where(Submission.committed_at <= as_of)
    with database.reading() as connection:
        changed = connection.execute(select(func.max(latest.scalar_subquery())).where(own)).scalar()
        version = connection.execute(select(DataVersion.version)).scalar_one()
        sample = connection.execute(select(Street.id).where(own, Street.is_sample).limit(1)).first() is not None
    return Status(changed, version, sample)


def street(view: View) -> pd.DataFrame:
    """One street in one row, asked as it speaks; the running thread goes on as it did.

    Columns: street, is_sample, runs (whether it has the view's campaign; without it only matters, overdue, red and
    cells are known), target (percent); Int64: communities, heard (ranked of them), unreported, increment of one day
    over increment_counted communities, left (people to the target), coverage, completion and reported (all sheets of
    the day) as ``_n``/``_d``, matters (open) and overdue, red of cells of the workstream matrix; state (``ranked``, or
    why the street has no rank: ``unreported``, ``not_comparable``, ``no_denominator``); estimates as in
    ``frames.frame``.
    """
    return copy_context().run(_street, view)


def _street(view: View) -> pd.DataFrame:
    with database.reading() as connection:
        accounts.enter_street(connection, view.actor.street_id)
        if view.as_of is not None:
            catalogues.enter(connection, view.actor.street_id, view.as_of)
    known, drives = directory.street(view.actor), {one.code: one for one in directory.campaigns(view.actor)}
    row: dict[str, Any] = {"street": known.name, "is_sample": known.is_sample, "runs": view.campaign in drives}
    row |= _campaign(view, drives[view.campaign]) if row["runs"] else {"state": "not_comparable"}
    asked = view if row["runs"] else replace(view, campaign=next(iter(drives)))
    settled, cells = actions.summary(asked), workstreams.tiles(asked)
    row |= {"matters": frames.figure(settled.iloc[0], "open"), "overdue": frames.figure(settled.iloc[0], "overdue")}
    row |= {"red": cells.red, "cells": cells.cells}
    columns = ["street", "is_sample", "runs", "state", "target", *_FIGURES, "estimates"]
    return frames.frame([row], columns, _TYPES)


def _campaign(view: View, drive: Drive) -> dict[str, Any]:
    """What a street that runs the campaign has to say of it."""
    whole = ranking.total(view).iloc[0]
    sheets = reporting.totals(view).iloc[-1]
    row: dict[str, Any] = {"communities": whole["field"], "heard": whole["ranked"], "target": standing.target(drive)}
    row |= {name: frames.figure(whole, name) for name in ("unreported", "increment", "increment_counted", "left")}
    for name, (n, d) in {
        "coverage": frames.pair(whole, "coverage"),
        "completion": dispatch.total(dispatch.totals(view), "completion"),
        "reported": frames.pair(sheets, "reported"),
    }.items():
        row |= {f"{name}_n": n, f"{name}_d": d}
    states = [name for name in ("ranked", "unreported", "not_comparable", "no_denominator") if whole[name]]
    return row | {"state": states[0] if states else "unreported"}


def table(streets: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of ``street`` ranked by coverage: first those with a rank, then those without one.

    Further columns: rank (Int64), tied, low and high (Wilson interval, percent), same_as_above (≈ with the row above;
    <NA> without interval), alike (letters of ``metrics.alike``), marks (codes separated by spaces: over, small_base,
    partial, estimate, sample, no_campaign), reached (the street's own target; <NA> where none applies). An invented
    street is not comparable beside real ones.
    """
    rows: list[dict[str, Any]] = pd.concat(streets, ignore_index=True).to_dict("records")  # type: ignore[assignment]
    mixed = not all(row["is_sample"] for row in rows)
    entries = []
    for row in rows:
        row["apart"] = "sample" if mixed and row["is_sample"] else "" if row["runs"] else "no_campaign"
        state: metrics.RankState = "not_comparable" if row["apart"] else row["state"]
        entries.append(Entry(str(row["street"]), frames.rate(row, "coverage"), state))
    known = {str(row["street"]): row for row in rows}
    ranked = metrics.rank(entries, dense=settings().dense_ranks)
    intervals = [metrics.wilson(place.rate) if place.state == "ranked" else None for place in ranked]
    made = []
    above: metrics.Interval | None = None
    for place, interval, letters in zip(ranked, intervals, metrics.alike(intervals), strict=True):
        row = known[place.key]
        made.append(
            row
            | {"rank": place.rank, "state": place.state, "tied": place.tied, "alike": letters}
            | {"low": None if interval is None else interval[0] * 100}
            | {"high": None if interval is None else interval[1] * 100}
            | {"same_as_above": metrics.overlap(above, interval), "marks": _marks(row, place)}
            | {"reached": metrics.meets(place.rate, row["target"]) if place.state == "ranked" else None}
        )
        above = interval
    columns = ["rank", "state", "tied", "street", "is_sample", "runs", "target", *_FIGURES, "low", "high"]
    columns += ["same_as_above", "alike", "marks", "reached", "estimates"]
    types = _TYPES | {"rank": "Int64", "low": "Float64", "high": "Float64", "tied": "bool"}
    return frames.frame(made, columns, types | {"same_as_above": "boolean", "reached": "boolean"})


def _marks(row: dict[str, Any], place: metrics.Ranked[str]) -> str:
    base = place.rate.denominator
    marks = {
        row["apart"]: bool(row["apart"]),
        "over": place.suspect,
        "small_base": place.state == "ranked" and base is not None and base < settings().thresholds.small_base,
        "partial": place.state == "ranked" and bool(row["unreported"]),
        "estimate": place.rate.approximate,
    }
    return " ".join(name for name, holds in marks.items() if holds)


def total(table: pd.DataFrame) -> pd.Series:
    """The district: sum over sum of the streets of ``table``, invented ones beside real ones left out.

    A row of their figures but for ``left``, and of ``streets`` and ``ranked`` (how many have a rank). A sum over
    nothing is missing, not 0.
    """
    rows = [row for row in table.to_dict("records") if "sample" not in str(row["marks"]).split()]
    made: dict[str, Any] = {"streets": len(table), "ranked": int(table["rank"].notna().sum())}
    for name in RATES:
        added: Rate = metrics.sum_rates(frames.rate(row, name) for row in rows).rate
        made |= {f"{name}_n": added.numerator, f"{name}_d": added.denominator}
    for name in (*COUNTS, *ALWAYS):  # not ``left``: who is above the target has nobody to give away
        told = [count for row in rows if (count := frames.figure(row, name)) is not None]
        made[name] = sum(told) if told else None
    columns = ["streets", "ranked", *_FIGURES, "estimates"]
    return frames.frame([made], columns, dict.fromkeys(columns[:-1], "Int64")).iloc[0]
