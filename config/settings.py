"""Typed settings: environment first, then what was set in the page, then ``config/street.toml``, then the defaults.

Only three things are needed to move the board (``STREET_DATABASE_URL``, ``STREET_DATA_DIR``, ``STREET_CONFIG``);
everything an office may want to decide for itself stands in the TOML file. What an administrator sets in the page is
laid over the file by ``using``: it is kept in the database, of which this module knows nothing.
"""

from __future__ import annotations

import json
import re
from contextvars import ContextVar
from datetime import datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.declarations import FieldError, read
from config.language import _

HERE = Path(__file__).parent


class Deadline(BaseModel):
    """When a daily sheet is due and when its window closes, in wall-clock time (identities_and_due_times §5.9)."""

    due: time
    due_offset: int = Field(default=0, ge=-7, le=7)  # days from the business date
    close: time
    close_offset: int = Field(default=0, ge=-7, le=7)

    @model_validator(mode="after")
    def _in_order(self) -> Deadline:
        if (self.close_offset, self.close) < (self.due_offset, self.due):
            raise FieldError("close", _("the window closes before the sheet is due"))
        return self


class Deadlines(BaseModel):
    """One deadline per daily sheet kind."""

    roster: Deadline = Deadline(due=time(18), due_offset=-1, close=time(8))
    morning: Deadline = Deadline(due=time(9), close=time(10))
    evening: Deadline = Deadline(due=time(20), close=time(22))
    notice: time = time(21, 30)


class Street(BaseModel):
    """The street office itself."""

    name: str = "示范街道"
    code: str = "street"


class Thresholds(BaseModel):
    """Where a colour or a mark changes. Percentages are percent, gaps are percentage points."""

    coverage_target: float = Field(default=90.0, gt=0, le=100)
    completion_low: float = Field(default=85.0, ge=0, le=100)
    behind: float = Field(default=-10.0, ge=-100, le=0)
    slightly_behind: float = Field(default=-5.0, ge=-100, le=0)
    ahead: float = Field(default=5.0, ge=0, le=100)
    load_steps: tuple[float, float, float] = (0.5, 0.7, 0.9)
    small_base: int = Field(default=30, ge=0)
    rate_difference: float = Field(default=0.5, ge=0, le=100)
    roster_days_away: int = Field(default=14, ge=0)
    deferral_days: int = Field(default=14, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Thresholds:
        if self.behind > self.slightly_behind:
            raise FieldError("behind", _("red has to begin below what is slightly behind"))
        if not 0 < self.load_steps[0] < self.load_steps[1] < self.load_steps[2]:
            raise FieldError("load_steps", _("the steps have to rise"))
        return self


class Limits(BaseModel):
    """What a workbook may hold at most, and what reading it may cost (reading_rules N17)."""

    file_mb: int = Field(default=20, ge=1)
    unzipped_mb: int = Field(default=200, ge=1)
    rows: int = Field(default=20_000, ge=1)
    columns: int = Field(default=100, ge=1)
    sheets: int = Field(default=20, ge=1)
    seconds: float = Field(default=5, gt=0)
    memory_mb: int = Field(default=500, ge=1)
    waiting_files: int = Field(default=200, ge=1)  # files of one account on the upload page that are not in yet
    waiting_mb: int = Field(default=500, ge=1)
    evidence_mb: int = Field(default=10, ge=1)  # one file of evidence
    evidence_files: int = Field(default=20, ge=1)  # files on one record
    evidence_megapixels: int = Field(default=40, ge=1)  # one picture; unpacked it takes four megabytes for each


class Webhook(BaseModel):
    """The office's group robot (群机器人). Its address holds its key and is a secret; empty: nothing is sent."""

    url: SecretStr = SecretStr("")
    seconds: float = Field(default=10, gt=0, le=120)  # how long a sending may take
    pauses: list[float] = [60, 300, 900, 3600, 14400]  # seconds before each next try; then it is given up

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and not re.fullmatch(r"https?://[^\s/]+/\S*", text):
            raise FieldError("", _("an address begins with https:// and has no blanks"))
        return value

    @property
    def on(self) -> bool:
        """Whether there is an address to send to."""
        return bool(self.url.get_secret_value())


class SignIn(BaseModel):
    """How many wrong tries are free, and how long the next ones have to wait: doubling, up to ``longest_minutes``."""

    tries: int = Field(default=5, ge=1)  # of one account
    address_tries: int = Field(default=30, ge=1)  # from one address, which a whole office may share
    minutes: float = Field(default=1, gt=0)
    longest_minutes: float = Field(default=15, gt=0)


class Oidc(BaseModel):
    """The office's single sign-on (OpenID Connect); its addresses and secrets stand in ``.streamlit/secrets.toml``."""

    on: bool = False
    provider: str = ""  # the name of its part of the secrets; empty: the only one
    claim: str = "sub"  # what of its answer names a person for good


class Backups(BaseModel):
    """Copies of everything that the board makes by itself: where, at which hour, how many of each it keeps."""

    on: bool = True
    folder: str = ""  # empty: ``backups`` in the data folder; better another disk
    at: time = time(2, 30)
    daily: int = Field(default=7, ge=1)
    weekly: int = Field(default=4, ge=0)
    monthly: int = Field(default=12, ge=0)


class Retention(BaseModel):
    """How long personal data are kept. It is the office that decides: until it has, nothing goes by itself."""

    on: bool = False
    months: int = Field(default=12, ge=1, le=240)  # after the day they are about, or a matter was closed


class Product(BaseModel):
    """A vaccine type: how many doses make a full course and the least days between doses."""

    zh: str
    en: str
    synonyms: list[str] = Field(default_factory=list)
    full_course: int = 2
    interval_days: int = 21
    booster_days: int = 180


class Settings(BaseSettings):
    """Everything the program reads from outside."""

    model_config = SettingsConfigDict(env_prefix="STREET_", extra="ignore")

    database_url: str = ""
    replica_url: str = ""  # a PostgreSQL server that follows it and answers the reports; empty: there is none
    data_dir: Path = Path("data")
    config: Path = HERE / "street.toml"
    now: datetime | None = None
    language: Literal["zh_CN", "en"] = "zh_CN"

    street: Street = Street()
    coverage_denominator: Literal["surveyed", "eligible"] = "surveyed"
    deadlines: Deadlines = Deadlines()
    thresholds: Thresholds = Thresholds()
    limits: Limits = Limits()
    webhook: Webhook = Webhook()
    sign_in: SignIn = SignIn()
    oidc: Oidc = Oidc()
    trusted_proxies: list[str] = Field(default_factory=list)  # addresses or networks whose X-Forwarded-For is believed
    backup: Backups = Backups()
    retention: Retention = Retention()
    products: dict[str, Product] = Field(default_factory=dict)
    composite_weights: dict[str, float] = Field(default_factory=dict)  # basis → weight; empty: no composite ranking
    dense_ranks: bool = False  # 1, 1, 2, 3 instead of 1, 1, 3, 4
    count_shared_events: bool = True  # one event may serve two items of the evidence checklist
    idle_minutes: int = Field(default=120, ge=1)
    stay_signed_in_days: int = Field(default=7, ge=1)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment outranks the file (which arrives as the arguments)."""
        return env_settings, init_settings

    @cached_property
    def url(self) -> str:
        """The database address; SQLite in the data folder where nothing else is set."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'street.db').resolve()}"


_set: ContextVar[str] = ContextVar("set", default="")  # JSON of what was set in the page; empty: nothing


class _Reader:
    """The settings as this thread sees them; made once for each text that is laid over the file."""

    def __init__(self) -> None:
        self._made: dict[str, Settings] = {}

    def __call__(self) -> Settings:
        """The environment, over what was set in the page, over the office's file, over the one that is shipped.

        ConfigError where the office's file is missing or cannot be read.
        """
        text = _set.get()
        found = self._made.get(text)
        if found is None:
            found = self._made[text] = laid(json.loads(text) if text else {})
        return found

    def cache_clear(self) -> None:
        """Read everything anew: tests call this after changing the environment."""
        self._made.clear()


settings = _Reader()


def using(text: str) -> None:
    """Let this thread see what was set in the page: tables as JSON, which ``laid`` has taken; empty: the file alone."""
    _set.set(text)


def laid(above: dict[str, Any]) -> Settings:
    """The settings with these tables laid over the office's file; pydantic's ValidationError where they do not fit."""
    path = Settings().config
    shipped = read(HERE / "street.toml")
    below = shipped if path.resolve() == HERE / "street.toml" else _over(shipped, read(path))
    return Settings(**_over(below, above))


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """``above`` laid over ``below``, table by table."""
    merged = dict(below)
    for key, value in above.items():
        tables = isinstance(value, dict) and isinstance(below.get(key), dict)
        merged[key] = _over(below[key], value) if tables else value
    return merged
