"""The main story of Touchstone, told by three programs that call its API.

A supplier lists a product, a moderator publishes it, a buyer finds it, compares it, shortlists it with a reason and
takes the audit trail along. Only httpx is needed.

    python docs/guides/api_story.py --supplier tst_... --moderator tst_... --buyer tst_... [--base-url http://...]

Each token is made under Account, Tokens, or with `marketplace token EMAIL`. A worker has to run (`marketplace worker`,
or `make dev`, which runs one): it brings what was published into the search.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

LONGEST_WAIT_SECONDS = 60
WORDS = "scribe for clinic letters"

DESCRIPTION: dict[str, Any] = {
    "summary": "Drafts clinic letters from the consultation, for the clinician to check and sign.",
    "description": "Listens with the patient's agreement, and drafts a letter in the house style of the clinic.",
    "purpose": ["ambient-scribing", "clinic-letters"],
    "intended-use": "Drafting clinic letters in adult outpatients, checked by the clinician before they are sent.",
    "must-not-use": "Not for emergency calls, and not without the clinician's check.",
    "cautioned-settings": "Noisy rooms, and consultations through an interpreter.",
    "user-group": ["doctors", "nurses"],
    "care-setting": ["outpatients"],
    "specialty": ["cardiology", "respiratory-medicine"],
    "patient-group": ["adults", "older-people"],
    "nation": ["england", "wales"],
    "meets-patients": "no",
    "what-patients-are-told": "A notice in the room, and the clinician asks first.",
    "language": ["en", "cy"],
    "inputs": ["speech"],
    "outputs": ["letter"],
    "base-models": [{"name": "Sounding", "provider": "Example Models", "version": "3", "country": "gb"}],
    "autonomy": "drafts",
    "oversight": "every-output",
    "model-change-notice": 30,
    "known-risks": "It can leave out what was said quietly.",
    "known-biases": "Strong accents are heard less well: the word error rate is told per accent in the evaluation.",
    "medical-device-class": "not-a-device",
    "data-processed": ["consultation-audio", "clinical-free-text"],
    "trains-on-data": "never",
    "hosting-model": ["supplier-cloud"],
    "hosting-country": ["gb"],
    "leaves-uk": "no",
    "has-sub-processors": "no",
    "retention": "Audio for 24 hours, letters until they are in the record.",
    "epr-system": ["epic", "systmone"],
    "integration-standard": ["fhir-uk-core"],
    "deployment-effort": "within-a-month",
    "support-hours": "working-hours",
    "accessibility-level": "wcag-22-aa",
    "exit": "All letters leave as FHIR documents within ten working days.",
}
PRICES = {
    "prices": [
        {"model": "per-user", "label": "Licence", "unit": "clinician", "period": "month", "pence": 1_200},
        {"model": "per-use", "label": "Consultations", "unit": "consultation", "period": "year",
         "tiers": [{"above": 0, "pence": 40}, {"above": 50_000, "pence": 25}]},
        {"model": "set-up", "label": "Set-up", "period": "once", "pence": 500_000},
    ],
}  # fmt: skip
PROJECT = {
    "name": "Ambient scribing, winter",
    "need": "Clinic letters take evenings. They are to be drafted during the consultation.",
    "volumes": {"users": 400, "uses": 90_000, "sites": 3},
    "term_years": 3,
}


def say(text: str) -> None:
    """A sentence of the story."""
    sys.stdout.write(f"{text}\n")


class Refused(Exception):
    """The API refused a call: what it said, as it said it."""


@dataclass(frozen=True)
class Caller:
    """A program with a token."""

    client: httpx.Client
    token: str

    def call(self, method: str, path: str, body: Any = None, *, version: str = "") -> httpx.Response:
        """One call. A POST has a key of its own, so that sending it again would do nothing twice."""
        headers = {"Authorization": f"Bearer {self.token}"}
        headers |= {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        headers |= {"If-Match": version} if version else {}
        answer = self.client.request(method, f"/v1{path}", json=body, headers=headers)
        if answer.is_error:
            raise Refused(f"{method} {path} was answered {answer.status_code}: {answer.text}")
        return answer

    def get(self, path: str) -> Any:
        return self.call("GET", path).json()

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body).json()

    def change(self, method: str, path: str, body: Any) -> Any:
        """A change where two people edit: made from the version that was just read."""
        version = self.call("GET", path).headers["etag"]
        return self.call(method, path, body, version=version).json()


def list_product(supplier: Caller, name: str, *, today: str, say: Callable[[str], None]) -> str:
    """A supplier describes a product, prices it and submits it; returns its reference."""
    listing = supplier.post("/products", {"name": name, "kind": "genai-application"})
    ref = listing["ref"]
    say(f"{ref} is a draft: {listing['needed'] - listing['done']} of {listing['needed']} things are missing.")
    supplier.change("PATCH", f"/products/{ref}/description", {"answers": DESCRIPTION, "number": "2.4"})
    supplier.change("PUT", f"/products/{ref}/prices", {**PRICES, "valid_from": today})
    listing = supplier.get(f"/listings/{ref}")
    able = [move["name"] for move in listing["moves"] if move["allowed"]]
    say(f"Nothing is missing now. Its supplier can take it to {', '.join(able)}.")
    supplier.post(f"/listings/{ref}/submission")
    refused = next(move for move in supplier.get(f"/listings/{ref}")["moves"] if move["name"] == "publication")
    say(f"It is submitted. Its own supplier cannot publish it: {refused['why_not']}.")
    return str(ref)


def publish(moderator: Caller, ref: str, *, say: Callable[[str], None]) -> None:
    """A moderator finds it among what waits, and puts it on show."""
    waiting = moderator.get("/moderation")["listings"]
    say(f"{len(waiting)} waits for the moderator.")
    listing = moderator.post(f"/listings/{ref}/publication")
    say(f"{listing['name']} is {listing['state']}, edition {listing['live_edition']}.")


def find(buyer: Caller, ref: str, *, pause: Callable[[], None]) -> dict[str, Any]:
    """A buyer searches until the index has what was published; returns the hit."""
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while time.monotonic() < until:
        found = buyer.get(f"/products?q={WORDS.replace(' ', '+')}&care-setting=outpatients&sort=newest&limit=50")
        hit = next((one for one in found["items"] if one["ref"] == ref), None)
        if hit is not None and found["engine"] != "database":
            return dict(hit)
        pause()
    raise Refused(f"{ref} is not found after {LONGEST_WAIT_SECONDS} seconds: does a worker run?")


def choose(buyer: Caller, ref: str, *, say: Callable[[str], None]) -> str:
    """A buyer keeps the search in a project, locks it, compares, and shortlists with a reason."""
    project = buyer.post("/projects", PROJECT)["ref"]
    buyer.post(f"/projects/{project}/requirements", {"question": "autonomy", "test": "any-of", "wanted": ["drafts"]})
    kept = buyer.post(f"/projects/{project}/steps", {"q": WORDS, "filters": {"care-setting": ["outpatients"]}})
    locked = buyer.post(f"/projects/{project}/steps/{kept['step']['number']}/lock")
    say(f"Search 1 of {project} is locked with {len(locked['results'])} results, as they stood.")
    others = [one["ref"] for one in locked["results"] if one["ref"] != ref]
    board = buyer.post(f"/projects/{project}/candidates", {"products": [ref, *others[:1]], "step": 1})
    cost = next(one["cost"] for one in board["undecided"] if one["ref"] == ref)
    if others:
        seen = buyer.get(f"/projects/{project}/comparison?product={ref}&product={others[0]}")
        say(f"Compared with {seen['products'][1]['name']}: {seen['same']} lines are the same.")
        left_out = {"reason_code": "does-not-meet-need", "reason": "Writes no letters.", "turns": 1}
        buyer.post(f"/projects/{project}/candidates/{others[0]}/exclusion", left_out)
    say(f"A year would cost £{cost['year']['net_pence'] / 100:,.2f} before VAT.")
    reason = "Drafts in the house style, keeps data in the UK, and is the cheapest at our volumes."
    buyer.post(f"/projects/{project}/candidates/{ref}/inclusion", {"reason": reason, "turns": 1})
    return str(project)


def trail_of(buyer: Caller, project: str, *, say: Callable[[str], None]) -> str:
    """The audit trail as a table."""
    trail = buyer.get(f"/projects/{project}/trail")
    say(f"The audit trail has {len(trail['lines'])} lines. The last: {trail['lines'][-1]['title']}.")
    return buyer.call("GET", f"/projects/{project}/trail.csv").content.decode("utf-8-sig")


def tell(
    supplier: Caller, moderator: Caller, buyer: Caller, *, name: str, today: str, say: Callable[[str], None] = say,
    pause: Callable[[], None] = lambda: time.sleep(1),
) -> str:  # fmt: skip
    """The whole story; returns the trail as CSV."""
    ref = list_product(supplier, name, today=today, say=say)
    publish(moderator, ref, say=say)
    hit = find(buyer, ref, pause=pause)
    say(f"The buyer finds {hit['title']} of {hit['supplier']}: {hit['summary']}")
    project = choose(buyer, ref, say=say)
    return trail_of(buyer, project, say=say)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", default="http://127.0.0.1:8000")
    for who in ("supplier", "moderator", "buyer"):
        parser.add_argument(f"--{who}", required=True, metavar="TOKEN")
    parser.add_argument("--name", default=f"Lumen Scribe {time.strftime('%H%M%S')}", help="what the product is called")
    parser.add_argument("--trail", default="trail.csv", help="where the audit trail goes")
    given = parser.parse_args(arguments)
    with httpx.Client(base_url=given.base_url, timeout=30) as client:
        callers = [Caller(client, getattr(given, who)) for who in ("supplier", "moderator", "buyer")]
        try:
            trail = tell(*callers, name=given.name, today=time.strftime("%Y-%m-%d"))
        except (Refused, httpx.TransportError) as refused:
            sys.stderr.write(f"{refused}\n")
            return 1
    Path(given.trail).write_text(trail, encoding="utf-8", newline="")
    say(f"The audit trail is in {given.trail}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
