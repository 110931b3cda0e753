"""The time of each part of a run: this page's queue, the network, the server's queue, its stages, and the page itself.

Only what was measured or what the server says is given; the rest of the time until the answer is named as what nobody
knows more of. The parts add up to the whole.
"""

import time
from dataclasses import dataclass, field
from typing import Self

from omni_ui.client.answers.stage_times import StageTimes
from omni_ui.core.files import Json

LEAST = 0.0005
"""Seconds below which a part is not listed."""
KINDS = ("line", "network", "queue", "stage", "together", "answer", "server", "page")
"""In the order of the legend. line: this page's queue. queue: the server's. stage: one stage. together: stages that
work at the same time. answer: the time in which an answer streamed in. server: until its answer began, not told
further. page: the page itself."""


@dataclass
class CallTimes:
    """The calls of one run, as the client reports them: when each was sent, answered, and read to its end."""

    calls: list[list[float]] = field(default_factory=list)
    streamed: bool = False

    def sent(self) -> None:
        self.calls.append([time.monotonic()])

    def answered(self, streams: bool) -> None:
        self.streamed = self.streamed or streams
        self._note()

    def received(self) -> None:
        self._note()

    def _note(self) -> None:
        if self.calls and len(self.calls[-1]) < 3:
            self.calls[-1].append(time.monotonic())

    def spans(self, until: float) -> tuple[float, float]:
        """Seconds until answers began, and seconds in which they were read. Calls side by side are counted once."""
        waited = read = 0.0
        last = 0.0
        for call in sorted(self.calls):
            sent, answered, received = (*call, *[until] * (3 - len(call)))
            sent, answered, received = (max(last, moment) for moment in (sent, answered, received))
            waited, read, last = waited + answered - sent, read + received - answered, received
        return waited, read


@dataclass(frozen=True)
class Part:
    """One share of the time. name: what the server calls a stage; "" for all other kinds."""

    kind: str
    seconds: float
    name: str = ""


@dataclass(frozen=True)
class Waiting:
    """The parts of a run's time. within: stages that worked at the same time, by the server's clock.

    reported: whether the server said anything of its stages. queue_reported: whether it said how long the run waited.
    """

    parts: tuple[Part, ...]
    within: tuple[tuple[str, float], ...] = ()
    reported: bool = False
    queue_reported: bool = False
    peak_mb: float | None = None

    @property
    def whole(self) -> float:
        return sum(part.seconds for part in self.parts)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """For the line below a result."""
        return [("peak memory", in_memory(self.peak_mb))] if self.peak_mb else []

    def as_dict(self) -> Json:
        return {
            "parts": [[part.kind, round(part.seconds, 4), part.name] for part in self.parts],
            "within": [[name, round(seconds, 4)] for name, seconds in self.within],
            "reported": self.reported,
            "queue_reported": self.queue_reported,
            "peak_mb": self.peak_mb,
        }

    @classmethod
    def from_dict(cls, kept: Json | None) -> Self | None:
        """What `as_dict` gave; None for anything else."""
        try:
            kept = kept or {}
            parts = tuple(Part(str(kind), float(seconds), str(name)) for kind, seconds, name in kept["parts"])
            within = tuple((str(name), float(seconds)) for name, seconds in kept["within"])
            peak = None if kept["peak_mb"] is None else float(kept["peak_mb"])
            return cls(parts, within, bool(kept["reported"]), bool(kept["queue_reported"]), peak)
        except (TypeError, ValueError, KeyError):
            return None


def in_memory(megabytes: float) -> str:
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"


def break_down(line: float, taken: float, waited: float, read: float, streamed: bool, times: StageTimes) -> Waiting:
    """The parts of a run.

    line: seconds in this page's queue. taken: seconds of the run after that. waited, read: those until answers began
    and those in which they came. Of an answer that streams, stages and network cannot be told apart by the clock.
    """
    network = 0.0 if streamed else read
    server = waited + read if streamed else waited
    parts = [Part("line", line), Part("network", network)]
    within: tuple[tuple[str, float], ...] = ()
    stages = [Part("stage", seconds, name) for name, seconds in times.stages]
    queue = min(times.queue or 0.0, server)
    parts.append(Part("queue", queue))
    left = server - queue
    if sum(stage.seconds for stage in stages) > left + LEAST:
        # Clocks differ by a little; stages side by side add up to more than the time that passed.
        if len(stages) == 1:
            stages = [Part("stage", left, stages[0].name)]
        else:
            stages, within = [Part("together", left)], times.stages
    parts += stages
    left -= sum(stage.seconds for stage in stages)
    parts += [Part("answer" if streamed else "server", left), Part("page", max(0.0, taken - waited - read))]
    listed = tuple(part for part in parts if part.seconds >= LEAST)
    return Waiting(listed, within, bool(times.stages), times.queue is not None, times.peak_mb)
