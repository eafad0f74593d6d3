from benchmarks.stock import copies


def test_copies_are_files_of_their_own_in_turn_numbered_on(tmp_path):
    sources = [tmp_path / "a", tmp_path / "b"]
    for source in sources:
        source.write_text(source.name)
    files = copies(sources, tmp_path / "out", 3, first=5)
    assert [file.name for file in files] == ["000005.png", "000006.png", "000007.png"]
    assert [file.read_text() for file in files] == ["a", "b", "a"]
    assert {file.stat().st_nlink for file in files} == {1}
    assert sorted((tmp_path / "out").iterdir()) == files
