"""The page as an app on a phone: manifest and icon."""

from __future__ import annotations

import numpy as np
from PIL import Image

from interface.install import ICON, ICON_SIDE, draw_icon, make_manifest


def test_the_icon_is_what_the_module_draws() -> None:
    with Image.open(ICON) as icon:
        assert icon.size == (ICON_SIDE, ICON_SIDE)
        assert np.abs(np.asarray(icon.convert("RGB")).astype(int) - draw_icon()).max() < 8


def test_the_digit_is_within_the_circle_that_every_phone_shows() -> None:
    icon = draw_icon()
    rows, columns = np.nonzero((icon != icon[0, 0]).any(axis=2))
    middle = (ICON_SIDE - 1) / 2
    assert np.hypot(rows - middle, columns - middle).max() < 0.4 * ICON_SIDE
    assert rows.max() - rows.min() > 0.5 * ICON_SIDE


def test_the_manifest_has_no_address_beyond_its_own_folder() -> None:
    manifest = make_manifest()
    addresses = [manifest[key] for key in ("id", "start_url", "scope")] + [icon["src"] for icon in manifest["icons"]]
    assert all(not address.startswith(("/", "http")) for address in addresses)
    assert {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
