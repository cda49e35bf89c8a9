"""Who may be the first: whoever sits at the machine, or holds the code that the server has printed in its terminal."""

from __future__ import annotations

import hmac
import sys
from functools import lru_cache

from config.language import N_, _
from data_access.access import passwords
from data_access.accounts import AccountError


def ask() -> None:
    """See to it that the code stands in the terminal; once for each run of the server."""
    _code()


def check(typed: str) -> None:
    """AccountError unless this is the code; blanks, dashes and capitals do not matter."""
    if not hmac.compare_digest(_plain(typed).encode(), _plain(_code()).encode()):
        raise AccountError(N_("This is not the code in the terminal of the server. It changes whenever it is started."))


@lru_cache(maxsize=1)
def _code() -> str:
    code = passwords.one_time()
    # never through the log: a file would keep it
    print("\n  " + _("Code for the first administrator: {code}", code=code.upper()) + "\n", file=sys.stderr, flush=True)
    return code


def _plain(text: str) -> str:
    return "".join(text.split()).replace("-", "").lower()
