"""Explore and Grid: the same request with other values of one or two settings, side by side.

values: what was typed, as values. spread: four values around one. plan: what will be run, checked before anything is
sent. board: how it stands. runner: fills the board, one run after the other. view: the part of the page. sheet and
home: what can be taken home.
"""
