"""Measured values in, a table with device, versions, n, median and p95 out."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

__all__ = ["Figure", "print_report"]

PACKAGES = ("gradio", "keras", "tensorflow", "tensorflow-cpu", "numpy", "opencv-python-headless")


@dataclass(frozen=True)
class Figure:
    """What was measured, its values in a unit, and what it should be; `target` is for a person to read."""

    name: str
    values: Sequence[float]
    unit: str = "ms"
    target: str = ""


def print_report(title: str, figures: Sequence[Figure], *remarks: str) -> None:
    """Print a Markdown table of the figures, with machine, versions and date below it."""
    rows = [("what", "n", "median", "p95", "target"), ("---",) * 5]
    for figure in figures:
        median, p95 = (_format(np.percentile(figure.values, share), figure.unit) for share in (50, 95))
        rows.append((figure.name, f"{len(figure.values):,}", median, p95, figure.target))
    print(f"## {title}\n")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print()
    for line in (*remarks, describe_device(), describe_versions()):
        print(line)


def _format(value: float, unit: str) -> str:
    digits = 2 if unit == "%" else 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def describe_device() -> str:
    """Processor, cores that this process may use, memory, how busy they are, system, and date."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    parts = [_name_processor(), f"{cores} cores"]
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        parts.append(f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GB")
    if hasattr(os, "getloadavg"):
        parts.append(f"load {os.getloadavg()[0]:.1f}")
    now = datetime.now(UTC)
    return f"{', '.join(parts)}; {platform.system()} {platform.release()}; {now:%Y-%m-%d %H:%M} UTC"


def _name_processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def describe_versions() -> str:
    """Python and the packages that matter, as far as they are installed."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"Python {platform.python_version()}, {', '.join(found)}"
