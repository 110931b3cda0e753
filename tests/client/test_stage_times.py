"""What servers say of their stages, as vLLM-Omni 0.30.0 says it and as it never should."""

import pytest

from omni_ui.client.answers.stage_times import StageTimes, read_stage_times


def test_the_parts_of_one_stage_and_what_they_leave_of_it():
    durations = {"diffuse": 0.9, "vae.decode": 0.1, "stage_0_gen_ms": 1200.0, "queue_wait_ms": 50.0}
    times = read_stage_times({"stage_durations": durations, "peak_memory_mb": 1234.5})
    assert times.stages[:2] == (("diffuse", 0.9), ("vae.decode", 0.1))
    assert times.stages[2] == ("rest of the stage", pytest.approx(0.2))
    assert (times.queue, times.peak_mb) == (0.05, 1234.5)


def test_several_stages_go_by_their_names():
    stages = {"0": {"stage_gen_time_ms": 500.0, "stage_name": "thinker"}, "1": {"stage_gen_time_ms": 250.0}}
    times = read_stage_times({"stage_metrics": stages, "stage_durations": {"text_encoder": 0.1}})
    assert times.stages == (("thinker", 0.5), ("stage 1", 0.25))


def test_parts_within_parts_do_not_count_twice():
    times = read_stage_times({"stage_durations": {"forward": 1.0, "diffuse": 0.9, "stage_0_gen_ms": 1000}})
    assert times.stages == (("all stages", 1.0),)


@pytest.mark.parametrize(
    "metrics",
    [
        None,
        [],
        {"stage_durations": "fast", "stage_metrics": 3, "peak_memory_mb": "much"},
        {"stage_durations": {"a": float("nan"), "b": float("inf"), "c": -1, "d": None, "e": "1", "f": True, "g": 1e12}},
        {"stage_metrics": {"0": "x", "1": {"stage_gen_time_ms": []}}},
    ],
)
def test_what_is_no_time_is_left_out(metrics):
    assert read_stage_times(metrics) == StageTimes()


def test_a_server_cannot_list_without_end():
    times = read_stage_times({"stage_durations": {"n" * 500 + str(n): 0.1 for n in range(1000)}})
    assert len(times.stages) <= 24
    assert all(len(name) <= 60 for name, _ in times.stages)
