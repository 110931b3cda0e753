"""Two processes behind nginx on one PostgreSQL: one is killed while it makes pictures and follows video jobs.

The whole table of faults is made by `make faults` (tests/cluster/faults.py).
"""

from tests.cluster.faults import measure
from tests.cluster.harness import Cluster

WITHIN = 15.0
"""Seconds within which another process goes on."""


async def test_a_process_that_is_killed_loses_no_result_and_no_video_job_and_its_runs_are_in_the_history():
    with Cluster(pages=2, latency=3, video_seconds=9) as cluster:
        outcome = await measure(cluster, "SIGKILL of one process of three", runs=6, jobs=3, repaired=False)
        assert (outcome.done + outcome.again, outcome.kept, outcome.lost) == (6, 9, 0)
        assert (outcome.jobs, outcome.jobs_asked) == ({"done": 3}, 3)
        assert outcome.unseen < WITHIN
        assert outcome.away < WITHIN
        assert outcome.sentences.keys() <= {"(the page loads itself anew)"}
