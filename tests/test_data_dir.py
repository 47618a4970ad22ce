"""The data directory: modes, lock, and the profile for AWS's tools."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from openparticipant.data_dir import DataDir, DataDirError
from openparticipant.sigv4 import Credentials


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_it_belongs_to_its_user_alone(tmp_path: Path) -> None:
    """Also when it was there before with wider modes."""
    (tmp_path / "d").mkdir(mode=0o755)
    data_dir = DataDir(tmp_path / "d")
    data_dir.create()
    data_dir.write_profile(
        Credentials("AKIA", "secret"),
        region="us-east-1",
        url="http://127.0.0.1:1",
        ca_bundle=None,
    )

    assert mode(tmp_path / "d") == 0o700
    assert mode(tmp_path / "d" / "aws") == 0o700
    assert mode(tmp_path / "d" / "aws" / "config") == 0o600


def test_one_process_holds_it(tmp_path: Path) -> None:
    """A second one is told so; after the first has let go it may have it."""
    first, second = DataDir(tmp_path), DataDir(tmp_path)
    first.create()
    first.lock()

    with pytest.raises(DataDirError, match="in use by another openparticipant process"):
        second.lock()
    first.unlock()
    second.lock()


def test_an_idle_one_is_held_without_a_wait(tmp_path: Path) -> None:
    """By whoever wants to read it; one in use is told from one that never was, and nothing is made."""
    data_dir, reader = DataDir(tmp_path / "d"), DataDir(tmp_path / "d")
    with pytest.raises(DataDirError, match="is not the data directory of a server"):
        reader.lock_if_idle()
    assert not (tmp_path / "d").exists()
    data_dir.create()
    with pytest.raises(DataDirError, match="is not the data directory of a server"):
        reader.lock_if_idle()
    assert list((tmp_path / "d").iterdir()) == []
    data_dir.lock()
    assert not reader.lock_if_idle()
    data_dir.unlock()
    assert reader.lock_if_idle()
    with pytest.raises(DataDirError, match="in use by another openparticipant process"):
        data_dir.lock()


def test_a_path_that_cannot_be_one_is_a_clear_error(tmp_path: Path) -> None:
    """A file stands in the way."""
    (tmp_path / "file").touch()

    with pytest.raises(DataDirError, match="cannot use"):
        DataDir(tmp_path / "file" / "d").create()


def test_the_profile_is_in_awss_format(tmp_path: Path) -> None:
    """Region, key pair, and an endpoint for each of the two services."""
    DataDir(tmp_path).write_profile(
        Credentials("AKID", "secret"),
        region="eu-west-1",
        url="http://127.0.0.1:1",
        ca_bundle=tmp_path / "ca.pem",
    )

    config, credentials = configparser.ConfigParser(), configparser.ConfigParser()
    config.read(tmp_path / "aws" / "config")
    credentials.read(tmp_path / "aws" / "credentials")
    assert config["default"]["region"] == "eu-west-1"
    assert config["default"]["ca_bundle"] == str(tmp_path / "ca.pem")
    assert config["services openparticipant"]["connect"].split() == [
        "endpoint_url",
        "=",
        "http://127.0.0.1:1",
    ]
    assert credentials["default"]["aws_secret_access_key"] == "secret"


def test_a_directory_of_somebody_elses_things_is_left_alone(tmp_path: Path) -> None:
    """Neither its mode nor its files change; an empty one, or one of ours, is made private."""
    (tmp_path / "file").touch()
    tmp_path.chmod(0o755)

    with pytest.raises(DataDirError, match="holds other files"):
        DataDir(tmp_path).create()
    assert mode(tmp_path) == 0o755
    (tmp_path / "lock").touch()
    DataDir(tmp_path).create()
    assert mode(tmp_path) == 0o700
