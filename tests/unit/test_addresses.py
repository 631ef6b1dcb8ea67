"""Which requests are one visitor's."""

from __future__ import annotations

from typing import Any

import pytest

from serving.addresses import name_address


@pytest.mark.parametrize(
    ("client", "name"),
    [
        (("198.51.100.1", 7), "198.51.100.1"),
        (("::ffff:198.51.100.1", 7), "198.51.100.1"),
        (("2001:db8:1:2:3:4:5:6", 7), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::9", 7), "2001:db8:1:2::/64"),  # one customer has all of these
        (("2001:db8:1:2:ffff::", 7), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 7), "fe80::/64"),
        (("x" * 1000, 7), "x" * 64),
        (None, "unknown"),
    ],
)
def test_an_address_counts_as_one_visitor(client: Any, name: str) -> None:
    assert name_address({"client": client}) == name
