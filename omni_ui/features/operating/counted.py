"""What the metrics count besides runs."""

from typing import Protocol


class Counted(Protocol):
    """Something whose number is shown in /metrics: sessions, video jobs."""

    @property
    def open_count(self) -> int: ...
