"""Fixtures of these tests."""

from tests.features.video.jobs.jobs_bench import hurry

__all__ = ["hurry"]
