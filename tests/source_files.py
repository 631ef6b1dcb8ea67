"""UCI's digits on small files in each of their forms: what tests of the loaders have in common."""

import base64
import json
import zipfile

import numpy as np
import pytest

from model.dataset import DataError

# Two made-up digits of two writers; y downwards, as the sketchpad has it
DRAWINGS = [
    {"label": 4, "writer": 12, "strokes": [[[100, 50], [90, 200], [180, 200]], [[150, 120], [150, 300]]]},
    {"label": 0, "writer": 7, "strokes": [[[250, 100], [200, 250], [300, 250], [250, 100]]]},
]

# The same as UNIPEN, laid out as UCI does; its tablet counts y from the bottom
UNIPEN = """.INCLUDE dene.doc
.LEXICON "0" "1" "2" "3" "4" "5" "6" "7" "8" "9"
.HIERARCHY DIGIT

.SEGMENT DIGIT 0-1 ? "4"
.COMMENT 4 12 224
.PEN_DOWN
 100   450
  90   300
 180   300
.PEN_UP
.DT 100
.PEN_DOWN
 150   380
 150   200
.PEN_UP
.DT 100

.SEGMENT DIGIT 2 ? "0"
.COMMENT 0 7 12
.PEN_DOWN
 250   400
 200   250
 300   250
 250   400
.PEN_UP
.DT 100
"""

# What `compress` of ncompress 4.2.4.6 makes of UNIPEN
UNIPEN_PACKED = base64.b85decode(
    "ADxgck~kT{qzaKDAjp()Q^p0EH)9mIU{VB2k|9r=fDi#g#KssNMaT#_BP5NGHA315c_So_kU2z1M3SV4lps=uAjtxPNRlH-"
    "s3?#)rO1&cMVwIS`7<a87%gIe__6V%M2t<4Dg{9UL<|`qWXPZ)5lYf8M4nu6qQEN*7$D-"
    "(r~#ubh#YX^&Uo8429CTS_SSV_*2$MDP$Uvr8iOz4vuW4%r5iW!-"
    "^qYwI4*oRv5UoS>k>7pb*WFFOTkj*DANVj(oaF$@G7G$WVLL=QkKg%?AyvR=(ZIMT)1w)G&Y|_te7!h"
)

HEADER = """BU handwritten digit database: E Alpaydin C Kaynak 1995
Training file

entwidth = 32
entheight = 32
whitepix = 0
ntot = 3
"""
LABELS = np.array([6, 0, 9], np.uint8)  # of the bitmaps


def drawings_to_lines(drawings):
    return "".join(json.dumps({"width": 500, "height": 500} | drawing) + "\n" for drawing in drawings)


def images_to_text(images, labels, header=HEADER):
    blocks = ("".join("".join("01"[int(v > 0)] for v in row) + "\n" for row in image) for image in images)
    return header + "".join(f"{block} {label}\n" for block, label in zip(blocks, labels, strict=True))


def zip_files(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def refusal(function, path):
    with pytest.raises(DataError) as caught:
        function(path)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert str(path) in sentence
    return sentence
