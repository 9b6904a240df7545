"""Drafts of forms by program: kept, read and thrown away by their person alone."""

DRAFT = {
    "place": "/listings/PRD-7K3M-QX9F-C/facts", "title": "Facts", "version": "3",
    "fields": [{"name": "name", "value": "Lumen Scribe"}, {"name": "number", "value": "2.4"}],
}  # fmt: skip


def test_a_draft_is_kept_over_the_one_before_and_thrown_away_by_its_person_alone(caller_of, lumen, rival):
    mine, theirs = caller_of(lumen), caller_of(rival)

    kept = mine.put("/unsent", DRAFT)
    mine.put("/unsent", {**DRAFT, "version": "4"})

    assert kept.status_code == 200
    assert [(one["version"], one["fields"]) for one in mine.get("/unsent").json()["items"]] == [("4", DRAFT["fields"])]
    assert theirs.get("/unsent").json()["items"] == []
    assert theirs.post("/unsent/removal", {"place": DRAFT["place"]}).status_code == 404
    assert mine.post("/unsent/removal", {"place": DRAFT["place"]}).status_code == 204
    assert mine.get("/unsent").json()["items"] == []


def test_what_cannot_be_a_draft_is_refused(caller_of, lumen):
    mine = caller_of(lumen)

    assert mine.put("/unsent", {**DRAFT, "place": "https://evil.example/"}).status_code == 422
    assert mine.put("/unsent", {**DRAFT, "owner": "somebody"}).status_code == 422
