"""Bytes that Unix `compress` packed (.Z) in, the bytes that went into it out: Python's own library cannot."""

from __future__ import annotations

__all__ = ["is_compressed", "unpack_compressed"]

MAGIC = b"\x1f\x9d"
CLEAR = 256  # the code that empties the table, where the header allows it


def is_compressed(content: bytes) -> bool:
    return content.startswith(MAGIC)


def unpack_compressed(content: bytes, limit: int) -> bytes:
    """Unpack what `compress` packed.

    The format has neither a length nor a checksum: what is cut off just ends early, and the reader of the
    content has to notice.

    Parameters
    ----------
    limit : int
        Bytes that it may unpack to: 1 MB can hold 20 GB.

    Raises
    ------
    ValueError
        If it was not packed by `compress`, is damaged, or unpacks to more; the message is half a sentence.

    References
    ----------
    Welch 1984, A Technique for High-Performance Data Compression; the layout is ncompress'.
    """
    # -b 9, which nobody uses, has a layout of its own that gzip cannot read either
    if len(content) < 3 or not is_compressed(content) or not 10 <= content[2] & 0x1F <= 16:
        raise ValueError("its header is not that of a .Z file")
    largest, clears = content[2] & 0x1F, bool(content[2] & 0x80)  # bits of the longest code
    first = [bytes([value]) for value in range(256)] + [b""] * clears
    table, bits, previous = first.copy(), 9, b""
    unpacked, size, at = [], 0, 3
    while at < len(content):
        # Codes come in groups of 8; where their length changes, the rest of a group is padding
        group = content[at : at + bits]
        at += bits
        packed = int.from_bytes(group, "little")
        for _ in range(len(group) * 8 // bits):
            code = packed & ((1 << bits) - 1)
            packed >>= bits
            if code == CLEAR and clears:
                table, bits, previous = first.copy(), 9, b""
                break
            if code < len(table):
                entry = table[code]
            elif code == len(table) and previous:
                entry = previous + previous[:1]
            else:
                raise ValueError(f"it has the code {code} where the table has {len(table)} entries")
            unpacked.append(entry)
            size += len(entry)
            if size > limit:
                raise ValueError(f"it unpacks to more than {limit // 2**20} MB")
            if previous and len(table) < 1 << largest:
                table.append(previous + entry[:1])
            previous = entry
            if len(table) >= 1 << bits and bits < largest:
                bits += 1
                break
    return b"".join(unpacked)
