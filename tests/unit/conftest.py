"""Small files of UCI's digits."""

import numpy as np
import pytest
from source_files import DRAWINGS, LABELS, drawings_to_lines


@pytest.fixture
def images():
    bits = np.random.default_rng(0).integers(0, 2, (3, 32, 32), np.uint8)
    bits[:, 0] = 0  # as digits have it
    return bits * np.uint8(255)


@pytest.fixture
def jsonl(tmp_path):
    path = tmp_path / "pens.jsonl"
    path.write_text(drawings_to_lines(DRAWINGS))
    return path


@pytest.fixture
def npz(tmp_path, images):
    np.savez_compressed(tmp_path / "bitmaps.npz", images=images, labels=LABELS)
    return tmp_path / "bitmaps.npz"
