"""U+0000 in addresses: PostgreSQL stores it in no text, so nothing can be found by it."""

from __future__ import annotations

from fastapi import Request

from omnisonic.platform.errors import FieldError, InvalidFields, NotFound

MESSAGE = "Must not hold the null character."


def refuse_null_characters(request: Request) -> None:
    """A FastAPI dependency. Raises `InvalidFields` for a parameter, `NotFound` for a path that holds one."""
    if any("\x00" in str(part) for part in request.path_params.values()):
        raise NotFound
    names = [name for name, value in request.query_params.multi_items() if "\x00" in value]
    if names:
        raise InvalidFields(MESSAGE, errors=[FieldError(name, "null-character", MESSAGE) for name in names])
