import tomllib
from pathlib import Path

import pytest

from digitd.config import describe, load_config
from digitd.config.keys import KEYS
from digitd.config.load import shipped_file
from digitd.errors import ConfigError, ExitCode


def load(tmp_path, text="", *, environ=None, flags=None):
    file = tmp_path / "etc" / "digitd.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return load_config(file, environ=environ or {}, flags=flags, cwd=tmp_path)


def test_shipped_file_names_every_key_and_no_other():
    document = tomllib.loads(shipped_file().read_text(encoding="utf-8"))
    named = {table: set(content[0] if table == "inbox" else content) for table, content in document.items()}
    assert named == {table: set(keys) for table, keys in KEYS.items()}


def test_shipped_file_comments_every_key():
    for line in shipped_file().read_text(encoding="utf-8").splitlines():
        assert not line or "#" in line or line.startswith("["), line


def test_defaults_are_relative_to_the_working_folder(tmp_path):
    config = load_config(environ={}, cwd=tmp_path)
    assert config.inboxes[0].path == tmp_path / "inbox"
    assert config.outbox.path == tmp_path / "outbox"
    assert config.state_path == tmp_path / "outbox" / ".state"
    assert config.model_path is None


def test_relative_paths_of_a_file_are_relative_to_the_file(tmp_path):
    config = load(tmp_path, '[[inbox]]\npath = "in"\n[outbox]\npath = "/srv/out"\n')
    assert config.inboxes[0].path == tmp_path / "etc" / "in"
    assert config.outbox.path == Path("/srv/out")
    assert config.state_path == Path("/srv/out/.state")


def test_flag_wins_over_variable_over_file_over_default(tmp_path):
    text = "[settle]\nquiet_s = 2.0\nrescan_s = 3.0\n"
    config = load(tmp_path, text, environ={"DIGITD_SETTLE_QUIET_S": "4", "DIGITD_OUTBOX_PATH": "from-variable"})
    assert (config.settle.quiet_s, config.settle.rescan_s) == (4.0, 3.0)
    assert config.outbox.path == tmp_path / "from-variable"
    flags = {"outbox.path": Path("from-flag"), "inbox.path": None}
    config = load(tmp_path, text, environ={"DIGITD_OUTBOX_PATH": "from-variable"}, flags=flags)
    assert config.outbox.path == tmp_path / "from-flag"
    assert config.effective["outbox.path"].origin == "flag --outbox"
    assert config.effective["settle.rescan_s"].origin.endswith("digitd.toml")
    assert config.effective["limits.max_pages"].origin == "default"


def test_file_may_be_named_by_a_variable(tmp_path):
    (tmp_path / "mine.toml").write_text("[settle]\nquiet_s = 7\n")
    assert load_config(environ={"DIGITD_CONFIG": "mine.toml"}, cwd=tmp_path).settle.quiet_s == 7.0


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[settle]\nquite_s = 1\n", "unknown key settle.quite_s", "did you mean quiet_s?"),
        ("[outbx]\n", "unknown table [outbx]", "did you mean outbox?"),
        ("[settle]\nquiet_s = 0\n", "must be a number from 0.05 to 3600", "config show"),
        ("[settle]\nquiet_s = nan\n", "must be a number", "config show"),
        ("[settle]\nquiet_s = true\n", "must be a number", "config show"),
        ("[limits]\nmax_pages = 1.5\n", "must be an integer at least 1", "config show"),
        ('[outbox]\nannotate = "some"\n', "must be one of all, review, sheet, none", "config show"),
        ('[[inbox]]\nkind = "number"\n', "is reserved and not built yet", "config show"),
        ('[[inbox]]\nkind = "form"\n', 'kind = "form" needs a template', "digitd form detect"),
        ('[[inbox]]\nform = "a.toml"\n', 'belongs to kind = "form"', 'set kind = "form"'),
        ('[[inbox]]\nrecursive = "yes"\n', "must be true or false", "config show"),
        ('[[inbox]]\nignore = "*.tmp"\n', "must be a list of patterns", "config show"),
        ('[inbox]\npath = "a"\n', "'inbox' must be a table", "write [[inbox]]"),
        ("settle = 3\n", "'settle' must be a table", "write [settle]"),
        ("inbox = []\n", "'inbox' must be a table", "write [[inbox]]"),
        ("[settle\n", "is not valid TOML", "mend the line"),
    ],
)
def test_wrong_configuration_is_refused_with_a_hint(tmp_path, text, message, hint):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert message in str(caught.value)
    assert hint in caught.value.hint
    assert caught.value.exit_code == ExitCode.CONFIG


def test_form_of_an_inbox_is_relative_to_the_file(tmp_path):
    (inbox,) = load(tmp_path, '[[inbox]]\nkind = "form"\nform = "forms/exam.toml"\n').inboxes
    assert (inbox.kind, inbox.form.name, inbox.form.parent.name) == ("form", "exam.toml", "forms")
    assert inbox.form.is_absolute()


def test_misspelt_variable_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="DIGITD_SETTLE_QUIT_S"):
        load(tmp_path, environ={"DIGITD_SETTLE_QUIT_S": "1"})


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot read the configuration"):
        load_config(tmp_path / "none.toml", environ={}, cwd=tmp_path)


@pytest.mark.parametrize(
    ("inbox", "outbox"), [("same", "same"), ("out/in", "out"), ("in", "in/out"), ("out/../same", "same")]
)
def test_folders_inside_one_another_are_refused(tmp_path, inbox, outbox):
    with pytest.raises(ConfigError, match=r"is also the outbox|lie inside one another"):
        load(tmp_path, f'[[inbox]]\npath = "{inbox}"\n[outbox]\npath = "{outbox}"\n')


def test_inbox_that_is_the_outbox_by_a_link_is_refused(tmp_path):
    (tmp_path / "etc" / "out").mkdir(parents=True)
    (tmp_path / "etc" / "in").symlink_to("out")
    with pytest.raises(ConfigError, match="is also the outbox"):
        load(tmp_path, '[[inbox]]\npath = "in"\n[outbox]\npath = "out"\n')


def test_two_inboxes_each_get_the_defaults_and_must_differ(tmp_path):
    config = load(tmp_path, '[[inbox]]\npath = "a"\nrecursive = true\n[[inbox]]\npath = "b"\n')
    assert [(inbox.path.name, inbox.recursive) for inbox in config.inboxes] == [("a", True), ("b", False)]
    assert config.inboxes[1].ignore
    with pytest.raises(ConfigError, match="is also the inbox"):
        load(tmp_path, '[[inbox]]\npath = "a"\n[[inbox]]\npath = "a"\n')


def test_inbox_flag_with_several_inboxes_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="has 2 inboxes"):
        load(tmp_path, '[[inbox]]\npath = "a"\n[[inbox]]\npath = "b"\n', flags={"inbox.path": Path("c")})


def test_description_is_a_configuration_with_the_same_effect(tmp_path):
    config = load(tmp_path, '[[inbox]]\npath = "in \\"quoted\\""\n[review]\ntarget_error = 0.01\n')
    again = load(tmp_path, describe(config))
    assert again.inboxes == config.inboxes
    assert (again.outbox, again.settle, again.limits) == (config.outbox, config.settle, config.limits)
    assert (again.review, again.service) == (config.review, config.service)
    assert "# default" in describe(config)


@pytest.mark.parametrize("textfile", ["in/d.prom", "out/predictions.csv", "state/ledger.sqlite3", "digitd.toml"])
def test_metrics_may_not_be_written_over_what_is_digitds_own(tmp_path, textfile):
    folders = '[[inbox]]\npath = "in"\n[outbox]\npath = "out"\n[state]\npath = "state"\n'
    with pytest.raises(ConfigError, match=r"digitd's own|is the configuration"):
        load(tmp_path, f'{folders}[metrics]\ntextfile = "{textfile}"\n')
    load(tmp_path, f'{folders}[metrics]\ntextfile = "metrics/d.prom"\n')
