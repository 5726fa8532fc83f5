"""Imports every table, so that metadata is complete for Alembic and the tests."""

from omnisonic.core.catalog import models as catalog_models
from omnisonic.core.imports import models as import_models
from omnisonic.core.ledger import models as ledger_models
from omnisonic.core.licenses import models as license_models
from omnisonic.core.releases import models as release_models
from omnisonic.core.royalties import models as royalty_models
from omnisonic.core.royalties import waiting_models
from omnisonic.insight.alerts import models as alert_models
from omnisonic.insight.feeds import models as feed_models
from omnisonic.insight.follows import models as follow_models
from omnisonic.insight.ingest_jobs import models as ingest_models
from omnisonic.insight.saved_views import models as saved_view_models
from omnisonic.insight.tagging import models as tagging_models
from omnisonic.platform import models as platform_models
from omnisonic.platform.auth import models as auth_models
from omnisonic.studio.exports import models as export_models
from omnisonic.studio.sessions import models as session_models
from omnisonic.studio.split_sheets import models as split_sheet_models
from omnisonic.studio.tracks import models as track_models
from omnisonic.studio.uploads import models as upload_models

__all__ = [
    "alert_models",
    "auth_models",
    "catalog_models",
    "export_models",
    "feed_models",
    "follow_models",
    "import_models",
    "ingest_models",
    "ledger_models",
    "license_models",
    "platform_models",
    "release_models",
    "royalty_models",
    "saved_view_models",
    "session_models",
    "split_sheet_models",
    "tagging_models",
    "track_models",
    "upload_models",
    "waiting_models",
]
