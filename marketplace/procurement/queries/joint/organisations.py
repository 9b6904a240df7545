"""The organisation that somebody means: by its reference, or by a name that fits one alone."""

from sqlalchemy.orm import Session

from marketplace.identity.models import Organisation
from marketplace.identity.queries.organisations import find_organisation
from marketplace.identity.queries.registers import find_organisations, nearly_called
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import clean_line

NAMED = 5


def organisation_meant(db: Session, text: str) -> Organisation:
    """Raises Invalid for the field `organisation` where nothing, or more than one, fits."""
    wanted = clean_line(text, 200)
    try:
        return find_organisation(db, wanted.upper())
    except NotFound:
        found = find_organisations(db, wanted) if wanted else []
    exact = [each for each in found if each.name.casefold() == wanted.casefold()]
    if len(exact or found) == 1:
        return (exact or found)[0]
    told = "Write its name, or its reference."
    if wanted:
        names = "; ".join(each.name for each in (found or nearly_called(db, wanted))[:NAMED])
        near = f"Near it: {names}." if names else "It signs up first."
        told = f"Several fit: {names}. Write one in full." if found else f"Nothing here has that name. {near}"
    raise Invalid("the organisation was not found", told, fields={"organisation": told})
