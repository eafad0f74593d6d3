"""Somebody changes predictions.csv: what they wrote is kept aside, and the CSV is what the ledger says again."""

import os

import pytest

from tests.faults.pauses import drop_three, serve_one


def cut(path):
    os.truncate(path, path.stat().st_size - 30)


def empty(path):
    os.truncate(path, 0)


def edit(path):
    path.write_bytes(path.read_bytes().replace(b"first", b"worst"))


def save_anew(path):
    edited = path.with_name("edited")
    edited.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    edited.replace(path)


def add_a_row(path):
    with path.open("a") as file:
        file.write("2,by hand\n")


def remove(path):
    path.unlink()


@pytest.mark.fault("predictions.csv changed while digitd runs or rests")
@pytest.mark.parametrize("change", [cut, empty, edit, save_anew, add_a_row, remove])
@pytest.mark.parametrize("is_running", [True, False])
def test_changed_csv_is_kept_aside_and_written_anew(place, tiny, change, is_running):
    process = serve_one(place, tiny)
    before = place.csv
    if not is_running:
        place.stop(process)
    change(place.outbox / "predictions.csv")
    changed = place.csv
    drop_three(place, tiny)
    if is_running:
        place.wait_for_all()
        place.stop(process)
    else:
        place.once()
    place.check(before_csv=before)
    aside = [found.read_bytes() for found in place.outbox.glob("predictions.csv.*")]
    assert aside == ([] if change is remove else [changed])
