"""Readers of files against damaged input: `python -m tests.fuzz 100000`."""
