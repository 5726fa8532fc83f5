"""A stream of rows between two threads: whole pieces in order, and nobody waits for ever."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from omnisonic.core.ledger import copying_stream
from omnisonic.core.ledger.copying_stream import WAITING_MAX, PieceStream

ROWS = [bytes([number]) * 10 for number in range(100)]


def _write_all(stream: PieceStream) -> None:
    try:
        for row in ROWS:
            stream.write(row)
    finally:
        stream.finish()


@pytest.mark.parametrize("piece_bytes", [1, 10, 35, 1_000, 5_000])
def test_rows_arrive_whole_and_in_order(piece_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying_stream, "PIECE_BYTES", piece_bytes)
    stream = PieceStream()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_write_all, stream)
        pieces = list(stream)
        writing.result()

    assert b"".join(pieces) == b"".join(ROWS)
    assert all(len(piece) % 10 == 0 for piece in pieces)


@pytest.mark.parametrize("read", [0, 1, 5])
def test_a_writer_is_let_go_when_nobody_reads_any_more(read: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying_stream, "PIECE_BYTES", 1)
    stream = PieceStream()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_write_all, stream)
        pieces = iter(stream)
        assert [next(pieces) for _ in range(read)] == ROWS[:read]
        assert WAITING_MAX + read < len(ROWS)  # so that the writer cannot end by itself
        stream.stop()
        with pytest.raises(BrokenPipeError, match="Nobody reads"):
            writing.result()


def test_where_nothing_came_there_is_no_piece() -> None:
    stream = PieceStream()
    stream.finish()
    assert list(stream) == []
