"""Traces with OpenTelemetry: one trace follows a request through every process.

A trace travels as `traceparent` in the log context, which outbox rows and jobs already carry. Providers
are made on first use in each process, so after a fork; without an exporter nothing is made at all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    ConsoleSpanExporter,
    SimpleSpanProcessor,
)
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.contextvars import bind_contextvars, bound_contextvars, get_contextvars, unbind_contextvars

from omnisonic import __version__
from omnisonic.platform.logging import log_context
from omnisonic.platform.settings import get_settings

__all__ = ["SpanKind", "child_span", "configure", "continue_trace", "flush", "reset", "span"]

_process = {"service": "omnisonic"}
_propagator = TraceContextTextMapPropagator()


def configure(service_name: str) -> None:
    """Name this process in its traces and start tracing its SQL."""
    from omnisonic.platform.sql_tracing import install_sql_tracing

    _process["service"] = service_name
    install_sql_tracing()


@contextmanager
def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, service: str | None = None, **attributes: Any
) -> Iterator[Span]:
    """A span below the one at hand, else below the carried `traceparent`, else the root of a new trace.

    While it is open, what is enqueued, published or logged carries it.
    """
    tracer = _tracer(service or _process["service"])
    with tracer.start_as_current_span(
        name, context=_parent(), kind=kind, attributes=_plain(attributes), record_exception=False
    ) as opened:
        if not opened.get_span_context().is_valid or not opened.is_recording():
            yield opened
            return
        carrier: dict[str, str] = {}
        _propagator.inject(carrier)
        with bound_contextvars(traceparent=carrier["traceparent"]):
            yield opened


@contextmanager
def continue_trace(
    context: Mapping[str, str], name: str, kind: SpanKind = SpanKind.CONSUMER, **attributes: Any
) -> Iterator[Span]:
    """Go on, in this process, with what `current_context()` noted in another: log fields and trace."""
    # What is open here belongs to another matter; the parent is the one that was carried.
    with _outside_of_traces(), log_context(dict(context)), span(name, kind=kind, **attributes) as opened:
        yield opened


@contextmanager
def child_span(name: str, *, kind: SpanKind = SpanKind.CLIENT, **attributes: Any) -> Iterator[Span]:
    """A span only inside of another one: for calls to servers, of which idle polling makes many."""
    if not trace.get_current_span().is_recording():
        yield trace.INVALID_SPAN
        return
    with span(name, kind=kind, service=_service_at_hand(), **attributes) as opened:
        yield opened


def fail(opened: Span, reason: str) -> None:
    """Mark a span as failed; `reason` is a slug or the name of an exception."""
    opened.set_status(Status(StatusCode.ERROR, reason))
    opened.set_attribute("error.type", reason)


def flush() -> None:
    """Send what is waiting (at shutdown)."""
    for provider in _providers.values():
        provider.force_flush()


def _parent() -> Context | None:
    if trace.get_current_span().get_span_context().is_valid:
        return None
    carried = get_contextvars().get("traceparent")
    return _propagator.extract({"traceparent": str(carried)}) if carried else None


@contextmanager
def _outside_of_traces() -> Iterator[None]:
    before = get_contextvars().get("traceparent")
    unbind_contextvars("traceparent")
    token = attach(Context())
    try:
        yield
    finally:
        detach(token)
        if before is not None:
            bind_contextvars(traceparent=before)


def _service_at_hand() -> str | None:
    current = trace.get_current_span()
    return str(current.resource.attributes["service.name"]) if isinstance(current, ReadableSpan) else None


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "."): value for name, value in attributes.items() if value is not None}


_providers: dict[str, TracerProvider] = {}


@lru_cache(maxsize=16)
def _tracer(service: str) -> trace.Tracer:
    processor = _processor()
    if processor is None:
        return trace.NoOpTracer()
    resource = Resource.create({"service.name": service, "service.version": __version__})
    provider = TracerProvider(resource=resource, shutdown_on_exit=True)
    provider.add_span_processor(processor)
    _providers[service] = provider
    return provider.get_tracer("omnisonic", __version__)


def _processor() -> SpanProcessor | None:
    settings = get_settings()
    if settings.otel_traces_exporter == "console":
        return SimpleSpanProcessor(ConsoleSpanExporter(out=sys.stderr, formatter=_one_line))
    if settings.otel_traces_exporter == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        endpoint = settings.otel_exporter_otlp_endpoint
        return BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None))
    return None


def _one_line(finished: ReadableSpan) -> str:
    return f"{finished.to_json(indent=None)}\n"


def reset() -> None:
    """Forget every provider; the next span makes one from the settings."""
    _tracer.cache_clear()
    _providers.clear()


os.register_at_fork(after_in_child=reset)  # exporter threads do not survive a fork
