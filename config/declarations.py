"""How the TOML declarations are read: bilingual text, and errors that name file, line, entry and field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from config import faults
from config.faults import ConfigError, FieldError, fold, nearest
from config.language import N_, _, pick

__all__ = [
    "ConfigError",
    "Declaration",
    "FieldError",
    "Named",
    "Text",
    "UnknownNameError",
    "entries",
    "fold",
    "nearest",
    "parse",
    "read",
    "unique",
]


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
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as problem:
        raise ConfigError(path.name, "", "", _("the file is missing")) from problem
    except UnicodeDecodeError as problem:
        remedy = _("Save it as UTF-8.")
        raise ConfigError(path.name, "", "", _("the file is no text in UTF-8"), remedy=remedy) from problem
    except tomllib.TOMLDecodeError as problem:
        raise faults.syntax(path, problem) from problem


def parse(
    model: type[Model], values: object, path: Path, entry: str = "", *, table: str | None = None, index: int = 0
) -> Model:
    """``values`` as ``model``. Raises ConfigError naming file, entry and the first field that is wrong.

    ``table`` and ``index`` say which table of the file the values are (empty: its head), so that the line is named too.
    """
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        raise faults.found(problem, model, path, entry, table, index) from problem


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
