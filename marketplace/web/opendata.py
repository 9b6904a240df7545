"""Open data: the live catalogue and the heads of the record, to download and to check."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.faces.ask import Ask
from marketplace.faces.standing import standing_documents
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound
from marketplace.kit.record import Head
from marketplace.kit.sheets import to_csv
from marketplace.web.edge import PUBLIC, Download, Page, page

COLUMNS = ("ref", "title", "supplier", "kind", "state", "summary", "conformity", "evidence", "price", "edition",
           "published", "demonstration", "unclaimed")  # fmt: skip
LICENCE = "OGL-UK-3.0 for what Touchstone computes; descriptions remain their suppliers' statements"
FILES = {
    "products.csv": "The live catalogue as a table",
    "products.json": "The live catalogue with its filters",
    "heads.json": "The signed heads of the record",
}


@page("/open-data", who=PUBLIC)
def open_data(ask: Ask) -> Page:
    """What can be downloaded, and under which licence."""
    newest = ask.db.scalars(select(Head).order_by(Head.size.desc()).limit(1)).one_or_none()
    return Page("public/open-data.html", {"files": FILES, "head": newest}, shared=True)


@page("/open-data/{name:str}", who=PUBLIC)
def open_file(ask: Ask, name: str) -> Download:
    """One file of open data, made when it is asked for."""
    if name not in FILES:
        raise NotFound(f"there is no open data called {name}", "Choose a file on the page Open data.")
    content = content_of(ask.db, ask.services.frameworks, name, at=ask.at)
    media_type = "text/csv; charset=utf-8" if name.endswith(".csv") else "application/json"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "public, max-age=300"}
    return Download(content, media_type, headers)


def write_open_data(db: Session, frameworks: Frameworks, folder: Path, *, at: datetime) -> list[Path]:
    """Write every file into the folder; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in FILES:
        path = folder / name
        path.write_bytes(content_of(db, frameworks, name, at=at))
        paths.append(path)
    return paths


def content_of(db: Session, frameworks: Frameworks, name: str, *, at: datetime) -> bytes:
    if name == "heads.json":
        return _json({"heads": [_head(head) for head in db.scalars(select(Head).order_by(Head.size))]}, at)
    cards = list(_cards(db, frameworks, at))
    if name == "products.json":
        return _json({"products": cards}, at)
    return b"".join(to_csv(COLUMNS, _rows(cards)))


def _cards(db: Session, frameworks: Frameworks, at: datetime) -> Iterator[dict[str, Any]]:
    for document in standing_documents(db, frameworks, on=day_in_london(at)):
        yield {**document.stored, "facets": {key: list(values) for key, values in document.facets.items()}}


def _rows(cards: Sequence[dict[str, Any]]) -> list[list[Any]]:
    return [[_cell(card[name]) for name in COLUMNS] for card in cards]


def _cell(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _head(head: Head) -> dict[str, Any]:
    return {"size": head.size, "root": head.root, "at": head.at.isoformat(), "signature": head.signature}


def _json(document: dict[str, Any], at: datetime) -> bytes:
    told = {"publisher": "Touchstone", "made_at": at.isoformat(timespec="seconds"), "licence": LICENCE, **document}
    return json.dumps(told, ensure_ascii=False, indent=1, default=str).encode()


ROUTES = [open_data, open_file]
