"""The golden cases: photos of the kinds that people take, all made here, and the text that each must be read as."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from scenes import Scene, photograph

__all__ = ["CASES", "GLYPHS", "PICTURES", "Case", "encode_case"]

PICTURES, GLYPHS = (Path(__file__).with_name(name) for name in ("pictures", "glyphs"))
SEED = 20_261_121

PENCIL = {"pen": (118, 118, 120), "width": 0.05, "grain": 0.3}
FAINT = {"pen": (178, 178, 176), "width": 0.035}
BLUE = {"pen": (38, 62, 152), "width": 0.05}
RED = {"pen": (186, 40, 46), "width": 0.06}
BRUSH = {"pen": (60, 60, 62), "width": 0.1, "dryness": 0.75}
MARKER = {"paper": (206, 210, 216), "pen": (30, 96, 66), "width": 0.1}
FELT = {"pen": (24, 24, 28), "width": 0.17, "gap": 0.36}
BOARD = {"paper": (46, 66, 58), "pen": (226, 228, 218), "width": 0.1, "grain": 0.3, "smudges": 0.06}
WOOD = (122, 84, 52)
PINE, GRAY, WHITE = (190, 152, 108), (112, 112, 116), (222, 222, 216)

EUROPE = ("1 with a long upstroke", "7 crossed", "1 with a foot", "4 open", "9 with a curved tail")
DETACHED = ("4 open", "5 with its hat last", "7 crossed, with a serif", "5 with its hat last")
SLASHED = ("9 with a straight tail", "0 slashed", "2 angular", "1 plain", "0 slashed")
TOUCHING = ("7 plain", "3 with a small loop", "5 in one stroke", "0 round")


@dataclass(frozen=True)
class Case:
    """A picture and its text.

    Attributes
    ----------
    name : str
    scene : Scene
        Its `text` is what must be read; "" for a blank sheet.
    quality : int
        Of JPEG; 0 for PNG.
    orientation : int
        EXIF's: how the pixels in the file are turned.
    is_kept : bool
        Whether the file stands in `pictures`; else it is made when it is tested.
    fails : str
        Why it is read wrong at present; "" if it is read right.
    """

    name: str
    scene: Scene
    quality: int = 60
    orientation: int = 1
    is_kept: bool = True
    fails: str = ""

    @property
    def file(self) -> str:
        """Its name in `pictures`."""
        return f"{self.name}.{'jpg' if self.quality else 'png'}"


def encode_case(case: Case) -> bytes:
    """Make the picture file of a case, always the same."""
    generator = np.random.default_rng([SEED, *case.name.encode()])
    picture = Image.fromarray(photograph(case.scene, generator))
    stored = io.BytesIO()
    if not case.quality:
        picture.convert("L").save(stored, "PNG", optimize=True)
        return stored.getvalue()
    turns = {1: (), 3: (Image.Transpose.ROTATE_180,), 6: (Image.Transpose.ROTATE_90,), 8: (Image.Transpose.ROTATE_270,)}
    for turn in turns[case.orientation]:
        picture = picture.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = case.orientation
    picture.save(stored, "JPEG", quality=case.quality, exif=exif)
    return stored.getvalue()


CASES = [
    Case("plain", Scene("2024")),
    Case("all-ten", Scene("0123456789", height=60)),
    Case("hands-of-europe", Scene("17149", hands=EUROPE)),
    Case("detached-strokes", Scene("4575", hands=DETACHED)),
    Case("slashed-zeros", Scene("90210", hands=SLASHED, width=0.05)),
    # paper
    Case("yellow-paper", Scene("1907", paper=(240, 218, 150))),
    Case("gray-rough-paper", Scene("365", paper=(170, 168, 162), texture=0.05, smudges=0.03), 60),
    Case("ruled", Scene("2580", lines="ruled")),
    Case("ruled-dark", Scene("648", lines="ruled", line_color=(96, 108, 140), line_distance=0.7)),
    Case("standing-on-lines", Scene("4725", lines="ruled", is_on_line=True, line_distance=1.3)),
    Case("standing-on-lines-in-pencil", Scene("2091", lines="ruled", is_on_line=True, line_distance=1.3, **PENCIL)),
    Case("squared", Scene("31416", lines="squared", line_distance=0.6)),
    Case("squared-small", Scene("2073", lines="squared", line_distance=0.35, line_color=(170, 190, 214))),
    Case("squared-tilted", Scene("6182", lines="squared", line_distance=0.45, tilt=7)),
    Case("boxes-of-a-form", Scene("30251", cells=0.03, line_color=(120, 120, 126), **BLUE)),
    Case("red-boxes-of-a-form", Scene("1972", cells=0.02, line_color=(232, 136, 120), tilt=4)),
    Case("blank-ruled-in-shadow", Scene("", lines="ruled", shadow=0.4, room=2)),
    # light
    Case("light-from-a-window", Scene("4815", falloff=0.6)),
    Case("edge-of-a-shadow", Scene("73206", shadow=0.5, softness=0.05)),
    Case("deep-soft-shadow", Scene("918", shadow=0.65, softness=0.8)),
    Case("ruled-in-shadow", Scene("5612", lines="ruled", shadow=0.5, falloff=0.3)),
    Case("shadows-of-blinds", Scene("4072", bars=0.45)),
    Case("shadows-of-blinds-on-squares", Scene("815", bars=0.4, lines="squared", line_color=(170, 190, 214))),
    Case("whiteboard-with-a-lamp", Scene("6305", lamp=0.9, **MARKER)),
    # pens
    Case("pencil", Scene("5093", **PENCIL)),
    Case("pencil-in-shadow", Scene("862", shadow=0.5, **PENCIL)),
    Case("pencil-on-squares", Scene("147", lines="squared", **PENCIL)),
    Case("faint-thin", Scene("1742", **FAINT)),
    Case("faint-thin-ruled", Scene("907", lines="ruled", line_color=(205, 215, 228), **FAINT)),
    Case("hairline", Scene("3528", width=0.02, height=90)),
    Case("felt", Scene("385", **FELT)),
    Case("felt-on-squares", Scene("604", lines="squared", **FELT)),
    Case("blue", Scene("12345", **BLUE)),
    Case("blue-on-yellow-ruled", Scene("8203", paper=(244, 226, 168), lines="ruled", **BLUE)),
    Case("red", Scene("9876", **RED)),
    Case("red-on-blue-lines", Scene("451", lines="ruled", line_color=(130, 150, 220), **RED)),
    Case("dry-brush", Scene("8635", **BRUSH)),
    Case("dry-brush-on-yellow-paper", Scene("4039", paper=(240, 218, 150), **BRUSH)),
    # light on dark
    Case("chalk", Scene("258", **BOARD)),
    Case("chalk-in-shadow", Scene("7036", shadow=0.4, **BOARD)),
    Case("white-on-black", Scene("2468", paper=(14, 14, 16), pen=(240, 240, 240), falloff=0)),
    # what is around
    Case("dark-border", Scene("339", table=(18, 18, 20), sides="lb", room=1.0)),
    Case("on-a-table", Scene("7124", table=WOOD, room=1.1, tilt=7)),
    Case("edge-of-a-table", Scene("56", table=WOOD, sides="r", room=1.0, tilt=-4)),
    Case("on-a-dark-table-in-shadow", Scene("480", table=(52, 44, 40), room=1.1, shadow=0.45)),
    # camera
    Case("tilted-20", Scene("3690", tilt=20)),
    Case("tilted-minus-20", Scene("8147", tilt=-20)),
    Case("tilted-ruled", Scene("205", tilt=11, lines="ruled")),
    Case("perspective", Scene("62931", perspective=0.45)),
    Case("perspective-tilted-ruled-shadow", Scene("478", perspective=0.35, tilt=-12, lines="ruled", shadow=0.35)),
    Case("blurred", Scene("1350", blur=2.8)),
    Case("blurred-pencil", Scene("429", blur=1.8, **PENCIL)),
    Case("jpeg-noise", Scene("7986"), 10),
    Case("grainy", Scene("412", noise=20), 60),
    Case("crop-of-50-pixels-7", Scene("7", height=34, room=0.25, noise=4)),
    Case("crop-of-50-pixels-3", Scene("3", height=32, room=0.3, **PENCIL), 40),
    Case("crop-of-50-pixels-9", Scene("9", height=34, room=0.25, lines="ruled", shadow=0.3, **BLUE)),
    Case("small-on-a-large-sheet", Scene("57", height=26, room=9)),
    Case("scan", Scene("60013", falloff=0, noise=1, paper=(250, 250, 250)), 0),
    Case("turned-by-exif-6", Scene("2026"), orientation=6),
    Case("turned-by-exif-3", Scene("714", **BLUE), orientation=3),
    Case("turned-by-exif-8", Scene("35", lines="ruled"), orientation=8),
    Case("12-megapixels", Scene("38257", height=560, room=2.0, lines="ruled", shadow=0.35, width=0.05), is_kept=False),
    Case("large-on-lines", Scene("902713", height=230, room=1.3, lines="ruled", is_on_line=True, width=0.05),
         is_kept=False),
    Case("large-on-a-table", Scene("6803", height=260, room=1.2, table=WOOD, tilt=-9, shadow=0.3, **BLUE),
         is_kept=False),
    # rows and neighbors
    Case("two-rows", Scene("12\n345")),
    Case("two-rows-ruled-tilted", Scene("408\n1976", lines="ruled", line_distance=1.5, tilt=6)),
    Case("three-rows-close", Scene("172\n903\n586", row_gap=0.25, height=64)),
    Case("two-rows-of-pencil", Scene("64\n28", shadow=0.3, **PENCIL)),
    Case("close", Scene("28503", gap=0.1)),
    Case("touching", Scene("7350", hands=TOUCHING, gap=-0.03)),
    # on tables that are nearly as light as paper
    Case("on-light-wood", Scene("6246", table=PINE, room=1.1, tilt=5, **BLUE)),
    Case("on-a-gray-table", Scene("3491\n805", table=GRAY, room=1.1, tilt=-6)),
    Case("on-a-white-table", Scene("2073", table=WHITE, room=1.1, tilt=3, shadow=0.3)),
    Case("note-on-a-white-desk", Scene("2960", paper=(250, 222, 96), table=WHITE, room=1.6, tilt=-7)),
    Case("note-on-light-wood", Scene("815", paper=(250, 222, 96), table=PINE, room=2.2, tilt=10, **FELT)),
    # boards with a lighter wall around
    Case("board-on-a-wall", Scene("4196\n730", table=WHITE, room=1.2, tilt=4, **BOARD)),
    Case("edge-of-a-board", Scene("582", table=WHITE, sides="rb", room=1.2, tilt=-5, **BOARD)),
]  # fmt: skip
