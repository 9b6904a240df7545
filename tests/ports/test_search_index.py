"""What the index inside the process does when its files vanish, break, or are written by somebody else."""

import random
import shutil
from collections.abc import Iterator
from itertools import count
from multiprocessing import get_context
from multiprocessing.synchronize import Event as EventOfProcesses
from pathlib import Path
from threading import Event, Thread

import pytest

from marketplace.ports.search.port import Document, Query, SearchUnavailable
from marketplace.ports.search.tantivy import TantivySearch, reading
from tests.ports.search_cast import CATALOGUE, LUMEN, PALEA, a_document


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def search(folder: Path, clock: Clock) -> TantivySearch:
    built = TantivySearch(folder, clock=clock, patience=0.1)
    built.rebuild(iter(CATALOGUE))
    return built


def files_in(folder: Path) -> list[Path]:
    """What decides an answer: neither the engine's locks nor our own."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def flip_a_byte(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def answers(search: TantivySearch) -> list[object]:
    found = search.find(Query(words="scribe letters records", count=("kind", "care-setting")))
    return [found.total, found.facets, [(hit.ref, hit.stored) for hit in found.hits], sorted(search.digests())]


def answers_or_loss(search: TantivySearch) -> list[object] | str:
    try:
        return answers(search)
    except SearchUnavailable as told:
        return "lost" if told.lost else told.reason


def test_an_index_deleted_while_serving_is_noticed_and_a_rebuild_brings_it_back(search: TantivySearch, folder: Path):
    search.find(Query(words="scribe"))
    shutil.rmtree(folder)

    with pytest.raises(SearchUnavailable) as told:
        search.find(Query(words="scribe"))

    assert told.value.lost
    search.rebuild(iter(CATALOGUE))
    assert search.find(Query(words="scribe")).total == 1


def test_a_flipped_byte_is_never_a_wrong_answer(search: TantivySearch, folder: Path, tmp_path: Path, clock: Clock):
    right, chance, noticed = answers(search), random.Random(15), 0
    shutil.copytree(folder, tmp_path / "sound")
    for turn in range(200):
        victims = files_in(folder)
        flip_a_byte(victims[turn % len(victims)], chance)
        clock.seconds += 2.0
        for reader in (search, TantivySearch(folder)):
            told = answers_or_loss(reader)
            assert told in (right, "lost"), victims[turn % len(victims)]
            noticed += told == "lost"
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "sound", folder)
        clock.seconds += 2.0
    assert noticed > 300
    assert answers(search) == right


def test_a_damaged_index_is_not_written_to_but_rebuilt(search: TantivySearch, folder: Path, clock: Clock):
    flip_a_byte(next(folder.glob("g-*/products/*.store")), random.Random(1))
    clock.seconds += 2.0

    for act in (lambda: search.put([LUMEN]), lambda: search.drop([LUMEN.ref]), search.check):
        with pytest.raises(SearchUnavailable) as told:
            act()
        assert told.value.lost

    assert search.rebuild(iter(CATALOGUE)) == len(CATALOGUE)
    assert search.find(Query(words="lumen")).total == 1


def test_a_lost_index_is_told_quickly(
    search: TantivySearch, folder: Path, monkeypatch: pytest.MonkeyPatch, clock: Clock
):
    flip_a_byte(next(folder.glob("g-*/products/*.store")), random.Random(1))
    clock.seconds += 2.0
    with pytest.raises(SearchUnavailable):
        search.find(Query())
    monkeypatch.setattr(reading, "checksum", lambda _: pytest.fail("the files were read again"))

    with pytest.raises(SearchUnavailable) as told:
        search.find(Query())

    assert told.value.lost


def test_an_index_of_another_format_is_lost(search: TantivySearch, folder: Path):
    sealed = next(folder.glob("g-*/SEAL"))
    sealed.write_text(sealed.read_text().replace('"format": 1', '"format": 0'))

    with pytest.raises(SearchUnavailable, match="format") as told:
        TantivySearch(folder).find(Query())

    assert told.value.lost


def test_what_one_process_writes_the_other_finds(search: TantivySearch, folder: Path):
    other = TantivySearch(folder)
    assert other.find(Query()).total == len(CATALOGUE)

    search.put([a_document("PRD-NEW", "Newcomer")])
    assert other.find(Query(words="newcomer")).total == 1
    search.drop([LUMEN.ref])
    assert other.find(Query(words="lumen")).total == 0
    search.rebuild(iter([PALEA]))
    assert other.find(Query()).total == 1


def test_a_writer_does_not_wait_for_ever_and_readers_do_not_wait_at_all(search: TantivySearch, folder: Path):
    at_work, done = Event(), Event()

    def slowly() -> Iterator[Document]:
        at_work.set()
        done.wait(10)
        yield PALEA

    other = Thread(target=TantivySearch(folder).rebuild, args=(slowly(),))
    other.start()
    at_work.wait(10)

    assert search.find(Query()).total == len(CATALOGUE)
    assert TantivySearch(folder).find(Query()).total == len(CATALOGUE)
    with pytest.raises(SearchUnavailable) as told:
        search.put([LUMEN])
    assert not told.value.lost

    done.set()
    other.join()
    assert search.find(Query()).total == 1


def test_readers_see_a_generation_whole_while_others_write(folder: Path, search: TantivySearch):
    stop, totals, wrong = Event(), set(), []

    def read() -> None:
        reader = TantivySearch(folder)
        while not stop.is_set():
            try:
                totals.add(reader.find(Query(count=("kind",))).total)
            except SearchUnavailable as told:
                wrong.append(told.reason)

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(12):
        search.rebuild(a_document(f"PRD-{number}", f"Product {number}") for number in range(50))
        search.put([a_document(f"PRD-{turn}", "Renamed"), a_document("PRD-MORE", "One more")])
    stop.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert totals <= {len(CATALOGUE), 50, 51}


def write_on(folder: Path, is_ready: EventOfProcesses) -> None:
    """In a process of its own: add and rebuild, again and again, until it is killed."""
    search = TantivySearch(folder)
    is_ready.set()
    for turn in count():
        search.put([a_document(f"PRD-{turn}-{number}", f"Product {number}") for number in range(20)])
        if turn % 5 == 4:
            search.rebuild(a_document(f"PRD-{number}", f"Product {number}") for number in range(200))


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_an_index_that_is_whole_or_known_to_be_lost(folder: Path):
    chance, forked = random.Random(9), get_context("fork")
    TantivySearch(folder).rebuild(iter(CATALOGUE))
    for _ in range(12):
        is_ready = forked.Event()
        child = forked.Process(target=write_on, args=(folder, is_ready))
        child.start()
        assert is_ready.wait(60)
        child.join(chance.random() * 0.4)
        assert child.is_alive()
        child.kill()
        child.join()
        after = TantivySearch(folder)
        if answers_or_loss(after) == "lost":
            after.rebuild(iter(CATALOGUE))
        assert after.find(Query()).total == len(list(after.digests()))
        after.put([LUMEN])
        assert after.find(Query(words="lumen")).total == 1


def test_a_rebuild_clears_away_what_dead_ones_left(search: TantivySearch, folder: Path):
    (folder / "g-dead" / "products").mkdir(parents=True)

    search.rebuild(iter(CATALOGUE))

    assert len(list(folder.glob("g-*"))) == 1


def test_a_folder_that_cannot_be_written_is_no_traceback(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(SearchUnavailable):
        TantivySearch(tmp_path / "file").rebuild(iter(CATALOGUE))
