import cv2
import numpy as np
import pytest

from digitd.training.corrupt import CORRUPTIONS, corrupt

WITHOUT_CHANCE = ("scale", "brightness", "stripe", "canny_edges")
BY_CHANCE = tuple(name for name in CORRUPTIONS if name not in WITHOUT_CHANCE)
ROWS, COLUMNS = np.mgrid[0:28, 0:28]


@pytest.fixture(scope="module")
def rows(mnist_rows):
    """2,300 genuine digits: more than two blocks of what `corrupt` works on at once."""
    return mnist_rows[0][:2300]


def blank(count=200, grey=0):
    return np.full((count, 28, 28), grey, np.uint8)


def dot(row, column, count=200):
    images = blank(count)
    images[:, row, column] = 255
    return images


def ink(images):
    return images.sum(axis=(1, 2), dtype=float)


def centres(images):
    """Return the (rows, columns) of the middle of the ink."""
    return np.stack([(images * ROWS).sum(axis=(1, 2)), (images * COLUMNS).sum(axis=(1, 2))]) / ink(images)


def test_there_are_the_fifteen_kinds_of_mnist_c_in_its_order():
    in_order = """shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate stripe fog
        spatter dotted_line zigzag canny_edges"""
    assert tuple(in_order.split()) == CORRUPTIONS


@pytest.mark.parametrize("name", CORRUPTIONS)
class TestEveryKind:
    def test_changes_each_image_and_leaves_the_originals(self, rows, name):
        before = rows.copy()
        corrupted = corrupt(rows, name, seed=1)
        assert corrupted.shape == rows.shape
        assert corrupted.dtype == np.uint8
        assert (corrupted != rows).any(axis=(1, 2)).all()
        np.testing.assert_array_equal(rows, before)

    def test_same_seed_gives_the_same_images(self, rows, name):
        np.testing.assert_array_equal(corrupt(rows, name, seed=1), corrupt(rows, name, seed=1))

    @pytest.mark.parametrize("count", [0, 1, 700, 1000, 1700])
    def test_the_first_images_do_not_depend_on_how_many_follow(self, rows, name, count):
        np.testing.assert_array_equal(corrupt(rows[:count], name, seed=1), corrupt(rows, name, seed=1)[:count])

    def test_an_image_does_not_depend_on_the_others(self, rows, name):
        others = rows[::-1].copy()
        kept = [3, 999, 1000, 2299]
        others[kept] = rows[kept]
        np.testing.assert_array_equal(corrupt(others, name, seed=1)[kept], corrupt(rows, name, seed=1)[kept])

    def test_refuses_a_negative_seed(self, rows, name):
        with pytest.raises(ValueError, match="non-negative"):
            corrupt(rows[:1], name, seed=-1)


@pytest.mark.parametrize("name", BY_CHANCE)
class TestKindsByChance:
    def test_another_seed_gives_other_images(self, rows, name):
        assert not np.array_equal(corrupt(rows, name, seed=1), corrupt(rows, name, seed=2))

    def test_each_image_has_its_own_draw(self, rows, name):
        corrupted = corrupt(np.repeat(rows[:1], 2000, axis=0), name, seed=1)
        assert len(np.unique(corrupted[:1000], axis=0)) > 1
        assert not np.array_equal(corrupted[:1000], corrupted[1000:])


@pytest.mark.parametrize("name", WITHOUT_CHANCE)
def test_kinds_without_chance_have_one_result(rows, name):
    np.testing.assert_array_equal(corrupt(rows, name, seed=1), corrupt(rows, name, seed=2))


def test_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'snow'.*shot_noise.*canny_edges"):
        corrupt(blank(), "snow", seed=1)


@pytest.mark.parametrize("images", [blank()[0], blank()[:, :27], blank().astype(np.float32)])
def test_images_of_another_shape_or_type_are_refused(images):
    with pytest.raises(ValueError, match=r"not \(N, 28, 28\) uint8"):
        corrupt(images, "fog", seed=1)


@pytest.mark.parametrize("grey", [0, 40, 128, 255])
def test_shot_noise_counts_poisson_photons_up_to_three(grey):
    noisy = corrupt(blank(1000, grey), "shot_noise", seed=1)
    expected = 3 * grey / 255
    shares = np.exp(-expected) * np.array([1, expected, expected**2 / 2])
    assert set(np.unique(noisy)) <= {0, 85, 170, 255}
    for photons, share in enumerate([*shares, 1 - shares.sum()]):
        assert (noisy == 85 * photons).mean() == pytest.approx(share, abs=0.003)


def test_impulse_noise_puts_ink_and_paper_on_17_percent():
    noisy = corrupt(blank(1000, 128), "impulse_noise", seed=1)
    assert (noisy == 255).mean() == pytest.approx(0.085, abs=0.002)
    assert (noisy == 0).mean() == pytest.approx(0.085, abs=0.002)
    assert (noisy == 128).mean() == pytest.approx(0.83, abs=0.003)


def test_glass_blur_keeps_the_ink_but_not_its_place(rows):
    blurred = corrupt(rows, "glass_blur", seed=1)
    assert ink(blurred) / ink(rows) == pytest.approx(1, abs=0.03)
    assert np.abs(centres(blurred) - centres(rows)).max() < 2
    smooth = np.array([cv2.GaussianBlur(row, (0, 0), 1.0) for row in rows])  # two blurs of 0.7 px without the shuffle
    assert np.abs(blurred.astype(float) - smooth).mean(axis=(1, 2)).min() > 3


def test_glass_blur_spreads_a_dot_evenly_to_all_sides():
    spread = corrupt(dot(14, 14, 2000), "glass_blur", seed=1).mean(axis=0, keepdims=True)
    middle = centres(spread)
    variance = [
        (spread * (grid - at) ** 2).sum() / spread.sum() for grid, at in zip((ROWS, COLUMNS), middle, strict=True)
    ]
    assert middle == pytest.approx(14, abs=0.1)
    assert variance == pytest.approx([2.1, 2.1], abs=0.15)  # as measured; the two blurs alone give 0.92


def test_motion_blur_leaves_a_trail_on_one_side_within_45_degrees():
    smeared = corrupt(dot(14, 20), "motion_blur", seed=1)
    assert ink(smeared) == pytest.approx(255, abs=5)
    assert set(smeared[:, 14, 20]) == {60}  # 255 / (1/2 + 3 sqrt(pi / 2)): the first of the half Gaussian's taps
    _, rows, columns = np.nonzero(smeared)
    assert columns.max() == 20
    assert (np.abs(rows - 14) <= 20 - columns).all()
    assert rows.min() < 9
    assert rows.max() > 19
    down, right = centres(smeared) - np.array([[14], [20]])
    assert np.hypot(down, right) == pytest.approx(
        2.1, abs=0.25
    )  # sigma * sqrt(2 / pi), less half a pixel for the tap 0


def test_shear_slants_an_upright_line_to_either_side():
    upright = blank()
    upright[:, 8:20, 13:15] = 255
    sheared = corrupt(upright, "shear", seed=1).astype(float)
    middle = (sheared * COLUMNS).sum(axis=2)[:, 9:19] / sheared.sum(axis=2)[:, 9:19]
    slope = np.polyfit(np.arange(10), middle.T, 1)[0]
    assert np.abs(slope) == pytest.approx(np.sin(0.4), abs=0.02)
    assert 0.3 < (slope > 0).mean() < 0.7
    assert ink(sheared) / ink(upright) == pytest.approx(1 / np.cos(0.4), abs=0.01)


def test_scale_shrinks_to_70_percent_about_the_middle(rows):
    shrunk = corrupt(rows, "scale", seed=1)
    assert np.mean(ink(shrunk) / ink(rows)) == pytest.approx(0.49, abs=0.005)
    assert ink(shrunk) / ink(rows) == pytest.approx(0.49, abs=0.1)
    strayed = centres(shrunk) - 13.5 - 0.7 * (centres(rows) - 13.5)
    assert np.abs(strayed.mean(axis=1)).max() < 0.02
    assert np.abs(strayed).max() < 0.6


def test_rotate_turns_a_level_line_by_23_degrees_either_way():
    level = blank()
    level[:, 13:15, 6:22] = 255
    turned = corrupt(level, "rotate", seed=1).astype(float)
    middle = (turned * ROWS[:, :1]).sum(axis=1)[:, 9:19] / turned.sum(axis=1)[:, 9:19]
    slope = np.polyfit(np.arange(10), middle.T, 1)[0]
    assert np.degrees(np.arctan(np.abs(slope))) == pytest.approx(22.9, abs=0.7)
    assert 0.3 < (slope > 0).mean() < 0.7


def test_rotate_keeps_the_ink(rows):
    assert ink(corrupt(rows, "rotate", seed=1)) / ink(rows) == pytest.approx(1, abs=0.05)


def test_brightness_adds_half_of_the_range():
    images = np.arange(28 * 28).reshape(1, 28, 28).astype(np.uint8)
    expected = np.minimum(images.astype(int) + 128, 255)
    np.testing.assert_array_equal(corrupt(images, "brightness", seed=1), expected)


def test_translate_shifts_by_three_pixels_both_ways(rows):
    shifted = corrupt(rows, "translate", seed=1)
    padded = np.pad(rows, ((0, 0), (3, 3), (3, 3)))
    fits = {
        (down, right): (shifted == padded[:, 3 - down : 31 - down, 3 - right : 31 - right]).all(axis=(1, 2))
        for down in (-3, 3)
        for right in (-3, 3)
    }
    assert np.sum(list(fits.values()), axis=0).tolist() == [1] * len(rows)
    assert min(fit.mean() for fit in fits.values()) > 0.2


def test_stripe_inverts_a_quarter_on_each_side(rows):
    striped = corrupt(rows, "stripe", seed=1)
    np.testing.assert_array_equal(striped[:, :, :7], 255 - rows[:, :, :7])
    np.testing.assert_array_equal(striped[:, :, 7:21], rows[:, :, 7:21])
    np.testing.assert_array_equal(striped[:, :, 21:], 255 - rows[:, :, 21:])


def test_fog_leaves_a_quarter_of_the_contrast(rows):
    digits = rows[rows.max(axis=(1, 2)) == 255]
    fog = corrupt(dot(0, 0, len(digits)), "fog", seed=1)[:, 1:].astype(float)
    foggy = corrupt(digits, "fog", seed=1)[:, 1:]
    assert np.abs(foggy - fog - digits[:, 1:] / 4).max() <= 1


def test_fog_is_smooth_and_of_all_greys():
    fog = corrupt(dot(0, 0, 2000), "fog", seed=1)[:, 1:].astype(float)
    assert np.abs(np.diff(fog, axis=2)).mean() < 4
    assert fog.std(axis=(1, 2)).mean() > 4
    level = fog.mean(axis=(1, 2)) / (0.75 * 255)
    assert level.mean() == pytest.approx(0.49, abs=0.08)
    assert level.std() == pytest.approx(0.18, abs=0.05)


def test_fog_does_not_show_on_blank_paper():
    assert corrupt(blank(), "fog", seed=1).max() == 0


def test_spatter_hides_what_is_below_its_drops():
    on_paper = corrupt(blank(), "spatter", seed=1).astype(float)
    on_ink = corrupt(blank(grey=255), "spatter", seed=1).astype(float)
    drops = on_paper > 0
    assert on_paper[drops].min() >= 50  # 0.8 of grey 63
    assert on_paper.max() == 63
    assert (on_ink[~drops] == 255).all()
    assert on_ink[drops].max() <= 102  # a fifth of the ink shows through
    assert drops.mean() == pytest.approx(0.13, abs=0.02)  # as measured; 0.19 with wider noise, 0.22 with sharper drops


def test_dotted_line_is_straight_with_two_columns_on_and_two_off():
    lines = corrupt(blank(), "dotted_line", seed=1).astype(float)
    on = [column for column in range(27) if column % 4 >= 2]
    drawn = lines.max(axis=1) > 0
    assert drawn[:, on].all()
    assert drawn.sum() == drawn[:, on].sum()
    peaks = lines.argmax(axis=1)[:, on]
    slope, start = np.polyfit(on, peaks.T, 1)
    assert np.abs(peaks - start[:, None] - slope[:, None] * on).max() < 1.5
    assert (slope > 0.3).any()
    assert (slope < -0.3).any()


def test_zigzag_goes_up_and_down_by_two_rows_every_eight_columns():
    lines = corrupt(blank(), "zigzag", seed=1)
    drawn = lines.max(axis=1) > 150
    assert not lines[:, :, :2].any()
    assert not lines[:, :, 25:].any()
    whole = drawn[:, 2:25].all(axis=1)
    assert whole.mean() > 0.4
    peaks = lines.argmax(axis=1)[whole].astype(float)
    falls = (peaks[:, 8] - peaks[:, 4], peaks[:, 16] - peaks[:, 12])
    rises = (peaks[:, 12] - peaks[:, 8], peaks[:, 20] - peaks[:, 16])
    assert np.mean(rises) - np.mean(falls) == pytest.approx(8, abs=0.3)
    assert np.abs(peaks[:, 20] - peaks[:, 4]).max() <= 16 * 5 / 23 + 1


@pytest.mark.parametrize("name", ["dotted_line", "zigzag"])
def test_lines_only_add_ink(rows, name):
    assert (corrupt(rows, name, seed=1) >= rows).all()


def test_canny_edges_leave_black_outlines(rows):
    square = blank(1)
    square[:, 9:19, 9:19] = 255
    outline = corrupt(square, "canny_edges", seed=1)
    assert not outline[:, 11:17, 11:17].any()
    assert not np.delete(np.delete(outline, np.s_[7:21], axis=1), np.s_[7:21], axis=2).any()
    assert 30 <= (outline == 255).sum() <= 48
    assert set(np.unique(corrupt(rows, "canny_edges", seed=1))) == {0, 255}


@pytest.mark.parametrize(("grey", "has_edges"), [(18, False), (24, True)])
def test_canny_edges_begin_at_a_step_of_20_greys(grey, has_edges):
    # Sobel's 4 h (Phi(1.5) - Phi(-0.5)) = 2.5 h at a step of h blurred with sigma 1, against 0.2 * 255
    half = blank(1)
    half[:, :, 14:] = grey
    assert corrupt(half, "canny_edges", seed=1).any() == has_edges
