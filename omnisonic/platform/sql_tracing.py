"""A span for every statement that runs inside of a traced request or job. Parameters are never recorded."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from opentelemetry import trace
from sqlalchemy import Engine, event

from omnisonic.platform.telemetry import SpanKind, child_span

STATEMENT_LENGTH_MAX = 1000


@lru_cache(maxsize=1)
def install_sql_tracing() -> None:
    """Listen to every engine of this process, once."""
    event.listen(Engine, "before_cursor_execute", _begin)
    event.listen(Engine, "after_cursor_execute", _end)
    event.listen(Engine, "handle_error", _end_failed)


def _begin(
    _connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    if context is None or not trace.get_current_span().is_recording():
        return
    operation = statement.split(maxsplit=1)[0].upper() if statement.strip() else "SQL"
    opened = child_span(
        f"SQL {operation}",
        kind=SpanKind.CLIENT,
        db__system__name="postgresql",
        db__operation__name=operation,
        db__query__text=statement[:STATEMENT_LENGTH_MAX],
    )
    opened.__enter__()
    context.omnisonic_span = opened


def _end(
    _connection: Any, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    _close(context, None)


def _end_failed(failure: Any) -> None:
    _close(failure.execution_context, failure.original_exception)


def _close(context: Any, error: BaseException | None) -> None:
    opened = getattr(context, "omnisonic_span", None)
    if opened is None:
        return
    context.omnisonic_span = None
    if error is not None:
        trace.get_current_span().set_attribute("error.type", type(error).__name__)
    opened.__exit__(None, None, None)
