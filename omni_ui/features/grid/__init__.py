"""Explore and Grid: the same request with other values of one or two settings, side by side.

values: what was typed, as values. suggest_values: four values around the present one. plan: what will be run, checked
before anything is sent. board: the state of the grid. runner: fills it, one run after the other. view: the part of the
page. sheet and export: what can be downloaded.
"""
