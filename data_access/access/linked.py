"""Visits of people whom the office's single sign-on has sent; their accounts were linked by an administrator."""

from __future__ import annotations

from config.language import N_
from data_access import accounts, audit, database
from data_access.access import visits
from data_access.access.entry import Stranger
from data_access.accounts import AccountError
from data_access.schema import Account


class UnknownError(AccountError):
    """No active account is linked with this person."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            N_("Single sign-on knows you as {subject}, but no account here is linked with that. Ask an administrator."),
            subject=subject or "?",
        )


def visit(subject: str, answer: str) -> str:
    """The token of the one visit that an answer of the provider opens, begun where there was none yet.

    ``subject`` is who the provider says it is, ``answer`` all it said, which never says the same twice. UnknownError
    where no active account is linked; that is recorded once for each answer.
    """
    token = f"single\0{answer}"
    if visits.known(token):
        return token
    with database.writing() as connection:
        actor = accounts.found(connection, Account.subject == subject) if subject else None
        if actor is None:
            street = database.first_street(connection)
            audit.record(connection, Stranger(street), "sign_in_failed", None, by="single")
        elif not visits.known_in(connection, token):  # two windows may arrive at once
            audit.record(connection, actor, "signed_in", actor.username, by="single")
            visits.insert_into(connection, actor, lasting=False, token=token)
    if actor is None:
        raise UnknownError(subject)
    return token
