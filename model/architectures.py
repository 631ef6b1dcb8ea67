"""The network: images (N, 28, 28, 1) in, probabilities of the ten digits (N, 10) out. Pure Keras 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

__all__ = ["FEATURES", "build_cnn"]

FEATURES = 256  # numbers that the last layer decides by

# Keras' default of 0.99 lets the moving statistics lag 100 batches behind, and validation judges an epoch by
# them: its accuracy would jump about in the first epochs. 0.95 follows within twenty batches.
BATCH_NORM_MOMENTUM = 0.95


def build_cnn(filters: tuple[int, int] = (48, 96), dropout: float = 0.4, dtype: str = "float32") -> keras.Sequential:
    """Build the app's network: conv-pool-conv-pool-dense, 1,324,794 parameters with the default filters.

    Parameters
    ----------
    filters : (int, int)
        Of the first and the second convolution.
    dropout : float
        Share of the features that training leaves out at random.
    dtype : str
        What layers compute in, "float32" or "mixed_bfloat16"; weights and probabilities are float32 in both.

    Returns
    -------
    keras.Sequential
        Not compiled, with fresh weights from Keras' global seed. Input (N, 28, 28, 1) float32 in [0, 1],
        output (N, 10) float32, softmax. The input of its last layer are the features, (N, 256).

    References
    ----------
    Simard, Steinkraus and Platt 2003, Best Practices for Convolutional Neural Networks Applied to Visual
    Document Analysis: two convolutions 5x5, one hidden layer. Ioffe and Szegedy 2015, Batch Normalization.
    """
    import keras
    from keras import layers

    # Named, since Keras would number the layers on from network to network and so change the file.
    network = keras.Sequential([keras.Input((28, 28, 1), dtype="float32", name="image")], name="cnn")
    for i, count in enumerate(filters, 1):
        # batch normalization subtracts the mean, so a bias before it would do nothing
        network.add(layers.Conv2D(count, 5, padding="same", use_bias=False, dtype=dtype, name=f"conv_{i}"))
        # Pooling first leaves the normalization a quarter of the values: an epoch takes a third less time.
        network.add(layers.MaxPooling2D(dtype=dtype, name=f"pool_{i}"))
        network.add(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, dtype=dtype, name=f"norm_{i}"))
        network.add(layers.ReLU(dtype=dtype, name=f"relu_{i}"))
    network.add(layers.Flatten(dtype=dtype, name="flatten"))  # (N, 49 * filters[1])
    network.add(layers.Dense(FEATURES, use_bias=False, dtype=dtype, name="dense"))
    network.add(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, dtype=dtype, name="norm"))
    network.add(layers.ReLU(dtype=dtype, name="features"))
    network.add(layers.Dropout(dropout, dtype=dtype, name="dropout"))
    network.add(layers.Dense(10, activation="softmax", dtype="float32", name="digits"))
    return network
