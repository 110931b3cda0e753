"""Errors of PostgreSQL as one sentence, and which of them pass by themselves.

The sentences reach visitors, so they name no address, and never the server's own words; the log has both.
"""

from collections.abc import Iterator

PASSING = ("08", "57P01", "57P02", "57P03", "53300", "40001", "40P01", "55P03", "25P03")
"""SQLSTATEs (or their classes) after which the same call is tried again: the connection was lost, the server ends or
starts, all its connections are in use, two transactions met, a lock was not to be had."""
BY_STATE = {
    "28": "The database refuses its user or the password: correct OMNI_DATABASE_URL.",
    "3D000": "The database in OMNI_DATABASE_URL does not exist: create it, or correct the setting.",
    "42501": "The database does not allow its user to do that: make the user of OMNI_DATABASE_URL its owner.",
    "53100": "The disk of the database is full: free up space. Nothing that was saved is lost.",
    "53": "The database has no connections or memory left: allow it more, or run fewer processes.",
    "25006": "The database is read-only, like a standby: set OMNI_DATABASE_URL to the primary.",
    "42P": "The tables in the database are not those of this app: set OMNI_DATABASE_URL to another one.",
    "57014": "The database took too long for one answer: check its load.",
}
"""Sentences by SQLSTATE or by its beginning; the longest one counts."""
AWAY = "The database does not answer: start it, or correct OMNI_DATABASE_URL."
NEWER = (
    "The records in the database were written by a newer Omni UI and were left unchanged: update "
    "this one, or set OMNI_DATABASE_URL to another database."
)
BUSY = "The database takes too long to answer: check its load, and how many connections it allows."
OTHER = "The database cannot be used: the log of this app says why."


def causes_of(wrong: BaseException) -> Iterator[BaseException]:
    """An error and those below it: SQLAlchemy's has the driver's, which has the server's."""
    error: BaseException | None = wrong
    for _ in range(6):
        if error is None:
            return
        yield error
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__


def state_of(wrong: BaseException) -> str:
    """The SQLSTATE of an error, "" when it has none."""
    states = (getattr(error, "sqlstate", None) for error in causes_of(wrong))
    return next((str(state) for state in states if state), "")


def is_away(wrong: BaseException) -> bool:
    """Whether the server did not answer, or the connection was closed."""
    if state_of(wrong):
        return state_of(wrong).startswith(("08", "57P"))
    lost = any(getattr(error, "connection_invalidated", False) for error in causes_of(wrong))
    return lost or any(isinstance(error, OSError | TimeoutError) for error in causes_of(wrong))


def is_passing(wrong: BaseException) -> bool:
    """Whether the same call may well work a little later."""
    return state_of(wrong).startswith(PASSING) or is_away(wrong)


def explain_postgres(wrong: BaseException) -> str:
    """One sentence for the page."""
    state = state_of(wrong)
    for length in (5, 3, 2):
        if len(state) >= length and (sentence := BY_STATE.get(state[:length])):
            return sentence
    if is_away(wrong):
        return AWAY
    return BUSY if "QueuePool" in str(wrong) else OTHER
