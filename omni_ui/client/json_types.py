"""Types of the parts of JSON bodies."""

from typing import Any

Json = dict[str, Any]
"""An object. What a server or a program sends in it is checked where it is read."""
