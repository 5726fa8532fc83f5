"""`omnisonic tag`: files in, lines out, and errors that name the line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from omnisonic.insight.tagging.command import run
from omnisonic.insight.tagging.json_lines import UnreadableLine

CATALOG = (
    '{"id": "a", "type": "artist", "name": "Sigur Rós", "extra": 1}\n\n'
    '{"id": "r", "type": "recording", "name": "Hoppípolla", "artistIds": ["a", "unknown"]}\n'
)


def tag(folder: Path, catalog: str, items: str) -> list[dict[str, object]]:
    (folder / "catalog").write_text(catalog, encoding="utf-8")
    (folder / "items").write_text(items, encoding="utf-8")
    output = io.StringIO()
    assert run(str(folder / "catalog"), str(folder / "items"), output=output) == 0
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_links_come_out_with_offsets_in_code_points(tmp_path: Path) -> None:
    items = json.dumps(
        {"id": 7, "title": "🎸 Sigur Ros play", "text": "Fans sang “Hoppípolla” for the band."}
    )
    lines = tag(tmp_path, CATALOG, "\ufeff" + items + "\n")
    assert [(one["itemId"], one["entityId"], one["start"], one["end"]) for one in lines] == [
        (7, "a", 2, 11),
        (7, "r", 28, 38),
    ]
    assert lines[0].keys() == {
        "itemId",
        "entityId",
        "entityType",
        "start",
        "end",
        "matchedText",
        "confidence",
        "method",
    }


@pytest.mark.parametrize(
    ("catalog", "items", "message"),
    [
        ("{", "", "line 1: no JSON"),
        ("[]", "", "line 1: a JSON object"),
        ('\n{"id": "a", "type": "band", "name": "x"}', "", 'line 2: "type"'),
        ('{"type": "artist", "name": "x"}', "", '"id"'),
        ('{"id": "a", "type": "artist"}', "", '"name"'),
        ('{"id": "a", "type": "artist", "name": "x", "aliases": "y"}', "", '"aliases"'),
        ("", '{"id": "1"}', '"title"'),
        ("", '{"id": "1", "title": 3}', '"title"'),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, catalog: str, items: str, message: str) -> None:
    with pytest.raises(UnreadableLine) as refused:
        tag(tmp_path, catalog, items)
    assert message in refused.value.detail


def test_a_missing_file_and_wrong_bytes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b'{"id": "\xe9"}')
    for name in ("none", "latin"):
        with pytest.raises(UnreadableLine):
            run(str(tmp_path / name), str(tmp_path / name), output=io.StringIO())
