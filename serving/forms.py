"""Checks an upload while it streams through, so that nothing of one that is refused stays on disk."""

from __future__ import annotations

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.formparsers import MultiPartException

__all__ = ["BROKEN_OFF", "NOT_ONE_FILE", "UploadForm"]

NOT_ONE_FILE = "An upload is one file with a name, in the field “files”. Send one after the other."
BROKEN_OFF = "The upload was broken off. Send it again."


class UploadForm:
    """The form of an upload as Gradio's page and clients send it: one file with a name, in the field "files".

    Gradio writes whatever file a form has to disk before it looks at its name, and forgets it there if it has none
    that it can use. So this reads along, and raises the one exception that makes Gradio delete what it has written.

    Parameters
    ----------
    content_type : bytes
        The header, with the boundary.
    """

    def __init__(self, content_type: bytes) -> None:
        _, options = parse_options_header(content_type)
        boundary = options.get(b"boundary")
        if not boundary:
            raise MultiPartException(NOT_ONE_FILE)
        self._name = b""
        self._value = b""
        self._files = 0
        self._parser = MultipartParser(
            boundary,
            {
                "on_header_begin": self._begin_header,
                "on_header_field": self._add_name,
                "on_header_value": self._add_value,
                "on_header_end": self._end_header,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Read on.

        Raises
        ------
        MultiPartException
            If it is another form; the message is for the user.
        """
        try:
            self._parser.write(chunk)
        except MultipartParseError:
            raise MultiPartException(NOT_ONE_FILE) from None

    def _begin_header(self) -> None:
        self._name = self._value = b""

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._name.lower() != b"content-disposition":
            return
        _, options = parse_options_header(self._value)
        name = options.get(b"filename", b"").decode("utf-8", "replace")
        self._files += 1
        is_named = any(letter.isalnum() for letter in name.replace("\\", "/").rpartition("/")[2])  # no "..", no NUL
        if options.get(b"name") != b"files" or not is_named or self._files > 1:
            raise MultiPartException(NOT_ONE_FILE)
