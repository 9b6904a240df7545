"""A program that sends too much hears how much it sent, and how much is taken."""


def test_a_body_that_is_too_large_is_refused_with_its_size_and_the_limit(caller_of, lumen):
    answer = caller_of(lumen).post("/products", content=b'{"name": "' + b"a" * 2_500_000 + b'"}')

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "what was sent has 2.5 MB, and 2 MB is the most that is taken here"
    assert answer.json()["detail"] == "Nothing was saved. Send a smaller file, or less text at a time."
