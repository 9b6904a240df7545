"""Where tests write: in memory, where there is room. Nothing that they leave has to survive the plug."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3


def write_in_memory() -> None:
    """Said before a folder is made; what a test starts writes there too. A folder that somebody names stays."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
