import cv2
import numpy as np

from benchmarks.images import make_images


def bytes_in(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_same_seed_makes_the_same_bytes_and_another_seed_does_not(tmp_path):
    first, second, other = (
        make_images(tmp_path / name, size_px=28, count=13, count_drawn=2, seed=seed)
        for name, seed in (("first", 1), ("second", 1), ("other", 2))
    )
    assert bytes_in(first.folder) == bytes_in(second.folder)
    assert bytes_in(first.folder) != bytes_in(other.folder)


def test_longest_side_is_the_size_asked_for(tmp_path):
    for size_px in (28, 600):
        images = make_images(tmp_path, size_px=size_px, count=12, count_drawn=0)
        assert {max(cv2.imread(str(file)).shape) for file in images.files} == {size_px}


def test_no_two_images_of_the_same_sample_are_alike(tmp_path):
    images = make_images(tmp_path, size_px=28, count=24, count_drawn=0)
    assert len({file.read_bytes() for file in images.files}) == 24


def test_images_to_draw_are_the_first_of_all(tmp_path):
    images = make_images(tmp_path, size_px=28, count=5, count_drawn=3)
    assert sorted(bytes_in(images.folder)) == [file.name for file in images.files]
    assert bytes_in(images.folder_drawn) == {file.name: file.read_bytes() for file in images.files[:3]}


def test_digits_stay_on_the_page(tmp_path):
    images = make_images(tmp_path, size_px=100, count=60, count_drawn=0)
    felt = [cv2.imread(str(file), cv2.IMREAD_GRAYSCALE) for file in images.files[::12]]  # black on white, no texture
    for page in felt:
        ink = page < 128
        assert ink.any()
        assert not np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]]).any()
