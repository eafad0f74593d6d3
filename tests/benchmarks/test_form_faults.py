"""Files with faults are what their names say, and the command that provokes them says what came of each."""

from pathlib import Path

import pytest

from benchmarks.fault_files import READ, faults
from benchmarks.fault_stock import Stock
from digitd.config import load_config
from digitd.errors import Rejection
from digitd.imaging.decode import decode_pages
from digitd.intake import read_bytes
from tests.forms.simulation.writing import Digits

DECODED = {READ, "blank_page", "unregistered"}
QUICK = [fault for fault in faults() if not fault.is_slow]


@pytest.fixture(scope="module")
def stock(mnist_rows):
    return Stock.of(Digits.of(*mnist_rows))


@pytest.mark.parametrize("fault", QUICK, ids=lambda fault: fault.name)
def test_pages_fail_where_they_should(stock, fault, tmp_path):
    path = tmp_path / f"fault.{fault.ending}"
    fault.write(stock, path)
    limits = load_config(environ={}).limits
    found = []
    try:
        pages = decode_pages(read_bytes(path, limits.max_bytes), limits)
        found += [page.reason if isinstance(page, Rejection) else READ for page in pages]
    except Rejection as rejection:
        found.append(rejection.reason)
    assert found == [READ if reason in DECODED else reason for reason in fault.reasons]


def test_names_are_unique():
    assert len({fault.name for fault in faults()}) == len(faults())


@pytest.mark.slow
def test_fault_is_provoked_and_told(shared_data, monkeypatch):
    from click.testing import CliRunner

    from benchmarks.form_faults import main

    monkeypatch.chdir(Path(__file__).parents[2])
    ran = CliRunner().invoke(main, ["--only", "damaged picture", "--jobs", "1", "--data", str(shared_data)])
    assert ran.exit_code == 0, ran.output
    assert "| PDF, a damaged picture | 4 read, 1 unreadable, “the PDF page has a picture" in ran.output
