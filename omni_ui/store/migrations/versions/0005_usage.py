"""How much each visitor has kept (step 7 of schema.py)."""

from alembic import op

revision = "0005"
down_revision = "0004"

ADD = (
    " ON CONFLICT (visitor, tab) DO UPDATE SET "
    "records = usage.records + excluded.records, bytes = usage.bytes + excluded.bytes"
)
STEPS = (
    "CREATE TABLE usage (visitor TEXT NOT NULL, tab TEXT NOT NULL, records BIGINT NOT NULL, bytes BIGINT NOT NULL, "
    "PRIMARY KEY (visitor, tab))",
    "INSERT INTO usage (visitor, tab, records, bytes) "
    "SELECT visitor, tab, COUNT(*), SUM(size) FROM history GROUP BY visitor, tab",
    "INSERT INTO usage (visitor, tab, records, bytes) SELECT visitor, tab, 0, SUM(bytes) FROM "
    "(SELECT MAX(f.bytes) AS bytes, MIN(h.visitor) AS visitor, MIN(h.tab) AS tab "
    "FROM history_files f JOIN history h ON h.id = f.record WHERE f.name != '' GROUP BY f.name) AS files "
    "GROUP BY visitor, tab" + ADD,
    "DROP INDEX history_sizes",
)


def upgrade() -> None:
    for statement in STEPS:
        op.execute(statement)
