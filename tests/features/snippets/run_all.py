"""Runs each snippet.py in the folders that are named, one after the other, as a program of its own would be.

In one process, since importing the packages takes longer than most of them. Prints what failed as JSON by folder.
"""

import contextlib
import io
import json
import os
import runpy
import sys
import traceback

failures: dict[str, str] = {}
for folder in sys.argv[1:]:
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            runpy.run_path("snippet.py", run_name="__main__")
    except (Exception, SystemExit):
        failures[folder] = traceback.format_exc()
print(json.dumps(failures))
