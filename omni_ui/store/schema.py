"""The tables in SQLite, as a list of steps. A step that was released is never changed: a new one is added below it.

PostgreSQL has the same ones by migrations/versions; tests/store/test_schema.py compares the two.
"""

MIGRATIONS: list[str] = [
    # 1: video jobs; what past runs took
    """
    CREATE TABLE video_jobs (
        ticket TEXT PRIMARY KEY,
        visitor TEXT,
        state TEXT NOT NULL,
        created REAL NOT NULL,
        facts TEXT NOT NULL
    );
    CREATE INDEX video_jobs_of_visitor ON video_jobs (visitor, created);
    CREATE TABLE timings (
        id INTEGER PRIMARY KEY,
        server TEXT NOT NULL,
        model TEXT NOT NULL,
        kind TEXT NOT NULL,
        amount REAL NOT NULL,
        seconds REAL NOT NULL,
        at REAL NOT NULL
    );
    CREATE INDEX timings_alike ON timings (server, model, kind, id);
    """,
    # 2: what visitors made
    """
    CREATE TABLE history (
        id TEXT PRIMARY KEY,
        visitor TEXT NOT NULL,
        thread TEXT NOT NULL,
        tab TEXT NOT NULL,
        at REAL NOT NULL,
        starred INTEGER NOT NULL,
        words TEXT NOT NULL,
        facts TEXT NOT NULL
    );
    CREATE INDEX history_of_visitor ON history (visitor, at);
    CREATE INDEX history_by_age ON history (starred, at);
    CREATE INDEX history_threads ON history (thread);
    CREATE TABLE history_files (
        record TEXT NOT NULL,
        place INTEGER NOT NULL,
        name TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        sha TEXT NOT NULL,
        PRIMARY KEY (record, place)
    );
    CREATE INDEX history_files_by_name ON history_files (name);
    CREATE INDEX history_files_by_sha ON history_files (sha);
    CREATE TRIGGER history_gone AFTER DELETE ON history BEGIN
        DELETE FROM history_files WHERE record = OLD.id;
    END;
    """,
    # 3: settings that a model was seen to ignore
    """
    CREATE TABLE ignored (
        server TEXT NOT NULL,
        model TEXT NOT NULL,
        tab TEXT NOT NULL,
        field TEXT NOT NULL,
        at REAL NOT NULL,
        PRIMARY KEY (server, model, tab, field)
    );
    """,
    # 4: runs under way
    """
    CREATE TABLE unfinished (
        id TEXT PRIMARY KEY,
        at REAL NOT NULL,
        facts TEXT NOT NULL
    );
    """,
    # 5: what SQL looks for stands in columns, not in JSON; files of a record go with it by a statement
    """
    ALTER TABLE video_jobs ADD COLUMN file TEXT;
    ALTER TABLE video_jobs ADD COLUMN bytes INTEGER;
    UPDATE video_jobs SET file = json_extract(facts, '$.file'), bytes = json_extract(facts, '$.bytes');
    ALTER TABLE history ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
    UPDATE history SET size = LENGTH(facts) + LENGTH(words);
    CREATE INDEX history_sizes ON history (visitor, size);
    DROP TRIGGER history_gone;
    """,
    # 6: several processes: who follows a video job and until when, and which processes live
    """
    ALTER TABLE video_jobs ADD COLUMN server TEXT NOT NULL DEFAULT '';
    UPDATE video_jobs SET server = COALESCE(json_extract(facts, '$.server'), '');
    ALTER TABLE video_jobs ADD COLUMN holder TEXT NOT NULL DEFAULT '';
    ALTER TABLE video_jobs ADD COLUMN lease INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE video_jobs ADD COLUMN lease_until REAL NOT NULL DEFAULT 0;
    ALTER TABLE video_jobs ADD COLUMN stop INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX video_jobs_by_state ON video_jobs (state, created);
    ALTER TABLE unfinished ADD COLUMN holder TEXT NOT NULL DEFAULT '';
    CREATE TABLE processes (id TEXT PRIMARY KEY, until REAL NOT NULL);
    """,
    # 7: how much each visitor has kept
    """
    CREATE TABLE usage (
        visitor TEXT NOT NULL,
        tab TEXT NOT NULL,
        records INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        PRIMARY KEY (visitor, tab)
    );
    INSERT INTO usage (visitor, tab, records, bytes)
        SELECT visitor, tab, COUNT(*), SUM(size) FROM history GROUP BY visitor, tab;
    INSERT INTO usage (visitor, tab, records, bytes)
        SELECT visitor, tab, 0, SUM(bytes) FROM (
            SELECT MAX(f.bytes) AS bytes, MIN(h.visitor) AS visitor, MIN(h.tab) AS tab
            FROM history_files f JOIN history h ON h.id = f.record WHERE f.name != '' GROUP BY f.name
        ) AS files WHERE true GROUP BY visitor, tab
        ON CONFLICT (visitor, tab) DO UPDATE SET bytes = usage.bytes + excluded.bytes;
    DROP INDEX history_sizes;
    """,
]
