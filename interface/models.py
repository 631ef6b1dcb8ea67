"""Paths of several models in; the names by which a person tells them apart, and what is said of each, out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path, PurePath

__all__ = ["join_parts", "name_models"]


def name_models(paths: Sequence[Path | None]) -> list[str]:
    """The file names; with as many folders before them as it takes that no two are the same. "" where there is none."""
    parts = [path.resolve().parts if path else () for path in paths]
    return [PurePath(*own[-_count_parts(own, parts) :]).as_posix() for own in parts]


def _count_parts(own: tuple[str, ...], parts: Sequence[tuple[str, ...]]) -> int:
    """How many of a path's last parts no other path ends in."""
    others = [other for other in parts if other != own]
    return next((n for n in range(1, len(own)) if all(other[-n:] != own[-n:] for other in others)), len(own))


def join_parts(names: Sequence[str], parts: Sequence[str]) -> str:
    """HTML about several models, each below its name; of one alone without a name."""
    if len(parts) == 1:
        return parts[0]
    return "".join(f"<section><h2>{escape(name)}</h2>{part}</section>" for name, part in zip(names, parts, strict=True))
