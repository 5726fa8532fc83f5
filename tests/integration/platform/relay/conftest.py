"""Fixtures of the relay's tests."""

from tests.own_redis import own_redis

__all__ = ["own_redis"]
