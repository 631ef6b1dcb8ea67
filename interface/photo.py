"""The photo box: Gradio's image component, handing over the file untouched instead of decoding it, and its gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import ImageData

from interface import texts as english
from interface.languages import Texts
from interface.page_language import for_each_language
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
            without could have any picture on the server read. Also if it stands in the request as a data: URL.
        """
        if payload is None:
            return None
        if payload.path is None:
            # Gradio would decode a picture in the request itself before its size is known
            raise gr.Error(english.NOT_UPLOADED, print_exception=False)
        path = Path(payload.path).resolve()
        if not path.is_relative_to(Path(self.GRADIO_CACHE).resolve()):
            raise gr.Error(english.NOT_UPLOADED, print_exception=False)
        return str(path)

    def get_config(self, cls: type | None = None) -> dict[str, Any]:
        """What the browser is told: Gradio reads it off the signature, and ours does not repeat the image's."""
        return super().get_config(gr.Image)

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's image."""
        return "image"


def _name_examples(texts: Texts) -> dict[str, str]:
    """What the buttons with example photos are called, by the names of their files."""
    return {file: texts.PHOTO_EXAMPLE.format(name=name) for file, name in texts.PHOTO_NAMES.items()}


class PhotoGate(gr.HTML):
    """What Gradio's photo box and its examples lack in the browser; itself it shows nothing.

    The examples are buttons with names. Files that are pasted with the keyboard or dropped on a photo go into the box,
    and those that the browser takes for no pictures: the answer says so if they are none. Files that the browser cannot
    show are said to be such. Folders and files that are too large do not go in, which Gradio's upload drops without a
    word: the `input` event tells of one, with `{"name": str, "size": bytes, "is_folder": bool}` as the value.

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
            shown=for_each_language(lambda texts: str(texts.PHOTO_SHOWN)),
            unshown=for_each_language(lambda texts: str(texts.NOT_SHOWN)),
            examples=for_each_language(_name_examples),
            visible="hidden",
            **options,
        )

    def get_block_name(self) -> str:
        """Use the browser side of Gradio's HTML."""
        return "html"
