"""A form that makes something makes it once, though it is sent twice in a row: after Back, or by two quick clicks.

What it was answered is kept together with what it makes. Whoever sends the same words to the same address again is led
to what they made; whatever else they send in between ends that, so that what was taken away can be made anew.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from marketplace.faces.ask import Ask
from marketplace.kit.idempotency import forget_last, keep_answer, take_last
from marketplace.web.keeping import typed_in

AGAIN = timedelta(hours=1)
"""Later than that the same words are meant anew."""
TWICE = "You sent this twice, and it was done once."
SEEN = 303


def once(function: Callable[..., Any], goto: type[Any]) -> Callable[..., Any]:
    """The function of a form, done once; `goto` makes the answer that leads to what was made before."""

    def do(ask: Ask, **parameters: Any) -> Any:
        who = _sender(ask)
        if not who:
            return function(ask, **parameters)
        asked, last = _digest(ask), take_last(ask.db, **who, at=ask.at)
        if last.status and last.asked == asked and ask.at - last.at < AGAIN:
            return goto(last.headers["location"], told=f"{TWICE} {last.body}".strip())
        answer = function(ask, **parameters)
        if isinstance(answer, goto):
            last.asked, last.at = asked, ask.at
            keep_answer(last, status=SEEN, headers={"location": answer.path}, body=answer.told)
        return answer

    return do


def afresh(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of any other form: what was sent before it is not sent twice in a row any more."""

    def do(ask: Ask, **parameters: Any) -> Any:
        if who := _sender(ask):
            forget_last(ask.db, **who)
        return function(ask, **parameters)

    return do


def _sender(ask: Ask) -> dict[str, Any]:
    if ask.actor is None or ask.actor.organisation_id is None or ask.actor.person_id is None:
        return {}
    return {"organisation_id": ask.actor.organisation_id, "person_id": ask.actor.person_id}


def _digest(ask: Ask) -> str:
    """Of the address, of every field, and of the bytes of every file."""
    files = []
    for name, uploads in ask.form.uploads.items():
        for upload in uploads:
            files.append([name, upload.name, hashlib.file_digest(upload.stream, "sha256").hexdigest()])  # type: ignore[arg-type]
            upload.stream.seek(0)
    whole = [ask.path, sorted(typed_in(ask.form)), files]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()
