"""The API is put together when somebody asks for it: pages are out before."""

from threading import Event

import pytest

from marketplace import app as door
from marketplace.faces.services import Services
from marketplace.routing import Application
from marketplace.settings import Settings
from tests.clients import Client


@pytest.fixture
def started(services: Services) -> Application:
    """An application as it starts, which nobody has asked for anything."""
    return door.app_over(services, Settings())


@pytest.mark.parametrize("page", ["/health", "/v10", "/v"])
def test_pages_do_not_wait_for_it(started: Application, services: Services, page: str):
    Client(started, services).get(page)

    assert list(started.later) == ["/v1"]


@pytest.mark.parametrize(("call", "status"), [("/v1", 200), ("/v1/openapi.json", 200), ("/v1/nothing-here", 404)])
def test_the_first_call_puts_it_together(started: Application, services: Services, call: str, status: int):
    answer = Client(started, services).get(call)

    assert (answer.status_code, answer.headers["content-type"].partition("; ")[0].endswith("json")) == (status, True)
    assert started.later == {}


def test_pages_answer_as_before_once_it_is_there(started: Application, services: Services):
    client = Client(started, services)
    before = client.get("/glossary").text

    client.get("/v1")

    assert client.get("/glossary").text == before


def test_it_is_read_soon_where_nobody_asks(started: Application, monkeypatch: pytest.MonkeyPatch):
    read = Event()
    monkeypatch.setattr(door, "SOON", 0)
    monkeypatch.setattr(door, "api", _Read(read))

    door.read_soon()

    assert read.wait(timeout=10)


class _Read:
    """Stands for the module of the API, and tells that it was read."""

    def __init__(self, read: Event) -> None:
        self._read = read

    def __getattr__(self, name: str) -> None:
        self._read.set()
