"""Object storage: one interface over a folder, MinIO and S3."""

from __future__ import annotations

import os
from functools import lru_cache

from omnisonic.platform.settings import Settings, get_settings
from omnisonic.platform.storage.local import LocalStorage
from omnisonic.platform.storage.protocol import ObjectStat, Part, Storage

__all__ = ["ObjectStat", "Part", "Storage", "get_storage", "make_storage"]


@lru_cache(maxsize=1)
def get_storage() -> Storage:
    """The process's object store, made on first use. Raises `ServiceUnavailable` when it is down."""
    return make_storage(get_settings())


def make_storage(settings: Settings) -> Storage:
    """The object store that the settings name, ready to be used."""
    if settings.storage_type == "local":
        return LocalStorage(settings.local_storage_dir)
    from omnisonic.platform.storage.s3_setup import make_s3_storage  # boto3 costs 0.3 s to import

    return make_s3_storage(settings)


os.register_at_fork(after_in_child=get_storage.cache_clear)
