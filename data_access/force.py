"""What counts: which submissions are in force, now or as of a moment, and when a sum over their rows is whole."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, func, or_
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass

from data_access.schema import Submission


def in_force(as_of: datetime | None = None) -> ColumnElement[bool]:
    """The condition under which a submission counts.

    Now: neither superseded nor withdrawn. As of a moment: committed by then, not withdrawn by then, and no higher
    revision of the same scope that was. Both agree at the present moment.
    """
    if as_of is None:
        return and_(Submission.superseded_at.is_(None), Submission.withdrawn_at.is_(None))
    later = aliased(Submission)
    return and_(
        _alive(Submission, as_of),
        ~exists().where(
            later.street_id == Submission.street_id,
            later.scope == Submission.scope,
            later.revision > Submission.revision,
            _alive(later, as_of),
        ),
    )


def _alive(submission: type[Submission] | AliasedClass[Submission], as_of: datetime) -> ColumnElement[bool]:
    return and_(
        submission.committed_at <= as_of,
        or_(submission.withdrawn_at.is_(None), submission.withdrawn_at > as_of),
    )


def complete_sum(column: Any) -> ColumnElement[int | None]:
    """The sum of a column if every row has it, else missing: a part of the sites is not the community."""
    return case((func.count(column) == func.count(), func.sum(column)), else_=None)


def estimated(column: Any) -> ColumnElement[Any]:
    """The ``estimates`` of several rows as one text, for ``estimates_in``."""
    return func.aggregate_strings(cast(column, Text), " ")


def estimates_in(text: str | None) -> frozenset[str]:
    """The columns that one of the rows gives as an estimate: a sum with one in it holds only about."""
    return frozenset(re.findall(r"\w+", text or ""))
