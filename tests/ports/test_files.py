"""What every store of files keeps to. Each engine runs the same suite."""

import hashlib
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.ports.files.disk import DiskFiles
from marketplace.ports.files.port import Files, FilesUnavailable

LIMIT = 1_000_000
LETTER = b"Lumen drafts letters.\n"
shared = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)


@pytest.fixture(params=[DiskFiles], ids=["disk"])
def files(request, tmp_path):
    return request.param(tmp_path / "files")


class Counting(BytesIO):
    """A stream that tells how much of it was read."""

    taken = 0

    def read(self, size=-1):
        chunk = super().read(size)
        self.taken += len(chunk)
        return chunk


class CutOff(BytesIO):
    """A stream whose sender goes away half way."""

    def read(self, size=-1):
        if self.tell() >= len(self.getvalue()) // 2:
            raise ConnectionResetError("the sender is gone")
        return super().read(min(size, 1_000))


def test_what_was_put_comes_back_byte_for_byte(files: Files):
    stored = files.put(BytesIO(LETTER), limit=LIMIT)

    with files.open(stored.digest) as file:
        assert file.read() == LETTER
    assert stored.digest == hashlib.sha256(LETTER).hexdigest()
    assert (stored.size, files.size(stored.digest)) == (len(LETTER), len(LETTER))


@shared
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1).filter(lambda t: "<" not in t))
def test_any_text_comes_back(files: Files, text):
    stored = files.put(BytesIO(b"Note: " + text.encode()), limit=LIMIT)

    with files.open(stored.digest) as file:
        assert file.read().decode() == "Note: " + text


def test_the_same_bytes_are_kept_once(files: Files):
    first = files.put(BytesIO(LETTER), limit=LIMIT)
    second = files.put(BytesIO(LETTER), limit=LIMIT)

    assert first == second
    assert list(files.digests()) == [first.digest]


@pytest.mark.parametrize("over", [-1, 0])
def test_a_file_of_the_limit_is_taken(files: Files, over):
    data = b"x" * (5_000 + over)

    assert files.put(BytesIO(data), limit=5_000).size == len(data)


def test_a_file_beyond_the_limit_is_refused_and_the_rest_is_not_read(files: Files):
    stream = Counting(b"x" * 50_000)

    with pytest.raises(Invalid, match="larger than 5 KB"):
        files.put(stream, limit=5_000)

    assert stream.taken == 5_001
    assert list(files.digests()) == []


def test_an_empty_file_is_refused(files: Files):
    with pytest.raises(Invalid, match="empty"):
        files.put(BytesIO(), limit=LIMIT)


def test_a_sender_who_goes_away_leaves_nothing_behind(files: Files, tmp_path):
    for _ in range(200):
        with pytest.raises(ConnectionResetError):
            files.put(CutOff(b"x" * 8_000), limit=LIMIT)

    assert list(files.digests()) == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_is_refused_leaves_nothing_behind(files: Files, tmp_path):
    with pytest.raises(Invalid, match="a program"):
        files.put(BytesIO(b"\x7fELF" + b"\0" * 100), limit=LIMIT)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_content_says_what_a_file_is_and_the_name_has_to_agree(files: Files):
    rows = b"name,price\nLumen,12\n"

    assert files.put(BytesIO(rows), limit=LIMIT).media_type == "text/plain"
    assert files.put(BytesIO(rows), limit=LIMIT, name="Prices.CSV").media_type == "text/csv"
    with pytest.raises(Invalid, match="is not what its ending says"):
        files.put(BytesIO(rows), limit=LIMIT, name="prices.pdf")


NOT_KEPT = [
    "",
    "0" * 64,
    "../../etc/passwd",
    "..%2f..%2fpasswd",
    "/etc/passwd",
    "0" * 63 + "\0",
    "A" * 64,
    "0" * 64 + "\n",
]


@pytest.mark.parametrize("digest", NOT_KEPT)
def test_a_digest_that_is_not_kept_is_lost_and_never_a_path(files: Files, digest):
    for ask in (files.open, files.size):
        with pytest.raises(FilesUnavailable) as told:
            ask(digest)
        assert told.value.lost


def test_what_was_dropped_is_gone_and_dropping_again_is_no_error(files: Files):
    digest = files.put(BytesIO(LETTER), limit=LIMIT).digest

    files.drop(digest)
    files.drop(digest)

    assert list(files.digests()) == []
    with pytest.raises(FilesUnavailable):
        files.open(digest)


def test_nothing_is_damaged_until_it_is(files: Files, tmp_path):
    digest = files.put(BytesIO(LETTER), limit=LIMIT).digest
    whole = files.put(BytesIO(b"another letter"), limit=LIMIT).digest
    before = list(files.damaged())

    next(tmp_path.rglob(digest)).write_bytes(b"Lumen drafts lettuce.\n")

    assert before == []
    assert list(files.damaged()) == [digest]
    files.put(BytesIO(LETTER), limit=LIMIT)
    assert list(files.damaged()) == []
    assert sorted(files.digests()) == sorted([digest, whole])
