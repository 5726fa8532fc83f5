"""What the gateway answers when it or the engine refuses: codes and statuses of a ClickHouse server."""

from __future__ import annotations

import re

ENGINE_CODE = re.compile(r"Code: (\d+)\.")
ENGINE_VERSION = re.compile(r"\s*\(version [\d.]+[^()]*(?:\([^()]*\))?\)\s*$")

# The classes of src/Server/HTTP/exceptionCodeToHTTPStatus.cpp in ClickHouse; what is not listed is 500.
BAD_REQUEST = (6, 8, 15, 25, 26, 27, 36, 38, 41, 44, 53, 62, 72, 117, 376, 427, 441, 675, 676)
NOT_FOUND = (46, 47, 50, 56, 60, 73, 78, 81, 115, 511)
STATUS_OF_CODE: dict[int, int] = {
    **dict.fromkeys(BAD_REQUEST, 400),
    **dict.fromkeys(NOT_FOUND, 404),
    48: 501,  # NOT_IMPLEMENTED
    159: 408,  # TIMEOUT_EXCEEDED
    192: 403,  # UNKNOWN_USER
    193: 403,  # WRONG_PASSWORD
    194: 401,  # REQUIRED_PASSWORD
    209: 503,  # SOCKET_TIMEOUT
    307: 413,  # QUERY_IS_TOO_LARGE
    439: 503,  # CANNOT_SCHEDULE_TASK
    497: 403,  # ACCESS_DENIED
    516: 403,  # AUTHENTICATION_FAILED
}


class Refusal(Exception):
    """A statement was refused; `code` and `message` are ClickHouse's own where the engine refused it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """HTTP status of the answer."""
        return STATUS_OF_CODE.get(self.code, 500)


def refuse(code: int, name: str, message: str) -> Refusal:
    """A refusal of the gateway itself, in the words of a server."""
    return Refusal(code, f"Code: {code}. DB::Exception: {message} ({name})")


def from_engine(error: Exception) -> Refusal:
    """The engine's exception without the prefixes and the version that chdb adds."""
    text = str(error).strip()
    found = ENGINE_CODE.search(text)
    if found is None:
        return refuse(1002, "UNKNOWN_EXCEPTION", text or type(error).__name__)
    return Refusal(int(found.group(1)), ENGINE_VERSION.sub("", text[found.start() :]))
