"""What a password must be, and passwords that the board makes up itself."""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import config
from config.language import N_

LEAST = 8  # characters
MOST = 72  # bytes; bcrypt looks at no more
ONE_TIME = timedelta(hours=24)  # how long a password is of use that somebody else has set

_LIST = Path(config.__file__).with_name("passwords.txt")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else


def problem(username: str, password: str) -> str | None:
    """What is wrong with a password for an account, as a message to translate; None if nothing."""
    if len(password) < LEAST:
        return N_("The password needs at least 8 characters.")
    if len(password.encode()) > MOST:
        return N_("The password is too long (72 bytes at most).")
    if password != password.strip():  # the sign-in takes blanks off both ends
        return N_("The password must not begin or end with a blank.")
    plain = password.lower()
    if username and _bare(plain) in {username.lower(), _bare(username.lower())}:
        return N_("The password must not be the account name, also not with digits added.")
    if len(set(plain)) == 1 or plain in common():
        return N_("This password is among those that are tried first. Choose another one.")
    return None


def _bare(text: str) -> str:
    """Without what people add at the end: digits and signs."""
    kept = text.rstrip("0123456789_!@#$%^&*.-+?~")
    return kept or text


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """The passwords that are tried first, in small letters."""
    lines = _LIST.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def one_time() -> str:
    """A password to hand over once, easily read out: three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _character in range(4)) for _group in range(3))
