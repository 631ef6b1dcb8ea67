"""What `compress` packed: unpacked, or refused with a sentence."""

import pytest
from source_files import UNIPEN, UNIPEN_PACKED, refusal

from training.lzw import unpack_compressed
from training.sources import load_optical_digits, load_pen_digits, recognize_source


def pack_codes(codes, bits=9, header=b"\x1f\x9d\x90"):
    packed = sum(code << i * bits for i, code in enumerate(codes))
    return header + packed.to_bytes((len(codes) * bits + 7) // 8, "little")


def test_what_compress_packed_is_unpacked():
    assert unpack_compressed(UNIPEN_PACKED, 2**20).decode() == UNIPEN


def test_repetition_and_clearing_of_the_table():
    assert unpack_compressed(b"\x1f\x9d\x90", 10) == b""
    assert unpack_compressed(pack_codes([97, 257, 258]), 10) == b"aaaaaa"  # codes that are used as they are made
    codes = [97, 257, 256, 0, 0, 0, 0, 0, 98, 257]  # after 256 the rest of the 8 is padding, and the table is empty
    assert unpack_compressed(pack_codes(codes), 10) == b"aaabbb"
    assert unpack_compressed(pack_codes([97, 256], header=b"\x1f\x9d\x10"), 10) == b"aaa"  # without clearing


def test_codes_grow_when_the_table_is_full():
    codes = [i % 256 for i in range(256)]  # 255 new entries after 257: the 256th code is the last of 9 bits
    packed = pack_codes(codes) + pack_codes([65, 300], 10, b"")
    assert unpack_compressed(packed, 1000) == bytes(range(256)) + b"A" + bytes([43, 44])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "header"),
        (b"\x1f\x9d", "header"),
        (b"\x1f\x8b\x90abc", "header"),
        (b"\x1f\x9d\x89abc", "header"),
        (b"\x1f\x9d\x91abc", "header"),
        (pack_codes([300]), "code 300"),
        (pack_codes([257]), "code 257"),
        (pack_codes([97, 259]), "code 259"),
        (pack_codes([97] + list(range(257, 300))), "more than"),
    ],
)
def test_z_files_that_are_damaged(content, expected):
    with pytest.raises(ValueError, match=expected):
        unpack_compressed(content, 500)


def test_damaged_z_file_is_named(tmp_path):
    (tmp_path / "bad.Z").write_bytes(pack_codes([300]))
    for load in (load_pen_digits, load_optical_digits, recognize_source):
        assert "bad.Z is damaged: it has the code 300" in refusal(load, tmp_path / "bad.Z")
