"""leaves of disputes, claims and exchange rates"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from alembic import op

revision: str = '0013'
down_revision: str | None = '0012'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TABLES = ('log_records', 'pending_leaves', 'log_leaves')
FORMER = "'journal', 'entry', 'line', 'cycle', 'release', 'split'"
KINDS = f"{FORMER}, 'dispute', 'claim', 'rate'"
Fact = tuple[str, uuid.UUID, dict[str, Any]]


def upgrade() -> None:
    allow(KINDS)
    connection = op.get_bind()
    for kind, subject, facts in [*rates(connection), *cases(connection)]:
        log(connection, kind, subject, facts)


def downgrade() -> None:
    allow(FORMER, ' NOT VALID')  # what is in the log stays there


def allow(kinds: str, whether: str = '') -> None:
    for table in TABLES:
        name = f'ck_{table}_leaf_kind'
        op.execute(f'ALTER TABLE {table} DROP CONSTRAINT {name}, '
                   f'ADD CONSTRAINT {name} CHECK (kind IN ({kinds})){whether}')


def rates(connection: sa.Connection) -> Iterator[Fact]:
    rows = connection.execute(sa.text(
        'SELECT id, base, quote, day, trim_scale(rate)::text AS rate, source, created_at FROM fx_rates ORDER BY created_at, id'
    ))
    for row in rows.all():
        facts = {'base': row.base, 'quote': row.quote, 'day': str(row.day), 'rate': row.rate, 'source': row.source}
        yield 'rate', row.id, facts | {'entered': instant(row.created_at)}


def cases(connection: sa.Connection) -> Iterator[Fact]:
    for kind, table in (('dispute', 'line_disputes'), ('claim', 'share_claims')):
        for row in connection.execute(sa.text(f'SELECT * FROM {table} ORDER BY created_at, id')).mappings().all():
            salt = salt_of(connection, row['contributor_id'])
            party = hashlib.sha256(salt + row['contributor_id'].bytes).hexdigest()
            about = {'line': str(row['line_id'])} if kind == 'dispute' else {
                'from': str(row['valid_from']) if row['valid_from'] else None, 'ppm': str(row['share_ppm']),
                'role': row['role'], 'work': str(row['work_id']),
            }
            yield kind, row['id'], about | {
                'by': account(salt, row['user_id']), 'change': 'opened', 'opened': instant(row['created_at']),
                'party': party, 'reason': words(salt, row['reason']),
            }
            if row['decided_at'] is not None:
                yield kind, row['id'], {
                    'answer': words(salt, row['answer']), 'by': account(salt, row['decided_by']),
                    'change': row['status'], 'decided': instant(row['decided_at']), 'party': party,
                }


def log(connection: sa.Connection, kind: str, subject: uuid.UUID, facts: dict[str, Any]) -> None:
    record, at = uuid.uuid4(), datetime.now(UTC)
    told = {'at': instant(at), 'facts': facts, 'id': str(record), 'kind': kind, 'subject': str(subject), 'v': 1}
    leaf = json.dumps(told, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode()
    row = {'id': record, 'at': at, 'kind': kind, 'subject': subject, 'leaf': leaf,
           'hash': hashlib.sha256(b'\x00' + leaf).digest()}
    connection.execute(sa.text('INSERT INTO log_records (id, created_at, kind, subject_id, leaf, leaf_hash) '
                               'VALUES (:id, :at, :kind, :subject, :leaf, :hash)'), row)
    connection.execute(sa.text('INSERT INTO pending_leaves (kind, row_id, leaf_hash) '
                               'VALUES (:kind, :id, :hash)'), row)


def salt_of(connection: sa.Connection, contributor: uuid.UUID) -> bytes:
    connection.execute(sa.text('INSERT INTO party_salts (contributor_id, salt) VALUES (:id, :salt) '
                               'ON CONFLICT DO NOTHING'), {'id': contributor, 'salt': os.urandom(16)})
    found = connection.execute(sa.text('SELECT salt FROM party_salts WHERE contributor_id = :id'), {'id': contributor})
    return bytes(found.scalar_one())


def words(salt: bytes, written: str | None) -> str | None:
    return None if written is None else hashlib.sha256(salt + b'text:' + written.encode()).hexdigest()


def account(salt: bytes, user: uuid.UUID | None) -> str | None:
    return None if user is None else hashlib.sha256(salt + b'account:' + user.bytes).hexdigest()


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%S.%fZ')
