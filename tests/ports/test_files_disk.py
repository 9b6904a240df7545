"""When the disk fails: at each call in turn, and full for real."""

import errno
import os
import subprocess
import time
from contextlib import suppress
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest

from marketplace.ports.files import disk
from marketplace.ports.files.disk import DiskFiles
from marketplace.ports.files.port import FilesUnavailable

LETTER = b"Lumen drafts letters.\n" * 50_000
CALLS = ((disk.os, "fsync"), (disk.os, "open"), (disk.tempfile, "mkstemp"), (Path, "mkdir"), (Path, "replace"))


class Failing:
    """Lets calls to the disk through until one is reached, which finds no room."""

    def __init__(self, monkeypatch, fails_at):
        self.calls, self.fails_at = 0, fails_at
        for owner, name in CALLS:
            monkeypatch.setattr(owner, name, self._guarded(getattr(owner, name)))

    def _guarded(self, real):
        def call(*args, **kwargs):
            self.calls += 1
            if self.calls == self.fails_at:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return call


def test_whichever_call_fails_the_file_is_there_whole_or_not_at_all(tmp_path):
    for fails_at in count(1):
        folder = tmp_path / str(fails_at)
        files = DiskFiles(folder)
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, fails_at)
            with suppress(FilesUnavailable):
                files.put(BytesIO(LETTER), limit=10**7)
        assert list(files.damaged()) == []
        assert len(list(files.digests())) <= 1
        assert list((folder / "aside").iterdir()) == []
        if failing.calls < fails_at:
            break

    assert fails_at > 6
    assert len(list(files.digests())) == 1


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a full disk needs the right to mount one")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_refuses_the_upload_whole_and_takes_the_next_that_fits(small_disk):
    files = DiskFiles(small_disk / "files")
    kept = files.put(BytesIO(LETTER[:400_000]), limit=10**7)

    with pytest.raises(FilesUnavailable, match="no room"):
        files.put(BytesIO(LETTER), limit=10**7)

    with files.open(kept.digest) as file:
        assert file.read() == LETTER[:400_000]
    assert list((small_disk / "files" / "aside").iterdir()) == []
    assert files.put(BytesIO(LETTER[:300_000]), limit=10**7).size == 300_000


def test_what_a_killed_process_left_aside_is_cleared_after_a_day(tmp_path):
    old, new = tmp_path / "aside" / "old", tmp_path / "aside" / "new"
    old.parent.mkdir()
    for path in (old, new):
        path.write_bytes(b"half a fi")
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))

    DiskFiles(tmp_path)

    assert (old.exists(), new.exists()) == (False, True)


def test_a_folder_that_cannot_be_made_is_told_as_unavailable(tmp_path):
    (tmp_path / "taken").write_bytes(b"a file")

    with pytest.raises(FilesUnavailable):
        DiskFiles(tmp_path / "taken" / "files")
