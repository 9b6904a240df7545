"""`token`: a key for programs, as its person could make it under Account. `second-factor`: help for who lost theirs."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cli.output import tell
from marketplace.identity.actions.factors import remove_all_factors
from marketplace.identity.actions.operators import the_operator
from marketplace.identity.actions.tokens import make_token
from marketplace.identity.models import Person
from marketplace.identity.queries import actor_for, memberships_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound
from marketplace.settings import Settings
from marketplace.wiring import services_from

LIFE = timedelta(days=90)


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("token")
    command.add_argument("email", help="the address that the person signs in with")
    command.add_argument("--name", default="command line", help="what its owner sees it called")
    command.add_argument(
        "--organisation", default="", metavar="REF", help="the one to act for; the first one otherwise"
    )
    command.add_argument(
        "--scope", action="append", default=[], metavar="SCOPE",
        help="what it may do, such as project:read; repeat it. All that the person may do otherwise",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=run)
    lost = commands.add_parser("second-factor")
    lost.add_argument("email", help="the address that the person signs in with")
    lost.add_argument("--remove", action="store_true", required=True, help="end every code app, passkey and paper code")
    lost.add_argument("--reason", required=True, help="how you made sure who asks; the person reads it")
    lost.add_argument("--json", action="store_true", help="one JSON document")
    lost.set_defaults(run=run_remove)


def run(arguments: Namespace) -> int:
    """A key with these scopes, or everything that the person's roles allow there, for 90 days.

    Raises NotFound, NotAllowed, Invalid.
    """
    services = services_from(Settings())
    now = services.clock()
    today = day_in_london(now)
    with services.database.writing() as db:
        person = _person(db, arguments.email)
        held = [one.organisation for one in memberships_of(db, person.id)]
        wanted = [one for one in held if arguments.organisation in ("", one.ref)]
        if not wanted:
            raise Invalid(f"{person.name} does not act for {arguments.organisation or 'anybody'}", "Name another.")
        actor = actor_for(db, person, wanted[0], on=today)
        _, secret = make_token(
            db,
            name=arguments.name,
            scopes=arguments.scope or sorted(actor.permissions),
            expires_on=today + LIFE,
            by=actor,
            at=now,
        )
    tell(secret, {"token": secret, "organisation": actor.organisation_ref}, as_json=arguments.json)
    return 0


def run_remove(arguments: Namespace) -> int:
    """Every second factor of a person ends, on the record and by mail to them. Raises NotFound, Invalid."""
    services = services_from(Settings())
    with services.database.writing() as db:
        person = _person(db, arguments.email)
        by = the_operator(db, at=services.clock())
        name, count = person.name, remove_all_factors(db, person, reason=arguments.reason, by=by, at=services.clock())
    told = f"{name} had {count}; a password alone opens the account until another is set up."
    tell(told, {"person": name, "removed": count}, as_json=arguments.json)
    return 0


def _person(db: Session, email: str) -> Person:
    person = db.scalars(select(Person).where(Person.email == email.strip().lower())).one_or_none()
    if person is None:
        raise NotFound(f"nobody has the address {email}", "Write the address that the person signs in with.")
    return person
