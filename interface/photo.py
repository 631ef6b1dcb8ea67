"""The photo box: Gradio's image component, handing over the file untouched instead of decoding it, and its gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData

from interface import texts
from preprocessing import PICTURE_SUFFIXES

__all__ = ["Photo", "PhotoGate"]

HERE = Path(__file__).parent


class Photo(gr.Image):
    """Upload, paste or webcam. The value is the path of the file as it came, or None.

    Gradio's own component opens the file before our code is asked, so that a broken picture ends in an error of
    Pillow's; and its copy has lost the EXIF orientation.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(type="filepath", image_mode=None, sources=["upload", "clipboard", "webcam"], **options)

    def preprocess(self, payload: ImageData | None) -> str | None:
        """Return the path of the uploaded file.

        Raises
        ------
        gradio.Error
            If the file is not in the upload folder. Gradio looks only at requests that carry `meta`, so that one
            without could have any picture on the server read.
        """
        if payload is None:
            return None
        if payload.path is None:
            return str(super().preprocess(payload))  # a data: URL, which Gradio writes to its folder
        path = Path(payload.path).resolve()
        if not path.is_relative_to(Path(self.GRADIO_CACHE).resolve()):
            raise gr.Error("That file was not uploaded here; upload it first.", print_exception=False)
        return str(path)

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        """What the browser is told: Gradio reads it off the signature, and ours does not repeat the image's."""
        return super().get_config(gr.Image)

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's image."""
        return "image"


class PhotoGate(gr.HTML):
    """What Gradio's photo box lacks in the browser; itself it shows nothing.

    Pictures pasted with the keyboard go into the box, and those that only their name tells to be some. Files that the
    browser cannot show are said to be such. Files that are too large do not go in, which Gradio's upload drops
    without a word: the `input` event tells of one, with `{"name": str, "size": bytes}` as the value.

    Parameters
    ----------
    photo : str
        The element id of the photo box.
    limit : int
        Bytes; a file of this size is not too large yet.
    """

    def __init__(self, photo: str, limit: int, **options: Any) -> None:
        super().__init__(
            js_on_load=(HERE / "photo.js").read_text("utf-8"),
            photo=photo,
            limit=limit,
            suffixes=PICTURE_SUFFIXES,
            unshown=texts.NOT_SHOWN,
            visible="hidden",
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
