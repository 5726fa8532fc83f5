"""One loader per relation, one set per operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property, partial
from typing import TypeVar

from sqlmodel import Session

from graph_service.loader import Batch, Loader
from graph_service.reads import Reads
from omnisonic.core.catalog import batches as catalog
from omnisonic.core.catalog.models import EntityKind
from omnisonic.core.licenses.batches import LicenseRow, licenses_by_ids, licenses_of_works
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.royalties.checkpoint_rows import CheckpointRow, checkpoints_by_ids, checkpoints_of_cycles
from omnisonic.core.royalties.entries import EntryRow, entries_of_cycles, entry_counts
from omnisonic.core.royalties.statement_rows import LineRow, lines_of_statements
from omnisonic.platform.actor import Actor
from omnisonic.platform.ids import utc_now

V = TypeVar("V")
Fetch = Callable[[Session, list[str]], Mapping[str, V]]


class Loaders:
    """The relations of the graph. Keys are ids as text."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._made: dict[tuple[object, ...], Loader[str, object]] = {}
        self.now = utc_now()  # one present for the whole operation

    @cached_property
    def works(self) -> Loader[str, catalog.WorkRow | None]:
        """Works by id."""
        return self._one(catalog.works_by_ids)

    @cached_property
    def recordings(self) -> Loader[str, catalog.RecordingRow | None]:
        """Recordings by id."""
        return self._one(catalog.recordings_by_ids)

    @cached_property
    def contributors(self) -> Loader[str, catalog.ContributorRow | None]:
        """Contributors by id."""
        return self._one(catalog.contributors_by_ids)

    @cached_property
    def licenses(self) -> Loader[str, LicenseRow | None]:
        """Licenses by id."""
        return self._one(licenses_by_ids)

    @cached_property
    def splits(self) -> Loader[str, catalog.SplitRow | None]:
        """Shares by id."""
        return self._one(catalog.splits_by_ids)

    @cached_property
    def credits(self) -> Loader[str, list[catalog.CreditRow]]:
        """Credited performers of recordings."""
        return self._many(catalog.credits_of)

    @cached_property
    def recording_counts(self) -> Loader[str, int]:
        """How many recordings a work has."""
        return Loader(self._batch(catalog.recording_counts), missing=int)

    @cached_property
    def checkpoints(self) -> Loader[str, CheckpointRow | None]:
        """Checkpoints by id."""
        return self._one(checkpoints_by_ids)

    @cached_property
    def cycle_checkpoints(self) -> Loader[str, CheckpointRow | None]:
        """Checkpoints by the cycle that they closed."""
        return self._one(checkpoints_of_cycles)

    @cached_property
    def lines(self) -> Loader[str, list[LineRow]]:
        """Lines of statements."""
        return self._many(lines_of_statements)

    def entries_of(self, actor: Actor, *, limit: int, after: str | None) -> Loader[str, list[EntryRow]]:
        """Ledger entries of cycles that the caller may see, newest first."""

        def fetch(session: Session, cycle_ids: list[str]) -> Mapping[str, list[EntryRow]]:
            return entries_of_cycles(session, actor, cycle_ids, limit=limit, after=after)

        return self._kept(("entries", limit, after), fetch)

    def entry_counts(self, actor: Actor) -> Loader[str, int]:
        """How many entries of cycles the caller may see."""
        loader = self._made.get(("entry counts",))
        if loader is None:
            batch = self._batch(lambda session, cycle_ids: entry_counts(session, actor, cycle_ids))
            loader = self._made[("entry counts",)] = Loader(batch, missing=int)
        return loader  # type: ignore[return-value]

    def recordings_of(self, *, limit: int, after: str | None) -> Loader[str, list[catalog.RecordingRow]]:
        """Recordings of works, newest first."""
        key = ("recordings", limit, after)
        return self._kept(key, partial(catalog.recordings_of_works, limit=limit, after=after))

    def splits_of(self, at: datetime | None) -> Loader[str, list[catalog.SplitRow]]:
        """Shares of works at a time, by default now."""
        return self._kept(("splits", at), partial(catalog.splits_of, at=at or self.now))

    def licenses_of(self, status: LicenseStatus | None) -> Loader[str, list[LicenseRow]]:
        """Licenses of works."""
        return self._kept(("licenses", status), partial(licenses_of_works, status=status))

    def identifiers_of(self, entity: EntityKind) -> Loader[str, list[catalog.IdentifierRow]]:
        """Identifiers of a kind of entry."""
        return self._kept(("identifiers", entity), partial(catalog.identifiers_of, entity=entity))

    def _one(self, fetch: Fetch[V]) -> Loader[str, V | None]:
        return Loader(self._batch(fetch), missing=lambda: None)

    def _many(self, fetch: Fetch[list[V]]) -> Loader[str, list[V]]:
        return Loader(self._batch(fetch), missing=list)

    def _kept(self, key: tuple[object, ...], fetch: Fetch[list[V]]) -> Loader[str, list[V]]:
        loader = self._made.get(key)
        if loader is None:
            loader = self._made[key] = self._many(fetch)  # type: ignore[assignment]
        return loader  # type: ignore[return-value]

    def _batch(self, fetch: Fetch[V]) -> Batch[str, V]:
        async def run(keys: list[str]) -> Mapping[str, V]:
            return await self._reads.run(lambda session: fetch(session, keys))

        return run
