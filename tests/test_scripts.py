"""The scripts' unit tests, by node's own runner."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_unit_tests_of_the_scripts_pass():
    done = subprocess.run(
        ["node", "--test", "--test-reporter=tap", "tests/js/"], cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    assert int(re.search(r"^# pass (\d+)$", done.stdout, re.M).group(1)) >= 80
