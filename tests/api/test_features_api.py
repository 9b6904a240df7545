"""What a program can do that a page can: see its moves, read the lists of values, look at a file first, and leave."""

import hashlib
import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from marketplace.procurement.actions.shortlist import Reason, decide_on
from marketplace.wiring import go_on_with_imports
from tests.api.programs import Program
from tests.cast import a_product
from tests.catalogue.shelf import a_complete_draft, a_draft
from tests.procurement.scenes import a_project, loaded

COLUMNS = "Your reference,Name,Supplier,Kind of product,Summary,Users\r\n"
GOOD = "A,Lumen Scribe,Lumen Health Ltd,GenAI application,Drafts letters.,Doctors\r\n"
BAD = "B,Lumen Coder,Lumen Health Ltd,GenAI application,Codes letters.,Wizards\r\n"


def moves(program: Program, path: str) -> dict[str, dict[str, Any]]:
    return {move["name"]: move for move in program.get(path).json()["moves"]}


# --- which moves are allowed now, and why not


def test_a_listing_tells_which_moves_its_supplier_has_now_and_why_not_the_others(
    caller_of, db, frameworks, lumen, now
):
    empty = a_draft(db, frameworks, by=lumen, at=now)
    whole = a_complete_draft(db, frameworks, by=lumen, at=now, name="Lumen Notes")
    program, paths = caller_of(lumen), [f"/listings/{one.ref}" for one in (empty, whole)]

    before, ready = (moves(program, path) for path in paths)

    assert (before["submission"]["allowed"], ready["submission"]["allowed"]) == (False, True)
    assert "36 of 36 things are missing" in before["submission"]["why_not"]
    assert (ready["publication"]["allowed"], ready["publication"]["why_not"]) == (
        False, "only a moderator outside the supplier can do this",
    )  # fmt: skip
    assert program.post(ready["submission"]["path"].removeprefix("/v1")).status_code == 200
    after = moves(program, paths[1])["submission"]
    assert (after["allowed"], after["why_not"]) == (False, "cannot submit a submitted listing")


def test_what_is_told_as_allowed_succeeds_and_what_is_not_is_refused(caller_of, db, frameworks, lumen, moderator, now):
    path = f"/listings/{a_complete_draft(db, frameworks, by=lumen, at=now).ref}"
    supplier, desk = caller_of(lumen), caller_of(moderator)
    assert supplier.post(f"{path}/submission").status_code == 200

    told = moves(supplier, path)

    for name in ("publication", "suspension", "confirmation", "edition", "submission"):
        assert not told[name]["allowed"], name
        refused = supplier.post(f"{path}/{name}", {"reason": "Because."} if name == "suspension" else None)
        assert refused.status_code in (403, 409), name
    assert moves(desk, path)["publication"]["allowed"]
    assert desk.post(f"{path}/publication").status_code == 200
    assert moves(supplier, path)["confirmation"]["allowed"]


# --- lists of values


def test_every_list_of_values_is_published_with_its_version_and_says_what_to_do_with_an_unknown_value(caller):
    rows = caller.get("/enumerations").json()["items"]

    assert {"care-settings", "listing-states", "filters/autonomy", "exclusion-reasons"} <= {row["id"] for row in rows}
    for row in rows:
        shown = caller.get(row["url"].removeprefix("/v1")).json()
        assert (shown["version"], len(shown["values"])) == (row["version"], row["values"])
        assert "do not know" in shown["unknown_value"]


def test_a_value_that_nobody_knows_is_refused_with_the_place_where_they_are_listed(caller):
    answer = caller.get("/products?care-setting=atlantis")

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "care-setting"
    assert "/v1/enumerations/filters/care-setting" in json.dumps(error)


# --- a file of products


def test_a_file_is_looked_at_first_and_its_good_rows_come_in_when_they_are_asked_for(caller_of, services, lumen):
    program = caller_of(lumen)
    file = {"file": ("products.csv", (COLUMNS + GOOD + BAD).encode(), "text/csv")}

    sent = program.call("POST", "/imports", files=file, data={"mapping": "touchstone-csv"})
    assert sent.status_code == 201, sent.text
    looked, path = sent.json()["preview"], sent.json()["url"].removeprefix("/v1")
    assert (looked["looked_at"], looked["holds"]) == (2, 1)
    assert looked["failures"][0]["reasons"][0]["field"] == "user-group"
    assert program.get("/listings").json()["total"] == 0

    program.post(f"{path}/start")
    go_on_with_imports(services)

    done = program.get(path).json()
    assert (done["state"], done["new"], done["failed"]) == ("finished", 1, 1)
    assert [one["name"] for one in program.get("/listings").json()["items"]] == ["Lumen Scribe"]
    assert "Wizards" in program.get(f"{path}/report").content.decode("utf-8-sig")


# --- the exit


def archive_of(program: Program) -> ZipFile:
    answer = program.get("/account/archive")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    return ZipFile(BytesIO(answer.content))


def rows(archive: ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"data/{table}.jsonl").splitlines()]


def test_a_trust_leaves_with_everything_that_is_its_own_and_nothing_of_others(
    caller_of, db, lumen, buyer, other_buyer, now
):
    scribe = a_product(db, of=lumen, at=now)
    both = (buyer, other_buyer)
    mine, theirs = (a_project(db, by=who, at=now, name=f"Scribing at {who.organisation_name}") for who in both)
    for project, who in ((mine, buyer), (theirs, other_buyer)):
        why = Reason(words=f"{who.person_name} says so.")
        decide_on(db, project, loaded(db, scribe), verdict="included", reason=why, by=who, at=now)

    archive = archive_of(caller_of(buyer))

    assert [row["name"] for row in rows(archive, "project")] == ["Scribing at Ashdown Hospitals NHS Trust"]
    assert [row["reason"] for row in rows(archive, "decision") if row["reason"]] == ["Grace Okafor says so."]
    assert "Grace Okafor says so." in archive.read(f"projects/{mine.ref}/trail.csv").decode("utf-8-sig")
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert "Tom Bevan says so." not in whole
    assert theirs.ref not in whole
    assert "token_hash" not in whole.replace(archive.read("manifest.json").decode(), "")


def test_every_file_of_an_archive_is_in_its_manifest_with_its_size_and_digest(caller_of, db, lumen, now):
    a_product(db, of=lumen, at=now)
    archive = archive_of(caller_of(lumen))

    listed = {file["name"]: file for file in json.loads(archive.read("manifest.json"))["files"]}

    assert set(archive.namelist()) - set(listed) == {"manifest.json", "README.txt"}
    for name, file in listed.items():
        content = archive.read(name)
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    assert listed["data/product.jsonl"]["rows"] == 1


def test_nobody_without_the_right_to_audit_takes_the_archive(caller, caller_of, db, now, buyer):
    assert caller.get("/account/archive").status_code == 401
    assert caller_of(buyer, "project:read").get("/account/archive").status_code == 403
