"""What can be wrong with a TOML declaration, in the reader's language: where it stands, what it is, how to mend it."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from config import places
from config.language import N_, _


class ConfigError(Exception):
    """A declaration cannot be used.

    ``file`` is the file's name, ``entry`` the indicator, item or campaign inside it (empty for the file as a
    whole), ``field`` the field (empty where no single one is to blame), ``reason`` what is wrong with it, ``remedy``
    how to mend it (empty where the reason says so) and ``line`` where it stands (0 where it stands nowhere).
    ``all`` are this fault and the others that were found with it.
    """

    def __init__(self, file: str, entry: str, field: str, reason: str, *, line: int = 0, remedy: str = "") -> None:
        super().__init__(file, entry, field, reason)
        self.file, self.entry, self.field, self.reason = file, entry, field, reason
        self.line, self.remedy = line, remedy
        self.all: list[ConfigError] = [self]

    def __str__(self) -> str:
        place = _("{file}, line {line}", file=self.file, line=self.line) if self.line else self.file
        said = ": ".join(part for part in (place, self.entry, self.field, self.reason) if part)
        return f"{said}{_('. ')}{self.remedy}" if self.remedy else said


class FieldError(ValueError):
    """Raised by a model's own check to name the field that is to blame, and how to mend it."""

    def __init__(self, field: str, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.field, self.remedy = field, remedy


def fold(text: object) -> str:
    """``text`` for comparing: half-width, one case, no white space."""
    return "".join(unicodedata.normalize("NFKC", str(text)).casefold().split())


def nearest(name: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """The ``candidates`` most like ``name``, best first; only ever a suggestion, never a match."""
    folded = {fold(candidate): candidate for candidate in candidates}
    close = difflib.get_close_matches(fold(name), list(folded), n=count, cutoff=0.5)
    return [folded[item] for item in close]


def perhaps(name: str, candidates: Iterable[str]) -> str:
    """The nearest candidates as a question; empty where none is near."""
    close = nearest(name, candidates)
    return _("Perhaps {names}?", names=_(", ").join(close)) if close else ""


def found(
    problem: ValidationError, model: type[BaseModel], path: Path, entry: str, table: str | None = None, index: int = 0
) -> ConfigError:
    """The first fault that the check of a model found, and with it all others, one a field, in the file's order."""
    faults: dict[str, ConfigError] = {}
    for error in problem.errors():
        cause = error.get("ctx", {}).get("error")
        parts = [str(part) for part in error["loc"] if str(part) not in _TYPES]
        field = cause.field if isinstance(cause, FieldError) else ".".join(parts)
        reason, remedy = _words(error, model) if cause is None else (str(cause), getattr(cause, "remedy", ""))
        line = 0 if table is None else places.line_of(path, table, index, field)
        faults.setdefault(field, ConfigError(path.name, entry, field, reason, line=line, remedy=remedy))
    ordered = sorted(faults.values(), key=lambda fault: fault.line)
    ordered[0].all = ordered
    return ordered[0]


def syntax(path: Path, problem: tomllib.TOMLDecodeError) -> ConfigError:
    """What the reader of TOML stumbled over, with its line and the likeliest remedy."""
    said = str(problem)
    place = re.search(r"at line (\d+)", said)
    line = int(place[1]) if place else 0
    text = path.read_text(encoding="utf-8-sig").splitlines()
    shown = text[line - 1] if 0 < line <= len(text) else ""
    remedy = _("Write one field a line: name = value, with text between straight quotation marks.")
    if re.search("[“”‘’]", shown):
        remedy = _('Use straight quotation marks " instead of “ and ”.')
    elif shown.strip().startswith("[") and "overwrite" in said:
        remedy = _("Write its heading with two brackets every time, the first one too: [[indicator]].")
    elif "overwrite" in said:
        remedy = _("The field stands here twice: keep one of them.")
    reason = _("the file is not valid TOML ({reason})", reason=re.sub(r" \(at .*\)$", "", said))
    return ConfigError(path.name, "", "", reason, line=line, remedy=remedy)


# What pydantic calls the branches of a union; no fields of a file.
_TYPES = {"int", "float", "str", "bool", "constrained-int"}
_WANTED = {
    "string": N_('a text between quotation marks, such as "台账"'),
    "int": N_("a whole number"),
    "float": N_("a number"),
    "bool": N_("true or false, without quotation marks"),
    "tuple": N_('a list in brackets, such as ["05-01", "10-31"]'),
    "model": N_('a text in both languages: { zh = "…", en = "…" }'),
}


def _words(error: Any, model: type[BaseModel]) -> tuple[str, str]:
    """What is wrong with a field, and how to mend it."""
    kind, value = str(error["type"]), str(error["input"])[:40]
    holder, name = _holder(model, [str(part) for part in error["loc"]])
    if kind == "extra_forbidden":
        close = perhaps(name, holder.model_fields)
        return _("there is no such field"), close or _("Fields: {names}.", names=", ".join(holder.model_fields))
    if kind == "missing" or error["input"] is None:
        return _("the field is missing"), _("Add a line {name} = …", name=name)
    if kind == "literal_error":
        choices = _choices(holder, name)
        reason = _("{value} is none of the values that it can have", value=value or '""')
        return reason, perhaps(value, choices) or _("Choose one of: {names}.", names=", ".join(choices))
    if kind.startswith("int") and float in get_args(holder.model_fields[name].annotation):
        kind = "float"
    if kind == "greater_than":
        limit = _("a number above {n}", n=error["ctx"]["gt"])
        return _("{value} cannot be used here", value=value), _("Write {wanted}.", wanted=limit)
    wanted = next((words for start, words in _WANTED.items() if kind.startswith(start)), None)
    if wanted is None:
        return _("{value} cannot be used ({reason})", value=value, reason=error["msg"]), ""
    return _("{value} cannot be used here", value=value), _("Write {wanted}.", wanted=_(wanted))


def _holder(model: type[BaseModel], loc: list[str]) -> tuple[type[BaseModel], str]:
    """The model that holds the field that is to blame, and the field's name."""
    name = loc[0] if loc else ""
    for part in loc[1:]:
        inner = next((one for one in _models(model, name) if part in one.model_fields or part not in _TYPES), None)
        if inner is None or part.isdigit():
            break
        model, name = inner, part
    return model, name


def _models(model: type[BaseModel], name: str) -> list[type[BaseModel]]:
    field = model.model_fields.get(name)
    kinds = (field.annotation, *get_args(field.annotation)) if field else ()
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _choices(model: type[BaseModel], name: str) -> list[str]:
    """The values of a field that can have only some."""
    kind = model.model_fields[name].annotation
    inside = [kind, *get_args(kind)]
    return [str(value) for one in inside if get_origin(one) is Literal for value in get_args(one) if value]
