import gzip

import cv2
import numpy as np
import pytest

from digitd.errors import ExitCode, InputError
from digitd.training.dataset import checked_part, hold_out, load_dataset, with_test_part
from digitd.training.digits import Dataset, Part
from digitd.training.idx import IDX_NAMES

KEYS = ("x_train", "y_train", "x_test", "y_test")


def grey(path):
    return cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)


def refusal(path):
    with pytest.raises(InputError) as caught:
        load_dataset(path, read_image=grey)
    assert caught.value.exit_code == ExitCode.INPUT
    assert caught.value.hint
    return str(caught.value)


def assert_same(first: Dataset, second: Dataset):
    for one, other in ((first.train, second.train), (first.test, second.test)):
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.labels, other.labels)
    assert first.sha256 == second.sha256


def test_npz_gives_the_digits_it_holds(tmp_path, digits, arrays):
    np.savez(tmp_path / "mnist.npz", **arrays)
    loaded = load_dataset(tmp_path / "mnist.npz", read_image=grey)
    assert_same(loaded, digits)
    assert loaded.source == "mnist.npz"


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("joint", ["-idx", ".idx"])
def test_idx_files_give_the_same_digits_as_the_npz(tmp_path, digits, arrays, write_idx, ending, joint):
    for name, key in zip(IDX_NAMES, KEYS, strict=True):
        write_idx(tmp_path / (name.replace("-idx", joint) + ending), arrays[key])
    assert_same(load_dataset(tmp_path, read_image=grey), digits)


def test_labelled_folder_gives_the_same_digits_as_the_npz(tmp_path, digits, write_labelled):
    train = load_dataset(write_labelled(tmp_path / "train", digits.train), read_image=grey)
    assert train.test is None
    test = load_dataset(write_labelled(tmp_path / "test", digits.test), read_image=grey)
    assert_same(Dataset(source="both", train=train.train, test=test.train), digits)


def test_hash_of_the_data_changes_with_one_label(digits):
    labels = digits.train.labels.copy()
    labels[0] = (labels[0] + 1) % 10
    changed = Dataset(source="x", train=Part(images=digits.train.images, labels=labels), test=digits.test)
    assert changed.sha256 != digits.sha256


def test_path_that_is_not_there_is_refused(tmp_path):
    assert "no such file or folder" in refusal(tmp_path / "none")


def test_folder_with_nothing_known_in_it_is_refused(tmp_path):
    assert "neither labels.csv nor IDX" in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_file_that_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "x.npz").write_bytes(content)
    assert "not a sound .npz" in refusal(tmp_path / "x.npz")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_npz_that_is_cut_off_is_refused(tmp_path, arrays, share):
    np.savez_compressed(tmp_path / "x.npz", **arrays)
    content = (tmp_path / "x.npz").read_bytes()
    (tmp_path / "x.npz").write_bytes(content[: int(share * len(content))])
    assert "not a sound .npz" in refusal(tmp_path / "x.npz")


def test_npz_with_a_flipped_byte_is_refused(tmp_path, arrays):
    np.savez_compressed(tmp_path / "x.npz", **arrays)
    content = bytearray((tmp_path / "x.npz").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "x.npz").write_bytes(content)
    assert "not a sound .npz" in refusal(tmp_path / "x.npz")


def test_npz_with_pickled_objects_is_refused_unopened(tmp_path, arrays):
    np.savez(tmp_path / "x.npz", **(arrays | {"y_train": np.array([print, None], object)}))
    assert "not a sound .npz" in refusal(tmp_path / "x.npz")


def test_single_array_is_refused(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3))
    assert "a single array" in refusal(tmp_path / "x.npy")


def test_npz_without_a_key_names_it(tmp_path, arrays):
    del arrays["y_test"]
    np.savez(tmp_path / "x.npz", **arrays)
    assert "lacks y_test" in refusal(tmp_path / "x.npz")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"x_train": np.zeros((5, 20, 20), np.uint8)}, "(5, 20, 20) uint8"),
        ({"x_train": np.zeros((5, 28, 28), np.float32)}, "float32"),
        ({"x_train": np.zeros((5, 784), np.uint8)}, "(5, 784)"),
        ({"y_train": np.zeros(3, np.uint8)}, "labels are (3,)"),
        ({"y_train": np.zeros(1000, np.float32)}, "labels are (1000,) float32"),
        ({"y_train": np.full(1000, 10, np.uint8)}, "1000 labels lie outside 0-9, the first is 10"),
        ({"y_test": np.full(200, -1, np.int8)}, "the first is -1"),
        ({"x_test": np.zeros((0, 28, 28), np.uint8), "y_test": np.zeros(0, np.uint8)}, "holds no digits"),
    ],
)
def test_npz_with_a_wrong_array_is_refused(tmp_path, arrays, change, said):
    np.savez(tmp_path / "x.npz", **(arrays | change))
    assert said in refusal(tmp_path / "x.npz")


def test_missing_idx_file_is_named(tmp_path, arrays, write_idx):
    for name, key in zip(IDX_NAMES[:3], KEYS[:3], strict=True):
        write_idx(tmp_path / name, arrays[key])
    assert f"lacks {IDX_NAMES[3]}" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a sound IDX"),
        (b"\0\0\x08\x03\0\0", "not a sound IDX"),
        (b"\0\0\x0d\x01\0\0\0\x01\0\0\0\0", "not an IDX file of unsigned bytes"),
        (b"\0\0\x08\x01\0\0\0\x05ab", "holds 2 values, its header says (5,)"),
        (b"\0\0\x08\x01\0\0\0\x01ab", "holds 2 values, its header says (1,)"),
        (b"\0\0\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "holds 0 values"),
    ],
)
def test_damaged_idx_file_is_refused(tmp_path, arrays, write_idx, content, said):
    for name, key in zip(IDX_NAMES, KEYS, strict=True):
        write_idx(tmp_path / name, arrays[key])
    (tmp_path / IDX_NAMES[0]).write_bytes(content)
    assert said in refusal(tmp_path)


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"\0\0\x08\x01\0\0\0\x01a")[:-6]])
def test_damaged_gzip_is_refused(tmp_path, content):
    (tmp_path / f"{IDX_NAMES[0]}.gz").write_bytes(content)
    assert "not a sound IDX" in refusal(tmp_path)


def test_hold_out_takes_every_row_once_and_the_same_rows_for_a_seed(digits):
    rest, held = hold_out(digits.train, 200, seed=3)
    assert (len(rest), len(held)) == (800, 200)
    both = np.concatenate([rest.images, held.images]).reshape(1000, -1)
    assert sorted(map(bytes, both)) == sorted(map(bytes, digits.train.images.reshape(1000, -1)))
    np.testing.assert_array_equal(hold_out(digits.train, 200, seed=3)[1].images, held.images)
    assert not np.array_equal(hold_out(digits.train, 200, seed=4)[1].images, held.images)


def test_data_without_a_test_part_keeps_a_sixth_of_it_apart(digits):
    split = with_test_part(Dataset(source="folder", train=digits.train), seed=1)
    assert (len(split.train), len(split.test)) == (834, 166)


def test_data_with_a_test_part_keeps_it(digits):
    assert with_test_part(digits, seed=1) is digits


def test_too_few_digits_to_split_are_refused(digits):
    with pytest.raises(InputError, match="too few"):
        with_test_part(Dataset(source="folder", train=digits.train.rows(np.arange(59))), seed=1)


def test_labels_of_any_integer_type_are_taken():
    part = checked_part(np.zeros((2, 28, 28), np.uint8), np.array([3, 9], np.int32), name="x")
    assert part.labels.dtype == np.int64
