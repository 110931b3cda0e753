"""Several processes: who follows a video job and until when, and which processes live (step 6 of schema.py)."""

from alembic import op

revision = "0003"
down_revision = "0002"

STEPS = (
    "ALTER TABLE video_jobs ADD COLUMN server TEXT NOT NULL DEFAULT ''",
    "UPDATE video_jobs SET server = COALESCE(facts::json ->> 'server', '')",
    "ALTER TABLE video_jobs ADD COLUMN holder TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE video_jobs ADD COLUMN lease BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE video_jobs ADD COLUMN lease_until DOUBLE PRECISION NOT NULL DEFAULT 0",
    "ALTER TABLE video_jobs ADD COLUMN stop BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX video_jobs_by_state ON video_jobs (state, created)",
    "ALTER TABLE unfinished ADD COLUMN holder TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE processes (id TEXT PRIMARY KEY, until DOUBLE PRECISION NOT NULL)",
)


def upgrade() -> None:
    for statement in STEPS:
        op.execute(statement)
