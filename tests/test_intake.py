"""A file is read whole, also one that grew, and never beyond the limit."""

import os

import pytest

from digitd.intake import read_bytes


@pytest.fixture
def says_size(monkeypatch):
    """Let `fstat` say another size, as of a file that grows after it was asked."""

    def say(size_bytes):
        true_fstat = os.fstat

        def fstat(descriptor):
            values = list(true_fstat(descriptor))
            values[6] = size_bytes
            return os.stat_result(values)

        monkeypatch.setattr(os, "fstat", fstat)

    return say


@pytest.mark.parametrize("size_bytes", [0, 1, 4095, 4096, 4097, 300_000])
def test_a_file_is_read_whole(tmp_path, size_bytes):
    content = os.urandom(size_bytes)
    (tmp_path / "a").write_bytes(content)
    assert read_bytes(tmp_path / "a", 10**6) == content
    assert read_bytes(tmp_path / "a", max(size_bytes, 1)) == content


@pytest.mark.parametrize("said_bytes", [0, 100, 9_999, 20_000])
def test_a_file_that_changed_its_size_is_read_to_its_end(tmp_path, says_size, said_bytes):
    content = os.urandom(10_000)
    (tmp_path / "a").write_bytes(content)
    says_size(said_bytes)
    assert read_bytes(tmp_path / "a", 10**6) == content


def test_a_file_that_grows_beyond_the_limit_is_read_to_the_limit(tmp_path, says_size):
    content = os.urandom(10_000)
    (tmp_path / "a").write_bytes(content)
    says_size(100)
    assert read_bytes(tmp_path / "a", 5_000) == content[:5_000]


def test_a_file_that_grows_without_end_is_left_at_a_mebibyte_more(tmp_path, says_size):
    (tmp_path / "a").write_bytes(bytes(3 << 20))
    says_size(100)
    assert len(read_bytes(tmp_path / "a", 10**8)) == 100 + (1 << 20)


def test_no_descriptor_is_left_open(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(9):
        read_bytes(tmp_path / "a", 10)
    assert len(os.listdir("/proc/self/fd")) == before
