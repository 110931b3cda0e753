"""The tables, as a list of steps. A step that was released is never changed: a new one is added below it."""

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
    """
]
