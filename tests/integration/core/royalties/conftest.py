"""What closing a cycle needs: a store, a data folder, keys and a cosigner."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from omnisonic.core.ledger.cosigner import make_cosigner, make_server


@pytest.fixture
def cosigner(db: None, storage: Any, configure: Callable[..., Any], tmp_path: Path) -> Iterator[str]:
    """A cosigner of its own on a free port, in the settings; gives its address."""
    configure(
        STORAGE_TYPE="local", STORAGE_LOCAL_DIR=tmp_path / "storage", OMNISONIC_DATA_DIR=tmp_path / "data"
    )
    server = make_server(make_cosigner(), host="127.0.0.1", port=0)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    configure(COSIGNER_URL=url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield url
    server.shutdown()
    server.server_close()
