"""The description of Insight names what exists: routes, jobs, tables, states and limits, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import SQLModel

from graph_service.schema import schema
from omnisonic import model_registry as model_registry
from omnisonic import pages
from omnisonic.insight import parameters
from omnisonic.insight.alerts import channels, message, mutes, rules, templates
from omnisonic.insight.alerts import schemas as alert_schemas
from omnisonic.insight.alerts.delivery import webhook
from omnisonic.insight.alerts.evaluation.kinds import AlertState, RuleKind
from omnisonic.insight.alerts.models import ChannelType, DeliveryStatus, Suppression
from omnisonic.insight.alerts.retention import HISTORY_KEPT
from omnisonic.insight.alerts.watching import tasks
from omnisonic.insight.analytics import api as analytics_api
from omnisonic.insight.feeds import checking, discovery, entries, opml, schedule
from omnisonic.insight.feeds import service as feeds
from omnisonic.insight.feeds.models import FeedStatus
from omnisonic.insight.follows import service as follows
from omnisonic.insight.ingest_jobs import schemas as job_schemas
from omnisonic.insight.ingest_jobs import service as jobs
from omnisonic.insight.news import LinkMethod
from omnisonic.insight.saved_views import service as saved_views
from omnisonic.insight.store import running
from omnisonic.insight.tagging import partners, views
from omnisonic.platform.jobs import declared_jobs
from omnisonic.platform.settings import Settings
from scripts.reference import import_everything
from tests.contract.described import described_paths

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "specs" / "phase-3-insight.md").read_text(encoding="utf-8")
OURS = re.compile(
    r"/ingest/(rss|tagging|status|set-aside)|/demo/"
    r"|/api/(jobs|feeds|news|corrections|stoplist|unlinked|trends|analytics|follows|views|alerts)\b"
)
OUR_JOBS = re.compile(r"workers\.(ingest|ingest_jobs|archive|tagging|alerts)\.")
PARAMETER = re.compile(r"\[\w+\]")
OUR_PAGES = ("/trends", "/analytics", "/entities", "/tagging", "/feeds", "/alerts")


def table(first_header: str) -> Iterator[list[str]]:
    """Cells of each row of the table with this first header."""
    head = re.search(rf"^\| {re.escape(first_header)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", GUIDE, re.MULTILINE)
    assert head, f"there is no table of {first_header}"
    for line in head[1].splitlines():
        yield [cell.strip() for cell in line.strip("|").split("|")]


def named(first_header: str) -> list[str]:
    """What the first cells of a table name."""
    return [name for cells in table(first_header) for name in re.findall(r"`([^`]+)`", cells[0])]


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
        if OURS.match(path)
    }
    assert written == served


def test_operations() -> None:
    fields = {
        f"{name}({', '.join(field.args)})"
        for kind in ("Query", "Mutation")
        for name, field in schema.graphql_schema.type_map[kind].fields.items()  # type: ignore[attr-defined]
        if "EntityTag" in str(field.type)
    }
    assert set(named("operation")) == fields


def test_pages() -> None:
    ours = {page.route for page in pages.PAGES if page.route.startswith(OUR_PAGES)}
    assert {PARAMETER.sub("[]", page) for page in named("page")} == {
        PARAMETER.sub("[]", page) for page in ours
    }


def test_jobs() -> None:
    import_everything()
    declared = {job.function: str(job.queue) for job in declared_jobs() if OUR_JOBS.match(job.function)}
    assert {cells[0].strip("`"): cells[1].strip("`") for cells in table("job")} == declared


def test_tables() -> None:
    ours = {
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in SQLModel._sa_registry.mappers
        if mapper.class_.__module__.startswith("omnisonic.insight.")
    }
    assert set(named("table")) == ours


def test_clickhouse() -> None:
    sql = "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "clickhouse").glob("*.sql")))
    assert set(named("in ClickHouse")) == set(re.findall(r"CREATE (?:TABLE|VIEW) IF NOT EXISTS (\w+)", sql))


def test_states() -> None:
    for header, kind in (
        ("feed status", FeedStatus),
        ("method", LinkMethod),
        ("rule", RuleKind),
        ("state", AlertState),
        ("channel", ChannelType),
        ("message", DeliveryStatus),
        ("not sent", Suppression),
    ):
        assert named(header) == [str(member) for member in kind], header
    bands = [(float(cells[0].removeprefix("from ")), cells[1].strip("`")) for cells in table("confidence")]
    assert tuple(bands) == views.BANDS


def test_limits() -> None:
    shown = {cells[0]: cells[1].replace(",", "") for cells in table("what")}
    mib = 1024 * 1024
    assert shown == {
        "a feed": f"{checking.FEED_MAX_BYTES // mib} MiB decoded {entries.ENTRIES_MAX} entries "
        f"{checking.TOTAL_S:.0f} s",
        "between two checks of a feed": f"{schedule.CHECK_MIN_S // 60} minutes to "
        f"{schedule.CHECK_MAX_S // 3600} hours",
        "feeds": str(feeds.FEEDS_MAX),
        "OPML file": f"{opml.OPML_MAX_BYTES // mib} MiB {opml.OUTLINES_MAX} outlines",
        "discoveries": f"{discovery.DISCOVERIES_PER_MINUTE} a minute",
        "jobs below `/ingest`": f"{jobs.JOBS_PER_HOUR} an hour {job_schemas.FEEDS_MAX} feeds each",
        "title · text of an article": f"{entries.TITLE_MAX_CHARS} · {entries.TEXT_MAX_CHARS} characters",
        "links of `recordEntityTags`": str(partners.MAX_TAGS),
        "range of figures": f"{parameters.MAX_DAYS} days; hours up to 72 h days up to 370 days then weeks",
        "rows of a list of figures": "100; lines of a series 10",
        "a query": f"{running.MAX_QUERY_S} s",
        "reports": f"{analytics_api.REPORTS_PER_HOUR} an hour",
        "follows · saved views": f"{follows.MAX_FOLLOWS} · {saved_views.MAX_VIEWS} an account",
        "rules · channels · mutes": f"{rules.MAX_RULES} · {channels.MAX_CHANNELS} · {mutes.MAX_MUTES} "
        f"an account; {alert_schemas.MAX_CHANNELS_OF_RULE} channels a rule",
        "entities evaluated by a rule in one run": f"{tasks.MAX_ENTITIES} those with the most stories",
        "entities named by a rule": str(alert_schemas.MAX_ENTITIES),
        "window · cooldown of a rule": f"{alert_schemas.WINDOW_MAX_MINUTES} · "
        f"{alert_schemas.COOLDOWN_MAX_MINUTES} minutes",
        "template": f"{templates.MAX_TEMPLATE_CHARS} characters no loops",
        "messages about an entity on a channel": "`ALERT_RATE_LIMIT_PER_HOUR` "
        f"{Settings.model_fields['alert_rate_limit_per_hour'].default} an hour",
        "one message": f"{message.MAX_ENTRIES} entities {message.MAX_ARTICLES} articles each; "
        f"webhook {webhook.BODY_MAX_BYTES} bytes",
        "history of alerts": f"{HISTORY_KEPT.days} days",
    }
