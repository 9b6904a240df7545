"""The one dependency rule, down to the line."""

import subprocess
import sys
from pathlib import Path

from tests.house.source import HOUSE


def test_imports_only_go_down():
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([linter, "--no-cache"], cwd=HOUSE, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
