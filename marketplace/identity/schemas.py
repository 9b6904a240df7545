"""What comes in about an organisation, checked and cleaned field by field."""

from collections.abc import Callable

from marketplace.frameworks.loader.registers import Listed
from marketplace.identity.policies import KINDS
from marketplace.identity.rules.identifiers import companies_house_number, ods_code, ror_id
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.text import clean_line, clean_text, quote
from marketplace.kit.values import Value, replace

NATIONS = {
    "england": "England",
    "wales": "Wales",
    "scotland": "Scotland",
    "northern-ireland": "Northern Ireland",
    "elsewhere": "Outside the United Kingdom",
}
SIZES = {"micro": "Fewer than 10 people", "small": "10 to 49", "medium": "50 to 249", "large": "250 or more"}
BODIES = {kind: label for kind, label in KINDS.items() if kind not in ("supplier", "operator")}
"""What an operator registers where no register here lists it; companies register themselves."""
LONGEST = {"name": 200, "town": 80, "website": 300, "about": 4_000}


class Details(Value):
    """What an organisation says of itself; empty where it says nothing. Codes are as their registers spell them."""

    kind: str
    name: str
    ods_code: str = ""
    companies_house_number: str = ""
    ror_id: str = ""
    town: str = ""
    nation: str = ""
    size: str = ""
    website: str = ""
    about: str = ""
    email_domains: tuple[str, ...] = ()
    is_demonstration: bool = False


def details_of(listed: Listed) -> Details:
    """An organisation as a register lists it."""
    code = {"ods-code": "ods_code", "ror-id": "ror_id"}[listed.register.identifier]
    details = Details(listed.register.organisation_kind, listed.name, town=listed.town, nation=listed.nation)
    return replace(details, **{code: listed.id})


def checked(details: Details) -> Details:
    """The details cleaned. Raises Invalid that names every field that does not hold."""
    wrong: dict[str, str] = {}
    cleaned = replace(
        details,
        kind=_one_of(details.kind, KINDS, "kind", wrong),
        name=_needed(_line(details.name, "name", wrong), "name", wrong),
        ods_code=_code(details.ods_code, ods_code, "ods_code", wrong),
        companies_house_number=_code(
            details.companies_house_number, companies_house_number, "companies_house_number", wrong
        ),
        ror_id=_code(details.ror_id, ror_id, "ror_id", wrong),
        town=_line(details.town, "town", wrong),
        nation=_one_of(details.nation, NATIONS, "nation", wrong) if details.nation else "",
        size=_one_of(details.size, SIZES, "size", wrong) if details.size else "",
        website=_website(_line(details.website, "website", wrong), wrong),
        about=_tried(lambda: clean_text(details.about, LONGEST["about"]), "about", wrong),
    )
    if wrong:
        raise Invalid("some of this does not hold yet", "Mend what is marked.", fields=wrong)
    return cleaned


def _tried(check: Callable[[], str], field: str, wrong: dict[str, str]) -> str:
    try:
        return check()
    except Refusal as refusal:
        wrong[field] = f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}"
        return ""


def _line(text: str, field: str, wrong: dict[str, str]) -> str:
    return _tried(lambda: clean_line(text, LONGEST[field]), field, wrong)


def _needed(text: str, field: str, wrong: dict[str, str]) -> str:
    if not text:
        wrong.setdefault(field, "Write the name of the organisation.")
    return text


def _code(text: str, check: Callable[[str], str], field: str, wrong: dict[str, str]) -> str:
    return _tried(lambda: check(text), field, wrong) if text.strip() else ""


def _one_of(value: str, options: dict[str, str], field: str, wrong: dict[str, str]) -> str:
    if value not in options:
        wrong[field] = f"{quote(value)} is not one of the choices."
    return value


def _website(text: str, wrong: dict[str, str]) -> str:
    if text and not text.startswith(("https://", "http://")):
        wrong["website"] = f"{quote(text)} is not the address of a website. Begin it with https://."
    return text
