"""Structured logs: constant event names, data in fields, one correlation id across processes."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars, get_contextvars

from omnisonic.platform.ids import new_id
from omnisonic.platform.settings import get_settings

CARRIED = ("correlation_id", "traceparent")


def configure_logging(service: str) -> None:
    """Route our logs and the standard library's through one formatter; `service` names the process."""
    settings = get_settings()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        partial(_add_service, service),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # plain: a traceback with locals would show secrets
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for noisy in ("botocore", "urllib3", "httpx", "httpcore", "rq", "websockets"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _add_service(service: str, _logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    # Not a context variable: tasks that the server starts later would not have it.
    event.setdefault("service", service)
    return event


def get_logger(name: str) -> Any:
    """A logger; call it as `log.info("export_failed", export_id=…)`."""
    return structlog.get_logger(name)


def current_context() -> dict[str, str]:
    """What travels with a job or an event so that one request can be followed: ids only."""
    bound = get_contextvars()
    return {key: str(bound[key]) for key in CARRIED if key in bound}


@contextmanager
def log_context(context: dict[str, str] | None = None, **fields: Any) -> Iterator[None]:
    """Bind a carried context (or a fresh correlation id) and fields for the length of a block."""
    carried = {key: value for key, value in (context or {}).items() if key in CARRIED}
    carried.setdefault("correlation_id", str(new_id()))
    with bound_contextvars(**carried, **fields):
        yield
