"""One at a time, and the next as soon as the one before is done."""

from __future__ import annotations

import pytest

from omnisonic.platform.leadership import Leadership

KEY = 0x7E57  # of nobody else

pytestmark = pytest.mark.usefixtures("db")


def test_the_lock_is_free_when_its_holder_has_left() -> None:
    for _ in range(20):
        with Leadership(KEY) as one, Leadership(KEY) as other:
            assert one.try_acquire()
            assert not other.try_acquire()
        with Leadership(KEY) as after:
            assert after.try_acquire()
