"""Takes keys out of what a server says."""

from collections.abc import Mapping


def without_secrets(content: bytes, key: str | None, headers: Mapping[str, str], cut: bool) -> bytes:
    """An error's body without the key and the values of own headers, which it may repeat.

    cut: the body was cut off, so that the first part of a secret may stand at its end.
    """
    secrets = {"key": key} if key else {}
    secrets |= {name: value for name, value in headers.items() if len(value) >= 4}
    for name, value in secrets.items():
        content = content.replace(value.encode(), f"[{name}]".encode())
        if cut:
            content = _without_start_of(value.encode(), content)
    return content


def _without_start_of(secret: bytes, content: bytes) -> bytes:
    """A body that was cut off, without the first part of a secret at its end."""
    for length in range(len(secret) - 1, 3, -1):
        if content.endswith(secret[:length]):
            return content[:-length]
    return content
