"""What the list of imports says about one, and what it offers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from omnisonic.core.imports.lifecycle import GAVE_UP
from omnisonic.core.imports.models import BulkImportJob, ImportStatus
from omnisonic.core.imports.retention import ISSUES_KEPT
from omnisonic.core.imports.rows import ImportRow, import_row
from omnisonic.core.imports.schemas import BulkImportJobView

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FILE = "https://files.example.org/catalog.csv"


def shown(*, file_url: str | None = FILE, **columns: Any) -> ImportRow:
    job = BulkImportJob(
        user_id=UUID(int=1),
        file_key="imports/1/file",
        file_name="catalog.csv",
        file_size_bytes=1024,
        sha256="0" * 64,
        mapping_sha256="0" * 64,
        warnings={},
        created_at=NOW,
        **columns,
    )
    return import_row(BulkImportJobView.of(job, file_url=file_url), now=NOW)


@pytest.mark.parametrize(
    ("columns", "is_offered"),
    [
        ({"status": ImportStatus.CANCELED}, True),
        ({"status": ImportStatus.FAILED, "error_message": GAVE_UP}, True),
        ({"status": ImportStatus.FAILED, "error_message": "The JSON is damaged at record 2."}, False),
        ({"status": ImportStatus.CANCELED, "file_url": None}, False),
        ({"status": ImportStatus.COMPLETED}, False),
        ({"status": ImportStatus.PROCESSING}, False),
        ({"status": ImportStatus.PENDING}, False),
    ],
)
def test_only_what_can_go_on_offers_to_resume(columns: dict[str, Any], is_offered: bool) -> None:
    assert shown(**columns).can_resume is is_offered


def test_the_list_of_refused_rows_is_offered_while_it_is_kept() -> None:
    ended = {"status": ImportStatus.COMPLETED, "rejected_records": 3}
    assert shown(**ended, completed_at=NOW - ISSUES_KEPT + timedelta(days=1)).errors_href.endswith(
        "errors.csv"
    )
    assert shown(**ended, completed_at=NOW - ISSUES_KEPT - timedelta(days=1)).errors_href == ""
    assert shown(status=ImportStatus.COMPLETED, completed_at=NOW).errors_href == ""
