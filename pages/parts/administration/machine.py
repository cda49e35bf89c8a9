"""What this machine needs before the first day: a writable folder, a key, a Chinese font, the right clock."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from config import clock
from config.language import _
from config.settings import settings
from data_access import database, privacy
from pages.parts import figures

_AHEAD = timedelta(minutes=5)
_FONTS = (
    "notosanscjk",
    "notosanssc",
    "sourcehansans",
    "wqy",
    "droidsansfallback",
    "msyh",
    "simhei",
    "simsun",
    "pingfang",
    "stheiti",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: whether it is well, what was looked at, and the detail or the remedy."""

    good: bool
    title: str
    detail: str


def checks() -> list[Check]:
    """Looked at now: data folder, key file, Chinese font, clock."""
    return [_folder(), _key(), _font(), _clock()]


def _folder() -> Check:
    folder = settings().data_dir
    free = shutil.disk_usage(folder).free / 1024**3 if folder.is_dir() else 0.0
    shown = folder.name if folder.is_absolute() else f"./{folder}"
    if not os.access(folder, os.W_OK):
        return Check(
            False, _("Data folder cannot be written"), _("Give this program the right to write {folder}", folder=shown)
        )
    if free < 1:
        return Check(False, _("Data folder is almost full"), _("{folder}, less than 1 GB free", folder=shown))
    return Check(True, _("Data folder can be written"), _("{folder}, {n} GB free", folder=shown, n=f"{free:.0f}"))


def _key() -> Check:
    path = settings().data_dir / privacy.KEY_FILE
    if not path.is_file():
        return Check(False, _("Key is missing"), _("It is made at the first start; look at the data folder"))
    private = sys.platform == "win32" or path.stat().st_mode & 0o077 == 0
    if not private:
        return Check(False, _("Others can read the key"), _("Let only the owner read {file}", file=privacy.KEY_FILE))
    return Check(True, _("Key has been made"), _("Only this machine reads it; keep a copy elsewhere"))


def _font() -> Check:
    if _has_chinese_font():
        return Check(True, _("Chinese font is there"), _("Exported pictures lack no character"))
    return Check(False, _("No Chinese font found"), _("Exported pictures may show boxes; install Noto Sans CJK"))


@lru_cache(maxsize=1)
def _has_chinese_font() -> bool:
    folders = [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".local/share/fonts",
        Path.home() / ".fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",
    ]
    return any(
        path.suffix.lower() in {".ttf", ".ttc", ".otf"}
        and path.name.lower().replace("-", "").replace("_", "").startswith(_FONTS)
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*")
    )


def _clock() -> Check:
    now, last = clock.local(clock.now()), clock.local(database.changed_at())
    if last - now > _AHEAD:
        return Check(
            False,
            _("The machine's clock is behind the data"),
            _(
                "Now {day} {time}, but the last change is of {then}. Set the clock; deadlines go by it.",
                day=figures.day(now.date()),
                time=figures.hour(now),
                then=f"{last:%Y-%m-%d %H:%M}",
            ),
        )
    return Check(
        True, _("Time zone Asia/Shanghai"), _("Now {day} {time}", day=figures.day(now.date()), time=figures.hour(now))
    )
