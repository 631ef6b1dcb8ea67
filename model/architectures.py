"""The network: images (N, 28, 28, 1) in, probabilities of the ten digits (N, 10) out. Pure Keras 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

__all__ = ["build_cnn"]

# Keras' default of 0.99 lets the moving statistics lag 100 batches behind, and validation judges an epoch by
# them: its accuracy would jump about in the first epochs. 0.9 follows within ten batches.
BATCH_NORM_MOMENTUM = 0.9
DROPOUT = 0.5


def build_cnn() -> keras.Sequential:
    """Build the app's network: conv-pool-conv-pool-dense, 858,794 parameters.

    Returns
    -------
    keras.Sequential
        Not compiled, with fresh weights from Keras' global seed. Input (N, 28, 28, 1) float32 in [0, 1],
        output (N, 10) float32, softmax.

    References
    ----------
    Simard, Steinkraus and Platt 2003, Best Practices for Convolutional Neural Networks Applied to Visual
    Document Analysis: two convolutions 5x5, one hidden layer. Ioffe and Szegedy 2015, Batch Normalization.
    """
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input((28, 28, 1), dtype="float32")], name="cnn")
    for filters in (32, 64):
        # batch normalization subtracts the mean, so a bias before it would do nothing
        network.add(layers.Conv2D(filters, 5, padding="same", use_bias=False))
        # Pooling first leaves the normalization a quarter of the values: an epoch takes a third less time.
        network.add(layers.MaxPooling2D())
        network.add(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM))
        network.add(layers.ReLU())
    network.add(layers.Flatten())  # (N, 3136)
    network.add(layers.Dense(256, use_bias=False))
    network.add(layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM))
    network.add(layers.ReLU())
    network.add(layers.Dropout(DROPOUT))
    network.add(layers.Dense(10, activation="softmax"))
    return network
