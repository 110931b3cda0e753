"""The same cases against the demo server and against the real vLLM-Omni server with a stub engine.

`pytest tests/contract` runs them on the demo server; `-m real` on the real one, when ../shared/real-server is there.
A table of case by server and mode is printed at the end.
"""
