"""How busy a server is, from its Prometheus text."""

import re
from dataclasses import dataclass

GAUGE = re.compile(r"^(vllm_omni:|vllm:omni_|vllm:)num_requests_(running|waiting)(?:\{[^}]*\})?\s+(\S+)", re.MULTILINE)


@dataclass(frozen=True)
class Load:
    """Requests that the server works on, and requests in its own line."""

    running: int
    waiting: int

    @property
    def busy(self) -> bool:
        return self.running + self.waiting > 0


def read_load(text: str) -> Load | None:
    """The load in the answer of GET /metrics; None when it does not tell.

    vLLM-Omni counts whole requests as vllm_omni:num_requests_* (metrics/definitions.py:26,144), which 0.22 called
    vllm:omni_num_requests_* (definitions.py:18 there). vLLM's own gauges count those of each engine and stage, which
    are added up where the former are missing, as on 0.20.
    """
    sums: dict[tuple[str, str], float] = {}
    for prefix, name, number in GAUGE.findall(text):
        try:
            sums[prefix, name] = sums.get((prefix, name), 0.0) + float(number)
        except ValueError:
            continue
    for prefix in ("vllm_omni:", "vllm:omni_", "vllm:"):
        if (prefix, "running") in sums:
            return Load(round(sums[prefix, "running"]), round(sums.get((prefix, "waiting"), 0.0)))
    return None
