"""A call of the history again: on one timeline (replay.js), and its questions asked anew (questions.py)."""
