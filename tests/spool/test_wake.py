import os
import resource
import time

import pytest

from digitd.spool.wake import Wake


def test_wait_ends_when_another_descriptor_can_be_read():
    reader, writer = os.pipe()
    try:
        with Wake() as wake:
            os.write(writer, b"x")
            assert not wake.wait(10, reader)
            wake.set()
            assert wake.wait(10, reader)
            assert not wake.wait(0)
    finally:
        os.close(reader)
        os.close(writer)


def test_wait_is_no_shorter_than_it_is_asked_to_be():
    with Wake() as wake:
        began = time.monotonic()
        assert not wake.wait(0.0503)
        assert time.monotonic() - began >= 0.0503


def test_descriptors_may_have_any_number():
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 2000:
        pytest.skip("needs more than 2,000 open files")
    reader, writer = os.pipe()
    try:
        os.dup2(reader, 1999)
        with Wake() as wake:
            wake.set()
            assert wake.wait(0, 1999)
    finally:
        for descriptor in (reader, writer, 1999):
            os.close(descriptor)
