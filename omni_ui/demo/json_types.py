"""Types of what stands in JSON bodies."""

from typing import Any

Json = dict[str, Any]
"""An object."""
