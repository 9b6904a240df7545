"""Files made to harm: each is refused in words, quickly, and in little memory."""

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.ports.files.sniff import ACCEPTED, media_type_of
from tests.ports.hostile_files import HOSTILE, LARGE, SLOW
from tests.ports.looking import MEMORY, Looked, looked_at
from tests.ports.made_files import a_docx, a_jpeg, a_pdf, a_png, a_webp, an_odt

HOUSE = Path(__file__).parents[2]


class Large(NamedTuple):
    """How the large ones were looked at, and the most memory until each was, both by their names."""

    looked: dict[str, Looked]
    memory: dict[str, int]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Large:
    """The large ones are made once, looked at once, in a process with little memory, and gone."""
    folder = tmp_path_factory.mktemp("large")
    for name, make in LARGE.items():
        (folder / name).write_bytes(make())
    command = [sys.executable, "-m", "tests.ports.looking", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HOUSE)
    shutil.rmtree(folder)
    assert done.returncode == 0, f"after {done.stdout[-200:]}: {done.stderr[-2_000:]}"
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return Large({name: Looked(*looked) for name, looked, _ in told}, {name: memory for name, _, memory in told})


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_a_way_on(name, large):
    made, reason = HOSTILE[name]

    looked = looked_at(BytesIO(made), name) if isinstance(made, bytes) else large.looked[name]

    assert reason in looked.fact
    assert looked.hint.endswith(".")
    assert looked.is_in_time


@pytest.mark.parametrize("name", SLOW)
def test_a_file_made_to_be_slow_is_answered_in_time(name, large):
    assert large.looked[name].is_in_time


def test_the_large_ones_are_looked_at_in_little_memory(large):
    assert sorted(large.memory) == sorted(LARGE)
    assert {name: most for name, most in large.memory.items() if most >= MEMORY} == {}


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
