"""The self-audit: the ledger, its log, what is published of it and what was signed, each beside the others.

It reads one snapshot of the database and changes nothing but its own row in `audits`.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from omnisonic.core.ledger.audit_log import audit_log
from omnisonic.core.ledger.audit_rows import audit_rows
from omnisonic.core.ledger.findings import Findings
from omnisonic.core.ledger.key_history import list_keys
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.models import Audit
from omnisonic.platform.db import bulk_connection, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.models import AuditEntry

ACTION = "ledger.audit"

# The snapshot waits while an object store answers slowly: that is no transaction that somebody forgot.
_PATIENT = text("SET LOCAL idle_in_transaction_session_timeout = 0")

log = get_logger(__name__)


def run_audit() -> Audit:
    """Audit everything; the row that is kept says what was found. Raises what reading raises."""
    with unit_of_work() as uow:
        audit = Audit()
        uow.session.add(audit)
    store, findings = LogStore(), Findings()
    published, stored = store.published_size(), store.list_checkpoints()
    with bulk_connection() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(_PATIENT)
        audit_rows(connection, findings)
        keys = list_keys(store)  # after the snapshot: whoever signed what it holds is among them
        size, root = audit_log(connection, store, keys, published=published, stored=stored, findings=findings)
    return _finish(audit.id, size, root, findings)


def latest_audit(session: Session) -> Audit | None:
    """The audit that was finished last."""
    finished = select(Audit).where(col(Audit.finished_at).is_not(None))
    return session.exec(finished.order_by(col(Audit.finished_at).desc()).limit(1)).first()


def summary(audit: Audit) -> str:
    """What an audit found, in a few lines for people."""
    found = audit.findings or []
    if audit.is_sound:
        return f"The ledger is sound: {audit.tree_size:,} leaves, every row, tile, root and signature agree."
    lines = [f"{one['table']} {one['row']} · {one['column']}: {one['problem']}" for one in found[:20]]
    rest = f"\n… and {len(found) - 20} more" if len(found) > 20 else ""
    return f"The ledger is NOT sound, {len(found)} places:\n" + "\n".join(lines) + rest


def _finish(audit_id: UUID, size: int, root: bytes, findings: Findings) -> Audit:
    with unit_of_work() as uow:
        audit = uow.session.get_one(Audit, audit_id)
        audit.finished_at, audit.tree_size, audit.root = utc_now(), size, root
        audit.is_sound, audit.findings = not findings.count, findings.as_json()
        if findings.count:
            details = {"places": findings.count, "treeSize": size}
            uow.session.add(AuditEntry(action=ACTION, subject=str(audit_id), details=details))
    if findings.count:
        log.error("ledger_not_sound", audit_id=str(audit_id), places=findings.count, tree_size=size)
    else:
        log.info("ledger_sound", audit_id=str(audit_id), tree_size=size, root=root.hex())
    return audit
