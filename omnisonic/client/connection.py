"""One client: addresses, the token, and what can be asked for."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

import httpx

from omnisonic.client.errors import ConnectionLost, GraphQLFailed, ImportFailed, OmnisonicProblem
from omnisonic.client.models import ImportJob, Recording, Work
from omnisonic.client.subscriptions import PATIENCE_S, Line, Step, Subscribed, follow

GRAPH_PORT, GRAPH_WS_PORT = 4000, 4001
PAGE_ROWS = 100
POLL_S = 0.5
UPLOAD_TIMEOUT_S = 600.0

Row = TypeVar("Row", Work, Recording)


class Omnisonic:
    """A connection to one installation, with an API token. Close it, or use it in a `with`.

    `address` is the one people type into the browser. Behind https GraphQL is expected at `/graphql` of the
    same address; over plain http at ports 4000 and 4001 of its host. Name `graph_url` and `graph_ws_url`
    where that is different. `timeout_s` limits each request.
    """

    def __init__(
        self,
        address: str,
        *,
        token: str,
        graph_url: str | None = None,
        graph_ws_url: str | None = None,
        timeout_s: float = 30.0,
    ) -> None:
        self.address = address.rstrip("/")
        self.graph_url = graph_url or _graph_address(self.address, "http", GRAPH_PORT)
        self.graph_ws_url = graph_ws_url or _graph_address(self.address, "ws", GRAPH_WS_PORT)
        self._token = token
        self._timeout_s = timeout_s
        self._lines: WeakSet[Line] = WeakSet()
        self._http = httpx.Client(timeout=timeout_s, headers={"Authorization": f"Bearer {token}"})

    @classmethod
    def from_environment(cls, *, timeout_s: float = 30.0) -> Self:
        """The installation at OMNISONIC_URL (http://localhost:3000) with the token OMNISONIC_TOKEN.

        OMNISONIC_GRAPH_URL and OMNISONIC_GRAPH_WS_URL name other addresses for GraphQL. Raises `KeyError`
        where the token is missing.
        """
        return cls(
            os.environ.get("OMNISONIC_URL", "http://localhost:3000"),
            token=os.environ["OMNISONIC_TOKEN"],
            graph_url=os.environ.get("OMNISONIC_GRAPH_URL"),
            graph_ws_url=os.environ.get("OMNISONIC_GRAPH_WS_URL"),
            timeout_s=timeout_s,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections, also those of running subscriptions, whose events end."""
        for line in list(self._lines):
            line.close()
        self._http.close()

    # the graph

    def execute(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run a query or mutation; returns its `data`.

        Raises `GraphQLFailed` when the answer carries errors, `OmnisonicProblem` when there is no answer in
        GraphQL's form, `ConnectionLost` when the server is not reachable.
        """
        response = self._send(
            "POST",
            self.graph_url,
            json={"query": query, "variables": variables or {}},
            headers={"Accept": "application/graphql-response+json"},
        )
        try:
            body = response.json()
        except ValueError:
            raise OmnisonicProblem.of(response) from None
        if not isinstance(body, dict) or not {"data", "errors"} & body.keys():
            raise OmnisonicProblem.of(response)
        if body.get("errors"):
            raise GraphQLFailed(body["errors"], body.get("data"))
        return dict(body["data"])

    def work(self, work_id: str) -> Work | None:
        """One work, or None when there is no such work."""
        query = f"query ($id: ID!) {{ work(id: $id) {{ {Work.FIELDS} }} }}"
        row = self.execute(query, {"id": work_id})["work"]
        return Work.of(row) if row else None

    def recording(self, recording_id: str) -> Recording | None:
        """One recording, or None when there is no such recording."""
        query = f"query ($id: ID!) {{ recording(id: $id) {{ {Recording.FIELDS} }} }}"
        row = self.execute(query, {"id": recording_id})["recording"]
        return Recording.of(row) if row else None

    def recording_by_isrc(self, isrc: str) -> Recording | None:
        """The recording with this ISRC, or None."""
        rows = self._pages("recordings", "Recording", Recording.FIELDS, {"isrc": isrc})
        return next((Recording.of(row) for row in rows), None)

    def works(self, *, search: str | None = None, genre: str | None = None) -> Iterator[Work]:
        """Every work, newest first, or the 1,000 that match `search` best; read in pages of 100 as you go."""
        return map(Work.of, self._pages("works", "Work", Work.FIELDS, {"search": search, "genre": genre}))

    def recordings(self, *, search: str | None = None) -> Iterator[Recording]:
        """Every recording, newest first, or the 1,000 that match `search` best; read as `works`."""
        return map(Recording.of, self._pages("recordings", "Recording", Recording.FIELDS, {"search": search}))

    def subscribe(
        self, query: str, variables: dict[str, Any] | None = None, *, patience_s: float = PATIENCE_S
    ) -> Iterator[dict[str, Any]]:
        """Subscribe now, and give the `data` of each event until you stop.

        When the line is lost it is made again, until the server has been away for `patience_s`; events of
        that time are not repeated. Raises `ConnectionLost`, and `GraphQLFailed` when the server refuses:
        a bad token here, anything else with the first event.
        """
        return (step for step in self._follow(query, variables, patience_s) if step is not Subscribed.MARK)

    def work_updates(self, work_id: str, *, patience_s: float = PATIENCE_S) -> Iterator[Work]:
        """The work after each of its changes from now on, also after changes while the line was lost."""
        query = f"subscription ($id: ID!) {{ workUpdated(workId: $id) {{ {Work.FIELDS} }} }}"
        steps = self._follow(query, {"id": work_id}, patience_s)
        return self._updates(steps, lambda data: Work.of(data["workUpdated"]), lambda: self.work(work_id))

    def recording_updates(self, recording_id: str, *, patience_s: float = PATIENCE_S) -> Iterator[Recording]:
        """The recording after each of its changes, as `work_updates`."""
        query = f"subscription ($id: ID!) {{ recordingUpdated(recordingId: $id) {{ {Recording.FIELDS} }} }}"
        steps = self._follow(query, {"id": recording_id}, patience_s)
        return self._updates(
            steps,
            lambda data: Recording.of(data["recordingUpdated"]),
            lambda: self.recording(recording_id),
        )

    # imports

    def import_catalog(self, path: Path | str, *, mapping: dict[str, str] | None = None) -> ImportJob:
        """Send a CSV, JSON or JSON Lines file (up to 100 MB); returns the job at once.

        `mapping` names the file's column for each field where the headers are not understood. Sending the
        same file again gives the same job. Raises `OmnisonicProblem`.
        """
        path, form = Path(path), {"mapping": json.dumps(mapping)} if mapping else None
        with path.open("rb") as file:
            response = self._send(
                "POST",
                f"{self.address}/ingest/isrc/bulk",
                files={"file": (path.name, file)},
                data=form,
                timeout=UPLOAD_TIMEOUT_S,
            )
        return self.import_job(str(_checked(response).json()["jobId"]))

    def import_job(self, job_id: str) -> ImportJob:
        """How an import stands. Raises `OmnisonicProblem`."""
        response = self._send("GET", f"{self.address}/ingest/isrc/bulk/{job_id}")
        return ImportJob.of(_checked(response).json())

    def wait_for_import(self, job_id: str, *, timeout_s: float = 600.0) -> ImportJob:
        """Wait until an import is completed. Raises `ImportFailed` or `TimeoutError`."""
        deadline = time.monotonic() + timeout_s
        while not (job := self.import_job(job_id)).is_settled:
            if time.monotonic() > deadline:
                raise TimeoutError(f"import {job_id} is still {job.status} after {timeout_s:.0f} s")
            time.sleep(POLL_S)
        if job.status != "completed":
            raise ImportFailed(
                f"import {job_id} ended as {job.status}: {job.error_message or 'no reason given'}"
            )
        return job

    def import_errors(self, job_id: str, path: Path | str) -> None:
        """Write the file of all refused rows (CSV) to `path`. Raises `OmnisonicProblem`."""
        url = f"{self.address}/ingest/isrc/bulk/{job_id}/errors.csv"
        try:
            with self._http.stream("GET", url) as response:
                if not response.is_success:
                    response.read()
                _checked(response)
                with Path(path).open("wb") as file:
                    for piece in response.iter_bytes():
                        file.write(piece)
        except httpx.TransportError as error:
            raise ConnectionLost(f"{url} is not reachable: {error}") from error

    def _follow(self, query: str, variables: dict[str, Any] | None, patience_s: float) -> Iterator[Step]:
        line, request = Line(), {"query": query, "variables": variables or {}}
        steps = follow(
            line,
            self.graph_ws_url,
            self._token,
            request,
            timeout_s=self._timeout_s,
            patience_s=patience_s,
        )
        self._lines.add(line)
        next(steps)  # subscribe before returning, so that a change made by the caller now is among the events
        return steps

    def _updates(
        self, steps: Iterator[Step], read: Callable[[dict[str, Any]], Row], reload: Callable[[], Row | None]
    ) -> Iterator[Row]:
        last = reload()

        def changes() -> Iterator[Row]:
            nonlocal last
            for step in steps:
                found = reload() if step is Subscribed.MARK else read(step)
                if found is not None and (step is not Subscribed.MARK or found != last):
                    last = found
                    yield found

        return changes()

    def _pages(
        self, field: str, kind: str, fields: str, variables: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        names = [name for name, value in variables.items() if value is not None]
        declared = "".join(f", ${name}: String" for name in names)
        passed = "".join(f", {name}: ${name}" for name in names)
        query = (
            f"query {kind}Page($first: Int, $after: String{declared}) {{ {field}(first: $first, after: $after"
            f"{passed}) {{ edges {{ node {{ {fields} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        after: str | None = None
        while True:
            values = {name: variables[name] for name in names}
            page = self.execute(query, {**values, "first": PAGE_ROWS, "after": after})[field]
            yield from (edge["node"] for edge in page["edges"])
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    def _send(self, method: str, url: str, **arguments: Any) -> httpx.Response:
        try:
            return self._http.request(method, url, **arguments)
        except httpx.TransportError as error:
            raise ConnectionLost(f"{url} is not reachable: {error}") from error


def _checked(response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise OmnisonicProblem.of(response)
    return response


def _graph_address(address: str, scheme: str, port: int) -> str:
    parts = urlsplit(address)
    if parts.scheme == "https":
        return f"{scheme}s://{parts.netloc}/graphql"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{scheme}://{host}:{port}/graphql"
