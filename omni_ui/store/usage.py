"""How much each visitor has kept: records and bytes, counted along with each change, so that nobody counts them all.

The statements look at the rows that are there, within the transaction that changes them: run once more after a lost
connection they come to the same. A file that several records of a visitor share counts once.
"""

from omni_ui.store.database import Statement, Value

_ADD = (
    " ON CONFLICT (visitor, tab) DO UPDATE SET "
    "records = usage.records + excluded.records, bytes = usage.bytes + excluded.bytes"
)


def count_records(sign: int, marks: str, items: dict[str, str]) -> list[Statement]:
    """Adds records to what is used, or with sign -1 takes them off: after they are there with their files, or before
    they go. marks: their ids as a list of SQL, whose values are the items."""
    records = (
        "INSERT INTO usage (visitor, tab, records, bytes) "
        f"SELECT visitor, tab, :sign * COUNT(*), :sign * SUM(size) FROM history WHERE id IN {marks} "
        f"GROUP BY visitor, tab{_ADD}"
    )
    files = (
        "INSERT INTO usage (visitor, tab, records, bytes) SELECT visitor, tab, 0, :sign * SUM(bytes) FROM "
        "(SELECT MAX(f.bytes) AS bytes, MIN(h.visitor) AS visitor, MIN(h.tab) AS tab "
        f"FROM history_files f JOIN history h ON h.id = f.record WHERE f.record IN {marks} AND f.name != '' "
        f"AND NOT EXISTS (SELECT 1 FROM history_files o WHERE o.name = f.name AND o.record NOT IN {marks}) "
        f"GROUP BY f.name) AS files WHERE true GROUP BY visitor, tab{_ADD}"
    )
    values: dict[str, Value] = {"sign": sign, **items}
    return [(records, values), (files, values)]


LONGER = (
    "INSERT INTO usage (visitor, tab, records, bytes) "
    f"SELECT visitor, tab, 0, :more FROM history WHERE id = :id AND facts = :before{_ADD}"
)
"""Before the facts of a record change."""
USED = (
    "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS used, "
    "CAST(COALESCE(SUM(bytes) FILTER (WHERE visitor = :visitor), 0) AS BIGINT) AS mine FROM "
    "(SELECT bytes, visitor FROM usage UNION ALL SELECT bytes, visitor FROM video_jobs WHERE file IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM history WHERE thread = 'job:' || video_jobs.ticket)) AS pieces"
)
"""Bytes of files, characters of records, and bytes of jobs that are in no record: of all, and of one visitor."""
