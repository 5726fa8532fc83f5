"""lines checked by the batch"""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

revision: str = '0016'
down_revision: str | None = '0015'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# A foreign key looks at each row by itself, which was half of the time of a closing's inserts. Statements are neither
# removed nor given another id, so that it is enough to look at what is added, all rows of a statement at once.
HAS_STATEMENT = """
CREATE FUNCTION require_statement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing uuid;
BEGIN
    SELECT lines.statement_id INTO missing FROM (SELECT DISTINCT statement_id FROM added) AS lines
    WHERE NOT EXISTS (SELECT FROM statements WHERE statements.id = lines.statement_id) LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING MESSAGE = format('there is no statement %s', missing),
            TABLE = 'statement_lines', CONSTRAINT = 'has_statement';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER has_statement AFTER INSERT ON statement_lines REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION require_statement();
"""


def upgrade() -> None:
    op.drop_constraint('fk_statement_lines_statement_id_statements', 'statement_lines', type_='foreignkey')
    op.execute(HAS_STATEMENT)


def downgrade() -> None:
    op.execute("DROP TRIGGER has_statement ON statement_lines")
    op.execute("DROP FUNCTION require_statement()")
    op.create_foreign_key(
        'fk_statement_lines_statement_id_statements', 'statement_lines', 'statements', ['statement_id'], ['id']
    )
