"""What became of certificates: suspended, withdrawn, renewed, relied on or not; and who asked to read what."""

from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy.orm import Session

from marketplace.assurance import events
from marketplace.assurance.actions.certificates import (
    reinstate_certificate,
    suspend_certificate,
    withdraw_certificate,
)
from marketplace.assurance.actions.relying import accept_assurance, refuse_assurance
from marketplace.assurance.actions.renewing import ask_renewal, settle_renewal
from marketplace.assurance.queries.certificates import renewals_of, reuse_of
from marketplace.catalogue.actions.requests import ask_document, settle_request
from marketplace.catalogue.queries.products import attachments_of
from marketplace.catalogue.queries.requests import request_of
from marketplace.demonstration.assurance.answering import keep_papers, send
from marketplace.demonstration.assurance.content import PaperOf, ReaderOf, RenewOf, ReuseOf, ThenOf
from marketplace.demonstration.assurance.track import Track
from marketplace.demonstration.stage import happened
from marketplace.kit.calendar import day_in_london

MOVES = {
    "suspend": (suspend_certificate, events.CertificateSuspended),
    "reinstate": (reinstate_certificate, events.CertificateReinstated),
    "withdraw": (withdraw_certificate, events.CertificateWithdrawn),
}
FRESH = 4
"""Days ahead of a renewal at which what is renewed is dated."""


def turn(track: Track, then: ThenOf, at: datetime, db: Session) -> None:
    certificate = track.certificate(db)
    move, told = MOVES[then.move]
    if not happened(db, told, certificate.id):
        move(db, certificate, reason=then.reason, by=track.assessor(db, then.by), at=at)


def renew(track: Track, renewed: RenewOf, at: datetime, db: Session) -> None:
    """Dated parts answered anew with a newer document, asked to count, and confirmed."""
    certificate = track.certificate(db)
    if renewals_of(db, certificate.id):
        return
    product, by = track.product(db), track.writer(db)
    names = [track.framework().by_code[code].question_id for code in renewed.codes]
    day = day_in_london(at) - timedelta(days=FRESH)
    newer = {
        name: [_newer(paper, at) for paper in track.declared.papers if paper.id in track.declared.behind.get(name, ())]
        for name in names
    }
    kept = keep_papers(track.stage, product, chain.from_iterable(newer.values()), by=by, at=at, db=db)
    papers = {name: [kept[paper.file] for paper in behind] for name, behind in newer.items()}
    send(track, product, {}, dict.fromkeys(names, day), papers, at, db)
    assessor = track.assessor(db, track.case_of.first)
    for place, code in enumerate(renewed.codes):
        asked_at = at + timedelta(minutes=10 + place)
        asked = ask_renewal(db, certificate, code, frameworks=track.stage.frameworks, by=by, at=asked_at)
        settle_renewal(
            db, certificate, asked, accepted=True, reason="Seen in the register.", has_no_conflict=True,
            frameworks=track.stage.frameworks, by=assessor, at=asked_at + timedelta(hours=2),
        )  # fmt: skip


def rely(track: Track, reuse: ReuseOf, at: datetime, db: Session) -> None:
    certificate = track.certificate(db)
    by = track.stage.somebody(db, reuse.organisation, "buyer")
    assert by.organisation_id is not None
    if reuse_of(db, by.organisation_id, certificate.id) is not None:
        return
    if reuse.accepts:
        accept_assurance(db, certificate, reason=reuse.reason, frameworks=track.stage.frameworks, by=by, at=at)
    else:
        refuse_assurance(db, certificate, reason=reuse.reason, by=by, at=at)


def read(track: Track, reader: ReaderOf, at: datetime, db: Session) -> None:
    """A document asked for by a buyer, and given."""
    product, by = track.product(db), track.stage.somebody(db, reader.organisation, "buyer")
    document = next(each for each in attachments_of(db, product.id) if each.name == reader.file)
    if request_of(db, document, by) is not None:
        return
    asked = ask_document(db, product, document, words=reader.words, undertaken=False, by=by, at=at)
    settle_request(db, product, asked, granted=True, by=track.writer(db), at=at + timedelta(hours=3))


def _newer(paper: PaperOf, at: datetime) -> PaperOf:
    """The same kind of document of a later year."""
    stem, _, ending = paper.file.rpartition(".")
    words = f"{paper.text}\n\nRenewed on {day_in_london(at)}."
    return paper.model_copy(update={"file": f"{stem}-{at.year}-{at.month:02}.{ending}", "text": words})
