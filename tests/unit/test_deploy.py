"""What stands in deploy/ and at the head of the README fits the project."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from app import MAX_UPLOAD

ROOT = Path(__file__).parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def to_version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def test_the_head_of_the_readme_is_that_of_a_space_and_true() -> None:
    start, head, text = read("README.md").split("---\n", 2)
    space = yaml.safe_load(head)
    assert start == ""
    assert text.startswith(f"\n# {space['title']}\n")
    assert space["sdk"] == "gradio"
    assert (ROOT / space["app_file"]).is_file()
    assert space["license"] == "mit"
    assert read("LICENSE").startswith("MIT License")
    assert len(space["short_description"]) <= 60
    [(lowest, below)] = re.findall(r"^gradio>=([\d.]+),<([\d.]+)", read("requirements.txt"), re.MULTILINE)
    assert to_version(lowest) <= to_version(space["sdk_version"]) < to_version(below)
    [(first, last)] = re.findall(r"on Python ([\d.]+) to ([\d.]+)\.", read("requirements.txt"))
    assert to_version(first) <= to_version(space["python_version"]) <= to_version(last)


def test_the_image_has_a_python_that_the_project_knows_and_all_that_the_app_imports() -> None:
    dockerfile = read("deploy/Dockerfile")
    [(first, last)] = re.findall(r"on Python ([\d.]+) to ([\d.]+)\.", read("requirements.txt"))
    [python] = re.findall(r"^FROM python:([\d.]+)-slim$", dockerfile, re.MULTILINE)
    assert to_version(first) <= to_version(python) <= to_version(last)
    left_out = {line for line in read("deploy/Dockerfile.dockerignore").splitlines() if "*" not in line}
    for file in ("app.py", "preprocessing.py", "requirements.txt", "ink", "interface", "serving", "model/mnist.h5"):
        assert (ROOT / file).exists()
        assert file.split("/")[0] not in left_out
    assert re.search(r"^USER (?!root)\w+$", dockerfile, re.MULTILINE)


def test_nginx_takes_uploads_a_little_larger_than_the_page() -> None:
    """Form data has more bytes than the file: the page is to refuse what is too large, with its sentence."""
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", read("deploy/nginx.conf"))
    assert int(megabytes) == MAX_UPLOAD + 1
