"""Settings from flags, environment, file and defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from openparticipant.setting_table import SETTINGS
from openparticipant.settings import SettingsError, load


def test_the_defaults_are_valid_and_complete() -> None:
    """A server starts without a single word."""
    settings = load({}, {}, None).settings

    assert (settings.host, settings.port, settings.region) == ("127.0.0.1", 8080, "us-east-1")
    assert settings.attachment_size == 20971520
    assert settings.upload_url_lifetime == 900_000
    assert "pdf" in settings.attachment_extensions


def test_a_flag_beats_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    """And the file beats the default."""
    file = tmp_path / "c.toml"
    file.write_text('port = 1\nregion = "eu-west-1"\naccount = "111111111111"\n')
    environ = {"OPENPARTICIPANT_PORT": "2", "OPENPARTICIPANT_REGION": "eu-north-1"}

    settings = load({"port": ["3"]}, environ, file).settings

    assert (settings.port, settings.region, settings.account) == (3, "eu-north-1", "111111111111")


def test_nothing_vanishes_while_it_may_still_be_uploaded() -> None:
    """An upload URL must not outlive what it is for."""
    settings = load({"abandoned-after": ["900"]}, {}, None).settings
    assert settings.abandoned_after == settings.upload_url_lifetime
    with pytest.raises(SettingsError, match="--abandoned-after must not be below"):
        load({"abandoned-after": ["899"]}, {}, None)


def test_a_switch_may_be_a_truth_value_in_the_file(tmp_path: Path) -> None:
    """TOML has a word of its own for on and off."""
    file = tmp_path / "c.toml"
    for text, expected in (("true", True), ("false", False), ('"on"', True), ('"off"', False)):
        file.write_text(f"demo = {text}\n")
        assert load({}, {}, file).settings.demo is expected


def test_lists_come_repeated_or_with_commas(tmp_path: Path) -> None:
    """In the file they may be lists too."""
    file = tmp_path / "c.toml"
    file.write_text('instances = ["a", "b"]\n')

    assert load({}, {}, file).settings.instances == ("a", "b")
    assert load({"instances": ["a,b", "c"]}, {}, file).settings.instances == ("a", "b", "c")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "abc"),
        ("port", "65536"),
        ("port", "-1"),
        ("port", "٣"),
        ("public-url", "chat.example.org"),
        ("public-url", "https://chat.example.org/path"),
        ("public-url", "https://user@chat.example.org"),
        ("public-url", "https://chat.example.org:99999"),
        ("objects-url", "ftp://x"),
        ("objects-url", "http://x?"),
        ("objects-url", "http://x#"),
        ("objects-url", "http://a b"),
        ("data-dir", ""),
        ("allowed-origins", "example.org"),
        ("database", "mysql://db/x"),
        ("objects", "gs://bucket"),
        ("bus", "amqp://127.0.0.1"),
        ("scanner", "icap://127.0.0.1"),
        ("scanner", "exec:relative"),
        ("scan-timeout", "0.5"),
        ("scan-hold", "604801"),
        ("scan-hold", "never"),
        ("pending-uploads", "0"),
        ("rates", "token"),
        ("rates", "token=0/5"),
        ("rates", "token=5/0"),
        ("rates", "stranger=1/5"),
        ("rates", "aws,token=1/5/6"),
        ("tls", "on"),
        ("account", "1"),
        ("region", "US EAST"),
        ("drain-timeout", "-1"),
        ("drain-timeout", "nan"),
        ("attachment-size", "0"),
        ("attachment-size", "104857601"),
        ("upload-url-lifetime", "86401"),
        ("abandoned-after", "86401"),
        ("abandoned-after", "0"),
        ("attachment-extensions", "a/b"),
        ("instances", "a/b"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(name: str, value: str) -> None:
    """At two in the morning one line must do."""
    with pytest.raises(SettingsError) as wrong:
        load({name: [value]}, {}, None)

    assert str(wrong.value).startswith(f"--{name}: ")
    assert "\n" not in str(wrong.value)


def test_a_wrong_value_says_where_it_came_from() -> None:
    """A variable set long ago is hard to find otherwise."""
    with pytest.raises(SettingsError, match="from OPENPARTICIPANT_PORT"):
        load({}, {"OPENPARTICIPANT_PORT": "x"}, None)


def test_a_secret_is_not_repeated_in_the_error() -> None:
    """The database's address may hold a password."""
    with pytest.raises(SettingsError) as wrong:
        load({"database": ["mysql://u:hunter2@db/x"]}, {}, None)

    assert "hunter2" not in str(wrong.value)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """As container platforms hand them over."""
    (tmp_path / "secret").write_text("sqlite:///x/y.db\n")
    environ = {"OPENPARTICIPANT_DATABASE_FILE": str(tmp_path / "secret")}

    assert load({}, environ, None).settings.database == "sqlite:///x/y.db"
    with pytest.raises(SettingsError, match="cannot read the secret"):
        load({}, {"OPENPARTICIPANT_DATABASE_FILE": str(tmp_path / "none")}, None)


def test_the_master_key_lies_in_a_file_or_a_variable(tmp_path: Path) -> None:
    """Never among the words of a command or in the file of settings, which others may read."""
    text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    (tmp_path / "key").write_text(f"{text}\n")
    file = tmp_path / "c.toml"
    file.write_text(f'master-key-file = "{tmp_path}/key"\n')
    key = str(tmp_path / "key")
    ways: list[tuple[dict[str, list[str]], dict[str, str], Path | None]] = [
        ({"master-key-file": [key]}, {}, None),
        ({}, {"OPENPARTICIPANT_MASTER_KEY": text}, None),
        ({}, {"OPENPARTICIPANT_MASTER_KEY_FILE": key}, None),
        ({}, {}, file),
    ]
    found = [load(*way) for way in ways]

    assert len({it.settings.master_key.check for it in found if it.settings.master_key}) == 1
    assert not any(text in repr(it.settings) for it in found)
    assert [it.warnings for it in found] == [[]] * 4
    with pytest.raises(SettingsError, match="cannot read the secret in"):
        load({"master-key-file": [str(tmp_path / "none")]}, {}, None)
    file.write_text(f'master-key = "{text}"\n')
    with pytest.raises(SettingsError, match="no setting 'master-key'"):
        load({}, {}, file)
    with pytest.raises(SettingsError) as wrong:
        load({}, {"OPENPARTICIPANT_MASTER_KEY": text[4:]}, None)
    assert text[4:] not in str(wrong.value)
    assert "(from OPENPARTICIPANT_MASTER_KEY)" in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 1\n", "no setting 'prot'"),
        ("port = [1]\n", "wrong type"),
        ("port = true\n", "wrong type"),
        ("port = \n", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    """A key that is misspelt would otherwise do nothing, silently."""
    file = tmp_path / "c.toml"
    file.write_text(text)

    with pytest.raises(SettingsError, match=said):
        load({}, {}, file)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """Whoever names one wants it read."""
    with pytest.raises(SettingsError, match="cannot read"):
        load({}, {}, tmp_path / "none.toml")


def test_an_unknown_variable_is_a_warning() -> None:
    """It may belong to a newer release; those of the command line are known."""
    environ = {"OPENPARTICIPANT_PROT": "1", "OPENPARTICIPANT_CONNECTION_TOKEN": "t"}

    warnings = load({}, environ, None).warnings

    assert [warning.split()[0] for warning in warnings] == ["OPENPARTICIPANT_PROT"]


def test_an_origin_is_kept_as_browsers_write_it() -> None:
    """Scheme and host in lower case, no slash at the end."""
    settings = load({"public-url": ["HTTPS://Chat.Example.org/"]}, {}, None).settings

    assert settings.public_url == "https://chat.example.org"


def test_contradictions_are_errors() -> None:
    """Two ways to have TLS, and a key without its certificate."""
    with pytest.raises(SettingsError, match="exclude"):
        load({"tls": ["auto"], "tls-cert": ["c"]}, {}, None)
    with pytest.raises(SettingsError, match="needs --tls-cert"):
        load({"tls-key": ["k"]}, {}, None)


def test_every_default_can_be_typed() -> None:
    """`config show` prints defaults as text, and that text means the same."""
    flags = {one.name: [one.default] for one in SETTINGS if one.default is not None}

    assert load(flags, {}, None).settings == load({}, {}, None).settings
