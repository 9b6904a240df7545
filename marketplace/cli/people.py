"""`token`: a key for programs, made for a person from the command line, as the person could under Account."""

from argparse import ArgumentParser, Namespace, _SubParsersAction
from datetime import timedelta

from sqlalchemy import select

from marketplace.cli.output import tell
from marketplace.identity.actions.tokens import make_token
from marketplace.identity.models import Person
from marketplace.identity.queries import actor_for, memberships_of
from marketplace.kit.errors import Invalid, NotFound
from marketplace.settings import Settings
from marketplace.wiring import services_from

LIFE = timedelta(days=90)


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    command = commands.add_parser("token", help="make a key for programs for a person; it is shown once")
    command.add_argument("email")
    command.add_argument("--name", default="command line")
    command.add_argument(
        "--organisation", default="", metavar="REF", help="the one to act for; the first one otherwise"
    )
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """A key with everything that the person's roles allow there, for 90 days. Raises NotFound, Invalid."""
    services = services_from(Settings())
    now = services.clock()
    with services.database.writing() as db:
        person = db.scalars(select(Person).where(Person.email == arguments.email)).one_or_none()
        if person is None:
            raise NotFound(f"nobody has the address {arguments.email}", "Check its spelling.")
        held = [one.organisation for one in memberships_of(db, person.id)]
        wanted = [one for one in held if arguments.organisation in ("", one.ref)]
        if not wanted:
            raise Invalid(f"{person.name} does not act for {arguments.organisation or 'anybody'}", "Name another.")
        actor = actor_for(db, person, wanted[0], on=now.date())
        _, secret = make_token(
            db,
            name=arguments.name,
            scopes=sorted(actor.permissions),
            expires_on=(now + LIFE).date(),
            by=actor,
            at=now,
        )
    tell(secret, {"token": secret, "organisation": actor.organisation_ref}, as_json=arguments.json)
    return 0
