"""The README's calls of the HTTP API, run as they stand there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGE = "http://127.0.0.1:7860"  # of the page in the README

# Slim machines have no curl; test_http.py makes the same calls without it.
INTERPRETERS = {"python": [sys.executable, "-c"], "sh": ["bash", "-euc"]}
LANGUAGES = ["python", "sh"] if shutil.which("curl") else ["python"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_endpoints_answer_as_the_readme_calls_them(address: str, language: str) -> None:
    [code] = [code for code in re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL) if PAGE in code]
    code = code.replace(PAGE, address.rstrip("/"))

    ended = subprocess.run(
        [*INTERPRETERS[language], code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )

    assert re.findall(r"""['"]text['"]: ['"](.)['"]""", ended.stdout) == ["1", "4"]
