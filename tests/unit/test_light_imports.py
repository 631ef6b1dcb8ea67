"""Importing a module of ours loads nothing heavy, and says nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIGHT = (
    "preprocessing",
    "model",
    "model.recognizer",
    "predict",
    "train_model",
    "app",
    "serving.options",
    "serving.photos",
    "serving.slow_down",
    "serving.uploads",
)
HEAVY = ("keras", "tensorflow", "gradio", "matplotlib", "pillow_heif")


@pytest.mark.parametrize("module", LIGHT)
def test_import_is_light_and_silent(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)
