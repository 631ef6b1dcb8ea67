"""Keras with TensorFlow, set up for this processor, and without the lines that it greets with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["import_keras", "silence_errors"]


def import_keras() -> None:
    """Import Keras where that is still to be done; `import keras` costs nothing from then on."""
    if "keras" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # It uses oneDNN by itself where the processor has AVX-512 alone. Others, too, take a quarter less time with it to
    # read, and in bfloat16 a step of a training takes 0.65 of the time.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    with silence_errors():
        import keras  # noqa: F401


@contextmanager
def silence_errors() -> Iterator[None]:
    """Let nothing reach standard error, not even from C++: no setting silences all of TensorFlow's start-up lines."""
    if sys.stderr:  # without a console there is none
        sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
