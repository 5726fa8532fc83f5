"""The same graph in Strawberry with its DataLoader over SQLModel, served by its own ASGI application."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import strawberry
from sqlmodel import Session, col, or_, select
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from omnisonic.core.catalog import models
from omnisonic.platform.db import read_engine

T = TypeVar("T")


async def query(work: Callable[[Session], T]) -> T:
    """SQL in a thread, as the documentation advises for synchronous drivers."""

    def run() -> T:
        with Session(read_engine(), expire_on_commit=False) as session:
            return work(session)

    return await asyncio.to_thread(run)


@strawberry.type
class Contributor:
    id: strawberry.ID
    name: str
    roles: list[str]

    @classmethod
    def of(cls, row: models.Contributor) -> Contributor:
        return cls(id=strawberry.ID(str(row.id)), name=row.name, roles=row.roles)


@strawberry.type
class Credit:
    position: int
    credited_as: str
    contributor_id: strawberry.Private[UUID]

    @strawberry.field
    async def contributor(self, info: Info) -> Contributor:
        return Contributor.of(await info.context["contributors"].load(self.contributor_id))


@strawberry.type
class Split:
    id: strawberry.ID
    role: str
    share_ppm: int
    pct_share: float
    valid_from: datetime
    contributor_id: strawberry.Private[UUID]

    @strawberry.field
    async def contributor(self, info: Info) -> Contributor:
        return Contributor.of(await info.context["contributors"].load(self.contributor_id))


@strawberry.type
class Recording:
    id: strawberry.ID
    title: str
    isrc: str | None
    primary_artist: str
    duration_seconds: float | None
    key: strawberry.Private[UUID]

    @strawberry.field
    async def credits(self, info: Info) -> list[Credit]:
        rows = await info.context["credits"].load(self.key)
        return [
            Credit(position=row.position, credited_as=row.credited_as, contributor_id=row.contributor_id)
            for row in rows
        ]


@strawberry.type
class RecordingEdge:
    node: Recording


@strawberry.type
class RecordingConnection:
    edges: list[RecordingEdge]


@strawberry.type
class Work:
    id: strawberry.ID
    title: str
    iswc: str | None
    genres: list[str]
    created_at: datetime
    key: strawberry.Private[UUID]

    @strawberry.field
    async def recordings(self, info: Info, first: int = 20) -> RecordingConnection:
        rows = await info.context["recordings"].load(self.key)
        return RecordingConnection(
            edges=[
                RecordingEdge(
                    node=Recording(
                        id=strawberry.ID(str(row.id)),
                        title=row.title,
                        isrc=row.isrc,
                        primary_artist=row.primary_artist,
                        duration_seconds=None if row.duration_ms is None else row.duration_ms / 1000,
                        key=row.id,
                    )
                )
                for row in rows[:first]
            ]
        )

    @strawberry.field
    async def splits(self, info: Info) -> list[Split]:
        rows = await info.context["splits"].load(self.key)
        return [
            Split(
                id=strawberry.ID(str(row.id)),
                role=str(row.role),
                share_ppm=row.share_ppm,
                pct_share=row.share_ppm / 10_000,
                valid_from=row.valid_from,
                contributor_id=row.contributor_id,
            )
            for row in rows
        ]


@strawberry.type
class WorkEdge:
    node: Work


@strawberry.type
class WorkConnection:
    edges: list[WorkEdge]


@strawberry.type
class Query:
    @strawberry.field
    async def works(self, first: int = 20) -> WorkConnection:
        statement = select(models.Work).order_by(col(models.Work.id).desc()).limit(first)
        rows = await query(lambda session: session.exec(statement).all())
        return WorkConnection(
            edges=[
                WorkEdge(
                    node=Work(
                        id=strawberry.ID(str(row.id)),
                        title=row.title,
                        iswc=row.iswc,
                        genres=row.genres,
                        created_at=row.created_at,
                        key=row.id,
                    )
                )
                for row in rows
            ]
        )


def many(statement_of: Callable[[list[UUID]], Any], key: str) -> DataLoader[UUID, list[Any]]:
    """A loader of lists."""

    async def load(keys: list[UUID]) -> list[list[Any]]:
        groups: dict[UUID, list[Any]] = defaultdict(list)
        for row in await query(lambda session: session.exec(statement_of(keys)).all()):
            groups[getattr(row, key)].append(row)
        return [groups[one] for one in keys]

    return DataLoader(load_fn=load)


async def contributors(keys: list[UUID]) -> list[models.Contributor]:
    """Contributors by id."""
    statement = select(models.Contributor).where(col(models.Contributor.id).in_(keys))
    found = {row.id: row for row in await query(lambda session: session.exec(statement).all())}
    return [found[key] for key in keys]


class App(GraphQL[Any, Any]):
    """One set of loaders per request."""

    async def get_context(self, request: Any, response: Any) -> Any:  # noqa: ARG002
        now = datetime.now(UTC)
        recording, credit, share = models.Recording, models.RecordingCredit, models.Contribution
        valid = (col(share.valid_from) <= now, or_(col(share.valid_to).is_(None), col(share.valid_to) > now))
        return {
            "contributors": DataLoader(load_fn=contributors),
            "recordings": many(
                lambda keys: (
                    select(recording)
                    .where(col(recording.work_id).in_(keys))
                    .order_by(col(recording.id).desc())
                ),
                "work_id",
            ),
            "credits": many(
                lambda keys: (
                    select(credit).where(col(credit.recording_id).in_(keys)).order_by(credit.position)
                ),
                "recording_id",
            ),
            "splits": many(lambda keys: select(share).where(col(share.work_id).in_(keys), *valid), "work_id"),
        }


app = App(strawberry.Schema(query=Query))


def main(port: int) -> None:
    """Serve with the server that serves ours too."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    asyncio.run(server.serve())


if __name__ == "__main__":
    main(int(sys.argv[1]))
