"""Processes that die at the worst moment, and an index that is gone: nothing is lost, nothing is told twice."""

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update

from bench.house import free_port
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.actions.notices import prefer
from marketplace.identity.models import Notice
from marketplace.kit import jobs
from marketplace.kit.jobs import Delivery
from marketplace.kit.record import Outbox
from marketplace.ports.mail.folder import FolderMail
from tests import cast
from tests.catalogue.shelf import a_submitted
from tests.journeys.processes import Place, wait_for
from tests.journeys.test_killed_import import importing, write_file

NOTICE = "The search index is being rebuilt"
SIGKILLED = -9
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MODERATORS = ("ines.duarte", "kofi.bright", "una.corrie")


def dies_before_its_finish(number: int) -> None:
    """From now on this process dies when it would mark its n-th delivery as done: the work is done, the word is not."""
    left = [number]
    finish = jobs.finish

    def or_die(*words: object, **more: object) -> bool:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return finish(*words, **more)  # type: ignore[arg-type]

    jobs.finish = or_die


@pytest.mark.slow
def test_a_worker_killed_before_each_finish_loses_no_mail_and_doubles_no_notice(
    tmp_path: Path, template: Path, frameworks: Frameworks
) -> None:
    place, now = Place(tmp_path, template), datetime.now(UTC)
    with place.database.writing() as db:
        for name in MODERATORS:
            person = name.replace(".", " ").title()
            each = cast.an_actor(db, person, "Touchstone operations", "operator", "operator", "manager", at=now)
            prefer(db, "moderation", "now", by=each)
        lumen = cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", "manager", at=now)
        a_submitted(db, frameworks, by=lumen, at=now)

    deaths = [worker_dies(place, dies_at) for dies_at in (1, *[2] * 40)]

    assert deaths.count(True) >= 4
    assert deaths[-1] is False
    with place.database.reading() as db:
        assert db.scalars(select(Delivery.id).where(Delivery.done_at.is_(None))).all() == []
        assert db.scalars(select(Outbox.entry_id).where(Outbox.heard.is_(False))).all() == []
        told = db.scalars(select(Notice.person_id)).all()
    assert len(told) == len(set(told)) == 3
    assert sorted(mail.to.partition("@")[0] for mail in FolderMail(tmp_path / "mail").newest()) == sorted(MODERATORS)


def worker_dies(place: Place, dies_at: int) -> bool:
    """Run the worker once, after the lease of the one before has ended, and whether it died."""
    if nothing_waits(place):
        return False
    with place.database.writing() as db:
        db.execute(update(Delivery).where(Delivery.done_at.is_(None)).values(leased_until=None, due_at=LONG_AGO))
    process = place.start("worker", "--once", prepare=partial(dies_before_its_finish, dies_at))
    process.join(timeout=60)
    assert process.exitcode in (0, SIGKILLED), place.told()
    return process.exitcode == SIGKILLED


def nothing_waits(place: Place) -> bool:
    with place.database.reading() as db:
        waiting = select(Delivery.id).where(Delivery.done_at.is_(None))
        unheard = select(Outbox.entry_id).where(Outbox.heard.is_(False))
        return not db.scalars(waiting).all() and not db.scalars(unheard).all()


@pytest.fixture
def served(tmp_path: Path, template: Path) -> Iterator[tuple[Place, httpx.Client]]:
    """Thirty products on a server of their own, without a worker yet, and somebody who visits it."""
    place, port = Place(tmp_path, template), free_port()
    place.run(*importing(write_file(tmp_path, 1, rows=30)))
    server = place.start("serve", "--port", str(port))
    wait_for(lambda: is_open(port), seconds=90, what="for the server")
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as visitor:
        yield place, visitor
    server.terminate()
    server.join(timeout=20)


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def results(visitor: httpx.Client) -> str:
    return visitor.get("/products?q=letter+writer").text


@pytest.mark.slow
def test_an_index_deleted_while_serving_is_replaced_by_the_database_and_rebuilt_by_the_worker(
    served: tuple[Place, httpx.Client]
) -> None:
    place, visitor = served
    assert "30</strong> products" in results(visitor)
    assert NOTICE not in results(visitor)

    shutil.rmtree(place.folder / "index")
    without = results(visitor)
    worker = place.start("worker")
    try:
        wait_for(lambda: NOTICE not in results(visitor), seconds=90, every=0.2, what="for the index to be rebuilt")
    finally:
        worker.terminate()
        worker.join(timeout=30)

    assert NOTICE in without
    assert "30</strong> products" in without
    assert "Letter writer 1 10" in without
    assert "30</strong> products" in results(visitor)
    place.run("verify")


