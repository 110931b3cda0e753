"""The index for the search of the history in SQLite: every three characters in a row (FTS5's trigram tokenizer).

It finds parts of words, as the search does, in languages with and without spaces. It belongs to none of the numbered
steps of schema.py, since not every SQLite has FTS5: where it is missing the records themselves are read, and where it
is there again the index is made anew.
"""

import sqlite3
from collections.abc import Sequence

LENGTH = 3
MOST = 30
"""Threes of a word that are looked up. Each record found is compared with the whole word anyway."""

INDEX = """
CREATE TABLE history_search_rows (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE history_search USING fts5 (words, content = '', detail = none, tokenize = 'trigram');
INSERT INTO history_search_rows (id) SELECT id FROM history ORDER BY at;
INSERT INTO history_search (rowid, words)
    SELECT number, words FROM history_search_rows JOIN history USING (id) ORDER BY number;
"""
KEPT = """
CREATE TRIGGER history_search_add AFTER INSERT ON history BEGIN
    INSERT INTO history_search_rows (id) VALUES (NEW.id);
    INSERT INTO history_search (rowid, words)
        SELECT number, NEW.words FROM history_search_rows WHERE id = NEW.id;
END;
CREATE TRIGGER history_search_remove BEFORE DELETE ON history BEGIN
    INSERT INTO history_search (history_search, rowid, words)
        SELECT 'delete', number, OLD.words FROM history_search_rows WHERE id = OLD.id;
    DELETE FROM history_search_rows WHERE id = OLD.id;
END;
"""
GONE = """
DROP TRIGGER IF EXISTS history_search_add;
DROP TRIGGER IF EXISTS history_search_remove;
"""
FOUND = (
    "(SELECT history.* FROM history_search CROSS JOIN history_search_rows CROSS JOIN history "
    "WHERE history_search MATCH :threes AND number = history_search.rowid AND history.id = history_search_rows.id) "
    "AS found"
)
"""In this order, which SQLite keeps for CROSS JOIN: the index first."""


def prepare(file: sqlite3.Connection) -> bool:
    """Makes the index where it is not there or was not kept up, and says whether there is one now."""
    if not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'history'").fetchone():
        return False
    if not has_fts5(file):
        file.executescript(f"BEGIN IMMEDIATE; {GONE} COMMIT;")
        return False
    kept = file.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'history_search_%'")
    if kept.fetchone()[0] != 2:
        old = "DROP TABLE IF EXISTS history_search; DROP TABLE IF EXISTS history_search_rows;"
        file.executescript(f"BEGIN IMMEDIATE; {GONE} {old} {INDEX} {KEPT} COMMIT;")
    return True


def has_fts5(file: sqlite3.Connection) -> bool:
    """Whether this SQLite has FTS5 with its trigram tokenizer (3.34)."""
    try:
        file.execute("CREATE VIRTUAL TABLE temp.trial USING fts5 (words, tokenize = 'trigram')")
        file.execute("DROP TABLE temp.trial")
    except sqlite3.OperationalError:
        return False
    return True


def threes_of(words: Sequence[str]) -> str:
    """What the index is asked for, "" when no word is long enough."""
    threes = [
        word[start : start + LENGTH]
        for word in words
        for start in range(min(MOST, len(word) - LENGTH + 1))
    ]  # fmt: skip
    return " AND ".join('"' + three.replace('"', '""') + '"' for three in dict.fromkeys(threes))
