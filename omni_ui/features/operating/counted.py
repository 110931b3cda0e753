"""What the metrics count besides runs."""

from typing import Protocol


class Counted(Protocol):
    """What can tell how many there are: sessions, video jobs."""

    @property
    def open_count(self) -> int: ...
