"""A small server on loopback that speaks the documented HTTP of Meilisearch, and can be told to misbehave.

It holds what the engine of the house uses: indexes, settings, documents, tasks, search and multi-search with filters,
facets, sorting, typos, synonyms and matching strategies, and swap-indexes. Ranking is simple; the forms are exact:
unknown fields and attributes that are not declared are refused as the real server refuses them.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import Any

from tests.ports.meilisearch_ranking import (
    Asked,
    Held,
    RefusedError,
    accepts,
    by_strategy,
    distribution,
    shown,
    sort_keys,
)

SEARCHED = {
    "q", "filter", "facets", "sort", "offset", "limit", "matchingStrategy", "showRankingScore", "attributesToRetrieve",
    "attributesToCrop", "cropLength", "cropMarker", "attributesToHighlight", "highlightPreTag", "highlightPostTag",
    "attributesToSearchOn",
}  # fmt: skip
SET = {
    "searchableAttributes", "displayedAttributes", "filterableAttributes", "sortableAttributes", "rankingRules",
    "synonyms", "typoTolerance", "faceting", "pagination", "stopWords",
}  # fmt: skip


@dataclass
class Double:
    """`fails`: kinds of task that will fail later. `status`: what every request gets. `slow`: seconds to an answer."""

    url: str = ""
    fails: set[str] = field(default_factory=set)
    status: int | None = None
    slow: float = 0.0
    garbage: bool = False
    calls: Counter[str] = field(default_factory=Counter)
    indexes: dict[str, Held] = field(default_factory=dict)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        plain = path.partition("?")[0]
        self.calls[f"{method} {plain}"] += 1
        for wanted, pattern, work in ROUTES:
            if method == wanted and (found := re.fullmatch(pattern, plain)):
                with self.lock:
                    return work(self, body, *found.groups())
        raise RefusedError(404, "not_found", f"no such route: {method} {path}")

    def later(self, kind: str, uid: str | None, work: Callable[[], object]) -> tuple[int, dict[str, Any]]:
        """A task: what goes wrong with it is told when one asks for the task, not when one hands it over."""
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        task = {"uid": len(self.tasks), "indexUid": uid, "type": kind, "status": "succeeded", "enqueuedAt": now}
        self.tasks.append(task)
        try:
            if kind in self.fails:
                raise RefusedError(500, "internal", "no space left on device")
            work()
        except RefusedError as refused:
            task |= {"status": "failed", "error": {"code": refused.code, "message": str(refused), "type": "internal"}}
        return 202, {"taskUid": task["uid"], "indexUid": uid, "status": "enqueued", "type": kind, "enqueuedAt": now}

    def index(self, uid: str) -> Held:
        if uid not in self.indexes:
            raise RefusedError(404, "index_not_found", f"Index `{uid}` not found.")
        return self.indexes[uid]

    def create(self, body: dict[str, Any]) -> None:
        if body["uid"] in self.indexes:
            raise RefusedError(409, "index_already_exists", f"Index `{body['uid']}` already exists.")
        created = datetime.now(UTC).replace(tzinfo=None)
        self.indexes[body["uid"]] = Held(body["uid"], body["primaryKey"], created)

    def set(self, uid: str, body: dict[str, Any]) -> None:
        if strange := set(body) - SET:
            raise RefusedError(400, "bad_request", f"Unknown field {strange}")
        self.index(uid).settings |= body

    def swap(self, body: list[dict[str, Any]]) -> None:
        for one, other in (each["indexes"] for each in body):
            left, right = self.index(one), self.index(other)
            left.uid, right.uid = other, one
            self.indexes |= {one: right, other: left}

    def add(self, uid: str, documents: list[dict[str, Any]]) -> None:
        held = self.index(uid)
        for document in documents:
            key = document[held.key]
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,511}", key):
                raise RefusedError(400, "invalid_document_id", f"Document identifier `{key}` is invalid.")
            held.documents[key] = document

    def remove(self, uid: str) -> None:
        del self.indexes[self.index(uid).uid]

    def delete(self, uid: str, body: dict[str, str]) -> None:
        held = self.index(uid)
        for key in [key for key, document in held.documents.items() if accepts(held, body["filter"], document)]:
            del held.documents[key]

    def fetched(self, held: Held, body: dict[str, Any]) -> dict[str, Any]:
        page = list(held.documents.values())[body["offset"] : body["offset"] + body["limit"]]
        results = [{name: document[name] for name in body["fields"]} for document in page]
        return {"results": results, "total": len(held.documents), "offset": body["offset"], "limit": body["limit"]}

    def searched(self, uid: str, body: dict[str, Any]) -> dict[str, Any]:
        if strange := set(body) - SEARCHED:
            raise RefusedError(400, "bad_request", f"Unknown field {strange}")
        held = self.index(uid)
        asked = Asked(
            held, body.get("q") or "", body.get("attributesToSearchOn") or held.settings["searchableAttributes"]
        )
        matches = [each for document in held.documents.values() if (each := asked.match(document))]
        matches = by_strategy(matches, asked, body.get("matchingStrategy", "last"))
        matches = [
            each for each in matches if all(accepts(held, one, each.document) for one in body.get("filter") or [])
        ]
        matches.sort(key=lambda each: (*sort_keys(held, body, each.document), *each.rank))
        offset, limit = body.get("offset", 0), body.get("limit", 20)
        most = held.settings["pagination"]["maxTotalHits"]
        page = matches[offset : min(offset + limit, most)]
        return {
            "hits": [shown(each, body, place) for place, each in enumerate(page)],
            "estimatedTotalHits": len(matches), "offset": offset, "limit": limit, "processingTimeMs": 0,
            "facetDistribution": {one: distribution(held, one, matches) for one in body.get("facets") or []},
        }  # fmt: skip


def described(double: Double, _: Any, uid: str) -> tuple[int, Any]:
    held = double.index(uid)
    return 200, {"uid": uid, "primaryKey": held.key, "createdAt": held.created.isoformat() + "123Z"}


def many_searched(double: Double, body: Any) -> tuple[int, Any]:
    return 200, {"results": [double.searched(each.pop("indexUid"), each) for each in body["queries"]]}


DOCUMENTS = "/indexes/([^/]+)/documents"
ROUTES: list[tuple[str, str, Callable[..., tuple[int, Any]]]] = [
    ("GET", r"/tasks/(\d+)", lambda it, _, uid: (200, it.tasks[int(uid)])),
    ("POST", "/indexes", lambda it, b: it.later("indexCreation", b["uid"], lambda: it.create(b))),
    ("POST", "/multi-search", many_searched),
    ("POST", "/swap-indexes", lambda it, b: it.later("indexSwap", None, lambda: it.swap(b))),
    ("GET", "/indexes/([^/]+)", described),
    ("DELETE", "/indexes/([^/]+)", lambda it, _, uid: it.later("indexDeletion", uid, lambda: it.remove(uid))),
    ("PATCH", "/indexes/([^/]+)/settings", lambda it, b, uid: it.later("settingsUpdate", uid, lambda: it.set(uid, b))),
    ("POST", DOCUMENTS, lambda it, b, uid: it.later("documentAdditionOrUpdate", uid, lambda: it.add(uid, b))),
    ("POST", f"{DOCUMENTS}/delete", lambda it, b, uid: it.later("documentDeletion", uid, lambda: it.delete(uid, b))),
    ("POST", f"{DOCUMENTS}/fetch", lambda it, b, uid: (200, it.fetched(it.index(uid), b))),
    ("POST", "/indexes/([^/]+)/search", lambda it, b, uid: (200, it.searched(uid, b))),
]


class Handler(BaseHTTPRequestHandler):
    double: Double
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        time.sleep(self.double.slow)
        try:
            if self.double.status:
                raise RefusedError(self.double.status, "internal", "the double was told to refuse")
            if raw and self.headers.get("Content-Type") != "application/json" and self.command != "DELETE":
                raise RefusedError(415, "missing_content_type", "A Content-Type header is missing.")
            status, body = self.double.answer(self.command, self.path, json.loads(raw) if raw else None)
        except RefusedError as refused:
            status, body = refused.status, {"message": str(refused), "code": refused.code, "type": "invalid_request"}
        data = b"<html>proxy</html>" if self.double.garbage else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def running() -> Iterator[Double]:
    """A double that answers on a free port of loopback until the block ends."""
    double = Double()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"double": double}))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    double.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
