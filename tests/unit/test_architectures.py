"""The network's shape, size and output, without training."""

import numpy as np
import pytest

from model.architectures import build_cnn


@pytest.fixture(scope="module")
def cnn():
    return build_cnn()


def test_reads_28x28_float_images_and_answers_with_ten_classes(cnn):
    assert cnn.input_shape == (None, 28, 28, 1)
    assert cnn.inputs[0].dtype == "float32"
    assert cnn.output_shape == (None, 10)


def test_has_the_layers_of_the_docstring_and_their_parameters(cnn):
    kinds = [type(layer).__name__ for layer in cnn.layers if layer.weights or "Pool" in type(layer).__name__]
    block = ["Conv2D", "MaxPooling2D", "BatchNormalization"]
    assert kinds == [*block, *block, "Dense", "BatchNormalization", "Dense"]
    # 25 x 48, 25 x 48 x 96, 4704 x 256, 256 x 10 + 10, and 4 for each of the 400 normalized channels
    assert cnn.count_params() == 1_200 + 115_200 + 1_204_224 + 2_570 + 4 * 400


def test_filters_and_dropout_can_be_chosen():
    small = build_cnn((3, 5), dropout=0.1)
    assert [layer.filters for layer in small.layers if hasattr(layer, "filters")] == [3, 5]
    assert [layer.rate for layer in small.layers if hasattr(layer, "rate")] == [0.1]


def test_in_bfloat16_the_weights_and_probabilities_are_still_float32():
    network = build_cnn((3, 5), dtype="mixed_bfloat16")
    assert {str(weights.dtype) for weights in network.get_weights()} == {"float32"}
    images = np.zeros((2, 28, 28, 1), np.float32)
    assert np.asarray(network(images, training=False)).dtype == np.float32
    assert network.layers[0].compute_dtype == "bfloat16"


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
