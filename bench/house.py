"""A Touchstone of one's own in a temporary folder, with as many products as asked for, served on loopback."""

import csv
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

PRODUCTS = int(os.environ.get("TOUCHSTONE_BENCH_PRODUCTS", "100000"))
COLUMNS = [
    "Your reference",
    "Name",
    "Supplier",
    "Kind of product",
    "Summary",
    "Description",
    "Users",
    "Purpose",
    "Care setting",
    "Specialty",
    "Autonomy",
    "Hosting countries",
]
SUBJECTS = [
    "letter",
    "note",
    "summary",
    "referral",
    "discharge",
    "clinic",
    "message",
    "image",
    "rota",
    "code",
    "report",
    "record",
    "question",
]
VERBS = ["drafts", "checks", "sorts", "translates", "summarises", "reads", "finds", "explains", "suggests", "compares"]
PEOPLE = ["Doctors", "Nurses", "Pharmacists", "Receptionists", "Managers"]
PURPOSES = ["Ambient scribing", "Clinic letters", "Discharge letters and summaries", "Clinical coding", "Translation"]
SETTINGS = ["Outpatients", "General practice", "Emergency department", "Maternity", "Community health services"]
MADE = [
    "Oak",
    "Lumen",
    "Heron",
    "Quill",
    "Ember",
    "Tarn",
    "Beacon",
    "Harbour",
    "Meadow",
    "Cinder",
    "Larch",
    "Pebble",
    "Sable",
    "Thistle",
]


class Place:
    """A folder with its settings, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **os.environ,
            "TOUCHSTONE_DATABASE_URL": f"sqlite:///{folder}/touchstone.db",
            "TOUCHSTONE_SEARCH_URL": f"tantivy://{folder}/index",
            "TOUCHSTONE_FILES_URL": f"file://{folder}/files",
            "TOUCHSTONE_MAIL_URL": f"folder://{folder}/mail",
        }

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "marketplace.cli", *words]
        return subprocess.run(command, env=self.env, check=False, capture_output=True, text=True)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "marketplace.cli", *words], env=self.env, stdout=subprocess.DEVNULL
        )


def write_products(path: Path, count: int, *, seed: int = 7) -> None:
    """A spreadsheet of invented products in the columns of the mapping `touchstone-csv`."""
    choose = random.Random(seed)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(count):
            subject, verb = choose.choice(SUBJECTS), choose.choice(VERBS)
            words = " ".join(choose.choices(SUBJECTS + VERBS, k=60))
            writer.writerow(
                [
                    f"R{number}",
                    f"{choose.choice(MADE)} {subject.title()} {number}",
                    f"{choose.choice(MADE)} Systems {number % 400}",
                    "GenAI application",
                    f"{verb.title()} the {subject} for {choose.choice(PEOPLE).lower()}.",
                    words,
                    choose.choice(PEOPLE),
                    choose.choice(PURPOSES),
                    choose.choice(SETTINGS),
                    "Cardiology",
                    choose.choice(["Drafts", "Advises"]),
                    choose.choice(["United Kingdom", "Ireland"]),
                ]
            )


def free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def served(place: Place, *words: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server on a free port, ready when the block begins."""
    port = free_port()
    process = place.start("serve", "--port", str(port), *words)
    try:
        wait_ready(port)
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_ready(port: int, *, path: str = "/ready", seconds: float = 60) -> float:
    """Seconds until the server answers 200."""
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return time.perf_counter() - began
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"no server at {port}")


def get(connection: HTTPConnection, path: str) -> bytes:
    """The body of a page, over a connection that stays open."""
    connection.request("GET", path, headers={"Accept-Encoding": "identity"})
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}")
    return body
