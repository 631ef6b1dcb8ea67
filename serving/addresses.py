"""Who asks, and in which words: the address that counts as one visitor's, and what turns a sentence into theirs."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Say", "name_address", "say_as_it_is"]

# From the scope of a request and a sentence in English to what its visitor reads; languages are the page's matter.
Say = Callable[[Mapping[str, Any], str], str]


def name_address(scope: Mapping[str, Any]) -> str:
    """The address that a request comes from; of IPv6 the network, as each household or phone has a whole one.

    The server has put it into the scope: the peer's own address, or what a proxy or tunnel on this computer has
    written last into X-Forwarded-For. What a visitor writes there stands before that, and is not believed.
    """
    host = str((scope.get("client") or ("unknown", 0))[0])
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host[:64]
    if address.version == 4:
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def say_as_it_is(_: Mapping[str, Any], sentence: str) -> str:
    """The sentence in English."""
    return sentence
