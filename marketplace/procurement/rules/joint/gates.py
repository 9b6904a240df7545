"""What stands in the way of a move: every reason at once, each with where it is put right."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from marketplace.frameworks.schema.procedures import Procedure
from marketplace.kit.values import Value
from marketplace.procurement.rules.joint.approvals import NOT_ASKED, REFUSED, Holding
from marketplace.procurement.rules.joint.terms import PROTOCOL, Change, Terms

ORDER = ("open", "settle", "run")
LONGEST_DAYS = 5 * 366
"""A pilot longer than five years is no pilot."""


class Blocker(Value):
    """One reason: the fact, what to do, and the tab where it is done. `ref` names the party that it is about."""

    fact: str
    hint: str
    tab: str
    ref: str = ""


class Assured(Value):
    """What the certificate of the version comes to for the parties: `accepted` by reference, None while undecided.

    `suspended` is why the product's listing is suspended, empty where it is not.
    """

    certificate_ref: str = ""
    until: date | None = None
    accepted: Mapping[str, bool | None] | None = None
    suspended: str = ""


class Standing(Value):
    """Where one party stands: asked or joined, what it said yes to, its approvals, what is ready at its site."""

    ref: str
    name: str
    state: str
    changes: Sequence[Change]
    approvals: Mapping[str, Holding]
    ready: int = 0
    to_make_ready: int = 0


def blocks_opening(procedure: Procedure, terms: Terms, *, on: date) -> list[Blocker]:
    """Why it cannot be opened yet: what the protocol leaves out, days that do not fit, shares not given."""
    return [*_missing(procedure, terms, "open"), *_days(terms, on), *_shares(terms)]


def blocks_settling(
    procedure: Procedure, terms: Terms, standings: Sequence[Standing], assured: Assured, *, fewest: int, on: date
) -> list[Blocker]:
    """Why it cannot be settled yet. Empty: everybody said yes to the same terms, and approved them."""
    return [
        *_missing(procedure, terms, "settle"),
        *_days(terms, on),
        *_shares(terms),
        *_quorum(procedure, standings, fewest),
        *_yes(standings),
        *_approvals(procedure, standings, "settle"),
        *_assurance(standings, assured),
    ]


def blocks_running(
    procedure: Procedure, terms: Terms, standings: Sequence[Standing], assured: Assured, *, fewest: int, on: date
) -> list[Blocker]:
    """Why it cannot run: what blocks settling, the approvals that come later, and sites that are not ready."""
    waiting = [one for one in standings if one.ready < one.to_make_ready]
    sites = [
        Blocker(
            f"{one.to_make_ready - one.ready} of {one.to_make_ready} things are not ready at {one.name}",
            "Their owners tick them off.", "readiness", one.ref,
        )
        for one in waiting
    ]  # fmt: skip
    later = [*_missing(procedure, terms, "run"), *_approvals(procedure, standings, "run")]
    return [*blocks_settling(procedure, terms, standings, assured, fewest=fewest, on=on), *later, *sites]


def _missing(procedure: Procedure, terms: Terms, before: str) -> list[Blocker]:
    return [
        Blocker(f"{each.label} is not written down", each.hint, "protocol")
        for each in procedure.requires
        if each.before == before and not _given(terms, each.field)
    ]


def _given(terms: Terms, name: str) -> bool:
    return terms.ceiling_pence is not None if name == "fee-ceiling" else bool(terms.protocol.get(name, "").strip())


def _days(terms: Terms, on: date) -> list[Blocker]:
    starts, ends = (_day(terms.protocol.get(name, "")) for name in ("starts-on", "ends-on"))
    found = []
    if ends is not None and ends < on:
        found.append(Blocker("the last day is over", "Give a later one.", "protocol"))
    if starts is not None and ends is not None and (ends < starts or (ends - starts).days > LONGEST_DAYS):
        found.append(Blocker("the last day does not fit the first", "A pilot lasts a day to five years.", "protocol"))
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _shares(terms: Terms) -> list[Blocker]:
    if terms.weights and all(terms.weights.values()):
        return []
    return [Blocker("a party has no share yet", "Give every party its share, as per cent or as parts.", "parties")]


def _quorum(procedure: Procedure, standings: Sequence[Standing], fewest: int) -> Iterable[Blocker]:
    joined = [one for one in standings if one.state == "joined"]
    needed = max(procedure.quorum.fewest, fewest)
    if len(joined) < needed:
        fact = f"{len(joined)} of at least {needed} have joined"
        yield Blocker(fact, "Wait for the others, or ask for fewer in the protocol.", "parties")
    if procedure.quorum.everybody_answers:
        for one in standings:
            if one.state == "invited":
                hint = "Its authorised signatory joins or declines; the lead can also take the invitation back."
                yield Blocker(f"{one.name} has not answered", hint, "parties", one.ref)


def _yes(standings: Sequence[Standing]) -> Iterable[Blocker]:
    for one in standings:
        if one.state == "joined" and one.changes:
            told = "; ".join(change.words for change in one.changes)
            fact = f"{one.name} said yes to other terms"
            yield Blocker(fact, f"Its authorised signatory confirms again: {told}.", "parties", one.ref)


def _approvals(procedure: Procedure, standings: Sequence[Standing], before: str) -> Iterable[Blocker]:
    for one in standings:
        for declared in procedure.approvals:
            held = one.approvals.get(declared.id, Holding(NOT_ASKED))
            if declared.before == before and one.state == "joined" and not held.holds:
                what = "refused" if held.state == REFUSED else "not approved"
                fact = f"{declared.label} is {what} at {one.name}"
                yield Blocker(
                    fact, f"It is for the {declared.who[:1].lower()}{declared.who[1:]} there.", "approvals", one.ref
                )


def _assurance(standings: Sequence[Standing], assured: Assured) -> Iterable[Blocker]:
    if assured.suspended:
        hint = "It is bought again when a moderator puts the listing back."
        yield Blocker(f"the product's listing is suspended: {assured.suspended.rstrip('.')}", hint, "approvals")
    if not assured.certificate_ref:
        yield Blocker(
            "no certificate is in force for this version of the product",
            "The supplier has it assured first, or the pilot takes another version.", "approvals",
        )  # fmt: skip
        return
    for one in standings:
        decided = (assured.accepted or {}).get(one.ref)
        if one.state == "joined" and not decided:
            did = "has not decided whether to reuse" if decided is None else "does not reuse"
            hint = "It accepts what was assured once, on one page, and does only its own part."
            yield Blocker(f"{one.name} {did} the certificate {assured.certificate_ref}", hint, "approvals", one.ref)


def protocol_of(parts: Mapping[str, str]) -> dict[str, str]:
    """The parts of a protocol in their order, those that are not given left empty."""
    return {part: parts.get(part, "") for part in PROTOCOL}
