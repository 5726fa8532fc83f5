"""A block with little patience ends in time, whatever its queries ask for."""

from __future__ import annotations

import pytest

from omnisonic.insight.store.running import fetch, patience
from omnisonic.platform.errors import Busy

ENDLESS = "SELECT max(cityHash64(number)) FROM numbers(1000000000000)"


@pytest.mark.usefixtures("clickhouse_db")
def test_a_query_ends_in_time_or_does_not_begin() -> None:
    with patience(total_s=60, each_s=2):
        assert fetch("SELECT 1") == [(1,)]
        with pytest.raises(Busy):
            fetch(ENDLESS)
    with patience(total_s=3, each_s=2), pytest.raises(Busy, match="no time left"):
        fetch("SELECT 1")
    assert fetch("SELECT 1") == [(1,)], "patience ends with its block"
