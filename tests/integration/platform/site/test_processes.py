"""The operators' lights: who gives signs of life, and who should."""

from __future__ import annotations

import redis

from omnisonic.platform.site.processes import EXPECTED, list_process_signs
from omnisonic.platform.vitals import beat


def test_without_signs_everything_expected_is_down(redis_client: redis.Redis) -> None:
    signs = list_process_signs()
    assert [sign.name for sign in signs] == list(EXPECTED)
    assert not any(sign.is_well for sign in signs)


def test_a_beat_turns_the_light_on(redis_client: redis.Redis) -> None:
    beat("relay")
    well = [sign for sign in list_process_signs() if sign.is_well]
    assert [(sign.name, sign.reason[:9]) for sign in well] == [("relay", "1 running")]


def test_a_process_that_nobody_expects_is_shown_too(redis_client: redis.Redis) -> None:
    beat("newcomer")
    assert ("newcomer", True) in [(sign.name, sign.is_well) for sign in list_process_signs()]
