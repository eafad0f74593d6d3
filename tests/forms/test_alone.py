import cv2
import numpy as np
import pytest

from digitd.forms.alone import register_alone
from digitd.forms.placed import Registration
from digitd.forms.registration import prepare
from tests.forms.simulation.layout import references
from tests.forms.simulation.layouts import meter


@pytest.fixture(scope="module")
def form():
    layout = meter()
    return prepare(layout.template, references(layout))


@pytest.fixture(scope="module")
def page(form):
    return cv2.resize(form.reference(1), (1240, 1754), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("way", [np.hstack, np.vstack])
def test_two_pages_on_one_picture_are_both_named(form, page, way):
    found = register_alone(way([page, page]), form)
    assert not isinstance(found, Registration)
    assert "shows pages 1 and 1 of the form 'meter', or more" in found.detail
    assert len(found.tried) == 2


def test_page_on_a_larger_sheet_is_alone(form, page):
    found = register_alone(np.hstack([page, np.full_like(page, 250)]), form)
    assert isinstance(found, Registration)
