"""What came of a fault, as a row of the table in docs/deploying.md."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What came of one fault.

    done, again, not_done: runs that came to their end at once, at a further try, and not at all. kept, lost: results
    that were seen and are in the history with their file, and those that are not. jobs: by their last state.
    jobs_asked: how many the replicas were asked for. unseen: the longest time that a job was not looked at. away:
    seconds after the fault for which a newcomer's page or history could not be had.
    """

    name: str
    done: int = 0
    again: int = 0
    not_done: int = 0
    kept: int = 0
    lost: int = 0
    jobs: Counter[str] = field(default_factory=Counter)
    jobs_asked: int = 0
    unseen: float = 0.0
    away: float = 0.0
    sentences: Counter[str] = field(default_factory=Counter)
    load: float = 0.0

    def row(self) -> str:
        states = ", ".join(f"{number} {state}" for state, number in sorted(self.jobs.items()))
        cells = [
            self.name, f"{self.done} + {self.again}", self.not_done, f"{self.kept} / {self.lost}",
            f"{states}; {self.jobs_asked} asked for", f"{self.unseen:.0f} s", f"{self.away:.0f} s", f"{self.load:.1f}",
        ]  # fmt: skip
        return "| " + " | ".join(map(str, cells)) + " |"


COLUMNS = (
    "what fails", "runs done at once + at a second try", "not done", "finished results kept / lost", "video jobs",
    "longest time that a job was not looked at", "page or history away", "load of the machine",
)  # fmt: skip


HEAD = f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}"
