"""Where a page of a form lies on a picture, and that nothing else is taken for it."""

import pickle
from dataclasses import replace

import cv2
import numpy as np
import pytest

from digitd.forms.placed import Registration, Unregistered
from digitd.forms.registration import prepare, register
from digitd.forms.registration.features import features_of, from_features
from digitd.forms.template import Field, FormPage, Rect, Template
from tests.forms.registration.drawn import (
    EXAM,
    MARKED,
    PER_MM,
    WIDTH,
    blank,
    comb,
    form,
    moved,
    scanned,
    worst_mm,
    written,
)

NEAR_MM = 0.25
PREPARED = prepare(EXAM, {1: blank(EXAM)})
PREPARED_MARKED = prepare(MARKED, {1: blank(MARKED)})
PREPARED_BARE = prepare(EXAM, {})
PREPARED_FOR = {"markers": PREPARED_MARKED, "features": PREPARED, "outline": PREPARED_BARE}


@pytest.mark.parametrize(
    "seen",
    [
        {},
        {"degrees": 2.5, "shift": (2, -3)},
        {"stretch": (1.03, 0.97)},
        {"turns": 1, "degrees": -2},
        {"turns": 2, "shift": (-3, 3)},
        {"turns": 3},
        {"scale": 2.5},
        {"scale": 0.75},
        {"noise": 12.0},
        {"tilt": 0.1, "degrees": 2, "stretch": (0.85, 0.85)},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", PREPARED_FOR)
def test_page_is_found_and_every_box_is_where_it_is_printed(method, seen):
    if method == "outline" and "tilt" in seen:
        pytest.skip("boxes alone are looked for on pages that are nearly level")
    prepared = PREPARED_FOR[method]
    template = prepared.template
    picture, truth = scanned(written(blank(template), template), **seen)
    found = register(picture, prepared)
    assert isinstance(found, Registration), found
    assert found.method == method
    assert worst_mm(found, template, truth) < NEAR_MM
    assert found.rms_mm < 0.2


def test_pale_borders_are_found():
    pale = blank(MARKED, grey=225)
    picture, truth = scanned(written(pale, MARKED), noise=3)
    found = register(picture, prepare(MARKED, {1: pale}))
    assert worst_mm(found, MARKED, truth) < NEAR_MM


def test_curled_page_is_found_field_by_field():
    picture = written(blank(MARKED), MARKED)
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    curl = 1.8 * PER_MM * np.sin(np.pi * columns / picture.shape[1]).astype(np.float32)
    found = register(cv2.remap(picture, columns, rows - curl, cv2.INTER_LINEAR, borderValue=255), PREPARED_MARKED)
    total = found.fields["total"] @ (92, 124, 1)  # the middle of it
    expected = 124 * PER_MM + 1.8 * PER_MM * np.sin(np.pi * 92 / WIDTH)
    assert abs(total[1] / total[2] - expected) < 0.3 * PER_MM


def test_heading_alone_says_nothing_of_perspective():
    sheet = blank(form(), words=None)
    cv2.putText(sheet, "Stock of spare parts", (60, 80), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2, cv2.LINE_AA)
    picture, _ = scanned(sheet, degrees=1.5, stretch=(0.9, 0.9), tilt=0.08)
    (candidate,), _ = from_features(picture, [(1, features_of(sheet, EXAM.pages[0], ()))])
    assert np.array_equal(candidate.transform[2], (0, 0, 1))


def test_missing_corner_costs_nothing():
    picture, truth = scanned(written(blank(MARKED), MARKED))
    picture[: 20 * PER_MM, : 20 * PER_MM] = 30
    found = register(picture, PREPARED_MARKED)
    assert found.method == "markers"
    assert worst_mm(found, MARKED, truth) < NEAR_MM


def test_shadow_across_the_page_disturbs_nothing():
    picture, truth = scanned(written(blank(EXAM), EXAM))
    picture[:, picture.shape[1] // 2 :] = (picture[:, picture.shape[1] // 2 :] * 0.5).astype(np.uint8)
    assert worst_mm(register(picture, PREPARED), EXAM, truth) < NEAR_MM


@pytest.mark.parametrize("prepared", PREPARED_FOR.values(), ids=PREPARED_FOR)
@pytest.mark.parametrize("step", [(6, 0), (-6, 0), (0, 12), (0, -12), (3, 0), (5, 5)], ids=str)
def test_older_version_is_refused_or_each_box_is_found_where_that_one_has_it(prepared, step):
    older = moved(prepared.template, *step)
    picture, truth = scanned(written(blank(older), older), degrees=1)
    found = register(picture, prepared)
    assert isinstance(found, Unregistered) or worst_mm(found, prepared.template, truth, printed=older) < NEAR_MM


@pytest.mark.parametrize("prepared", [PREPARED, PREPARED_MARKED], ids=["features", "markers"])
def test_version_with_one_box_more_or_less_is_refused(prepared):
    first, *others = prepared.template.fields
    for count in (7, 9):
        other = replace(prepared.template, fields=(comb("id", 45, 30, count), *others))
        found = register(scanned(written(blank(other), other))[0], prepared)
        assert isinstance(found, Unregistered)
        assert f"field {first.name!r}" in found.detail


def test_other_words_in_front_of_the_same_boxes_are_refused():
    for prepared in (PREPARED, PREPARED_MARKED):
        picture, _ = scanned(written(blank(prepared.template, words=5), prepared.template))
        assert isinstance(register(picture, prepared), Unregistered)


def test_page_of_two_is_told_by_its_words_and_never_by_its_boxes_alone():
    both = form(comb("a", 60, 40, 6), comb("b", 60, 40, 6, page=2), pages=2)
    prepared = prepare(both, {page: blank(both, page) for page in (1, 2)})
    for page in (1, 2):
        picture, truth = scanned(written(blank(both, page), both, page), turns=2)
        found = register(picture, prepared)
        assert found.page == page
        assert worst_mm(found, both, truth) < NEAR_MM
        assert isinstance(register(picture, prepare(both, {})), Unregistered)


def test_boxes_that_look_the_same_upside_down_are_refused_unless_the_page_fills_the_picture():
    table = form(*(comb(f"r{row}", 30, 50 + 12 * row, 5) for row in range(4)))
    prepared = prepare(table, {})
    filling, truth = scanned(written(blank(table), table), turns=2)
    assert worst_mm(register(filling, prepared), table, truth) < NEAR_MM
    shifted, _ = scanned(written(blank(table), table), shift=(14, 20))
    found = register(shifted, prepared)
    assert isinstance(found, Unregistered)
    assert "way round" in found.detail


def test_half_a_page_is_refused_and_says_so():
    picture, _ = scanned(written(blank(MARKED), MARKED))
    found = register(np.ascontiguousarray(picture[: picture.shape[0] // 2]), PREPARED_MARKED)
    assert isinstance(found, Unregistered)
    assert found.reason == "unregistered"
    assert len(found.tried) >= 3


def test_page_without_a_mark_is_blank_and_one_with_a_word_is_not():
    paper = np.clip(np.random.default_rng(0).normal(240, 3, (900, 640)), 0, 255).astype(np.uint8)
    assert register(paper, PREPARED).reason == "blank_page"
    cv2.putText(paper, "7", (300, 400), cv2.FONT_HERSHEY_SIMPLEX, 1, 90, 2)
    assert register(paper, PREPARED).reason == "unregistered"


def test_sheet_that_shows_nothing_is_no_blank_page():
    rng = np.random.default_rng(0)
    black, grainy = np.zeros((900, 700), np.uint8), rng.integers(0, 256, (900, 700), np.uint8)
    assert {register(sheet, PREPARED).reason for sheet in (black, grainy)} == {"unregistered"}


@pytest.mark.parametrize(
    "shape",
    [(1, 1), (1, 5000), (63, 63), (64, 64), (64, 4000), (4000, 70), (300, 200, 3), (2, 2, 3)],
    ids=str,
)
@pytest.mark.parametrize("fill", ["black", "white", "noise", "stripes"])
def test_no_picture_makes_it_fail(shape, fill):
    rng = np.random.default_rng(0)
    picture = {
        "black": np.zeros(shape),
        "white": np.full(shape, 255),
        "noise": rng.integers(0, 256, shape),
        "stripes": np.broadcast_to(
            np.arange(shape[1])[(None, slice(None), *[None] * (len(shape) - 2))] % 9 * 31, shape
        ),
    }[fill].astype(np.uint8)
    for prepared in PREPARED_FOR.values():
        found = register(picture, prepared)
        assert isinstance(found, Unregistered)
        assert found.detail.endswith(".")


def test_colour_and_grey_are_the_same():
    picture, truth = scanned(written(blank(EXAM), EXAM))
    found = register(np.dstack([picture] * 3), PREPARED)
    assert worst_mm(found, EXAM, truth) < NEAR_MM


def test_refusal_says_what_was_looked_for():
    other = form(comb("x", 30, 40, 4, width=9, height=9), comb("y", 50, 90, 3, width=9, height=9))
    found = register(scanned(written(blank(other, words=9), other))[0], PREPARED_MARKED)
    assert {line.split(":")[0] for line in found.tried} >= {"markers", "features", "outline"}
    assert "'drawn'" in found.detail


def test_page_without_fields_is_known_by_its_words():
    both = form(comb("a", 60, 40, 6), pages=2)
    prepared = prepare(both, {page: blank(both, page) for page in (1, 2)})
    found = register(scanned(blank(both, 2))[0], prepared)
    assert (found.page, dict(found.fields)) == (2, {})


def test_prepared_form_survives_pickling_and_holds_its_blank_page():
    again = pickle.loads(pickle.dumps(PREPARED))  # noqa: S301  # our own bytes
    assert np.array_equal(again.reference(1), blank(EXAM))
    assert again.reference(2) is None
    picture, truth = scanned(written(blank(EXAM), EXAM))
    assert worst_mm(register(picture, again), EXAM, truth) < NEAR_MM


def test_form_as_large_as_a_poster_is_found():
    large = Template(
        form="large",
        pages=(FormPage(number=1, width=600, height=800),),
        fields=tuple(
            Field(
                name=f"r{row}",
                page=1,
                boxes=tuple(Rect(x=200 + 45 * k, y=100 + 90 * row, width=36, height=40) for k in range(3 + row)),
            )
            for row in range(4)
        ),
    )
    picture = blank(large, words=None, per_mm=1.5)
    assert isinstance(register(written(picture, large, per_mm=1.5), prepare(large, {})), Registration)
