"""Where an import works: whose it is, how its transactions open and which table takes its remarks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from omnisonic.core.catalog.access import is_curator
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, unit_of_work

OWN_ISSUES = """
CREATE TEMP TABLE own_issues (
  job_id uuid, "row" int, "column" text, code text, message text, raw text, is_warning boolean
)
"""
TEMPORARY = (
    "stage_rows",
    "stage_credits",
    "merge_rows",
    "known",
    "people",
    "credits",
    "stage_works",
    "changed_rows",
    "own_issues",
)


@dataclass(frozen=True)
class Ground:
    """One import. `transaction` opens a unit of work on the connection that has the temporary tables."""

    job_id: UUID
    actor: Actor
    source: str
    issues_table: str
    transaction: Callable[[], AbstractContextManager[UnitOfWork]]

    def bound(self) -> dict[str, Any]:
        """What every statement may name."""
        return {
            "job_id": self.job_id,
            "user_id": self.actor.user_id,
            "is_curator": is_curator(self.actor),
            "source": self.source,
        }


def bulk_ground(connection: Connection, actor: Actor, *, job_id: UUID) -> Ground:
    """A file in many transactions on a connection of its own; remarks stay in `import_errors`."""
    return Ground(job_id, actor, source_of(job_id), "import_errors", lambda: unit_of_work(connection))


def request_ground(uow: UnitOfWork, actor: Actor, *, job_id: UUID) -> Ground:
    """A small request inside its caller's transaction; remarks go into the answer."""
    uow.session.execute(text(OWN_ISSUES))
    return Ground(job_id, actor, f"ingest:{job_id}", "own_issues", lambda: nullcontext(uow))


def leave(uow: UnitOfWork) -> None:
    """Remove the temporary tables of a request from its pooled connection."""
    uow.session.execute(text("DROP TABLE IF EXISTS " + ", ".join(f"pg_temp.{name}" for name in TEMPORARY)))


def source_of(job_id: UUID) -> str:
    """How the changes of an import name where they came from."""
    return f"import:{job_id}"
