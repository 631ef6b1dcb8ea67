"""The networks by name: images (N, 28, 28, 1) in, probabilities of the ten digits (N, 10) out. Pure Keras 3.

`cnn` is the app's. The others are those of well-known tutorials, for learners: the layers are the tutorial's, its
epochs, batch size and optimizer stand in training/recipes.py. What is said of them was measured with
`python train_model.py --architecture NAME` and seed 0: 55,000 of MNIST's training images, brought into the middle as
the app does it, the epoch of the lowest validation loss, and MNIST's 10,000 test images. The tutorials themselves could
not all be opened when this was written: layers are as asked for, and training/recipes.py says which settings are ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from model.blocks import BATCH_NORM_MOMENTUM, add_block, add_convolution

if TYPE_CHECKING:
    import keras

__all__ = ["ARCHITECTURES", "FEATURES", "build_cnn"]

FEATURES = 256  # numbers that the last layer decides by


def build_cnn(
    filters: tuple[int, int] = (48, 96), blocks: int = 2, dropout: float = 0.4, dtype: str = "float32"
) -> keras.Model:
    """Build the app's network: conv-pool-conv-pool-dense, with blocks of convolutions before the dense layer.

    With the defaults it has 1,658,106 parameters, without blocks 1,324,794. Fresh blocks add nothing to what comes in,
    so that a trained network can be given more of them and goes on as it was.

    Parameters
    ----------
    filters : (int, int)
        Of the first and the second convolution; those of the blocks have as many as the second.
    blocks : int
        Each of two convolutions 3x3, whose sum with what came in goes on.
    dropout : float
        Share of the features that training leaves out at random.
    dtype : str
        What layers compute in, "float32" or "mixed_bfloat16"; weights and probabilities are float32 in both.

    Returns
    -------
    keras.Model
        Not compiled, with fresh weights from Keras' global seed. Input (N, 28, 28, 1) float32 in [0, 1],
        output (N, 10) float32, softmax. The input of its last layer are the features, (N, 256).

    References
    ----------
    Simard, Steinkraus and Platt 2003, Best Practices for Convolutional Neural Networks Applied to Visual
    Document Analysis: two convolutions 5x5, one hidden layer. Ioffe and Szegedy 2015, Batch Normalization. He et al.
    2016, Deep Residual Learning for Image Recognition: the blocks.
    """
    import keras
    from keras import layers

    image = keras.Input((28, 28, 1), dtype="float32", name="image")
    tensor = image
    for i, count in enumerate(filters, 1):
        tensor = add_convolution(tensor, i, count, 5, 2, dtype=dtype)
    for i in range(blocks):
        tensor = add_block(tensor, 3 + 2 * i, 3, 2, dtype=dtype)
    tensor = layers.Flatten(dtype=dtype, name="flatten")(tensor)  # (N, 49 * filters[1])
    tensor = layers.Dense(FEATURES, use_bias=False, dtype=dtype, name="dense")(tensor)
    tensor = layers.BatchNormalization(momentum=BATCH_NORM_MOMENTUM, dtype=dtype, name="norm")(tensor)
    tensor = layers.ReLU(dtype=dtype, name="features")(tensor)
    tensor = layers.Dropout(dropout, dtype=dtype, name="dropout")(tensor)
    digits = layers.Dense(10, activation="softmax", dtype="float32", name="digits")(tensor)
    return keras.Model(image, digits, name="cnn")


# ---------------------------------------------------------------- of tutorials; all answer as build_cnn does


def build_mlp_128(dtype: str = "float32") -> keras.Sequential:
    """Build 784-128-10 with relu: 101,770 parameters, 97.32 % of MNIST's test images.

    References
    ----------
    TensorFlow Datasets, Training a neural network on MNIST with Keras,
    https://www.tensorflow.org/datasets/keras_example
    """
    return _build("mlp-128", dtype, widths=(128,))


def build_mlp_256(dtype: str = "float32") -> keras.Sequential:
    """Build 784-256-10 with relu: 203,530 parameters, 95.91 % of MNIST's test images.

    References
    ----------
    Zhang, Lipton, Li and Smola, Dive into Deep Learning, Multilayer Perceptrons in PyTorch, https://d2l.ai, where
    these layers, input, hidden and output, learn Fashion-MNIST.
    """
    return _build("mlp-256", dtype, widths=(256,))


def build_mlp_512(dtype: str = "float32") -> keras.Sequential:
    """Build 784-512-10 with relu and dropout of 0.2: 407,050 parameters, 98.10 % of MNIST's test images.

    References
    ----------
    PaddlePaddle 2, Getting Started in 10 Minutes, with its high-level interface, https://www.paddlepaddle.org.cn
    """
    return _build("mlp-512", dtype, widths=(512,), dropout=0.2)


def build_mlp_100_100(dtype: str = "float32") -> keras.Sequential:
    """Build 784-100-100-10 with relu: 89,610 parameters, 97.76 % of MNIST's test images.

    References
    ----------
    yeyupiaoling, LearnPaddle2, note 4, which compares it with convolutions,
    https://github.com/yeyupiaoling/LearnPaddle2
    """
    return _build("mlp-100-100", dtype, widths=(100, 100))


def build_lenet5(dtype: str = "float32") -> keras.Sequential:
    """Build conv 6, pool, conv 16, pool, 120, 60, 10: 41,282 parameters, 98.85 % of MNIST's test images.

    As Paddle tutorials have it, to be compared with `mlp-100-100`: relu and the highest of four, where LeCun's has a
    sigmoid and the mean, and 60 where his has 84.

    References
    ----------
    LeCun, Bottou, Bengio and Haffner 1998, Gradient-Based Learning Applied to Document Recognition, section 2.
    """
    return _build("lenet5", dtype, filters=(6, 16), widths=(120, 60))


def build_cnn_10_20(dtype: str = "float32") -> keras.Sequential:
    """Build conv 10, pool, conv 20, pool, 50, 10: 21,840 parameters, 98.57 % of MNIST's test images.

    References
    ----------
    PyTorch's examples of 2017, mnist, without the dropout there, https://github.com/pytorch/examples
    """
    return _build("cnn-10-20", dtype, filters=(10, 20), widths=(50,))


def build_cnn_20_20(dtype: str = "float32") -> keras.Sequential:
    """Build conv 20, pool, conv 20, pool, 10, padded: 20,350 parameters, 96.66 % of MNIST's test images.

    References
    ----------
    Baidu, Deep Learning from Scratch with PaddlePaddle, chapter on digits, section on networks.
    """
    return _build("cnn-20-20", dtype, filters=(20, 20), padding="same")


def build_cnn_dropout(dtype: str = "float32") -> keras.Sequential:
    """Build conv 32, pool, conv 64, pool, 1024, dropout, 10: 3,274,634 parameters, 99.19 % of MNIST's test images.

    The convolutions are padded, and training keeps three of four features. 4 epochs are the 200,000 images that the
    example is shown.

    References
    ----------
    Damien 2016, TensorFlow-Examples, convolutional network, for TensorFlow 1; Huyen 2018, CS 20: TensorFlow for Deep
    Learning Research, lecture 7, has the same layers, https://github.com/aymericdamien/TensorFlow-Examples
    """
    return _build("cnn-dropout", dtype, filters=(32, 64), padding="same", widths=(1024,), dropout=0.25)


def _build(
    name: str,
    dtype: str,
    *,
    filters: tuple[int, ...] = (),
    padding: Literal["same", "valid"] = "valid",
    widths: tuple[int, ...] = (),
    dropout: float = 0.0,
) -> keras.Sequential:
    """Convolutions 5x5 with relu, each with a pool of 2x2; dense layers with relu; dropout; the ten digits."""
    import keras
    from keras import layers

    network = keras.Sequential([keras.Input((28, 28, 1), dtype="float32", name="image")], name=name)
    for i, count in enumerate(filters, 1):
        network.add(layers.Conv2D(count, 5, padding=padding, activation="relu", dtype=dtype, name=f"conv_{i}"))
        network.add(layers.MaxPooling2D(dtype=dtype, name=f"pool_{i}"))
    network.add(layers.Flatten(dtype=dtype, name="flatten"))
    for i, width in enumerate(widths, 1):
        network.add(layers.Dense(width, activation="relu", dtype=dtype, name=f"dense_{i}"))
    if dropout:
        network.add(layers.Dropout(dropout, dtype=dtype, name="dropout"))
    network.add(layers.Dense(10, activation="softmax", dtype="float32", name="digits"))
    return network


# What `--architecture` takes; each is called with `dtype`.
ARCHITECTURES: dict[str, Callable[..., keras.Model]] = {
    "cnn": build_cnn,
    "mlp-128": build_mlp_128,
    "mlp-256": build_mlp_256,
    "mlp-512": build_mlp_512,
    "mlp-100-100": build_mlp_100_100,
    "lenet5": build_lenet5,
    "cnn-10-20": build_cnn_10_20,
    "cnn-20-20": build_cnn_20_20,
    "cnn-dropout": build_cnn_dropout,
}
