"""The data folder: private secrets, one instance at a time, ports that say which variable to change."""

from __future__ import annotations

import socket
import stat
from contextlib import closing
from pathlib import Path

import pytest

from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.listen import ANY, listen_host
from omnisonic.platform.embedded.ports import free_port, remembered_port, require_free
from omnisonic.platform.settings import Settings, SettingsError


def test_secrets_are_kept_and_private(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path / "data")
    first = folder.secret("auth")
    assert folder.secret("auth") == first
    assert folder.secret("other") != first
    assert stat.S_IMODE((folder.root / "secrets" / "auth").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder.root / "secrets").stat().st_mode) == 0o700


def test_a_second_instance_is_refused(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path)
    with folder.exclusive():
        assert folder.is_in_use()
        with pytest.raises(SettingsError, match=r"OMNISONIC_DATA_DIR.*in use"), folder.exclusive():
            pytest.fail("two instances on one folder")
    assert not folder.is_in_use()


def test_addresses_are_known_only_while_it_runs(tmp_path: Path) -> None:
    folder = DataFolder.open(tmp_path)
    with folder.exclusive():
        folder.publish({"REDIS_URL": "redis://127.0.0.1/0"})
        assert folder.running_environment() == {"REDIS_URL": "redis://127.0.0.1/0"}
        assert stat.S_IMODE(folder.environment.stat().st_mode) == 0o600
    assert folder.running_environment() == {}


def test_an_unusable_folder_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="OMNISONIC_DATA_DIR"):
        DataFolder.open(tmp_path / "file" / "below")


def test_a_taken_port_names_its_variable() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"GATEWAY_PORT: port {port} is taken"):
            require_free("GATEWAY_PORT", port, "127.0.0.1")


def test_a_server_keeps_its_port_until_somebody_takes_it(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    port = remembered_port(file, "valkey")
    assert remembered_port(file, "valkey") == port
    with closing(socket.create_server(("127.0.0.1", port))):
        assert remembered_port(file, "valkey") != port


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("http://localhost:3000", "127.0.0.1"),
        ("http://127.0.0.1:3000", "127.0.0.1"),
        ("https://studio.example.org", ANY),
        ("http://localhost.example.org", ANY),
    ],
)
def test_only_a_public_address_opens_the_port_to_others(public_url: str, host: str) -> None:
    assert listen_host(Settings(public_url=public_url)) == host


def test_free_ports_can_be_used() -> None:
    with closing(socket.create_server(("127.0.0.1", free_port()))) as server:
        assert server.getsockname()[1] > 0
