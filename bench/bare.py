"""The floor of the product page: a Litestar page that renders the same template from values made beforehand."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from granian import Granian
from granian.constants import Interfaces
from litestar import Litestar, Response, get

from bench.house import Place, free_port, wait_ready
from marketplace.faces.ask import Ask
from marketplace.settings import Settings
from marketplace.web.assets import Assets
from marketplace.web.catalogue.products import show_product
from marketplace.web.shell import shell_for
from marketplace.web.templating import page_environment, render
from marketplace.wiring import services_from


def today() -> date:
    return datetime.now(ZoneInfo("Europe/London")).date()


def app() -> Litestar:
    """One route, at the address of the product that TOUCHSTONE_BENCH_PATH names."""
    settings = Settings()
    services = services_from(settings)
    pages = page_environment(settings.templates, asset=Assets(settings.static).url)
    path = os.environ["TOUCHSTONE_BENCH_PATH"]
    with services.database.reading() as db:
        ask = Ask(db=db, services=services, at=services.clock(), path=path, url=path)
        answer = show_product.opt["function"](ask, path.rsplit("/", 1)[-1])
        shell = shell_for(ask, "", here=path, content_language="en")
        first = render(pages, answer.template, shell=shell, **answer.values)
        db.expunge_all()

    @get(path, sync_to_thread=True)
    def bare_page() -> Response[str]:
        html = render(pages, answer.template, shell=shell, **answer.values)
        return Response(html, media_type="text/html; charset=utf-8")

    assert first
    return Litestar([bare_page], openapi_config=None)


@contextmanager
def served(place: Place, path: str) -> Iterator[int]:
    """The bare page, served as the product is: Granian, one process."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(place.env, path, port))
    process.start()
    try:
        wait_ready(port, path=path)
        yield port
    finally:
        process.terminate()
        process.join(timeout=20)


def serve(env: dict[str, str], path: str, port: int) -> None:
    os.environ.update(env, TOUCHSTONE_BENCH_PATH=path)
    Granian(
        "bench.bare:app", factory=True, interface=Interfaces.ASGI, address="127.0.0.1", port=port, log_access=False
    ).serve()
