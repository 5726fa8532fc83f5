"""`omnisonic tag`: the tagger on files, without a server or a database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from omnisonic.insight.tagging.confidence import ACCEPT
from omnisonic.insight.tagging.json_lines import UnreadableLine, link_line, read_catalog, read_items
from omnisonic.insight.tagging.pipeline import Tagger


def run(
    catalog: str, items: str, *, output: TextIO, min_confidence: float = ACCEPT, evidence: bool = False
) -> int:
    """Write one line per accepted link, item by item as they are read; items `-` is standard input."""
    with _open(catalog) as lines:
        tagger = Tagger(read_catalog(lines, catalog), accept=min_confidence)
    with _open(items) as lines:
        for given_id, item in read_items(lines, items):
            for link in tagger.tag(item).links:
                output.write(link_line(given_id, link, evidence=evidence) + "\n")
            output.flush()
    return 0


@contextmanager
def _open(name: str) -> Iterator[TextIO]:
    if name == "-":
        yield sys.stdin
        return
    try:
        file = Path(name).open(encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise UnreadableLine(f"{name} cannot be opened: {error.strerror}.") from error
    try:
        with file:
            yield file
    except UnicodeDecodeError as error:
        raise UnreadableLine(f"{name} is not UTF-8: {error.reason} at byte {error.start}.") from error
