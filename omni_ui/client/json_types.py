"""Types of what stands in JSON bodies."""

from typing import Any

Json = dict[str, Any]
"""An object. What a server or a program sends in it is checked where it is read."""
