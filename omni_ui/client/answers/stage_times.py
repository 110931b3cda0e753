"""Where a server says its time went: the stages of its model, its queue and its memory.

It says so in `metrics` of pictures and chats (`return_stage_metrics`, api_server.py:1981-2034, serving_chat.py:489) and
of video jobs, in `stage_durations` beside it, and in headers of videos made in one call. Names that end in `_ms` are
milliseconds, all others seconds (omni_base.py:608-630, diffusion_pipeline_profiler.py:33-35).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

MOST, LONGEST_NAME, LONGEST = 24, 60, 7 * 24 * 3600.0
"""Stages that are read, characters of a name, and seconds that one may have taken."""
QUEUE = ("queue_wait", "scheduler_queue_wait")
"""What a request waits for before its first stage (orchestrator.py:2846)."""
REST = "rest of the stage"


@dataclass(frozen=True)
class StageTimes:
    """Seconds by stage, in order. queue: in the server's queue; None where it does not say. peak_mb: of GPU memory."""

    stages: tuple[tuple[str, float], ...] = ()
    queue: float | None = None
    peak_mb: float | None = None

    def __bool__(self) -> bool:
        return bool(self.stages) or self.queue is not None


def read_stage_times(metrics: object) -> StageTimes:
    """The times in a server's `metrics`, with `stage_durations` and `peak_memory_mb` among them. Never raises.

    A single stage is given by its parts (text encoder, denoising, VAE); of several stages each is one entry, since
    the parts do not say which stage they belong to.
    """
    if not isinstance(metrics, Mapping):
        return StageTimes()
    durations = metrics.get("stage_durations")
    totals: dict[str, float] = {}
    parts: dict[str, float] = {}
    queue = None
    for name, value in list(durations.items())[:MOST] if isinstance(durations, Mapping) else []:
        plain, seconds = _read(str(name), value)
        if seconds is None or plain.startswith("ar_stage_"):  # the latter say the same as stage_N_gen_ms
            continue
        if plain in QUEUE:
            queue = seconds
        elif match := re.fullmatch(r"stage_(\d{1,3})_gen", plain):
            totals[match[1]] = seconds
        else:
            parts[plain[:LONGEST_NAME]] = seconds
    names = {}
    detail = metrics.get("stage_metrics")
    for number, stage in list(detail.items())[:MOST] if isinstance(detail, Mapping) else []:
        seconds = _read("gen_ms", stage.get("stage_gen_time_ms"))[1] if isinstance(stage, Mapping) else None
        if seconds is not None:
            totals.setdefault(str(number)[:3], seconds)
            if isinstance(name := stage.get("stage_name"), str) and name.strip():
                names[str(number)[:3]] = name.strip()[:LONGEST_NAME]
    return StageTimes(_stages(totals, parts, names), queue, _number(metrics.get("peak_memory_mb")) or None)


def _stages(totals: dict[str, float], parts: dict[str, float], names: dict[str, str]) -> tuple[tuple[str, float], ...]:
    if len(totals) > 1 or not parts:
        return tuple((names.get(number, f"stage {number}"), seconds) for number, seconds in sorted(totals.items()))
    total, in_parts = next(iter(totals.values()), 0.0), sum(parts.values())
    if total and in_parts > total * 1.05 + 0.01:  # parts within parts: their sum would say too much
        return tuple((names.get(number, "all stages"), total) for number in totals)
    rest = total - in_parts
    return (*parts.items(), *([(REST, rest)] if rest > 0.01 * total and rest > 0.001 else []))


def _read(name: str, value: object) -> tuple[str, float | None]:
    """A name without its unit, and seconds."""
    number = _number(value)
    plain = name.removesuffix("_ms")
    return plain, number if number is None or plain == name else number / 1000


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if 0 <= value < LONGEST * 1000 else None
