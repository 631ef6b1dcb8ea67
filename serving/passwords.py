"""Names and passwords from the command line, a file or the environment in; whether a pair is one of them out."""

from __future__ import annotations

import hmac
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

__all__ = ["VARIABLE", "AccountError", "can_others_read", "make_check", "read_account", "read_accounts"]

VARIABLE = "DIGITS_AUTH"  # lines as in a file of --auth-file
EXPECTED = "expected is user:password, both not empty"


class AccountError(ValueError):
    """A name or password cannot be used; the message is for the user, and never has what was written."""


def read_account(text: str) -> tuple[str, str]:
    """Split `user:password`; the password may have further colons.

    Raises
    ------
    AccountError
    """
    user, colon, password = text.partition(":")
    user = user.strip()  # as Gradio does with what a visitor types
    if not (user and colon and password):
        raise AccountError(EXPECTED)
    return user, password


def read_accounts(given: Iterable[tuple[str, str]], file: Path | None, environment: str) -> dict[str, str]:
    """Gather who may come in; an empty dict lets everybody in.

    Parameters
    ----------
    given : iterable of (user, password)
        From `--auth`.
    file : Path or None
        From `--auth-file`: a line an account; empty lines, and those that begin with #, are left out.
    environment : str
        The text of the environment variable, in the same form; "" for none.

    Raises
    ------
    AccountError
        If the file cannot be read or a line is no account, or a user has two passwords.
    """
    accounts: dict[str, str] = {}
    found = list(given)
    if environment:
        found += _read_lines(environment, VARIABLE)
    if file is not None:
        try:
            text = file.read_text("utf-8-sig")
        except (OSError, ValueError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else "it is no text in UTF-8"
            raise AccountError(f"{file} cannot be read: {reason}.") from None
        found += _read_lines(text, str(file))
    for user, password in found:
        if accounts.setdefault(user, password) != password:
            raise AccountError(f"There are two passwords for {user}; leave one out.")
    return accounts


def _read_lines(text: str, source: str) -> list[tuple[str, str]]:
    accounts = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            accounts.append(read_account(line))
        except AccountError:
            raise AccountError(f"Line {number} of {source}: {EXPECTED}.") from None
    if not accounts:  # else the page would be open to all, which nobody wants who names a file
        raise AccountError(f"There is no line user:password in {source}.")
    return accounts


def can_others_read(file: Path) -> bool:
    """Whether other users of this computer may read a file; on Windows that is not known."""
    return os.name != "nt" and bool(file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


def make_check(accounts: Mapping[str, str]) -> Callable[[str, str], bool]:
    """A function from user and password to whether they belong together, as Gradio's `auth` takes it.

    It takes as long for a user that does not exist, and for a password of any length.
    """
    digests = {user: _digest(password) for user, password in accounts.items()}
    nobody = _digest(os.urandom(32).hex())

    def check(user: str, password: str) -> bool:
        return hmac.compare_digest(digests.get(user, nobody), _digest(password))

    return check


def _digest(password: str) -> bytes:
    return sha256(password.encode("utf-8", "surrogatepass")).digest()
