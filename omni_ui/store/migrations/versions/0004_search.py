"""An index for the search of the history: every three characters in a row, by PostgreSQL's own extension pg_trgm.

It is in Debian's package and with the usual hosts, and whoever owns the database may create it (PostgreSQL 13). Where
it cannot be had the search reads the visitor's records instead; the statement below, run by hand, makes it later.
"""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENT = """
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX IF NOT EXISTS history_words ON history USING gin (words gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
    RAISE WARNING 'The search of the history has no index: %', SQLERRM;
END $$
"""


def upgrade() -> None:
    op.execute(STATEMENT)
