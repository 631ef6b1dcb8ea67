"""The networks' shape, size and output, without training."""

import numpy as np
import pytest

from model.architectures import ARCHITECTURES, build_cnn
from training.recipes import TUTORIALS

# Counted by hand: weights and biases of each layer
PARAMETERS = {
    "mlp-128": (784 + 1) * 128 + 129 * 10,
    "mlp-256": 785 * 256 + 257 * 10,
    "mlp-512": 785 * 512 + 513 * 10,
    "mlp-100-100": 785 * 100 + 101 * 100 + 101 * 10,
    "lenet5": 26 * 6 + (6 * 25 + 1) * 16 + (4 * 4 * 16 + 1) * 120 + 121 * 60 + 61 * 10,
    "cnn-10-20": 26 * 10 + (10 * 25 + 1) * 20 + (4 * 4 * 20 + 1) * 50 + 51 * 10,
    "cnn-20-20": 26 * 20 + (20 * 25 + 1) * 20 + (7 * 7 * 20 + 1) * 10,
    "cnn-dropout": 26 * 32 + (32 * 25 + 1) * 64 + (7 * 7 * 64 + 1) * 1024 + 1025 * 10,
}


@pytest.fixture(scope="module")
def cnn():
    return build_cnn()


def test_reads_28x28_float_images_and_answers_with_ten_classes(cnn):
    assert cnn.input_shape == (None, 28, 28, 1)
    assert cnn.inputs[0].dtype == "float32"
    assert cnn.output_shape == (None, 10)


def test_has_the_layers_of_the_docstring_and_their_parameters(cnn):
    kinds = [
        type(layer).__name__ for layer in cnn.layers if layer.weights or type(layer).__name__ in ("MaxPooling2D", "Add")
    ]
    begin, block = ["Conv2D", "MaxPooling2D", "BatchNormalization"], ["Conv2D", "BatchNormalization"] * 2
    assert kinds == [*begin, *begin, *block, "Add", *block, "Add", "Dense", "BatchNormalization", "Dense"]
    # 25 x 48, 25 x 48 x 96, 4 times 9 x 96 x 96, 4704 x 256, 256 x 10 + 10, and 4 for each of 784 normalized channels
    assert cnn.count_params() == 1_200 + 115_200 + 331_776 + 1_204_224 + 2_570 + 4 * 784
    assert f"{cnn.count_params():,} parameters" in build_cnn.__doc__
    assert f"without blocks {build_cnn(blocks=0).count_params():,}." in build_cnn.__doc__


def test_filters_blocks_and_dropout_can_be_chosen():
    small = build_cnn((3, 5), blocks=1, dropout=0.1)
    assert [layer.filters for layer in small.layers if hasattr(layer, "filters")] == [3, 5, 5, 5]
    assert [layer.rate for layer in small.layers if hasattr(layer, "rate")] == [0.1]


def test_fresh_blocks_add_nothing():
    import keras

    images = np.random.default_rng(0).random((4, 28, 28, 1), dtype=np.float32)
    network = build_cnn((3, 5))
    names = ("relu_2", "relu_4", "relu_6")
    inner = keras.Model(network.input, [network.get_layer(name).output for name in names])
    before, after_one, after_two = map(np.asarray, inner(images, training=False))
    assert before.any()
    np.testing.assert_array_equal(after_one, before)
    np.testing.assert_array_equal(after_two, before)


def test_in_bfloat16_the_weights_and_probabilities_are_still_float32():
    network = build_cnn((3, 5), dtype="mixed_bfloat16")
    assert {str(weights.dtype) for weights in network.get_weights()} == {"float32"}
    images = np.zeros((2, 28, 28, 1), np.float32)
    assert np.asarray(network(images, training=False)).dtype == np.float32
    inner = [layer for layer in network.layers if layer.name not in ("image", "digits")]
    assert {layer.compute_dtype for layer in inner} == {"bfloat16"}


def test_probabilities_are_positive_and_sum_to_one(cnn):
    images = np.random.default_rng(0).random((5, 28, 28, 1), dtype=np.float32)
    probabilities = np.asarray(cnn(images, training=False))
    assert probabilities.shape == (5, 10)
    assert probabilities.min() > 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_weights_follow_keras_seed():
    import keras

    def first_weights(seed):
        keras.utils.set_random_seed(seed)
        return build_cnn().get_weights()[0]

    np.testing.assert_array_equal(first_weights(1), first_weights(1))
    assert not np.array_equal(first_weights(1), first_weights(2))


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_network_of_a_tutorial_has_its_parameters_and_says_how_many(name):
    network = ARCHITECTURES[name](dtype="float32")
    assert network.name == name
    assert (network.input_shape, network.output_shape) == ((None, 28, 28, 1), (None, 10))
    assert network.count_params() == PARAMETERS[name]
    assert f" {PARAMETERS[name]:,} parameters" in ARCHITECTURES[name].__doc__
    probabilities = np.asarray(network(np.zeros((3, 28, 28, 1), np.float32), training=False))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


def test_each_network_but_ours_has_a_tutorial_to_follow():
    assert set(ARCHITECTURES) == {"cnn", *TUTORIALS} == {"cnn", *PARAMETERS}


@pytest.mark.parametrize(("name", "share"), [("mlp-512", 0.2), ("cnn-dropout", 0.25)])
def test_dropout_is_as_in_the_tutorial(name, share):
    assert [layer.rate for layer in ARCHITECTURES[name]().layers if hasattr(layer, "rate")] == [share]
