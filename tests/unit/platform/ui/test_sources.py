"""Browser sources reach the public folder, and the links follow them."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnisonic.platform.ui import sources


@pytest.fixture
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sources, "PUBLIC", tmp_path)
    return tmp_path


def test_a_source_is_linked_where_its_import_path_says(public: Path) -> None:
    path = sources.link_source(sources.__name__, "live.jsx")
    assert path == "$/public/external/omnisonic/platform/ui/sources/live.jsx"
    link = public / path.removeprefix("$/public/")
    assert link.resolve() == Path(sources.__file__).with_name("live.jsx")


def test_a_link_to_another_checkout_is_put_right(public: Path) -> None:
    link = public / sources.link_source(sources.__name__, "live.jsx").removeprefix("$/public/")
    link.unlink()
    link.symlink_to("/nowhere/live.jsx")
    sources.link_sources(sources.__name__, ["live.jsx"])
    assert link.is_file()
    assert [entry.name for entry in link.parent.iterdir()] == ["live.jsx"]


def test_a_missing_source_is_named(public: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.jsx"):
        sources.link_source(sources.__name__, "none.jsx")
