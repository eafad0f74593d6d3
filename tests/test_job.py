import hashlib
import pickle
from pathlib import Path

import pytest

from digitd.config import Limits, Review
from digitd.errors import ModelError, OutputError, Rejection
from digitd.intake import read_bytes
from digitd.job import Job, prepare_job
from digitd.logline import summary
from digitd.values import Status
from tests.conftest import SAMPLES

LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_pages=3, max_attempts=3)


@pytest.fixture
def job(tmp_path):
    (tmp_path / "outbox").mkdir()
    review = Review(target_error=0.001, threshold=0.0001)
    return prepare_job(model_path=None, review=review, limits=LIMITS, annotate="all", outbox=tmp_path / "outbox")


def test_file_becomes_a_reading_with_its_hash_and_picture(job, sample, tmp_path):
    (tmp_path / "a.jpg").write_bytes(sample)
    outcome = job.run(tmp_path / "a.jpg", "day/a.jpg")
    sha256 = hashlib.sha256(sample).hexdigest()
    assert (outcome.name, outcome.sha256) == ("day/a.jpg", sha256)
    assert [(reading.value, reading.status) for reading in outcome.readings] == [("7", Status.ACCEPTED)]
    assert outcome.pictures == (f"annotated/day_a.jpg-{sha256[:12]}.png",)
    assert (job.outbox / outcome.pictures[0]).is_file()


@pytest.mark.parametrize(("annotate", "pictures"), [("all", True), ("review", False), ("none", False)])
def test_accepted_reading_has_a_picture_only_on_demand(job, annotate, pictures):
    wanted = Job(**{name: getattr(job, name) for name in Job.__slots__} | {"annotate": annotate})
    outcome = wanted.run(SAMPLES / "seven-on-grid.jpg", "a.jpg")
    assert bool(outcome.pictures[0]) is pictures


def test_error_in_digitd_fails_one_file_with_its_name(job, sample, tmp_path):
    class Broken:
        def probabilities(self, _):
            raise ZeroDivisionError("broken")

    (tmp_path / "a.jpg").write_bytes(sample)
    reader = type(job.reader)(classifier=Broken(), threshold=0.5)
    broken = Job(**{name: getattr(job, name) for name in Job.__slots__} | {"reader": reader})
    (reading,) = broken.run(tmp_path / "a.jpg", "a.jpg").readings
    assert (reading.status, reading.reason) == (Status.FAILED, "internal_error")
    assert reading.detail == "ZeroDivisionError: broken"


def test_picture_that_cannot_be_drawn_does_not_cost_the_row(job, sample, tmp_path):
    class Broken:
        def render(self, *_):
            raise ZeroDivisionError("broken")

    (tmp_path / "a.jpg").write_bytes(sample)
    broken = Job(**{name: getattr(job, name) for name in Job.__slots__} | {"annotator": Broken()})
    outcome = broken.run(tmp_path / "a.jpg", "a.jpg")
    assert [(reading.value, reading.status) for reading in outcome.readings] == [("7", Status.ACCEPTED)]
    assert outcome.pictures == ("",)


def test_tiff_of_nothing_but_thumbnails_is_a_failed_reading(job, tmp_path):
    from PIL import Image, TiffImagePlugin

    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1  # NewSubfileType: a reduced copy of another image
    page = Image.new("L", (20, 20))
    page.save(tmp_path / "a.tif", save_all=True, append_images=[page], tiffinfo=tags)
    outcome = job.run(tmp_path / "a.tif", "a.tif")
    assert len(outcome.readings) == len(outcome.pictures) >= 1


def test_pages_beyond_the_limit_are_one_failed_reading(job, tmp_path):
    from PIL import Image

    page = Image.open(SAMPLES / "seven-on-grid.jpg").convert("L")
    page.save(tmp_path / "long.tif", save_all=True, append_images=[page] * 9)
    readings = job.run(tmp_path / "long.tif", "long.tif").readings
    assert [reading.reason for reading in readings] == ["", "", "", "too_many_pages"]


def test_outbox_that_cannot_be_written_is_no_fault_of_the_file(job):
    job.outbox.rmdir()
    with pytest.raises(OutputError, match="cannot write the picture"):
        job.run(SAMPLES / "seven-on-grid.jpg", "a.jpg")


def test_job_works_after_it_was_sent_to_another_process(job):
    copy = pickle.loads(pickle.dumps(job))  # noqa: S301
    assert copy.run(SAMPLES / "seven-on-grid.jpg", "a.jpg").readings[0].value == "7"


def test_threshold_comes_from_the_target_error_unless_fixed(tmp_path):
    def threshold(**review):
        made = prepare_job(
            model_path=None,
            review=Review(**({"target_error": 0.001, "threshold": 0.0} | review)),
            limits=LIMITS,
            annotate="none",
            outbox=tmp_path,
        )
        return made.reader.threshold

    assert threshold(threshold=0.42) == 0.42
    assert threshold(target_error=0.001) > threshold(target_error=0.01)


def test_missing_model_is_a_model_error(tmp_path):
    with pytest.raises(ModelError):
        prepare_job(
            model_path=tmp_path / "none",
            review=Review(target_error=0.001, threshold=0.0),
            limits=LIMITS,
            annotate="none",
            outbox=tmp_path,
        )


def test_file_that_is_one_byte_too_large_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 11)
    with pytest.raises(Rejection, match="11 bytes, the limit is 10") as caught:
        read_bytes(tmp_path / "a", 10)
    assert caught.value.reason == "too_large"
    assert read_bytes(tmp_path / "a", 11) == b"x" * 11


@pytest.mark.parametrize("name", ["/dev/zero", "/proc/self/mem"])
def test_devices_and_kernel_files_end(name):
    with pytest.raises(Rejection):
        read_bytes(Path(name), 100)


def test_summary_names_the_result_and_the_duration(job):
    fields = summary(job.run(SAMPLES / "seven-on-grid.jpg", "a\n.jpg"))
    assert (fields["file"], fields["result"], fields["value"]) == ("a\\x0a.jpg", "accepted", "7")
    assert fields["ms"] > 0
