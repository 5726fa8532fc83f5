"""Binaries that are copied to where the database's user can execute them."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnisonic.platform.embedded.unprivileged import put_in_place


def made(folder: Path) -> Path:
    folder.mkdir()
    (folder / "postgres").write_text(folder.name)
    return folder


def test_of_two_starts_at_once_the_first_copy_stays(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for draft in (made(tmp_path / "quick"), made(tmp_path / "slow")):
        put_in_place(draft, copy)
        assert not draft.exists()
    assert (copy / "postgres").read_text() == "quick"


def test_a_copy_that_cannot_be_put_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        put_in_place(made(tmp_path / "draft"), tmp_path / "missing" / "copy")
