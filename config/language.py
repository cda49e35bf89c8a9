"""Languages: messages in the code are English; ``zh_CN`` is the default and complete, ``en`` is a switch.

Catalogues are the ``*.po`` files under ``config/locale/<language>/LC_MESSAGES``; they are compiled in memory at
first use, so that no binary is kept in the repository and an office may mend a word without a tool.

The messages of the code speak of many. English has another word for one, Chinese has not; so the catalogue of
English holds nothing but the messages in which a number may be 1, and chooses there: ``{n} {n:row|rows}``.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"zh_CN": "中文", "en": "English"}
DEFAULT = "zh_CN"
LOCALE = Path(__file__).parent / "locale"

_CHOICE = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")

_current: ContextVar[str] = ContextVar("language", default=DEFAULT)


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> gettext.NullTranslations:
    merged = Catalog(locale=language)
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def current() -> str:
    """The language of this run: ``zh_CN`` or ``en``."""
    return _current.get()


def use(language: str) -> None:
    """Speak ``language`` from here on in this thread; an unknown one falls back to the default."""
    _current.set(language if language in LANGUAGES else DEFAULT)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak ``language`` inside the block."""
    token = _current.set(language if language in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _current.reset(token)


def _(message: str, /, **fields: object) -> str:
    """``message`` in the current language, its ``{named}`` fields filled in."""
    if fields:
        return fill(template(message), **fields)
    return message if current() == "en" else template(message)


def template(message: str) -> str:
    """``message`` in the current language before its fields are filled in, with the choices between one and many."""
    return _catalogue(current()).gettext(message)


def fill(text: str, /, **fields: object) -> str:
    """A template with its fields filled in: ``{n:row|rows}`` is the word that goes with the number ``n``."""
    return _CHOICE.sub(lambda found: found[2 if str(fields[found[1]]) == "1" else 3], text).format(**fields)


def N_(message: str) -> str:
    """Mark ``message`` for translation where it is declared; translate it where it is shown."""
    return message


def pick(zh: str, en: str) -> str:
    """The label of a declaration in the current language."""
    return en if current() == "en" and en else zh
