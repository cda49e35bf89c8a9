"""Typed settings: environment first, then ``config/street.toml``, then the defaults written here.

Only three things are needed to move the board (``STREET_DATABASE_URL``, ``STREET_DATA_DIR``, ``STREET_CONFIG``);
everything an office may want to decide for itself stands in the TOML file.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.declarations import read

HERE = Path(__file__).parent


class Deadline(BaseModel):
    """When a daily sheet is due and when its window closes, in wall-clock time (identities_and_due_times §5.9)."""

    due: time
    due_offset: int = 0  # days from the business date
    close: time
    close_offset: int = 0


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

    coverage_target: float = 90.0
    completion_low: float = 85.0
    behind: float = -10.0
    slightly_behind: float = -5.0
    ahead: float = 5.0
    load_steps: tuple[float, float, float] = (0.5, 0.7, 0.9)
    small_base: int = 30
    rate_difference: float = 0.5
    roster_days_away: int = 14
    deferral_days: int = 14


class Limits(BaseModel):
    """What a workbook may hold at most, and what reading it may cost (reading_rules N17)."""

    file_mb: int = 20
    unzipped_mb: int = 200
    rows: int = 20_000
    columns: int = 100
    sheets: int = 20
    seconds: float = 5
    memory_mb: int = 500
    waiting_files: int = 200  # files of one account on the upload page that are not in yet
    waiting_mb: int = 500
    evidence_mb: int = 10  # one file of evidence
    evidence_files: int = 20  # files on one record
    evidence_megapixels: int = 40  # one picture; unpacked it takes four megabytes for each


class Webhook(BaseModel):
    """The office's group robot (群机器人). Its address holds its key and is a secret; empty: nothing is sent."""

    url: SecretStr = SecretStr("")
    seconds: float = 10  # how long a sending may take
    pauses: list[float] = [60, 300, 900, 3600, 14400]  # seconds before each next try; then it is given up

    @property
    def on(self) -> bool:
        """Whether there is an address to send to."""
        return bool(self.url.get_secret_value())


class Backups(BaseModel):
    """Copies of everything that the board makes by itself: where, at which hour, how many of each it keeps."""

    on: bool = True
    folder: str = ""  # empty: ``backups`` in the data folder; better another disk
    at: time = time(2, 30)
    daily: int = Field(default=7, ge=1)
    weekly: int = Field(default=4, ge=0)
    monthly: int = Field(default=12, ge=0)


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
    data_dir: Path = Path("data")
    config: Path = HERE / "street.toml"
    now: datetime | None = None
    language: str = "zh_CN"

    street: Street = Street()
    coverage_denominator: Literal["surveyed", "eligible"] = "surveyed"
    deadlines: Deadlines = Deadlines()
    thresholds: Thresholds = Thresholds()
    limits: Limits = Limits()
    webhook: Webhook = Webhook()
    backup: Backups = Backups()
    products: dict[str, Product] = Field(default_factory=dict)
    composite_weights: dict[str, float] = Field(default_factory=dict)  # basis → weight; empty: no composite ranking
    dense_ranks: bool = False  # 1, 1, 2, 3 instead of 1, 1, 3, 4
    count_shared_events: bool = True  # one event may serve two items of the evidence checklist
    idle_minutes: int = 120
    stay_signed_in_days: int = 7

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

    @property
    def url(self) -> str:
        """The database address; SQLite in the data folder where nothing else is set."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'street.db').resolve()}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process: the office's file laid over the one that is shipped.

    ConfigError where the office's file is missing or cannot be read. Tests call ``settings.cache_clear()`` after
    changing the environment.
    """
    path = Settings().config
    shipped = read(HERE / "street.toml")
    return Settings(**(shipped if path.resolve() == HERE / "street.toml" else _over(shipped, read(path))))


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """``above`` laid over ``below``, table by table."""
    merged = dict(below)
    for key, value in above.items():
        tables = isinstance(value, dict) and isinstance(below.get(key), dict)
        merged[key] = _over(below[key], value) if tables else value
    return merged
