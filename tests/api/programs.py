"""A program that calls the API, as tests speak of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from httpx import Response
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from marketplace.identity.actions.secrets import TOKEN_PREFIX, hash_of, new_secret
from marketplace.identity.models import Token
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id


def token_of(db: Session, actor: Actor, *scopes: str, at: datetime) -> str:
    """A token that may do all that the actor may, or only the scopes."""
    secret = new_secret(TOKEN_PREFIX)
    kept = list(scopes) or [permission.value for permission in actor.permissions]
    token = Token(
        id=new_id(at), token_hash=hash_of(secret), name="tests", person_id=actor.person_id, scopes=kept,
        organisation_id=actor.organisation_id, created_at=at, expires_on=(at + timedelta(days=30)).date(),
    )  # fmt: skip
    db.add(token)
    db.flush()
    return secret


@dataclass
class Program:
    """Calls under /v1, with a token or without one."""

    client: TestClient
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **more: Any) -> Response:
        return self.call("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Response:
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Response:
        return self.call("PUT", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> Response:
        return self.call("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> Response:
        return self.call("DELETE", path, **more)

    def call(self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None, **more: Any):
        """A call with a body as JSON; `content`, `data` and `files` go on as httpx takes them."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            more["json"] = body
        return self.client.request(method, f"/v1{path}", headers={**sent, **self.headers, **(headers or {})}, **more)
