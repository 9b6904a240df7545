"""Products and listings by program: described, priced, moved through their life, with what can be done next and why not."""

import runpy
from datetime import timedelta
from pathlib import Path

import pytest

from tests.api.programs import Program
from tests.cast import a_product, an_actor

GUIDE = runpy.run_path(str(Path(__file__).resolve().parents[2] / "docs" / "guides" / "api_story.py"))
ANYWAY = {"If-Match": "*"}
ASKING = ("return", "suspension", "reinstatement", "withdrawal")


def a_draft(program: Program, *, name: str = "Lumen Scribe") -> str:
    return program.post("/products", {"name": name, "kind": "genai-application"}).json()["ref"]


def complete(program: Program, ref: str, today) -> None:
    sent = {"answers": GUIDE["DESCRIPTION"], "number": "2.4"}
    assert program.patch(f"/products/{ref}/description", sent, headers=ANYWAY).status_code == 200
    prices = {**GUIDE["PRICES"], "valid_from": f"{today:%Y-%m-%d}"}
    assert program.put(f"/products/{ref}/prices", prices, headers=ANYWAY).status_code == 200


def moves(program: Program, ref: str) -> dict[str, dict]:
    return {move["name"]: move for move in program.get(f"/listings/{ref}").json()["moves"]}


def allowed(program: Program, ref: str) -> set[str]:
    return {name for name, move in moves(program, ref).items() if move["allowed"]}


def test_a_listing_says_at_each_step_what_can_be_done_now_and_why_not(caller_of, lumen, moderator, now):
    supplier, operator = caller_of(lumen), caller_of(moderator)
    ref = a_draft(supplier)

    assert allowed(supplier, ref) == {"withdrawal"}
    assert moves(supplier, ref)["submission"]["why_not"].startswith("Lumen Scribe is not complete: ")
    complete(supplier, ref, now)
    assert allowed(supplier, ref) == {"submission", "withdrawal"}
    supplier.post(f"/listings/{ref}/submission")
    assert allowed(supplier, ref) == {"recall", "withdrawal"}
    supplier.post(f"/listings/{ref}/recall")
    assert allowed(supplier, ref) == {"submission", "withdrawal"}
    supplier.post(f"/listings/{ref}/submission")
    assert moves(supplier, ref)["publication"]["why_not"] == "only a moderator outside the supplier can do this"
    assert allowed(operator, ref) == {"publication", "return"}
    operator.post(f"/listings/{ref}/publication")
    assert allowed(supplier, ref) == {"edition", "confirmation", "withdrawal"}
    assert allowed(operator, ref) == {"suspension"}


@pytest.mark.parametrize("state", ["draft", "submitted", "live", "suspended", "withdrawn"])
def test_a_move_that_is_told_as_possible_is_possible_and_one_that_is_not_is_refused_with_the_same_words(
    caller_of, db, lumen, moderator, now, state: str
):
    ref = a_product(db, of=lumen, at=now, state=state).ref
    programs = [caller_of(lumen), caller_of(moderator)]

    for program in programs:
        for name, move in moves(program, ref).items():
            if not move["allowed"]:
                body = {"reason": "Because."} if name in ASKING else None
                answer = program.post(f"/listings/{ref}/{name}", body)
                assert answer.status_code in (403, 404, 409, 422), (name, answer.text)
                if answer.status_code == 409:
                    assert answer.json()["title"] == move["why_not"]


def test_a_listing_is_sent_back_with_reasons_and_submitted_again(caller_of, lumen, moderator, now):
    supplier, operator = caller_of(lumen), caller_of(moderator)
    ref = a_draft(supplier)
    complete(supplier, ref, now)
    supplier.post(f"/listings/{ref}/submission")

    back = operator.post(f"/listings/{ref}/return", {"remarks": {"summary": "Say for whom."}})
    listing = supplier.get(f"/listings/{ref}").json()
    again = supplier.post(f"/listings/{ref}/submission")

    assert back.status_code == 200
    assert listing["reviews"][0]["reasons"] == {"summary": "Say for whom."}
    assert (again.status_code, again.json()["state"]) == (200, "submitted")


def test_the_next_edition_leaves_the_one_on_show_as_it_was(caller, caller_of, lumen, moderator, now):
    supplier, operator = caller_of(lumen), caller_of(moderator)
    ref = a_draft(supplier)
    complete(supplier, ref, now)
    supplier.post(f"/listings/{ref}/submission")
    operator.post(f"/listings/{ref}/publication")
    supplier.post(f"/listings/{ref}/edition")
    changed = {"answers": {"summary": "Drafts letters and notes."}, "number": "3.0", "change": "same-model"}
    supplier.patch(f"/products/{ref}/description", changed, headers=ANYWAY)
    supplier.post(f"/listings/{ref}/submission")
    operator.post(f"/listings/{ref}/publication")

    editions = caller.get(f"/products/{ref}/editions").json()["items"]
    second = caller.get(f"/products/{ref}/editions/2").json()

    assert [(one["edition"], one["number"], one["state"]) for one in editions] == [
        (2, "3.0", "published"), (1, "2.4", "superseded"),
    ]  # fmt: skip
    assert editions[1]["answers"]["summary"] == GUIDE["DESCRIPTION"]["summary"]
    assert [change["question"] for change in second["changes"]] == ["summary"]


def test_an_answer_is_cleared_by_null_and_the_others_stay(caller_of, lumen):
    program = caller_of(lumen)
    path = f"/products/{a_draft(program)}/description"
    program.patch(path, {"answers": {"summary": "One.", "autonomy": "drafts"}}, headers=ANYWAY)

    program.patch(path, {"answers": {"summary": None}}, headers=ANYWAY)

    assert program.get(path).json()["answers"] == {"autonomy": "drafts"}


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"sumary": "One."}, "answers.sumary"),
        ({"autonomy": ["drafts", "acts"]}, "answers.autonomy"),
        ({"summary": {"text": "One."}}, "answers.summary"),
        ({"summary": "Not\u202eseen"}, "answers.summary"),
        ({"model-change-notice": -1}, "answers.model-change-notice"),
        ({"website": "javascript:alert(1)"}, "answers.website"),
        ({"available-since": "2026-02-30"}, "answers.available-since"),
        ({"care-setting": ["outpatients", "the-moon"]}, "answers.care-setting"),
        ({"base-models": [{"name": "A", "weight": 1}]}, None),
    ],
)
def test_an_answer_that_does_not_hold_is_named_by_its_question(caller_of, lumen, answers: dict, field: str | None):
    program = caller_of(lumen)
    path = f"/products/{a_draft(program)}/description"

    answer = program.patch(path, {"answers": answers}, headers=ANYWAY)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field or "answers.base-models")


@pytest.mark.parametrize(
    ("price", "field"),
    [
        ({"pence": -1}, "prices.0.pence"),
        ({"pence": 0.5}, "prices.0.pence"),
        ({"pence": "1200"}, "prices.0.pence"),
        ({"pence": 10**14}, "prices.0.pence"),
        ({"pence": True}, "prices.0.pence"),
        ({"currency": "EUR"}, "prices.0.currency"),
        ({"model": "per-moon"}, "prices.0.model"),
        ({"tiers": [{"above": 5, "pence": 1}]}, "prices.0.tiers"),
        ({"tiers": [{"above": -1, "pence": 1}]}, "prices.0.tiers.0.above"),
    ],
)
def test_a_price_that_cannot_be_is_named_by_its_place(caller_of, lumen, now, price: dict, field: str):
    program = caller_of(lumen)
    ref = a_draft(program)
    whole = {"model": "per-user", "label": "Licence", "unit": "user", "period": "year", "pence": 100, **price}

    sent = {"prices": [whole], "valid_from": f"{now:%Y-%m-%d}"}
    answer = program.put(f"/products/{ref}/prices", sent, headers=ANYWAY)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert program.get(f"/products/{ref}/prices").json()["items"] == []


def test_the_cost_for_ones_volumes_is_the_sum_of_its_working(caller, caller_of, lumen, moderator, now):
    supplier, operator = caller_of(lumen), caller_of(moderator)
    ref = a_draft(supplier)
    complete(supplier, ref, now)
    supplier.post(f"/listings/{ref}/submission")
    operator.post(f"/listings/{ref}/publication")

    cost = caller.get(f"/products/{ref}/price?clinicians=400&consultations=90,000&years=3").json()

    assert sum(line["amount_pence"] for line in cost["yearly"]) == cost["year"]["net_pence"] == 8_760_000
    assert cost["year"]["net_pence"] + cost["year"]["vat_pence"] == cost["year"]["gross_pence"]
    assert cost["term"]["net_pence"] == 3 * 8_760_000 + 500_000


@pytest.mark.parametrize("query", ["", "users=-1", "users=0.5", "users=1e9", "users=400", "users=٤&uses=1", "users=1&users=2"])
def test_volumes_that_are_missing_or_cannot_be_are_asked_for_by_name(caller, caller_of, lumen, moderator, now, query: str):
    supplier, operator = caller_of(lumen), caller_of(moderator)
    ref = a_draft(supplier)
    complete(supplier, ref, now)
    supplier.post(f"/listings/{ref}/submission")
    operator.post(f"/listings/{ref}/publication")

    answer = caller.get(f"/products/{ref}/price?{query}")

    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_a_document_goes_out_inert_and_comes_in_by_what_its_bytes_say(caller, caller_of, db, lumen, now):
    ref = a_product(db, of=lumen, at=now).ref
    program = caller_of(lumen)
    path = f"/products/{ref}/documents"

    text = program.post(path, data={"kind": "instructions"}, files={"file": ("how to.txt", b"Read this.", "text/html")})
    page = program.post(path, data={"kind": "other"}, files={"file": ("a.pdf", b"<script>alert(1)</script>", "application/pdf")})
    got = caller.get(f"{path}/{text.json()['id']}")

    assert (text.status_code, text.json()["media_type"]) == (201, "text/plain")
    assert (page.status_code, page.json()["errors"][0]["field"]) == (422, "file")
    assert got.content == b"Read this."
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]


def test_a_document_on_request_tells_its_name_and_opens_to_nobody_else(caller, caller_of, db, lumen, rival, now):
    ref = a_product(db, of=lumen, at=now).ref
    program, other = caller_of(lumen), caller_of(rival)
    kept = {"kind": "security", "access": "on-request"}
    made = program.post(f"/products/{ref}/documents", data=kept, files={"file": ("test.txt", b"All well.", "text/plain")})
    path = f"/products/{ref}/documents/{made.json()['id']}"

    assert caller.get(f"/products/{ref}/documents").json()["items"][0]["url"] == ""
    assert [each.get(path).status_code for each in (caller, other, program)] == [404, 404, 200]


def test_the_next_version_of_a_document_takes_its_place(caller, caller_of, db, lumen, rival, now):
    ref = a_product(db, of=lumen, at=now).ref
    path = f"/products/{ref}/documents"
    first = caller_of(lumen).post(path, data={"kind": "security"}, files={"file": ("test.txt", b"One.", "text/plain")})
    place = f"{path}/{first.json()['id']}/replacement"
    file = {"file": ("test-2.txt", b"Two.", "text/plain")}

    stranger, made = caller_of(rival).post(place, files=file), caller_of(lumen).post(place, files=file)

    assert (stranger.status_code, made.status_code, made.json()["kind"]) == (404, 201, "security")
    assert [one["name"] for one in caller.get(path).json()["items"]] == ["test-2.txt"]


def test_a_claim_is_settled_by_a_moderator_and_gives_the_product_its_supplier(caller_of, db, lumen, rival, moderator, now):
    product = a_product(db, of=lumen, at=now)
    product.organisation_id, product.source = None, {"supplier": "Lumen", "document": "A list"}
    mine, theirs, operator = caller_of(lumen), caller_of(rival), caller_of(moderator)
    path = f"/products/{product.ref}/claims"

    claim = mine.post(path, {"reason": "It is ours."}).json()
    theirs.post(path, {"reason": "No, ours."})
    granted = operator.post(f"{path}/{claim['id']}/settlement", {"granted": True})

    assert granted.json()["state"] == "granted"
    assert [one["state"] for one in theirs.get(path).json()["items"]] == ["refused"]
    assert mine.get(f"/products/{product.ref}").json()["supplier"]["name"] == "Lumen Health Ltd"


def test_lists_page_to_the_end_and_a_damaged_marker_is_refused(caller_of, lumen):
    program = caller_of(lumen)
    for number in range(5):
        a_draft(program, name=f"Lumen {number}")

    seen, after = [], ""
    while True:
        page = program.get(f"/listings?limit=2&after={after}").json()
        seen += [item["name"] for item in page["items"]]
        after = page["next"]
        if not after:
            break

    assert seen == [f"Lumen {number}" for number in range(5)]
    assert page["total"] == 5
    assert program.get("/listings?after=damaged").status_code == 422


def test_a_bid_writer_writes_and_nobody_of_another_kind_does(caller_of, db, now, buyer):
    writer = an_actor(db, "Ada Nwosu", "Lumen Health Ltd", "supplier", "bid-writer", at=now)

    assert caller_of(writer).post("/products", {"name": "Lumen Scribe", "kind": "model"}).status_code == 201
    assert caller_of(buyer).post("/products", {"name": "Ours", "kind": "model"}).status_code == 403


def test_the_price_of_a_day_is_told_to_the_public_and_the_next_one_to_its_supplier(caller, caller_of, db, lumen, now):
    ref = a_product(db, of=lumen, at=now).ref
    program = caller_of(lumen)
    later = f"{now + timedelta(days=30):%Y-%m-%d}"
    free = {"model": "free", "label": "Free"}
    program.put(f"/products/{ref}/prices", {"prices": [free], "valid_from": f"{now:%Y-%m-%d}"}, headers=ANYWAY)

    licence = {"model": "subscription", "label": "Licence", "pence": 100}
    program.put(f"/products/{ref}/prices", {"prices": [licence], "valid_from": later}, headers=ANYWAY)

    assert [price["label"] for price in caller.get(f"/products/{ref}/prices").json()["items"]] == ["Free"]
    assert [price["label"] for price in program.get(f"/products/{ref}/prices").json()["items"]] == ["Free", "Licence"]
