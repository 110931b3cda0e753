"""What SQL searches is in columns, not in JSON; the time of the database under one name (step 5 of schema.py)."""

from alembic import op

revision = "0002"
down_revision = "0001"

STEPS = (
    "ALTER TABLE video_jobs ADD COLUMN file TEXT",
    "ALTER TABLE video_jobs ADD COLUMN bytes BIGINT",
    "UPDATE video_jobs SET file = facts::json ->> 'file', bytes = (facts::json ->> 'bytes')::bigint",
    "ALTER TABLE history ADD COLUMN size BIGINT NOT NULL DEFAULT 0",
    "UPDATE history SET size = LENGTH(facts) + LENGTH(words)",
    "CREATE INDEX history_sizes ON history (visitor, size)",
    "CREATE FUNCTION database_time() RETURNS DOUBLE PRECISION LANGUAGE SQL VOLATILE "
    "AS 'SELECT EXTRACT(EPOCH FROM clock_timestamp())::double precision'",
)


def upgrade() -> None:
    for statement in STEPS:
        op.execute(statement)
