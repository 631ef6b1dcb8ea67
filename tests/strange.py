"""What strangers send, for hypothesis to make up: drawings that are nearly some, and damaged pictures."""

from __future__ import annotations

import io

import numpy as np
from hypothesis import strategies as some
from PIL import Image

__all__ = ["drawings", "photos"]

numbers = some.one_of(
    some.integers(-50, 450),
    some.floats(-50, 450),
    some.sampled_from([0, 400, -1e6, 1e6, 1e7, 1e-300, 1e300, float("nan"), float("inf"), -0.0, 10**30]),
)
coordinates = some.one_of(some.integers(0, 400), some.floats(0, 400), numbers)
points = some.lists(coordinates, min_size=2, max_size=3)
strokes = some.lists(points, max_size=12)
near_drawings = some.fixed_dictionaries(
    {
        "width": some.one_of(some.just(400), numbers),
        "height": some.one_of(some.just(400), numbers),
        "strokes": some.lists(strokes, max_size=4),
    },
    optional={"live": some.booleans(), "label": some.text(max_size=3)},
)
anything = some.recursive(
    some.one_of(some.none(), some.booleans(), numbers, some.text(max_size=5)),
    lambda inner: some.one_of(
        some.lists(inner, max_size=4),
        some.dictionaries(some.sampled_from(["width", "height", "strokes", "live", "x"]), inner, max_size=4),
    ),
    max_leaves=12,
)
drawings = some.one_of(near_drawings, near_drawings, anything)

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")


def make_picture(kind: str, height: int, width: int, mode: str) -> bytes:
    rng = np.random.default_rng(height * width)
    gray = np.full((height, width), 230, np.uint8)
    gray[height // 4 : height // 2, width // 3 : width // 3 + 2] = 20  # a stroke
    gray[rng.integers(height), rng.integers(width)] = 0
    stream = io.BytesIO()
    Image.fromarray(gray).convert("RGB" if kind == "JPEG" and mode in ("RGBA", "P") else mode).save(stream, kind)
    return stream.getvalue()


pictures = some.builds(
    make_picture,
    some.sampled_from(FORMATS),
    some.integers(1, 40),
    some.integers(1, 40),
    some.sampled_from(["L", "RGB", "P", "1"]),
)


@some.composite
def damaged(draw: some.DrawFn) -> bytes:
    """A picture file with some bytes changed, and cut off at times."""
    content = bytearray(draw(pictures))
    for _ in range(draw(some.integers(0, 4))):
        content[draw(some.integers(0, len(content) - 1))] = draw(some.integers(0, 255))
    end = draw(some.one_of(some.just(len(content)), some.integers(0, len(content))))
    return bytes(content[:end]) + draw(some.binary(max_size=8))


beginnings = some.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"BM", b"<svg"])
junk = some.builds(bytes.__add__, beginnings, some.binary(max_size=200))
photos = some.one_of(damaged(), damaged(), junk)
