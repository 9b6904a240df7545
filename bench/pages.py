"""The search page against the engine call that it makes, and the product page against a bare one of its weight."""

import tempfile
import time
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bench import bare
from bench.house import PRODUCTS, Place, get, served, write_products
from bench.tables import Row, quantile
from marketplace.faces.ask import Values
from marketplace.frameworks.loader import load
from marketplace.kit.db import Database
from marketplace.ports.search.port import Query
from marketplace.ports.search.tantivy.engine import TantivySearch
from marketplace.settings import HOUSE
from marketplace.web.search.asking import facets_of, read_asking
from marketplace.web.search.results import counted_facets
from marketplace.wiring import vocabulary_of

WORDS = [
    "discharge letter",
    "drafts clinic",
    "summary for nurses",
    "heron referral",
    "translates message",
    "rota",
    "checks the image",
    "something that writes letters for doctors",
    "quill record",
    "code suggests",
]
ROUNDS = 300


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name))
        write_products(place.folder / "products.csv", PRODUCTS)
        place.run("migrate", "--quiet")
        place.run("import", str(place.folder / "products.csv"), "--mapping", "touchstone-csv", "--publish", "--json")
        with served(place) as (port, _):
            return [*search_page(place, port), *product_page(place, port)]


def search_page(place: Place, port: int) -> list[Row]:
    """Page and engine in turn, the same query each time, so that both meet the same noise."""
    frameworks = load(HOUSE / "frameworks")
    engine = TantivySearch(place.folder / "index", vocabulary_of(frameworks))
    facets, database = facets_of(frameworks), Database(place.env["TOUCHSTONE_DATABASE_URL"])
    connection = HTTPConnection("127.0.0.1", port)
    pages, calls = [], []
    for words in islice(cycle(WORDS), ROUNDS):
        asking = read_asking(Values([("q", words)]), facets)
        with database.reading() as db:
            query = asking.query(db, counted_facets(asking, facets), today=bare.today())
        calls.append(timed(lambda query=query: engine.find(query)))
        pages.append(timed(lambda words=words: get(connection, f"/products?{urlencode({'q': words})}")))
    pages, calls = pages[20:], calls[20:]
    middle, last = median(pages) / median(calls), quantile(pages, 0.99) / median(calls)
    floor = f"{median(calls) * 1000:.1f} ms median engine call"
    return [
        Row(
            f"search page, {PRODUCTS:,} products, 8 filters: median",
            f"{median(pages) * 1000:.1f} ms ({middle:.2f} times)",
            floor,
            "at most 2.0 times",
            middle <= 2.0,
        ),
        Row(
            "search page: p99",
            f"{quantile(pages, 0.99) * 1000:.1f} ms ({last:.2f} times)",
            floor,
            "at most 4 times",
            last <= 4,
        ),
    ]


def product_page(place: Place, port: int) -> list[Row]:
    """Requests a second of the product page, and of a page that renders the same template from ready values."""
    frameworks = load(HOUSE / "frameworks")
    engine = TantivySearch(place.folder / "index", vocabulary_of(frameworks))
    path = f"/products/{engine.find(Query(words='heron', limit=1)).hits[0].ref}"
    with bare.served(place, path) as bare_port:
        ours, theirs = HTTPConnection("127.0.0.1", port), HTTPConnection("127.0.0.1", bare_port)
        pairs = [(timed(lambda: get(ours, path)), timed(lambda: get(theirs, path))) for _ in range(ROUNDS)][20:]
    page, floor = median(one for one, _ in pairs), median(one for _, one in pairs)
    share = floor / page
    return [
        Row(
            "product page",
            f"{1 / page:.0f} requests a second ({share:.2f} of the floor)",
            f"{1 / floor:.0f} a second, bare page of the same template",
            "at least .5 of the floor",
            share >= 0.5,
        ),
    ]


def timed(call: object) -> float:
    began = time.perf_counter()
    call()  # type: ignore[operator]
    return time.perf_counter() - began
