"""Layers in a row: convolutions with what normalizes them, and blocks beside which what comes in goes on unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

__all__ = ["BATCH_NORM_MOMENTUM", "add_block", "add_convolution"]

# Keras' default of 0.99 lets the moving statistics lag 100 batches behind, and validation judges an epoch by
# them: its accuracy would jump about in the first epochs. 0.95 follows within twenty batches.
BATCH_NORM_MOMENTUM = 0.95

Size = int | tuple[int, int]  # rows and columns


def add_convolution(
    tensor: keras.KerasTensor,
    number: int,
    filters: int,
    size: Size,
    pool: Size | None = None,
    padding: str = "same",
    dtype: str = "float32",
) -> keras.KerasTensor:
    """Add a convolution, a pool after it where one is asked for, batch normalization and relu.

    Parameters
    ----------
    tensor : (N, H, W, C)
    number : int
        Names the layers, `conv_1` and so on: Keras would number them on from network to network.
    filters : int
    size, pool : int or (int, int)
        Rows and columns.
    padding : str
        "same" or "valid".
    dtype : str
        What the layers compute in.

    Returns
    -------
    tensor, (N, H, W, filters) with the default padding and without a pool
    """
    from keras import layers

    # batch normalization subtracts the mean, so a bias before it would do nothing
    tensor = layers.Conv2D(filters, size, padding=padding, use_bias=False, dtype=dtype, name=f"conv_{number}")(tensor)
    if pool is not None:
        # Pooling first leaves the normalization a quarter of the values: an epoch takes a third less time.
        tensor = layers.MaxPooling2D(pool, dtype=dtype, name=f"pool_{number}")(tensor)
    tensor = layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, dtype=dtype, name=f"norm_{number}")(tensor)
    return layers.ReLU(dtype=dtype, name=f"relu_{number}")(tensor)


def add_block(
    tensor: keras.KerasTensor, number: int, size: Size, convolutions: int, dtype: str = "float32"
) -> keras.KerasTensor:
    """Add convolutions whose sum with what came in goes on; a fresh block adds nothing.

    So a network without it, that was trained before, is the same one with it.

    Parameters
    ----------
    tensor : (N, H, W, C)
        Of no negative value, as after relu: else the block would cut it.
    number : int
        Of the first convolution; the sum has that of the last.
    size : int or (int, int)
        Rows and columns.
    convolutions : int
    dtype : str
        What the layers compute in.

    Returns
    -------
    tensor, (N, H, W, C)

    References
    ----------
    He et al. 2016, Deep Residual Learning for Image Recognition; Goyal et al. 2017, Accurate, Large Minibatch SGD,
    section 5.1, for how they begin.
    """
    from keras import layers

    filters, inner = tensor.shape[-1], tensor
    last = number + convolutions - 1
    for i in range(number, last):
        inner = add_convolution(inner, i, filters, size, dtype=dtype)
    convolution: dict[str, Any] = {"padding": "same", "use_bias": False, "dtype": dtype, "name": f"conv_{last}"}
    inner = layers.Conv2D(filters, size, **convolution)(inner)
    norm: dict[str, Any] = {"gamma_initializer": "zeros", "dtype": dtype, "name": f"norm_{last}"}
    inner = layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, **norm)(inner)
    return layers.ReLU(dtype=dtype, name=f"relu_{last}")(layers.Add(dtype=dtype, name=f"add_{last}")([tensor, inner]))
