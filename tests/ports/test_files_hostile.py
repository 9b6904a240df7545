"""Files made to harm: each is refused in words, quickly, and in little memory."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.ports.files.sniff import ACCEPTED, media_type_of
from tests.ports.hostile_files import HOSTILE, LARGE, SLOW
from tests.ports.made_files import a_docx, a_jpeg, a_pdf, a_png, a_webp, an_odt

SECONDS, MEMORY = 2.0, 256_000_000
QUIET = 0.08
"""What the floor takes of a core that nothing else uses, in seconds."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the large ones: they are made once, and gone when all were looked at."""
    folder = tmp_path_factory.mktemp("large")
    for name, make in LARGE.items():
        (folder / name).write_bytes(make())
    yield folder
    shutil.rmtree(folder)


def is_in_time(took: float) -> bool:
    """Two seconds of a quiet machine: more on one that is busy or slow, by a floor measured beside it."""
    if took < SECONDS:
        return True
    began = time.process_time()
    assert sum(number & 1 for number in range(1_000_000)) == 500_000
    return took < SECONDS * (time.process_time() - began) / QUIET


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_a_way_on(name, large):
    made, reason = HOSTILE[name]
    data = made if isinstance(made, bytes) else (large / name).read_bytes()
    began = time.process_time()

    with pytest.raises(Invalid, match=re.escape(reason)) as told:
        media_type_of(BytesIO(data), name)

    assert is_in_time(time.process_time() - began)
    assert told.value.hint.endswith(".")


@pytest.mark.parametrize("name", SLOW)
def test_a_file_made_to_be_slow_is_answered_in_time(name, large):
    data = (large / name).read_bytes()
    began = time.process_time()

    with suppress(Invalid):
        media_type_of(BytesIO(data), name)

    assert is_in_time(time.process_time() - began)


LIMITED = """
import resource, sys
from marketplace.kit.errors import Invalid
from marketplace.ports.files.sniff import media_type_of
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
for name in sys.argv[1:]:
    try:
        with open(name, "rb") as file:
            media_type_of(file, name)
    except Invalid:
        pass
with open("/proc/self/status") as status:
    print(next(line for line in status if line.startswith("VmHWM")).split()[1])
"""


def test_the_large_ones_are_looked_at_in_little_memory(large):
    names = [str(path) for path in sorted(large.iterdir())]

    command = [sys.executable, "-c", LIMITED.format(memory=2 * MEMORY), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])

    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) * 1024 < MEMORY


STARTS = [b"", b"%PDF-1.7\n", b"PK\3\4", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBP"]
WHOLE = {"docx": a_docx(), "odt": an_odt(), "png": a_png(), "jpg": a_jpeg(), "webp": a_webp(), "pdf": a_pdf()}


@given(data=st.binary(max_size=400), start=st.sampled_from(STARTS))
def test_whatever_the_bytes_the_answer_is_a_type_or_a_refusal(data, start):
    with suppress(Invalid):
        assert media_type_of(BytesIO(start + data)) in ACCEPTED


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7), ending=st.sampled_from(sorted(WHOLE)))
def test_a_flipped_bit_never_breaks_the_looking(at, bit, ending):
    data = bytearray(WHOLE[ending])
    data[at % len(data)] ^= 1 << bit

    with suppress(Invalid):
        assert ending in ACCEPTED[media_type_of(BytesIO(bytes(data)), f"x.{ending}")]
