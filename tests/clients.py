"""Browsers for tests: signed out, or signed in as an actor, over the whole application."""

import atexit
import logging
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, Self

from anyio.from_thread import BlockingPortal, start_blocking_portal
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from marketplace.api.limits import Allowance
from marketplace.faces.ask import hash_of
from marketplace.faces.services import Services
from marketplace.identity.models import SignIn
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id
from marketplace.web.shell import csrf_token
from tests.applications import application_for
from tests.pages import faults_in, fragment_faults

logging.getLogger("httpx").setLevel(logging.WARNING)
"""A line for each request, written by a thread of its own, takes as long as a quarter of a light page."""


@cache
def loop() -> BlockingPortal:
    """Where the applications of this process run, whichever client asks: to start a loop costs more than most requests."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(start_blocking_portal())


class Client(TestClient):  # type: ignore[type-arg]
    """A client of an application that others in this process use too, each over services of its own.

    Nothing begins or ends with these applications, so nothing happens when a client is entered or left.
    """

    def __init__(self, app: Litestar, services: Services, allowance: Allowance | None = None, **more: Any) -> None:
        super().__init__(app, **{"base_url": services.base_url, **more})
        self.services, self.allowance = services, allowance or Allowance(services.database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *what: object) -> None: ...

    @contextmanager
    def portal(self) -> Iterator[BlockingPortal]:
        yield loop()

    def send(self, *words: Any, **more: Any) -> Response:
        self.app.state.update(services=self.services, allowance=self.allowance)
        return super().send(*words, **more)


class Browser(Client):
    """A client that keeps cookies, adds the form token of its session, and examines each page that it gets."""

    token = ""

    def request(self, *words: object, **more: object):  # type: ignore[no-untyped-def]
        response = super().request(*words, **more)  # type: ignore[arg-type]
        if response.headers.get("content-type", "").startswith("text/html"):
            check = faults_in if response.text.lstrip().startswith("<!doctype") else fragment_faults
            assert check(response.text) == [], f"{response.url}"
        return response

    def send_form(self, path: str, values: dict[str, object] | None = None, **more: object):  # type: ignore[no-untyped-def]
        return self.post(path, data={"csrf_token": self.token, **(values or {})}, follow_redirects=False, **more)


def browser_over(services: Services) -> Browser:
    """A browser over the whole application."""
    return Browser(application_for(services), services)


def sign_in(browser: Browser, services: Services, actor: Actor, *, at: datetime) -> Browser:
    """Sign the browser in as the actor, without the sign-in page."""
    token, secret = secrets.token_urlsafe(32), secrets.token_hex(16)
    with services.database.writing() as db:
        db.add(
            SignIn(
                id=new_id(at),
                token_hash=hash_of(token),
                person_id=actor.person_id,
                device="",
                address="",
                organisation_id=actor.organisation_id,
                csrf_secret=secret,
                authenticated_at=at,
                seen_at=at,
            )
        )
    browser.cookies.set("session", token)
    browser.token = csrf_token(SimpleNamespace(csrf_secret=secret), services)  # type: ignore[arg-type]
    return browser


def committed(db: Session) -> None:
    """Make what the test wrote visible to the application."""
    db.commit()
