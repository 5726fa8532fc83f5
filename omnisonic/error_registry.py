"""Imports every declaration of an error, so that the web process has a page for each: `/problems/<slug>`."""

from omnisonic.core import graph_errors
from omnisonic.core.catalog import errors as catalog_errors
from omnisonic.core.imports import errors as import_errors
from omnisonic.core.ledger import errors as ledger_errors
from omnisonic.core.ledger import log_errors
from omnisonic.core.licenses import errors as license_errors
from omnisonic.core.releases import errors as release_errors
from omnisonic.core.royalties import errors as royalty_errors
from omnisonic.core.royalties import usage_errors
from omnisonic.insight.alerts import errors as alert_errors
from omnisonic.insight.archive import errors as archive_errors
from omnisonic.insight.feeds import errors as feed_errors
from omnisonic.insight.follows import service as follows
from omnisonic.insight.ingest_jobs import errors as ingest_errors
from omnisonic.insight.saved_views import service as saved_views
from omnisonic.insight.tagging import errors as tagging_errors
from omnisonic.insight.tagging import json_lines
from omnisonic.platform import http_client, rate_limit, sealing
from omnisonic.platform.auth import errors as auth_errors
from omnisonic.platform.storage import api as storage_links
from omnisonic.studio.exports import errors as export_errors
from omnisonic.studio.rendering import errors as rendering_errors
from omnisonic.studio.sessions import errors as session_errors
from omnisonic.studio.split_sheets import errors as split_sheet_errors
from omnisonic.studio.tracks import errors as track_errors
from omnisonic.studio.uploads import errors as upload_errors

__all__ = [
    "alert_errors",
    "archive_errors",
    "auth_errors",
    "catalog_errors",
    "export_errors",
    "feed_errors",
    "follows",
    "graph_errors",
    "http_client",
    "import_errors",
    "ingest_errors",
    "json_lines",
    "ledger_errors",
    "license_errors",
    "log_errors",
    "rate_limit",
    "release_errors",
    "rendering_errors",
    "royalty_errors",
    "saved_views",
    "sealing",
    "session_errors",
    "split_sheet_errors",
    "storage_links",
    "tagging_errors",
    "track_errors",
    "upload_errors",
    "usage_errors",
]
