"""Every scene of assurance, in no order. Playing one again does nothing."""

from collections.abc import Iterator
from functools import partial

from marketplace.assurance.actions.keys import Seal
from marketplace.assurance.queries.certificates import DTAC
from marketplace.demonstration.assurance import afterwards, answering, assessing, bodies, conformity, keeping
from marketplace.demonstration.assurance.content import CaseOf, read_assurance
from marketplace.demonstration.assurance.track import Track
from marketplace.demonstration.stage import Scene, Stage


def scenes(stage: Stage, seal: Seal) -> Iterator[Scene]:
    """Each step of each case, and what became of its certificate."""
    declared = read_assurance(stage.content.folder)
    yield from bodies.scenes(stage)
    yield from keeping.scenes(stage, bodies.read_bodies(stage.content.folder))
    yield from conformity.scenes(stage)
    for case_of in declared.cases:
        track = Track(stage, declared, case_of, seal)
        if case_of.framework == DTAC:
            yield from _answered(track)
        if case_of.reaches != "draft":
            yield from _assessed(track)
            yield from _after(track)


def _answered(track: Track) -> Iterator[Scene]:
    at = track.at(-2, 40)
    yield Scene(at, partial(answering.answer_everything, track, at))


def _assessed(track: Track) -> Iterator[Scene]:
    case_of = track.case_of
    at = track.at(0, 80)
    yield Scene(at, partial(answering.send_application, track, at))
    if case_of.reaches == "applied":
        return
    at = track.at(1, 100)
    yield Scene(at, partial(assessing.take, track, "first", case_of.first, at))
    if case_of.reaches == "assigned":
        return
    at = track.at(1, 120)
    yield Scene(at, partial(assessing.open_papers, track, "first", case_of.first, at))
    yield from _asked(track)
    if case_of.reaches == "withdrawn":
        at = track.at(5, 260)
        yield Scene(at, partial(assessing.send_withdrawal, track, at))
    elif case_of.reaches != "clarification":
        at = track.at(5, 160)
        few = case_of.judged if case_of.reaches == "in-assessment" else None
        yield Scene(at, partial(assessing.judge_everything, track, at, few))
        yield from _decided(track)


def _asked(track: Track) -> Iterator[Scene]:
    for place, asked in enumerate(track.case_of.asks):
        at = track.at(2, 130 + place)
        yield Scene(at, partial(assessing.ask, track, asked, at))
        if asked.reply:
            at = track.at(4, 140 + place)
            yield Scene(at, partial(assessing.send_reply, track, asked, at))


def _decided(track: Track) -> Iterator[Scene]:
    case_of = track.case_of
    if case_of.reaches == "in-assessment":
        return
    at = track.at(6, 260)
    yield Scene(at, partial(assessing.send_proposal, track, at))
    if case_of.reaches == "proposed":
        return
    for days, minutes, step in ((7, 280, assessing.take), (7, 300, assessing.open_papers)):
        at = track.at(days, minutes)
        yield Scene(at, partial(step, track, "second", case_of.second, at))
    at = track.at(9, 320)
    yield Scene(at, partial(assessing.send_decision, track, at))


def _after(track: Track) -> Iterator[Scene]:
    case_of: CaseOf = track.case_of
    for then in case_of.then:
        at = track.stage.moment(then.days_ago, 340)
        yield Scene(at, partial(afterwards.turn, track, then, at))
    for renewed in case_of.renews:
        at = track.stage.moment(renewed.days_ago, 60)
        yield Scene(at, partial(afterwards.renew, track, renewed, at))
    for reuse in case_of.reuses:
        at = track.stage.moment(reuse.days_ago, 200)
        yield Scene(at, partial(afterwards.rely, track, reuse, at))
    for reader in case_of.documents:
        at = track.stage.moment(reader.days_ago, 210)
        yield Scene(at, partial(afterwards.read, track, reader, at))
