"""What an administrator set in the page, laid over the office's settings file: read here, written by ``overrides``.

``accounts.actor`` enters it, so that pages, commands and threads that act for an account see it in ``settings()``. What
a thread may see is held in a context variable (``config.settings.using``), read anew when the data version has changed.
"""

from __future__ import annotations

import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Mapping
from threading import Lock
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, select

from config.settings import laid, settings, using
from data_access.privacy import KeyFileError, keys
from data_access.schema import DataVersion, Setting

log = logging.getLogger("street.settings")

SECRETS = frozenset({"webhook.url"})

_known: dict[tuple[str, int], tuple[int, str]] = {}  # by street: the data version it was read at, and what was set
_lock = Lock()


_EVERYTHING = select(DataVersion.everything)


def enter(connection: Connection, street_id: int) -> None:
    """Let this thread see what is set for a street."""
    version = connection.execute(_EVERYTHING).scalar_one()
    key = (settings().url, street_id)
    with _lock:
        held = _known.get(key)
    if held is None or held[0] != version:
        held = (version, _text(stored(connection, street_id)))
        with _lock:
            _known[key] = held
    using(held[1])


def stored(connection: Connection, street_id: int) -> dict[str, Any]:
    """What is set, by dotted name, in the order in which it was; what cannot be opened or read is left out, logged."""
    rows = connection.execute(
        select(Setting.name, Setting.value).where(Setting.street_id == street_id).order_by(Setting.id)
    )
    found = {}
    for row in rows:
        try:
            found[row.name] = unpacked(row.name, row.value)
        except (ValueError, KeyFileError) as problem:
            log.error("setting %s cannot be read: %s", row.name, type(problem).__name__)
    return found


def packed(name: str, value: Any) -> str:
    """A value as it is kept: JSON, sealed where it is a secret."""
    text = json.dumps(value, ensure_ascii=False)
    return b64encode(keys().seal(text.encode())).decode() if name in SECRETS else text


def unpacked(name: str, text: str) -> Any:
    """The value that ``packed`` put away. ValueError, KeyFileError."""
    return json.loads(keys().open(b64decode(text)) if name in SECRETS else text)


def tables(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as tables within tables, as the settings file has them."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        *above, last = name.split(".")
        place = made
        for part in above:
            place = place.setdefault(part, {})
        place[last] = value
    return made


def _text(values: Mapping[str, Any]) -> str:
    """For ``using``. What no longer fits, since the file was changed under it, is left out: the board has to start."""
    fitting: dict[str, Any] = {}
    if _fits(values):
        fitting = dict(values)
    else:
        for name, value in values.items():
            if _fits({**fitting, name: value}):
                fitting[name] = value
            else:
                log.warning("setting %s does not fit the settings file any more; the file's counts", name)
    return json.dumps(tables(fitting), ensure_ascii=False, sort_keys=True) if fitting else ""


def _fits(values: Mapping[str, Any]) -> bool:
    try:
        laid(tables(values))
    except ValidationError:
        return False
    return True
