"""Omni UI: a browser playground for vLLM-Omni servers."""

__version__ = "0.3.0"
