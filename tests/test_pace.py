"""The allowance for slow machines: none on a usual one, and a bounded one on any other."""

import pytest

from tests import pace


@pytest.mark.parametrize(("took", "times"), [(0.1, 1), (1, 1), (2, 2), (3.5, 3.5), (100, 5)])
def test_a_limit_grows_with_the_slowness_of_the_machine_and_is_as_it_was_on_a_usual_one(monkeypatch, took, times):
    monkeypatch.setattr(pace, "ROUNDS", 1)
    clock = iter([0.0, took * pace.PACE])
    monkeypatch.setattr(pace.time, "perf_counter", lambda: next(clock))
    assert pace.allowed(2) == pytest.approx(2 * times)
