"""GraphiQL's files come out of npm's packages, checked, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnisonic.platform.embedded import explorer


def test_the_reviewed_files_are_installed_once(tmp_path: Path) -> None:
    folder = tmp_path / "graphiql"
    assert not explorer.is_installed(folder)
    explorer.install(folder)
    assert explorer.is_installed(folder)
    assert {file.name for file in folder.iterdir()} == {name for _, _, name, _ in explorer.FILES}
    (folder / "react.min.js").write_text("changed")
    assert not explorer.is_installed(folder)


def test_another_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package, inner, name, _ = explorer.FILES[2]
    monkeypatch.setattr(explorer, "FILES", ((package, inner, name, "0" * 64),))
    with pytest.raises(explorer.ExplorerFailed, match="reviewed"):
        explorer.install(tmp_path)
    assert list(tmp_path.iterdir()) == []
