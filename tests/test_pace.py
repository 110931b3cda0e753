"""The allowance for slow machines: none on a usual one, and a bounded one on any other."""

from itertools import accumulate

import pytest

from tests import pace


@pytest.mark.parametrize(
    ("counts", "walks", "times"), [(0.1, 0.1, 1), (1, 1, 1), (2, 1, 2), (1, 3.5, 3.5), (1, 100, 5)]
)
def test_a_limit_grows_with_the_slowness_of_the_machine_and_is_as_it_was_on_a_usual_one(
    monkeypatch, counts, walks, times
):
    took = [0.0, counts * pace.USUAL[pace._count], 0.0, walks * pace.USUAL[pace._walk]]
    clock = accumulate(took)
    monkeypatch.setattr(pace.time, "perf_counter", lambda: next(clock))
    assert pace.allowed(2) == pytest.approx(2 * times)
