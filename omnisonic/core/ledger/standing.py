"""How the ledger stands by its last audit, for the operators: a ledger that is not sound is never silent."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from omnisonic.platform.db import read_session
from omnisonic.platform.ids import utc_now
from omnisonic.platform.readiness import NotReady

OVERDUE = timedelta(hours=50)  # one of the daily audits was left out, and the next one too

_LAST = text("""
    SELECT finished_at, is_sound, tree_size, coalesce(jsonb_array_length(findings), 0) AS places FROM audits
    WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT 1
""")


def check_ledger() -> str:
    """When it was audited last, and that it was sound. Raises `NotReady` where it was not, or long ago."""
    with read_session() as session:
        last = session.execute(_LAST).first()
    if last is None:
        return "not audited yet; the first audit runs at 04:30 UTC"
    when = f"{last.finished_at:%Y-%m-%d %H:%M} UTC"
    if not last.is_sound:
        places = "one place differs" if last.places == 1 else f"{last.places} places differ"
        raise NotReady(f"NOT sound on {when}: {places} from the log. Close no cycle, audit it again")
    if utc_now() - last.finished_at > OVERDUE:
        raise NotReady(f"not audited since {when}; look whether the scheduler and maintenance run")
    return f"sound on {when}, {last.tree_size:,} leaves"
