"""Answers a request with a stored object: ranges, validators and headers that keep content inert."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from omnisonic.platform.errors import NotFound
from omnisonic.platform.storage import ObjectStat, get_storage
from omnisonic.platform.storage.disposition import attachment
from omnisonic.platform.storage.ranges import (
    ByteRange,
    Unsatisfiable,
    http_date,
    is_current,
    parse_range,
    range_applies,
)

REVALIDATE = "private, no-cache"


def serve_object(
    request: Request,
    key: str,
    *,
    content_type: str,
    file_name: str | None = None,
    etag: str | None = None,
    cache: str = REVALIDATE,
) -> Response:
    """Stream `key` to a GET or HEAD, 200, 206, 304 or 416.

    With `file_name` the browser saves it; without, a page may play it. `etag` (no quotes) replaces the
    store's own, for instance by the SHA-256 of the content. Raises `NotFound`, `ServiceUnavailable`.
    """
    found = get_storage().stat(key)
    if found is None:
        raise NotFound
    tag = etag or found.etag
    headers = _headers(found, tag=tag, cache=cache, file_name=file_name)
    if is_current(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    try:
        wanted = _wanted(request, found, tag)
    except Unsatisfiable:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{found.size}"})
    part = wanted or ByteRange(0, found.size)
    headers["Content-Length"] = str(part.length)
    if wanted is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{found.size}"
    status = 200 if wanted is None else 206
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=content_type)
    pieces = get_storage().read(key, part.start, part.end)
    return StreamingResponse(pieces, status, headers, media_type=content_type)


def _wanted(request: Request, found: ObjectStat, tag: str) -> ByteRange | None:
    if not range_applies(request.headers.get("if-range"), tag, found.modified_at):
        return None
    return parse_range(request.headers.get("range"), found.size)


def _headers(found: ObjectStat, *, tag: str, cache: str, file_name: str | None) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{tag}"',
        "Last-Modified": http_date(found.modified_at),
        "Cache-Control": cache,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if file_name is not None:
        headers["Content-Disposition"] = attachment(file_name)
    return headers
