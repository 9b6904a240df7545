"""Stripe's side of the wire, in a folder: a `stripe.HTTPClient` that answers as Stripe does, for the part we use.

The state is one SQLite file, so that several processes see one Stripe and a process may be killed at any moment; it
need not survive the plug. Each call opens it anew, which costs least where the journal is a file that is emptied.
Keys are honoured as Stripe does: the first status and body are given again, 500s too; other parameters under the same
key are refused; what fails validation is not kept. Real clients never come here.
"""

import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe

from marketplace.ports.gateway.fake_objects import VERBS, Wrong

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (id TEXT PRIMARY KEY, seq INTEGER, kind TEXT, account TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS answer
(account TEXT, key TEXT, asked TEXT, status INTEGER, body TEXT, PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, seq INTEGER, account TEXT, body TEXT, sent INTEGER DEFAULT 0);
"""
PART = re.compile(r"\[([^\]]*)\]")
Reply = tuple[str, int, Mapping[str, str]]
Fault = Callable[[str, str], str]
"""Method and path -> what goes wrong: "" for nothing, "drop" the answer, "lose" the request, or a status as text."""


class FakeStripe(stripe.HTTPClient):
    """Answers the calls of the SDK from a folder. `fault` is asked before each call."""

    name = "fake"

    def __init__(self, folder: Path, clock: Callable[[], datetime], fault: Fault = lambda method, path: "") -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._clock, self.fault = folder / "stripe.db", clock, fault
        with closing(self._connect()) as db:
            db.executescript(SCHEMA)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> Reply:
        parts = urlsplit(url)
        sent = dict(parse_qsl(post_data or parts.query, keep_blank_values=True))
        wrong = self.fault(method, parts.path)
        if wrong == "lose":
            raise stripe.APIConnectionError("the request was lost", should_retry=True)  # type: ignore[no-untyped-call]
        headers = headers or {}
        account, key = headers.get("Stripe-Account", ""), headers.get("Idempotency-Key", "")
        with closing(self._connect()) as db, db:
            db.execute("BEGIN IMMEDIATE")
            reply = self._answered(db, method.upper(), parts.path, nested(sent), account, key, wrong)
        if wrong == "drop":
            raise stripe.APIConnectionError("the answer was lost", should_retry=True)  # type: ignore[no-untyped-call]
        return reply

    def close(self) -> None: ...

    def act(self, verb: str, ref: str, sent: dict[str, Any], *, account: str = "") -> dict[str, Any]:
        """Something that happens at the gateway without us: a buyer pays."""
        with closing(self._connect()) as db, db:
            db.execute("BEGIN IMMEDIATE")
            return self._done(db, verb, ref, sent, account)

    def events(self) -> list[tuple[str, str]]:
        """(id, body) of what nobody has taken yet, in order."""
        with closing(self._connect()) as db:
            return list(db.execute("SELECT id, body FROM event WHERE sent = 0 ORDER BY seq"))

    def taken(self, *event_ids: str) -> None:
        """Note that events were delivered."""
        with closing(self._connect()) as db, db:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("UPDATE event SET sent = 1 WHERE id = ?", [(each,) for each in event_ids])

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        db.execute("PRAGMA synchronous=OFF")
        db.execute("PRAGMA journal_mode=TRUNCATE")
        return db

    def _answered(
        self, db: sqlite3.Connection, method: str, path: str, sent: dict[str, Any], account: str, key: str, wrong: str
    ) -> Reply:
        asked = hashlib.sha256(json.dumps([method, path, sent], sort_keys=True).encode()).hexdigest()
        kept = db.execute(
            "SELECT asked, status, body FROM answer WHERE account = ? AND key = ?", (account, key)
        ).fetchone()
        if kept and method == "POST":
            if kept[0] != asked:
                words = (
                    f"Keys for idempotent requests can only be used with the same parameters. Try another than {key}."
                )
                return _reply(400, {"error": {"type": "idempotency_error", "message": words}})
            return kept[2], kept[1], {"request-id": "req_again", "idempotent-replayed": "true"}
        reply = self._first(db, method, path, sent, account, wrong)
        if key and method == "POST" and reply[1] not in (400, 404, 409, 429):
            row = (account, key, asked, reply[1], reply[0])
            db.execute("INSERT INTO answer VALUES (?, ?, ?, ?, ?)", row)
        return reply

    def _first(
        self, db: sqlite3.Connection, method: str, path: str, sent: dict[str, Any], account: str, wrong: str
    ) -> Reply:
        if wrong.isdigit():
            return _reply(int(wrong), {"error": {"type": "api_error", "message": "a fault of the rehearsal"}})
        _, _, kind, *rest = path.split("/")
        try:
            if method == "GET":
                return _reply(200, self._read(db, rest[0], account) if rest else self._listed(db, kind, sent, account))
            verb = rest[1] if len(rest) > 1 else "update" if rest else f"create {kind}"
            return _reply(200, self._done(db, verb, rest[0] if rest else "", sent, account))
        except Wrong as error:
            told = {"type": "invalid_request_error", "code": error.code, "message": str(error)}
            return _reply(error.status, {"error": told})

    def _done(self, db: sqlite3.Connection, verb: str, ref: str, sent: dict[str, Any], account: str) -> dict[str, Any]:
        """Change one object by one verb, and write down the events that Stripe would send."""
        if verb not in VERBS:
            raise Wrong(f"Unrecognized request: {verb}", status=404)
        wanted = ref or str(sent.get("invoice", ""))
        before = self._read(db, wanted, account) if wanted else {}
        made = VERBS[verb](before, sent, self._clock())
        for one in (made.thing, *made.also):
            one.setdefault(
                "id",
                f"{ {'customer': 'cus', 'invoice': 'in', 'credit_note': 'cn'}[one['object']] }_{secrets.token_hex(12)}",
            )
            self._write(db, one, account)
        for name, one in made.events:
            self._tell(db, name, one, account)
        return made.thing

    def _read(self, db: sqlite3.Connection, ref: str, account: str) -> dict[str, Any]:
        row = db.execute("SELECT body FROM object WHERE id = ? AND account = ?", (ref, account)).fetchone()
        if row is None:
            raise Wrong(f"No such object: '{ref}'", code="resource_missing", status=404)
        found: dict[str, Any] = json.loads(row[0])
        return found

    def _write(self, db: sqlite3.Connection, thing: dict[str, Any], account: str) -> None:
        seq = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM object").fetchone()[0]
        row = (thing["id"], seq, thing["object"], account, json.dumps(thing))
        db.execute("INSERT INTO object VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body", row)

    def _listed(self, db: sqlite3.Connection, kind: str, sent: dict[str, Any], account: str) -> dict[str, Any]:
        """Newest first, a hundred at most, after the object that the last page ended with."""
        rows = "SELECT body FROM object WHERE kind = ? AND account = ? ORDER BY seq DESC"
        every = [json.loads(body) for (body,) in db.execute(rows, (kind.removesuffix("s"), account))]
        since, after = int(sent.get("created", {}).get("gte", 0)), sent.get("starting_after")
        same = {name: sent[name] for name in ("customer", "invoice") if name in sent}
        found = [one for one in every if one["created"] >= since and all(one[name] == same[name] for name in same)]
        place = next((at + 1 for at, one in enumerate(found) if one["id"] == after), 0)
        page = found[place : place + int(sent.get("limit", 10))]
        more = len(found) > place + len(page)
        return {"object": "list", "url": f"/v1/{kind}", "data": page, "has_more": more}

    def _tell(self, db: sqlite3.Connection, name: str, thing: dict[str, Any], account: str) -> None:
        seq = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM event").fetchone()[0]
        event = {
            "id": f"evt_{secrets.token_hex(12)}", "object": "event", "api_version": "2026-10-28.endive",
            "created": int(self._clock().timestamp()), "data": {"object": thing}, "livemode": False,
            "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None}, "type": name,
        } | ({"account": account} if account else {})  # fmt: skip
        db.execute("INSERT INTO event VALUES (?, ?, ?, ?, 0)", (event["id"], seq, account, json.dumps(event)))


def nested(pairs: Mapping[str, str]) -> dict[str, Any]:
    """Form fields as Stripe reads them: `lines[0][amount]` becomes {"lines": {"0": {"amount": ...}}}."""
    found: dict[str, Any] = {}
    for name, value in pairs.items():
        first = name.partition("[")[0]
        inside = found
        path = [first, *PART.findall(name)]
        for step in path[:-1]:
            inside = inside.setdefault(step, {})
        inside[path[-1]] = value
    return found


def _reply(status: int, body: Mapping[str, Any]) -> Reply:
    return json.dumps(body), status, {"request-id": f"req_{secrets.token_hex(7)}"}
