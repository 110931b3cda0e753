"""Sizes that models of videos are made for, and lengths in whole seconds."""

from typing import Annotated, Any

from pydantic import BeforeValidator

VIDEO_SIZES = [
    ("Model default", ""),
    ("16:9  1280x720", "1280x720"),
    ("16:9  832x480", "832x480"),
    ("9:16  720x1280", "720x1280"),
    ("9:16  480x832", "480x832"),
    ("1:1  640x640", "640x640"),
    ("1:1  960x960", "960x960"),
]


def _whole_seconds(value: Any) -> Any:
    """The wire wants a whole number as text; people give numbers (`2.5` and `0` are a 400, WIRE.md 11)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        raise ValueError("must be a whole number of seconds, such as 4") from None
    if not 1 <= seconds <= 600 or seconds != int(seconds):
        raise ValueError("must be a whole number of seconds from 1 to 600")
    return str(int(seconds))


WholeSeconds = Annotated[str | None, BeforeValidator(_whole_seconds)]
"""A length as the wire wants it."""

Switch = Annotated[bool | None, BeforeValidator(lambda value: value or None)]
"""On, or nothing at all: what is off does not stand in a recipe."""
