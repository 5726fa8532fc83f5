"""Signed links of the local store: downloads, and parts of uploads. Other stores answer these themselves."""

from __future__ import annotations

import hashlib
import time
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response

from omnisonic.platform.errors import Forbidden, Malformed, NotFound, TooLarge
from omnisonic.platform.settings import get_settings
from omnisonic.platform.storage import get_storage
from omnisonic.platform.storage.local import LocalStorage
from omnisonic.platform.storage.serve import serve_object
from omnisonic.platform.storage.signing import PATH, is_signed

BUFFER_BYTES = 1024 * 1024

router = APIRouter(prefix=PATH, include_in_schema=False)


class LinkRefused(Forbidden):
    """A signed link that expired or was altered."""

    slug, title = "link-refused", "This link does not hold any more"
    advice = "Links last an hour. Open the page it came from to get a new one."


@router.api_route("/{key:path}", methods=["GET", "HEAD"])
def download(
    key: str,
    request: Request,
    expires: str = "",
    name: str = "",
    type: str = "",  # noqa: A002  (the name in the link)
    sig: str = "",
) -> Response:
    """The object, to whoever holds the link."""
    _local_storage()
    fields = {"expires": expires, "name": name, "type": type}
    _check("GET", key, fields, signature=sig)
    return serve_object(request, key, content_type=type, file_name=name)


@router.put("/{key:path}")
async def put_part(
    key: str,
    request: Request,
    upload_id: Annotated[str, Query(alias="uploadId")] = "",
    part_number: Annotated[str, Query(alias="partNumber")] = "",
    expires: str = "",
    size: str | None = None,
    sig: str = "",
) -> Response:
    """Take one part of an upload; the answer's ETag names it, as S3's does."""
    store = _local_storage()
    fields = {"expires": expires, "uploadId": upload_id, "partNumber": part_number}
    if size is not None:
        fields["size"] = size
    _check("PUT", key, fields, signature=sig)
    exact = int(size) if size is not None else None
    etag = await _receive(store, request, key=key, upload_id=upload_id, number=int(part_number), exact=exact)
    return Response(headers={"ETag": f'"{etag}"', **_cors(request)})


@router.options("/{key:path}")
def preflight(request: Request) -> Response:
    """Lets our own pages send parts when they were opened under another of our addresses."""
    return Response(
        status_code=204,
        headers={
            **_cors(request),
            "Access-Control-Allow-Methods": "GET, HEAD, PUT",
            "Access-Control-Max-Age": "3600",
        },
    )


async def _receive(
    store: LocalStorage, request: Request, *, key: str, upload_id: str, number: int, exact: int | None
) -> str:
    limit = exact if exact is not None else get_settings().upload_max_bytes
    digest = hashlib.md5(usedforsecurity=False)  # an ETag, as S3 makes it
    total = 0
    with store.new_file() as (target, temp_path):
        buffer = bytearray()
        async for piece in request.stream():
            total += len(piece)
            if total > limit:
                raise TooLarge(f"This part may have {limit:,} bytes.")
            buffer += piece
            digest.update(piece)
            if len(buffer) >= BUFFER_BYTES:
                await anyio.to_thread.run_sync(target.write, bytes(buffer))
                buffer.clear()
        if exact is not None and total != exact:
            raise Malformed(f"This part must have {exact:,} bytes; {total:,} arrived. Send it again.")
        target.write(buffer)
        target.flush()
        etag = digest.hexdigest()
        store.parts.keep(key, upload_id, number=number, etag=etag, path=temp_path)
    return etag


def _local_storage() -> LocalStorage:
    store = get_storage()
    if not isinstance(store, LocalStorage):
        raise NotFound
    return store


def _check(method: str, key: str, fields: dict[str, str], *, signature: str) -> None:
    if not is_signed(method, key, fields, signature=signature, now_s=time.time()):
        raise LinkRefused


def _cors(request: Request) -> dict[str, str]:
    origin = request.headers.get("origin")
    if origin is None or origin not in get_settings().allowed_origins:
        return {}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Expose-Headers": "ETag",
        "Vary": "Origin",
    }
