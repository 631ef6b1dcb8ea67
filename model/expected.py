"""Rows of pictures that are named by their digit in; how many were read right, and which were not, out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from model.table import Row

__all__ = ["Tally", "name_to_digit"]

# 3.png, 3_b.jpg, 3-2.jpeg, "3 (2).png"; of 30.png and 2024-05.jpg nobody knows which digit is meant
NAMED = re.compile(r"([0-9])(?!\d)")


def name_to_digit(file: str) -> int | None:
    """The digit that a file's own name begins with; None where it begins with none, or with a number."""
    found = NAMED.match(os.path.basename(file))
    return int(found[1]) if found else None


class Tally:
    """Counts the pictures that are read as their names say.

    Parameters
    ----------
    rows : iterable of Row
        Those to begin with, of a table that is gone on with.
    """

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._right = self._unnamed = self._broken = 0
        self._wrong: list[str] = []
        self.add(rows)

    def add(self, rows: Iterable[Row]) -> None:
        """Compare what was read of some pictures with their names."""
        for row in rows:
            digit = name_to_digit(row.file)
            if digit is None:
                self._unnamed += not row.error
            elif row.error:
                self._broken += 1
            elif row.text == str(digit):
                self._right += 1
            else:
                self._wrong.append(f"{row.file}: {digit}, {_say(row.text)}")

    def to_lines(self) -> list[str]:
        """The accuracy in a sentence, and a line a picture that is not read right."""
        count = self._right + len(self._wrong)
        apart = (self._unnamed, "named otherwise"), (self._broken, "that could not be read")
        words = ", ".join(f"{number:,} {why}" for number, why in apart if number)
        not_counted = f" Not counted: {words}." if words else ""
        if not count:
            return [f"No picture that was read is named by its digit, as 3.png and 3_b.jpg are.{not_counted}"]
        share = f"{self._right:,} of {count:,} named by their digit are read right: {100 * self._right / count:.1f} %."
        return [share + not_counted, *self._wrong]


def _say(text: str) -> str:
    """What was read, which is not the one digit."""
    if not text:
        return "nothing found"
    return "not a digit" if text == "?" else f"read as {' '.join(text.split())}"
