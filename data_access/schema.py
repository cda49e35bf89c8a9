"""The tables of the shared database (SQLAlchemy 2 declarative), the same on SQLite and PostgreSQL.

Facts hang on submissions. A submission is never updated in place: a new revision of its scope supersedes it, and a
withdrawal brings the revision before back. Names, telephones and free text about people are ``Sealed`` columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import String, Text, TypeDecorator, TypeEngine

from data_access.privacy import keys


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC on databases that know no offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; a moment without an offset is refused, since nobody could say which it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Sealed(TypeDecorator[str]):
    """Text that is encrypted in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypted with the office's key."""
        return None if value is None else keys().seal(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypted with the office's key."""
        return None if value is None else keys().open(bytes(value)).decode()


class Exact(TypeDecorator[Decimal]):
    """A decimal number of at most four places; SQLite, which knows floats only, is given and asked for just those."""

    impl = Numeric(18, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC where it is exact, a float elsewhere."""
        return dialect.type_descriptor(Float() if dialect.name == "sqlite" else Numeric(18, 4))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | float | None:
        """Rounded half-up to four places."""
        if value is None:
            return None
        kept = Decimal(value).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        return float(kept) if dialect.name == "sqlite" else kept

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Without trailing zeros, so that 46 reads as 46."""
        return None if value is None else _plain(value)


@lru_cache(maxsize=1 << 16)  # a matrix reads thousands of figures, and most of them are small numbers
def _plain(value: Any) -> Decimal:
    exact = Decimal(str(value)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact.normalize()


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that are encrypted in the database: the original of an upload."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Encrypted with the office's key."""
        return None if value is None else keys().seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Decrypted with the office's key."""
        return None if value is None else keys().open(bytes(value))


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common types: instants in UTC, big keys, JSON."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        Decimal: Exact,
        dict[str, Any]: JSON,
        list[str]: JSON,
        str: Text,
    }


Key = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only plain INTEGER keys
Short = String(64)


class District(Base):
    """The level above the streets: it has no facts of its own, only sight of the streets that belong to it."""

    __tablename__ = "district"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(Short, unique=True)


class Street(Base):
    """A street office; every fact knows its street through its community. One without a district stands alone."""

    __tablename__ = "street"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(Short, unique=True)
    name: Mapped[str]
    is_sample: Mapped[bool] = mapped_column(default=False)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    stamp: Mapped[str | None] = mapped_column(Short)  # digest of its last audit event: new with whatever changes in it


class Community(Base):
    """The identity of a community; what is said of it over time stands in ``community_entry``."""

    __tablename__ = "community"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    name: Mapped[str] = mapped_column(Short)
    code: Mapped[str] = mapped_column(Short)
    position: Mapped[int]  # register order
    retired_on: Mapped[date | None]  # from then on it owes nothing; its history stays
    merged_into: Mapped[int | None] = mapped_column(Key)  # the community that goes on in its place
    __table_args__ = (UniqueConstraint("street_id", "name"), UniqueConstraint("street_id", "code"))


class Site(Base):
    """The identity of a vaccination site; its kind and capacity over time stand in ``site_entry``."""

    __tablename__ = "site"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    name: Mapped[str] = mapped_column(Short)
    __table_args__ = (UniqueConstraint("street_id", "name"),)


class Campaign(Base):
    """A vaccination drive as data: doses, groups, target, dates (see ``config.campaigns.Campaign``)."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    code: Mapped[str] = mapped_column(Short)
    position: Mapped[int]
    definition: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("street_id", "code"),)


class CalendarDay(Base):
    """A rest day or a day without vaccination (停种), for one campaign or for all."""

    __tablename__ = "calendar"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    day: Mapped[date]
    note: Mapped[str | None]
    __table_args__ = (Index(None, "street_id", "day"),)


class Account(Base):
    """Who may sign in. ``generation`` grows with each event that must end all sessions.

    An account of a district (``district_id``) belongs to no street: its ``street_id`` is only the street at whose
    console it was made, where its sign-ins are recorded; of that street it sees nothing by itself.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    username: Mapped[str] = mapped_column(Short, unique=True)
    display_name: Mapped[str | None] = mapped_column(Sealed)
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(Short)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    generation: Mapped[int] = mapped_column(default=1)
    must_change: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    password_until: Mapped[datetime | None]  # a one-time password is of use until then
    subject: Mapped[str | None] = mapped_column(String(255))  # who this is at the office's single sign-on
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    __table_args__ = (Index(None, "subject", unique=True),)


class Visit(Base):
    """A signed-in session of an account. ``token`` is the keyed hash of what its cookie carries.

    It ends on signing out, with the account's generation, and by itself when nobody was ``seen_at`` it for too long.
    """

    __tablename__ = "visit"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token: Mapped[str] = mapped_column(Short, unique=True)
    generation: Mapped[int]
    lasting: Mapped[bool] = mapped_column(default=False)  # "stay signed in here"
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Throttle(Base):
    """Failed sign-ins of one account or one address (``key``: its keyed hash) and until when it has to wait."""

    __tablename__ = "throttle"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(Short, unique=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    until: Mapped[datetime | None]


class Setting(Base):
    """What an administrator set in the page over the office's file; ``name`` is the dotted name of the setting."""

    __tablename__ = "setting"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    name: Mapped[str] = mapped_column(Short)
    value: Mapped[str]  # JSON; sealed text where the setting is a secret
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("street_id", "name"),)


class Backup(Base):
    """A backup that was made, or failed; where it lies and what proves it."""

    __tablename__ = "backup"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    path: Mapped[str]
    size: Mapped[int | None] = mapped_column(Key)
    sha256: Mapped[str | None] = mapped_column(Short)
    data_version: Mapped[int | None] = mapped_column(Key)
    verified_at: Mapped[datetime | None]
    failure: Mapped[str | None]


class Workbook(Base):
    """The original bytes of an upload, encrypted, and where they came from."""

    __tablename__ = "workbook"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    sha256: Mapped[str] = mapped_column(Short)
    filename: Mapped[str] = mapped_column(Sealed)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(SealedBytes)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    address: Mapped[str | None]
    received_at: Mapped[datetime]
    purged_at: Mapped[datetime | None]  # its people were purged: the content is gone, hash and size stay
    __table_args__ = (UniqueConstraint("street_id", "sha256"),)


class Batch(Base):
    """Workbooks that were handed over together, by one account; what was committed of them can be undone together.

    ``source``: page, import (command line), watch (folder). The open batch of an account on the page is the one that
    is not closed.
    """

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    source: Mapped[str] = mapped_column(Short)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (Index(None, "street_id", "account_id", "closed_at"),)


class BatchFile(Base):
    """A file of a batch from the moment it arrived. ``content`` is held until it is committed (the workbook keeps it
    then) or taken out; ``hints`` and ``mends`` are what the sender said and corrected, as JSON.

    ``workbook_id`` is set once something of it was committed.
    """

    __tablename__ = "batch_file"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), index=True)
    filename: Mapped[str] = mapped_column(Sealed)
    sha256: Mapped[str] = mapped_column(Short)
    size: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(SealedBytes)
    address: Mapped[str | None]
    received_at: Mapped[datetime]
    hints: Mapped[dict[str, Any]]
    mends: Mapped[str | None] = mapped_column(Sealed)
    committed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    workbook_id: Mapped[int | None] = mapped_column(ForeignKey("workbook.id"))


class CatalogueEntry(Base):
    """A workstream or an indicator that the street declared itself, beside those that are shipped.

    ``sort``: workstream or indicator; ``code`` is the workstream's slug or the indicator's code; ``definition`` holds
    the fields of ``config.indicators``. Of a code's entries whose ``valid_from`` has come, the latest one counts.
    """

    __tablename__ = "catalogue_entry"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    sort: Mapped[str] = mapped_column(Short)
    code: Mapped[str] = mapped_column(Short)
    definition: Mapped[dict[str, Any]]
    valid_from: Mapped[date | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "street_id", "sort", "code"),)


class Submission(Base):
    """One accepted sheet for one scope (kind, campaign, community, business date or period, topic).

    ``scope`` is the scope written as one text; (scope, revision) is unique, so two people saving at once are kept in
    order. In force now: neither superseded nor withdrawn. In force at T: the highest revision committed by T and
    not withdrawn by T.
    """

    __tablename__ = "submission"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    scope: Mapped[str] = mapped_column(String(255))
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(Short)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    business_date: Mapped[date | None]
    period: Mapped[str | None] = mapped_column(Short)
    topic: Mapped[str | None] = mapped_column(Short)
    workbook_id: Mapped[int | None] = mapped_column(ForeignKey("workbook.id"))
    sheet: Mapped[str | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    received_at: Mapped[datetime]
    committed_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Sealed)
    rows_accepted: Mapped[int]
    rows_refused: Mapped[int]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batch.id"), index=True)
    digest: Mapped[str | None] = mapped_column(Short)  # keyed hash of the figures without their day; None where too few
    timeliness: Mapped[str | None] = mapped_column(Short)  # on_time, late, supplied; None where nothing is due
    __table_args__ = (
        UniqueConstraint("street_id", "scope", "revision"),
        Index(None, "street_id", "kind", "business_date", "community_id"),
        Index(None, "workbook_id"),
        Index(None, "street_id", "kind", "community_id", "period"),
        Index(None, "street_id", "committed_at"),
        Index(None, "street_id", "community_id", "committed_at"),
    )


class Fact:
    """What every fact row carries: the submission it hangs on and the row of the sheet it came from."""

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    row: Mapped[int]


class CommunityEntry(Fact, Base):
    """What the register says of a community."""

    __tablename__ = "community_entry"
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), index=True)
    code: Mapped[str | None] = mapped_column(Short)
    name: Mapped[str] = mapped_column(Short)
    kind: Mapped[str] = mapped_column(Short, default="community")
    aliases: Mapped[list[str]]
    area: Mapped[str | None] = mapped_column(Short)
    lead_cadre: Mapped[str | None] = mapped_column(Sealed)
    liaison: Mapped[str | None] = mapped_column(Sealed)
    liaison_phone: Mapped[str | None] = mapped_column(Sealed)
    households: Mapped[int | None]
    population: Mapped[int | None]
    active_from: Mapped[date | None]
    active_until: Mapped[date | None]


class SiteEntry(Fact, Base):
    """What the site list says of a site."""

    __tablename__ = "site_entry"
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str] = mapped_column(Short)
    kind: Mapped[str] = mapped_column(Short)
    daily_capacity: Mapped[int | None]
    batch_capacity: Mapped[int | None]
    address: Mapped[str | None]
    open_from: Mapped[date | None]
    open_until: Mapped[date | None]


class DayFact(Fact):
    """A fact of one community's day in one campaign.

    ``estimates`` of the tallies and the base names the columns whose figure was written as an estimate (46余).
    """

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))


class Baseline(DayFact, Base):
    """摸底 counts of one community and group; group ``all`` is the community's own total. They count from ``as_of``."""

    __tablename__ = "baseline"
    as_of: Mapped[date]
    person_group: Mapped[str] = mapped_column(Short)
    to_survey: Mapped[int | None]
    surveyed: Mapped[int | None]
    contraindicated: Mapped[int | None]
    deferred: Mapped[int | None]
    eligible: Mapped[int | None]  # as printed; a check only
    opening_d1: Mapped[int | None]
    opening_full: Mapped[int | None]
    opening_b: Mapped[int | None]
    estimates: Mapped[list[str] | None]
    __table_args__ = (Index(None, "street_id", "campaign_id", "community_id", "as_of"),)


class Callup(DayFact, Base):
    """A person called up: one row of a roster. The document number is kept as keyed hash and last four only."""

    __tablename__ = "callup"
    vaccination_date: Mapped[date]
    person_key: Mapped[str] = mapped_column(Short)
    id_type: Mapped[str | None] = mapped_column(Short)
    id_last4: Mapped[str | None] = mapped_column(Sealed)
    name: Mapped[str | None] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    sex: Mapped[str | None] = mapped_column(Short)
    age: Mapped[int | None]
    area: Mapped[str | None] = mapped_column(Short)
    person_group: Mapped[str | None] = mapped_column(Short)
    employer: Mapped[str | None] = mapped_column(Sealed)
    dose_no: Mapped[str] = mapped_column(Short)
    vaccine_type: Mapped[str | None] = mapped_column(Short)
    last_dose_date: Mapped[date | None]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    batch_no: Mapped[int | None]
    batch_time: Mapped[time | None]
    batch_leader: Mapped[str | None] = mapped_column(Sealed)
    liaison: Mapped[str | None] = mapped_column(Sealed)
    liaison_phone: Mapped[str | None] = mapped_column(Sealed)
    reminded: Mapped[bool | None]
    outcome: Mapped[str | None] = mapped_column(Short)
    reason: Mapped[str | None] = mapped_column(Sealed)
    observed_30: Mapped[bool | None]
    aefi: Mapped[bool | None]
    remark: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (
        Index(None, "street_id", "campaign_id", "vaccination_date", "community_id"),
        Index(None, "person_key"),
    )


class MorningTally(DayFact, Base):
    """早会商: what a community plans for the day."""

    __tablename__ = "morning_tally"
    biz_date: Mapped[date]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    meeting_time: Mapped[time | None]
    chair: Mapped[str | None] = mapped_column(Sealed)
    planned: Mapped[int | None]
    planned_d1: Mapped[int | None]
    planned_d2: Mapped[int | None]
    planned_b: Mapped[int | None]
    notified: Mapped[int | None]
    batches: Mapped[int | None]
    stock: Mapped[int | None]
    staff: Mapped[int | None]
    carry_over: Mapped[int | None]
    issues: Mapped[str | None] = mapped_column(Sealed)
    needs_help: Mapped[bool | None]
    owner: Mapped[str | None] = mapped_column(Sealed)
    due: Mapped[date | None]
    filler: Mapped[str | None] = mapped_column(Sealed)
    filled_at: Mapped[datetime | None]
    estimates: Mapped[list[str] | None]
    __table_args__ = (Index(None, "street_id", "campaign_id", "biz_date", "community_id"),)


class EveningTally(DayFact, Base):
    """晚调度: what was done. ``site_id`` None means the community's whole day in one row."""

    __tablename__ = "evening_tally"
    biz_date: Mapped[date]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    roster_n: Mapped[int | None]
    arrived: Mapped[int | None]
    vacc_on_roster: Mapped[int | None]
    walk_in: Mapped[int | None]
    vacc_total: Mapped[int | None]
    vacc_d1: Mapped[int | None]
    vacc_d2: Mapped[int | None]
    vacc_b: Mapped[int | None]
    deferred: Mapped[int | None]
    contraindicated: Mapped[int | None]
    refused: Mapped[int | None]
    no_show: Mapped[int | None]
    moved: Mapped[int | None]
    shortage: Mapped[int | None]
    elsewhere: Mapped[int | None]
    observed: Mapped[int | None]
    aefi_n: Mapped[int | None]
    cum_d1: Mapped[int | None]
    cum_full: Mapped[int | None]
    cum_b: Mapped[int | None]
    cum_people: Mapped[int | None]
    eligible: Mapped[int | None]  # as printed; the baseline decides
    rate_printed: Mapped[Decimal | None]
    reconciled: Mapped[str | None] = mapped_column(Short)
    diff_note: Mapped[str | None] = mapped_column(Sealed)
    plan_next: Mapped[int | None]
    issues: Mapped[str | None] = mapped_column(Sealed)
    estimates: Mapped[list[str] | None]
    __table_args__ = (Index(None, "street_id", "campaign_id", "biz_date", "community_id"),)


class Progress(Fact, Base):
    """工作进展: one indicator of one community for one period."""

    __tablename__ = "progress"
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    biz_date: Mapped[date | None]
    period: Mapped[str] = mapped_column(Short)
    workstream: Mapped[str] = mapped_column(Short)
    indicator: Mapped[str] = mapped_column(Short)
    accrual: Mapped[str | None] = mapped_column(Short)
    done: Mapped[Decimal | None]
    num: Mapped[Decimal | None]
    den: Mapped[Decimal | None]
    target: Mapped[Decimal | None]
    evidence: Mapped[str | None] = mapped_column(Sealed)
    note: Mapped[str | None] = mapped_column(Sealed)
    issues: Mapped[str | None] = mapped_column(Sealed)
    needs_help: Mapped[bool | None]
    next_step: Mapped[str | None] = mapped_column(Sealed)
    owner: Mapped[str | None] = mapped_column(Sealed)
    due: Mapped[date | None]
    zero_confirm: Mapped[bool | None]
    problems_found: Mapped[int | None]  # by an inspection that gives a score
    problems_mended: Mapped[int | None]
    estimates: Mapped[list[str] | None]
    __table_args__ = (
        Index(None, "street_id", "workstream", "community_id", "period"),
        Index(None, "street_id", "indicator", "community_id", "period"),
        Index(
            *(None, "street_id", "community_id"),
            sqlite_where=text("needs_help IS 1"),
            postgresql_where=text("needs_help IS true"),
        ),
    )


class Evidence(Fact, Base):
    """资料清单: one checklist item (or one counted event of it) of one community and year."""

    __tablename__ = "evidence"
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    year: Mapped[str] = mapped_column(Short)
    item_code: Mapped[str] = mapped_column(Short)
    event_no: Mapped[int | None]
    event_date: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(Sealed)
    attendees: Mapped[int | None]
    theme: Mapped[str | None] = mapped_column(Sealed)
    partner: Mapped[str | None] = mapped_column(Sealed)
    photos: Mapped[int | None]
    minutes: Mapped[int | None]
    sign_in: Mapped[int | None]
    appeal: Mapped[int | None]
    handout: Mapped[int | None]
    original: Mapped[int | None]
    sealed: Mapped[bool | None]
    not_applicable: Mapped[bool | None]
    na_reason: Mapped[str | None] = mapped_column(Sealed)
    family_no: Mapped[str | None] = mapped_column(Short)
    family: Mapped[dict[str, Any] | None]  # parts of the family file and their conditions
    review: Mapped[str | None] = mapped_column(Short)
    review_note: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (Index(None, "street_id", "year", "community_id"),)


class PlanItem(Fact, Base):
    """周工作计划: one thing a community means to do in a week, and what became of it."""

    __tablename__ = "plan_item"
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    week: Mapped[str] = mapped_column(Short)
    item_no: Mapped[int]
    workstream: Mapped[str | None] = mapped_column(Short)
    task: Mapped[str] = mapped_column(Sealed)
    owner: Mapped[str | None] = mapped_column(Sealed)
    due: Mapped[date | None]
    done_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(Short)  # done, carried, dropped; None while it is open
    result: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (Index(None, "street_id", "week", "community_id"),)


class Target(Base):
    """A target that the street sets for an indicator, for all communities or one, from a day on, with its source.

    ``value`` None: no target is set (待定) from that day. Of the targets of an indicator that stand, one of the
    community outranks that of the street, and within each the one whose ``valid_from`` came last counts; a withdrawn
    one never counted from ``withdrawn_at`` on. In the unit of the indicator, of one slot where it accrues by period.
    """

    __tablename__ = "target"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    indicator: Mapped[str] = mapped_column(Short)
    value: Mapped[Decimal | None]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    __table_args__ = (Index(None, "street_id", "indicator", "valid_from"),)


class Attachment(Base):
    """A file of evidence: a photo, a scan, a document, on a record that outlives its revisions.

    ``sort`` and ``record`` name the record: evidence ``2026/1.4/2`` (year, item, event; a family in place of the event
    as ``2026/4.6/F12``), progress ``2026-08/HE-01`` (period, indicator), action ``DB-2026-014`` (number).
    ``piece`` is the kind of evidence it shows (photo, minutes, sign_in, ...). A removed one is no longer shown.
    """

    __tablename__ = "attachment"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    sort: Mapped[str] = mapped_column(Short)
    record: Mapped[str] = mapped_column(String(255))
    piece: Mapped[str | None] = mapped_column(Short)
    filename: Mapped[str] = mapped_column(Sealed)
    media_type: Mapped[str] = mapped_column(Short)
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(Short)
    content: Mapped[bytes] = mapped_column(SealedBytes)
    thumbnail: Mapped[bytes | None] = mapped_column(SealedBytes)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (Index(None, "street_id", "community_id", "sort", "record"),)


class ActionItem(Fact, Base):
    """督办整改: one matter to settle, as it stood in one revision."""

    __tablename__ = "action_item"
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    item_no: Mapped[str] = mapped_column(Short)
    source: Mapped[str | None] = mapped_column(Short)
    found_on: Mapped[date | None]
    place: Mapped[str | None] = mapped_column(Sealed)
    workstream: Mapped[str | None] = mapped_column(Short)
    issue: Mapped[str] = mapped_column(Sealed)
    issue_type: Mapped[str | None] = mapped_column(Short)
    severity: Mapped[str | None] = mapped_column(Short)
    demand: Mapped[str | None] = mapped_column(Sealed)
    unit: Mapped[str | None] = mapped_column(Short)
    owner: Mapped[str | None] = mapped_column(Sealed)
    due: Mapped[date | None]
    original_due: Mapped[date | None]
    measure: Mapped[str | None] = mapped_column(Sealed)
    fixed_on: Mapped[date | None]
    photos_before: Mapped[int | None]
    photos_after: Mapped[int | None]
    rechecked_on: Mapped[date | None]
    rechecked_by: Mapped[str | None] = mapped_column(Sealed)
    recheck: Mapped[str | None] = mapped_column(Short)
    status: Mapped[str] = mapped_column(Short)
    extension: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (Index(None, "street_id", "status"), Index(None, "street_id", "item_no"))


class ActionEvent(Base):
    """What happened to a matter: found, assigned, fixed, rechecked, closed, reopened, extended."""

    __tablename__ = "action_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    item_no: Mapped[str] = mapped_column(Short)
    event: Mapped[str] = mapped_column(Short)
    at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (Index(None, "street_id", "item_no", "at"),)


class Finding(Base):
    """What the reader found in a workbook; the value and the fields of the sentence may be personal and are sealed."""

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    workbook_id: Mapped[int] = mapped_column(ForeignKey("workbook.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    code: Mapped[str] = mapped_column(Short)
    severity: Mapped[str] = mapped_column(Short)
    sheet: Mapped[str | None]
    cell: Mapped[str | None] = mapped_column(Short)
    column: Mapped[str | None]
    value: Mapped[str | None] = mapped_column(Sealed)
    fields: Mapped[str | None] = mapped_column(Sealed)  # JSON
    personal: Mapped[bool] = mapped_column(default=False)
    first_seen: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class Waiver(Base):
    """A dated, named, reasoned exception to a rule for one community and day."""

    __tablename__ = "waiver"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    rule: Mapped[str] = mapped_column(Short)
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(Sealed)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "street_id", "day"),)


class Notice(Base):
    """A published ranking, frozen: number, time, data version and the whole content."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    day: Mapped[date]
    published_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    data_version: Mapped[int]
    content: Mapped[dict[str, Any]]
    __table_args__ = (UniqueConstraint("street_id", "campaign_id", "number"),)


class DayClose(Base):
    """日结: a supervisor closed the evening's figures of a day. ``reopened_at`` with its reason opens it again; closing
    it once more is another row. What is committed for the day after ``closed_at`` is a correction (更正).
    """

    __tablename__ = "day_close"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    day: Mapped[date]
    closed_at: Mapped[datetime]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    data_version: Mapped[int]
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str | None] = mapped_column(Sealed)
    __table_args__ = (Index(None, "street_id", "campaign_id", "day"),)


class Exemption(Base):
    """免报: a community owes no report for some days, with a reason. ``kind`` None means every daily sheet,
    ``campaign_id`` None every campaign; both days are included.
    """

    __tablename__ = "exemption"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str | None] = mapped_column(Short)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(Sealed)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "street_id", "first_day"),)


class Phrase(Base):
    """A sentence of the spoken summary as the office words it, in place of the one that is shipped."""

    __tablename__ = "phrase"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    key: Mapped[str] = mapped_column(Short)
    language: Mapped[str] = mapped_column(Short)
    text: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("street_id", "key", "language"),)


class Posting(Base):
    """A text on its way to the office's group robot: queued, sent, or to be tried again at ``next_at``."""

    __tablename__ = "posting"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    sort: Mapped[str] = mapped_column(Short)  # reminder, notice
    text: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    queued_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    __table_args__ = (Index(None, "street_id", "sent_at"),)


class ColumnMapping(Base):
    """A remembered layout: which header of a sheet shape is which column."""

    __tablename__ = "column_mapping"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    shape: Mapped[str] = mapped_column(Short)
    kind: Mapped[str] = mapped_column(Short)
    mapping: Mapped[dict[str, Any]]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("street_id", "shape"),)


class AuditEvent(Base):
    """Who did what, when; appended only. ``digest`` chains each event to the one before, with the office's key."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    event: Mapped[str] = mapped_column(Short)
    subject: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    digest: Mapped[str | None] = mapped_column(Short)
    __table_args__ = (Index(None, "street_id", "at"), Index(None, "street_id", "event", "at"))


class DataVersion(Base):
    """One counter, raised in the transaction of every commit; and which keys this database belongs to."""

    __tablename__ = "data_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Key)
    everything: Mapped[int] = mapped_column(Key, server_default="0")  # that of the last commit not of sheets alone
    changed_at: Mapped[datetime]
    key_fingerprint: Mapped[str] = mapped_column(Short)
    audit_head: Mapped[str | None] = mapped_column(Short)  # state of the chain after the last event (``audit``)
    audit_count: Mapped[int | None] = mapped_column(Key)


class Freshness(Base):
    """The data version at which a street last changed what sheets of a kind say."""

    __tablename__ = "freshness"
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Short, primary_key=True)
    version: Mapped[int] = mapped_column(Key)


# The rows that each kind of sheet becomes.
FACTS: Mapping[str, type[Base]] = {
    "communities": CommunityEntry,
    "sites": SiteEntry,
    "baseline": Baseline,
    "roster": Callup,
    "morning": MorningTally,
    "evening": EveningTally,
    "progress": Progress,
    "evidence": Evidence,
    "actions": ActionItem,
    "plan": PlanItem,
}
