"""How the TOML declarations are read: bilingual text, and errors that name file, entry and field."""

from __future__ import annotations

import difflib
import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from config.language import N_, _, pick


class ConfigError(Exception):
    """A declaration cannot be used.

    ``file`` is the file's name, ``entry`` the indicator, item or campaign inside it (empty for the file as a
    whole), ``field`` the field (empty where no single one is to blame) and ``reason`` what is wrong with it.
    """

    def __init__(self, file: str, entry: str, field: str, reason: str) -> None:
        super().__init__(file, entry, field, reason)
        self.file, self.entry, self.field, self.reason = file, entry, field, reason

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.entry, self.field, self.reason) if part)


class FieldError(ValueError):
    """Raised by a model's own check to name the field that is to blame."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class UnknownNameError(LookupError):
    """A code or name that no declaration bears; ``suggestions`` are the nearest ones, best first."""

    message = N_("{name} is not known here.")

    def __init__(self, name: str, suggestions: Iterable[str] = ()) -> None:
        super().__init__(name)
        self.name = name[:40]
        self.suggestions = list(suggestions)

    def __str__(self) -> str:
        text = _(self.message, name=self.name)
        if not self.suggestions:
            return text
        return text + " " + _("Perhaps {names}?", names=_(", ").join(self.suggestions))


class Declaration(BaseModel):
    """A part of a TOML file; unknown fields are refused so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Declaration):
    """A phrase in both languages; ``str()`` gives it in the current one."""

    zh: str
    en: str

    def __str__(self) -> str:
        return pick(self.zh, self.en)


class Named(Declaration):
    """A declaration with a name in both languages; ``label`` is the name in the current one."""

    zh: str
    en: str

    @property
    def label(self) -> str:
        """The name in the current language."""
        return pick(self.zh, self.en)


Model = TypeVar("Model", bound=BaseModel)


def read(path: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises ConfigError naming the file where it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise ConfigError(path.name, "", "", _("the file is missing")) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        reason = _("the file is not valid TOML ({reason})", reason=problem)
        raise ConfigError(path.name, "", "", reason) from problem


def parse(model: type[Model], values: object, path: Path, entry: str = "") -> Model:
    """``values`` as ``model``. Raises ConfigError naming file, entry and the first field that is wrong."""
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        cause = first.get("ctx", {}).get("error")
        field = cause.field if isinstance(cause, FieldError) else ".".join(str(part) for part in first["loc"])
        reason = str(cause) if cause is not None else first["msg"]
        raise ConfigError(path.name, entry, field, reason) from problem


def entries(values: dict[str, Any], table: str, path: Path) -> list[dict[str, Any]]:
    """The entries of the array of tables ``table``. Raises ConfigError where there is none."""
    found = values.get(table)
    if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
        raise ConfigError(path.name, "", table, _("at least one [[{table}]] is needed", table=table))
    return found


def unique(codes: Iterable[str], path: Path) -> None:
    """Raise ConfigError where a code occurs twice."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            raise ConfigError(path.name, code, "code", _("the code is used twice"))
        seen.add(code)


def fold(text: object) -> str:
    """``text`` for comparing: half-width, one case, no white space."""
    return "".join(unicodedata.normalize("NFKC", str(text)).casefold().split())


def nearest(name: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """The ``candidates`` most like ``name``, best first; only ever a suggestion, never a match."""
    folded = {fold(candidate): candidate for candidate in candidates}
    close = difflib.get_close_matches(fold(name), list(folded), n=count, cutoff=0.5)
    return [folded[item] for item in close]
