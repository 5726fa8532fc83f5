"""What resolvers get beside their arguments: who asks, the loaders, and the way to the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from graphql import GraphQLResolveInfo
from sqlmodel import Session

from graph_service.loaders import Loaders
from graph_service.reads import Database, Reads
from omnisonic.platform.actor import Actor, Scope, require_actor
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work

T = TypeVar("T")
OpenSession = Callable[[], AbstractContextManager[Session]]


@contextmanager
def primary_session() -> Iterator[Session]:
    """Reads that must see what was just written: on the primary, never on a replica that may lag."""
    with unit_of_work() as uow:
        yield uow.session


@dataclass
class Context:
    """One operation's (or one event's) context. Close it when the answer is complete."""

    actor: Actor | None
    database: Database
    open_session: OpenSession = read_session
    extensions: dict[str, list[dict[str, str]]] = field(default_factory=dict)  # of the answer, beside `data`

    def __post_init__(self) -> None:
        self.reads = Reads(self.database, self.open_session)

    @cached_property
    def loaders(self) -> Loaders:
        """Batches of this operation."""
        return Loaders(self.reads)

    def reader(self) -> Actor:
        """Who asks, allowed to read the graph. Raises `NotSignedIn` or `Forbidden`."""
        return self._allowed(Scope.GRAPH_READ)

    def writer(self) -> Actor:
        """Who asks, allowed to change the graph. Raises `NotSignedIn` or `Forbidden`."""
        return self._allowed(Scope.GRAPH_WRITE)

    def royalties_reader(self) -> Actor:
        """Who asks, allowed to read royalties. Raises `NotSignedIn` or `Forbidden`."""
        return self._allowed(Scope.ROYALTIES_READ)

    def royalties_reader_or_none(self) -> Actor | None:
        """Who asks, where they may read royalties; None for everybody else, strangers too."""
        actor = self.actor
        if actor is None or actor.scopes is None or Scope.ROYALTIES_READ in actor.scopes:
            return actor
        return None

    def royalties_writer(self) -> Actor:
        """Who asks, allowed to write royalties. Raises `NotSignedIn` or `Forbidden`."""
        return self._allowed(Scope.ROYALTIES_WRITE)

    async def read(self, query: Callable[[Session], T]) -> T:
        """Run a query of this operation."""
        return await self.reads.run(query)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a service in a transaction of its own; what was loaded before counts no more."""

        def in_transaction() -> T:
            with unit_of_work() as uow:
                return work(uow)

        return await self.apart(in_transaction)

    async def apart(self, work: Callable[[], T]) -> T:
        """Run a service that makes its own transactions; what was loaded before counts no more."""
        try:
            return await self.database.run(work)
        finally:
            self.reads.close()
            self.reads = Reads(self.database, self.open_session)
            self.__dict__.pop("loaders", None)

    def close(self) -> None:
        """Give the connection back."""
        self.reads.close()

    def _allowed(self, scope: Scope) -> Actor:
        actor = require_actor(self.actor)
        actor.require_scope(scope)
        return actor


def context_of(info: GraphQLResolveInfo) -> Context:
    """The context of the running operation."""
    context: Any = info.context
    assert isinstance(context, Context)  # noqa: S101
    return context
