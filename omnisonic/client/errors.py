"""What can go wrong, as the server said it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

import httpx


class ConnectionLost(Exception):
    """The server could not be reached, or went away and did not come back in time."""


@dataclass
class OmnisonicProblem(Exception):
    """A refusal over REST (RFC 9457). `slug` names its page at `/problems/<slug>`.

    `retry_after_s` is set where trying again later may help.
    """

    status: int
    slug: str
    title: str
    detail: str
    correlation_id: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    retry_after_s: float | None = None

    def __str__(self) -> str:
        fields = "".join(f"\n  {row.get('field')}: {row.get('message')}" for row in self.errors)
        return f"{self.title}: {self.detail} ({self.slug}){fields}"

    @classmethod
    def of(cls, response: httpx.Response) -> Self:
        """The problem in an answer; also for answers of proxies that know no problem details."""
        try:
            body = response.json()
        except ValueError:
            body = {}
        if not isinstance(body, dict):
            body = {}
        return cls(
            status=response.status_code,
            slug=str(body.get("type", "")).rpartition("/")[2] or f"http-{response.status_code}",
            title=str(body.get("title") or response.reason_phrase),
            detail=str(body.get("detail") or response.text[:500]),
            correlation_id=body.get("correlationId"),
            errors=list(body.get("errors") or []),
            retry_after_s=_seconds(response.headers.get("Retry-After")),
        )


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isdecimal() else None


@dataclass
class GraphQLFailed(Exception):
    """An operation that answered with errors. `code` is the first error's slug, `path` where it arose."""

    errors: list[dict[str, Any]]
    partial: dict[str, Any] | None = None

    @property
    def code(self) -> str:
        """Slug of the first error, as in `extensions.code`."""
        extensions = self.errors[0].get("extensions") if self.errors else None
        return str((extensions or {}).get("code", "unknown"))

    def __str__(self) -> str:
        return "; ".join(str(error.get("message", error)) for error in self.errors) or "unknown error"


class ImportFailed(Exception):
    """An import ended as failed or canceled; the message says why."""
