import hashlib

import pytest

from digitd.errors import InputError
from digitd.training.download import keras_cache, obtain_mnist

CONTENT = b"the digits"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def origin(tmp_path, monkeypatch) -> str:
    """An address that answers with CONTENT, and a home for Keras of its own."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "mnist.npz").write_bytes(CONTENT)
    return (tmp_path / "mnist.npz").as_uri()


def test_download_is_announced_and_kept_where_keras_looks(origin):
    said: list[str] = []
    path = obtain_mnist(announce=said.append, url=origin, sha256=SHA256)
    assert path == keras_cache()
    assert path.read_bytes() == CONTENT
    assert [entry.name for entry in path.parent.iterdir()] == ["mnist.npz"]
    assert origin in said[0]


def test_kept_copy_is_used_without_the_network(origin):
    obtain_mnist(announce=lambda _: None, url=origin, sha256=SHA256)
    said: list[str] = []
    obtain_mnist(announce=said.append, url="file:///nowhere", sha256=SHA256)
    assert "downloading" not in said[0]


def test_damaged_copy_is_fetched_again(origin):
    keras_cache().parent.mkdir(parents=True)
    keras_cache().write_bytes(b"cut")
    assert obtain_mnist(announce=lambda _: None, url=origin, sha256=SHA256).read_bytes() == CONTENT


def test_download_with_another_hash_is_refused_and_not_kept(origin):
    with pytest.raises(InputError, match="sha256") as caught:
        obtain_mnist(announce=lambda _: None, url=origin, sha256="0" * 64)
    assert "--data PATH" in caught.value.hint
    assert not keras_cache().exists()


@pytest.mark.usefixtures("origin")
def test_being_offline_names_the_way_on():
    with pytest.raises(InputError, match="cannot be downloaded") as caught:
        obtain_mnist(announce=lambda _: None, url="file:///nowhere/mnist.npz", sha256=SHA256)
    assert "--data PATH" in caught.value.hint
    assert "labels.csv" in caught.value.hint


def test_cache_that_cannot_be_written_is_refused(origin, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(InputError, match="cannot keep"):
        obtain_mnist(announce=lambda _: None, url=origin, sha256=SHA256)
