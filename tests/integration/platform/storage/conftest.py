"""A real S3 server on loopback, and each kind of store on the same tests."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from omnisonic.platform.embedded.ports import free_port
from omnisonic.platform.ids import utc_now
from omnisonic.platform.problems import install_problems
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage import Storage, get_storage
from omnisonic.platform.storage.api import router

ACCESS_KEY, SECRET_KEY, BUCKET = "omnikey", "omnisecret", "omnisonic-test"
SIDE_PORTS = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port.grpc",
    "s3.port.iceberg",
    "s3.port.lance",
    "admin.port",
    "admin.port.grpc",
)


class S3Server:
    """SeaweedFS with its S3 door, in one process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._side_ports = {name: free_port() for name in SIDE_PORTS}
        self._process: subprocess.Popen[bytes] | None = None
        identity = {
            "name": "omni",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (folder / "data").mkdir()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or "weed"
        ports = [f"-{name}={port}" for name, port in self._side_ports.items()]
        log = (self.folder / "log.txt").open("ab")
        self._process = subprocess.Popen(
            [
                weed,
                "mini",
                f"-dir={self.folder / 'data'}",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                f"-s3.port={self.port}",
                f"-s3.config={self.folder / 's3.json'}",
                "-s3.port.https=0",
                "-admin.ui=false",
                "-webdav=false",
                *ports,
            ],
            cwd=self.folder,
            stdout=log,
            stderr=log,
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log.txt").read_text()[-4000:]
            assert time.monotonic() < deadline, (self.folder / "log.txt").read_text()[-4000:]

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        try:
            httpx.get(self.endpoint, timeout=1)
        except httpx.HTTPError:
            return False
        return True


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    server = S3Server(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


def s3_settings(server: S3Server) -> dict[str, str]:
    return {
        "STORAGE_TYPE": "minio",
        "MINIO_ENDPOINT": server.endpoint,
        "MINIO_BUCKET_NAME": BUCKET,
        "MINIO_ACCESS_KEY": ACCESS_KEY,
        "MINIO_SECRET_KEY": SECRET_KEY,
    }


@dataclass
class Shop:
    """A store and a client that follows its links."""

    storage: Storage
    client: httpx.Client


@pytest.fixture(params=["local", "s3"])
def shop(
    request: pytest.FixtureRequest, configure: Callable[..., Settings], tmp_path: Path
) -> Iterator[Shop]:
    """Each kind of store in turn, empty."""
    if request.param == "local":
        configure(
            STORAGE_TYPE="local", STORAGE_LOCAL_DIR=tmp_path / "storage", PUBLIC_URL="http://testserver"
        )
        with TestClient(local_app()) as client:
            yield Shop(get_storage(), client)
        return
    configure(**s3_settings(request.getfixturevalue("s3_server")))
    storage = get_storage()
    for found in storage.list():
        storage.delete(found.key)
    storage.abort_stale_multiparts(utc_now() + timedelta(hours=1))
    with httpx.Client() as client:
        yield Shop(storage, client)


def local_app() -> FastAPI:
    app = FastAPI()
    install_problems(app)
    app.include_router(router)
    return app
