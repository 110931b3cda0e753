"""Who owns a saved voice on a public page: its name carries the mark of the session that saved it.

The server keeps one list of voices for all. On a public page a session sees, speaks, replaces and deletes its own, and
they are removed when it ends; what the host saved there without a mark can be spoken with by everybody.
"""

import hashlib
import re

MARK = re.compile(r"~[0-9a-f]{16}\b")
MARKED = re.compile(r"~([0-9a-f]{16})$")
LISTED = re.compile(r"(?<=[:,] )[^,:]*~[0-9a-f]{16}, |, [^,:]*~[0-9a-f]{16}")
FOREIGN = "This voice belongs to another visitor: choose another one."


def mark_of_session(session: str | None) -> str:
    """A hash of the session for the names of its voices, from which the session cannot be found."""
    return hashlib.sha256(f"voices of {session}".encode()).hexdigest()[:16]


def marked(name: str, session: str | None) -> str:
    """The name under which a voice is saved."""
    return name if is_own(name, session) else f"{name}~{mark_of_session(session)}"


def is_own(name: str, session: str | None) -> bool:
    """Whether this session saved the voice."""
    match = MARKED.search(name.strip().lower())
    return bool(match and session and match[1] == mark_of_session(session))


def is_foreign(name: str, session: str | None) -> bool:
    """Whether another session saved the voice."""
    return bool(MARKED.search(name.strip().lower())) and not is_own(name, session)


def plain_name(name: str) -> str:
    """The name as its visitor wrote it."""
    return MARKED.sub("", name)


def without_marked(sentence: str) -> str:
    """A sentence that lists the server's voices, without those that sessions saved: they are nobody else's business.

    Any other name in it stands without its mark.
    """
    return MARK.sub("", LISTED.sub("", sentence))


def foreign_voices(values: object, session: str | None) -> bool:
    """Whether any text among the values of a request, at any depth of lists and objects, is another's voice."""
    if isinstance(values, str):
        return is_foreign(values, session)
    inner = values.values() if isinstance(values, dict) else values if isinstance(values, (list, tuple)) else ()
    return any(foreign_voices(value, session) for value in inner)
