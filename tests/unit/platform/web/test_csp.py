"""The content security policy names what pages need and nothing else."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from omnisonic.platform.security_headers import built_script_sources
from omnisonic.platform.settings import Settings
from omnisonic.platform.web.csp import inline_script_hashes, page_policy


def source(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def directive(policy: str, name: str) -> list[str]:
    parts = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    return parts[name]


def test_inline_scripts_are_hashed_byte_for_byte() -> None:
    script = "\n  if (a < b && c) { say('&amp; <b>ünï</b>') }\n"
    html = f'<head><script>{script}</script><script type="module" src="/a.js"></script></head>'
    assert inline_script_hashes(html) == {source(script)}


def test_every_document_of_the_build_counts_and_a_new_build_is_noticed(tmp_path: Path) -> None:
    assert built_script_sources(tmp_path / "missing") == []
    (tmp_path / "about").mkdir()
    (tmp_path / "index.html").write_text("<script>one()</script>")
    (tmp_path / "about" / "index.html").write_text("<script>two()</script>")
    assert set(built_script_sources(tmp_path)) == {source("one()"), source("two()")}
    (tmp_path / "index.html").write_text("<script>three()</script>")
    os.utime(tmp_path / "index.html", ns=(1, 1))
    assert set(built_script_sources(tmp_path)) == {source("three()"), source("two()")}


def test_scripts_need_a_hash_and_nothing_may_frame_us(configure: Callable[..., Settings]) -> None:
    policy = page_policy(["'sha256-abc'"], configure())
    assert directive(policy, "script-src") == ["'self'", "'sha256-abc'"]
    assert directive(policy, "frame-ancestors") == ["'none'"]
    assert directive(policy, "object-src") == ["'none'"]
    assert "unsafe-eval" not in policy


def test_the_gateway_may_be_reached_where_browsers_see_it(configure: Callable[..., Settings]) -> None:
    beside = configure(PUBLIC_URL="https://studio.example", GATEWAY_PORT=8081)
    assert "wss://studio.example:8081" in directive(page_policy([], beside), "connect-src")
    elsewhere = configure(PUBLIC_URL="https://studio.example", GATEWAY_PUBLIC_URL="wss://live.example/rooms")
    sources = directive(page_policy([], elsewhere), "connect-src")
    assert "wss://live.example" in sources
    assert "wss://studio.example:8080" not in sources


def test_the_object_store_may_be_reached_and_played_from(configure: Callable[..., Settings]) -> None:
    settings = configure(
        STORAGE_TYPE="minio",
        MINIO_ENDPOINT="http://minio:9000",
        STORAGE_PUBLIC_ENDPOINT="https://files.example/bucket",
    )
    policy = page_policy([], settings)
    for name in ("connect-src", "media-src"):
        assert "https://files.example" in directive(policy, name)
        assert "http://minio:9000" not in directive(policy, name)


def test_pages_may_dial_the_rooms_and_the_graphs_sockets(configure: Callable[..., Settings]) -> None:
    own_ports = directive(page_policy([], configure(GATEWAY_PORT=9001, GRAPH_WS_PORT=9002)), "connect-src")
    assert {"ws://localhost:9001", "ws://localhost:9002", "ws://127.0.0.1:9002"} <= set(own_ports)
    public = configure(
        GRAPH_WS_PUBLIC_URL="wss://graph.example.org/ws", GATEWAY_PORT=9001, GRAPH_WS_PORT=9002
    )
    named = directive(page_policy([], public), "connect-src")
    assert "wss://graph.example.org" in named
    assert "ws://localhost:9002" not in named
