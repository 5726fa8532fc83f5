"""The guide for partners names what exists: every operation, route, column, code and limit, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from graph_service.access import PUBLIC_FIELDS, scope_of
from graph_service.schema import schema
from omnisonic.core.catalog import contributions, fields, listing
from omnisonic.core.catalog.models import MAX_TITLE_CHARS, ContributionRole, RightsType
from omnisonic.core.catalog.shares import TOLERANCE_PPM
from omnisonic.core.imports import api, csv_rows, ingest, json_stream, merging, reading, service
from omnisonic.core.imports import schemas as import_schemas
from omnisonic.core.imports.codes import Code, Warned
from omnisonic.core.imports.headers import FIELDS, KNOWN_HEADERS, REQUIRED
from omnisonic.core.licenses import schemas as license_schemas
from omnisonic.core.licenses.territories import MAX_CHARS, parse_territory
from omnisonic.platform.settings import Settings
from tests.contract.described import described_paths

GUIDE = (Path(__file__).parents[2] / "docs" / "specs" / "phase-2-core.md").read_text(encoding="utf-8")
OURS = ("/ingest/isrc", "/api/catalog/", "/api/licenses")


def table(first_header: str) -> Iterator[list[str]]:
    """Cells of each row of the table with this first header."""
    head = re.search(rf"^\| {re.escape(first_header)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", GUIDE, re.MULTILINE)
    assert head, f"there is no table of {first_header}"
    for line in head[1].splitlines():
        yield [cell.strip() for cell in line.strip("|").split("|")]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_operations() -> None:
    for header, kind in (("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")):
        written = {}
        for cells in table(header):
            for operation in quoted(cells[0]):
                name, _, arguments = operation.rstrip(")").partition("(")
                written[name] = arguments.split(", ")
                scope = None if name in PUBLIC_FIELDS else scope_of(name, is_mutation=kind == "Mutation")
                assert cells[1] == (f"`{scope}`" if scope else "none"), name
        root = schema.graphql_schema.type_map[kind]
        served = {name: list(field.args) for name, field in root.fields.items()}  # type: ignore[attr-defined]
        assert written == served


def test_routes() -> None:
    written: set[tuple[str, str]] = set()
    for cells in table("method and path"):
        last: list[str] = []
        for methods, path in re.findall(r"((?:[A-Z]+(?:, )?)*)\s*`([^`]+)`", cells[0]):
            last = methods.strip().split(", ") if methods.strip() else last
            written |= {(method, path) for method in last}
    served = {
        (method.upper(), path)
        for path, methods in described_paths().items()
        for method in methods
        if path.startswith(OURS)
    }
    assert written == served


def test_import_columns() -> None:
    rows = list(table("column"))
    assert [quoted(cells[0])[0] for cells in rows] == [str(field) for field in FIELDS]
    assert {quoted(cells[0])[0] for cells in rows if "(required)" in cells[0]} == {*map(str, REQUIRED)}
    for cells in rows:
        for header in quoted(cells[1]):
            assert re.sub(r"[^a-z]", "", header.lower()) in KNOWN_HEADERS, header


def test_import_codes() -> None:
    assert sorted(code for cells in table("code") for code in quoted(cells[0])) == sorted(map(str, Code))
    assert sorted(code for cells in table("warning") for code in quoted(cells[0])) == sorted(map(str, Warned))
    for key in json_stream.LIST_KEYS:
        assert f"`{key}`" in GUIDE


def test_shares_and_territories() -> None:
    roles = re.search(r"- Roles: ((?:.|\n)*?)\.\n- Rights: (.*), or none", GUIDE)
    assert roles
    assert quoted(roles[1]) == [str(role) for role in ContributionRole]
    assert quoted(roles[2]) == [right.name for right in RightsType]
    assert f"within {TOLERANCE_PPM} ppm" in GUIDE
    for cells in table("territory"):
        for expression in quoted(cells[0]):
            parse_territory(expression)
    groups = re.search(r"among them ((?:.|\n)*?)\. What", GUIDE)
    assert groups
    for group in quoted(groups[1]):
        assert parse_territory(group).ranges
    assert parse_territory("EUROPE - CH").ranges == parse_territory("EUROPE except CH").ranges


def test_limits() -> None:
    settings = Settings.model_fields
    shown = {cells[0]: re.sub(r"[,`]", "", cells[1]) for cells in table("what")}
    assert shown["rows of `POST /ingest/isrc`"] == str(ingest.ROWS_MAX)
    assert shown["its requests"] == f"{api.INGESTS_PER_HOUR} an hour"
    assert shown["previews"] == f"{api.PREVIEWS_PER_HOUR} an hour"
    size, rate = (
        settings[f"bulk_import_{name}"].default for name in ("max_file_size_mb", "rate_limit_per_hour")
    )
    assert shown["file of an import"].endswith(f" {size}")
    assert shown["imports an account may start"].endswith(f" {rate} an hour")
    assert shown["one CSV row · one JSON record"] == (
        f"{csv_rows.ROW_MAX_CHARS} · {json_stream.RECORD_MAX_CHARS} characters"
    )
    assert shown["columns"] == str(reading.COLUMNS_MAX)
    assert shown["refusals shown with a job"] == str(import_schemas.ISSUES_SHOWN_MAX)
    assert shown["title · name of a licensee"] == (
        f"{MAX_TITLE_CHARS} · {license_schemas.MAX_LICENSEE_CHARS} characters"
    )
    assert shown["genres of an entry"] == f"{fields.MAX_LABELS} of {fields.MAX_LABEL_CHARS} characters"
    assert shown["hits of a search"] == str(listing.MAX_HITS)
    assert shown["shares of a work"] == str(contributions.MAX_CONTRIBUTIONS)
    assert shown["terms of a license"] == (
        f"{license_schemas.MAX_TERMS_BYTES // 1024} KiB of JSON {license_schemas.MAX_TERMS_DEPTH} levels"
    )
    assert shown["territory expression"] == f"{MAX_CHARS} characters"
    assert f"parts of {merging.CHUNK_ROWS:,}" in GUIDE
    assert f"the first {service.PREVIEW_ROWS} rows" in GUIDE
