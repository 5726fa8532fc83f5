"""A span for every call to the object store that runs inside of a traced request or job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from omnisonic.platform.telemetry import child_span, fail

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

SPAN_FIELD = "omnisonic_span"


def trace_s3(client: S3Client) -> None:
    """Listen to the calls of `client`. Keys and signatures are not recorded."""
    client.meta.events.register("before-call.s3", _begin)
    client.meta.events.register("after-call.s3", _end)
    client.meta.events.register("after-call-error.s3", _end_failed)


def _begin(model: Any, context: dict[str, Any], **_: Any) -> None:
    opening = child_span(f"S3 {model.name}", rpc__system="aws-api", rpc__method=model.name)
    context[SPAN_FIELD] = (opening, opening.__enter__())


def _end(context: dict[str, Any], http_response: Any, **_: Any) -> None:
    _close(context, str(http_response.status_code) if http_response.status_code >= 400 else None)


def _end_failed(context: dict[str, Any], exception: BaseException, **_: Any) -> None:
    _close(context, type(exception).__name__)


def _close(context: dict[str, Any], reason: str | None) -> None:
    found = context.pop(SPAN_FIELD, None)
    if found is None:
        return
    opening, opened = found
    if reason is not None:
        fail(opened, reason)
    opening.__exit__(None, None, None)
