"""What people say in a project, what they ask of one another, and who hears of it."""

import pytest

from marketplace.identity.rules.remarks import mentioned
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.procurement import events, subscribers
from marketplace.procurement.actions.comments import finish, say
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.queries.comments import comments_of, find_comment
from tests.procurement.test_hearing import heard, titles


def test_a_colleague_hears_that_they_are_named_and_who_starts_does_not(db, project, buyer, other_buyer, now):
    seat = add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    for person, organisation in ((seat.person_id, seat.organisation_id), (buyer.person_id, buyer.organisation_id)):
        event = events.ColleagueAdded(
            project_id=project.id, person_id=person, organisation_id=organisation, access="read"
        )
        subscribers.tells_colleagues(db, heard(event, at=now, key=str(person), by=buyer))

    assert titles(db, other_buyer, "project") == ["You are on the project Ambient scribing, winter 2026"]
    assert titles(db, buyer, "project") == []


def test_a_private_comment_is_for_ones_own_organisation(db, project, buyer, other_buyer, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    say(db, project, words="Our budget is 90,000.", is_private=True, by=buyer, at=now)
    say(db, project, words="Shall we visit?", is_private=False, by=buyer, at=now)
    say(db, project, words="We would pay half.", is_private=True, by=other_buyer, at=now)
    db.flush()

    assert [comment.words for comment in comments_of(db, project, by=buyer)] == [
        "Our budget is 90,000.", "Shall we visit?",
    ]  # fmt: skip
    theirs = comments_of(db, project, by=other_buyer)
    assert [comment.words for comment in theirs] == ["Shall we visit?", "We would pay half."]
    with pytest.raises(NotFound):
        find_comment(db, project, theirs[1].id, by=buyer)


def test_what_is_asked_of_somebody_is_told_and_done_once(db, project, buyer, other_buyer, now):
    seat = add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    with pytest.raises(Invalid) as refused:
        say(db, project, words="Look.", is_private=True, assigned_to_id=seat.person_id, by=buyer, at=now)
    assert "cannot read" in refused.value.fields["assigned_to"]

    comment = say(db, project, words="Look.", is_private=False, assigned_to_id=seat.person_id, by=buyer, at=now)
    db.flush()
    event = events.CommentMade(
        project_id=project.id, comment_id=comment.id, organisation_id=buyer.organisation_id, is_private=False,
        assigned_to_id=seat.person_id,
    )  # fmt: skip
    subscribers.tells_who_is_asked(db, heard(event, at=now, by=buyer))

    assert titles(db, other_buyer, "task") == ["Grace Okafor asks you in Ambient scribing, winter 2026"]
    finish(db, project, comment, by=other_buyer, at=now)
    with pytest.raises(Conflict):
        finish(db, project, comment, by=buyer, at=now)


def test_a_stranger_comments_on_nothing(db, project, other_buyer, now):
    with pytest.raises(NotAllowed):
        say(db, project, words="Hello.", is_private=False, by=other_buyer, at=now)


def test_an_empty_or_misleading_comment_is_refused(db, project, buyer, now):
    for words in ("", "  ", "a\u202eb", "x" * 4_001):
        with pytest.raises(Invalid):
            say(db, project, words=words, is_private=False, by=buyer, at=now)


def test_the_end_of_a_project_is_told_to_all_but_the_one_who_ended_it(db, project, buyer, other_buyer, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    event = events.ProjectClosed(project_id=project.id, reason="No money.")

    subscribers.tells_the_end(db, heard(event, at=now, by=buyer))

    assert titles(db, other_buyer, "project") == ["Ambient scribing, winter 2026: closed"]
    assert titles(db, buyer, "project") == []


def test_who_is_named_behind_an_at_sign_hears_of_it_if_they_can_read_it(db, project, buyer, other_buyer, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    for is_private in (True, False):
        comment = say(db, project, words="Ask @Tom  Bevan, not @Grace.", is_private=is_private, by=buyer, at=now)
        db.flush()
        event = events.CommentMade(
            project_id=project.id, comment_id=comment.id, organisation_id=buyer.organisation_id, is_private=is_private
        )
        subscribers.tells_who_is_asked(db, heard(event, at=now, key=f"delivery {is_private}", by=buyer))

    told = [title for title in titles(db, other_buyer, "project") if "mentions" in title]
    assert told == ["Grace Okafor mentions you in Ambient scribing, winter 2026"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("@tom bevan", [1]),
        ("Tom Bevan", []),
        ("@Tom Bevans", []),
        ("@Tom Bevan, @Ann (x)", [1, 2]),
        ("@", []),
        ("", []),
    ],
)
def test_a_mention_is_a_whole_name_behind_an_at_sign(words, named):
    assert mentioned(words, {1: "Tom Bevan", 2: "Ann (x)", 3: ""}) == named
