"""From a template, facts and values to a text: one tree of clauses, from which every form of the document is made.

What people typed enters as text and is never read as Markdown. A value that is missing leaves a gap that is marked.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from marketplace.contracts.rules.parameters import Values, in_words
from marketplace.frameworks.schema.contracts import Block, Clause, ContractTemplate, Parameter, Run
from marketplace.frameworks.schema.questions import Kind
from marketplace.kit.calendar import in_words as day_in_words
from marketplace.kit.values import Value

FORM = "touchstone-contract-text/1"
ROLES = {"lead": "Lead", "participant": "Participant", "supplier": "Supplier"}
SOURCES = "Where the clauses come from"
Tree = dict[str, Any]


class PartyFacts(Value):
    """A party as the text names it. `weight` is its share among the buyers, 0 for the supplier."""

    ref: str
    name: str
    role: str
    weight: int = 0
    code: str = ""
    town: str = ""


class Facts(Value, kw_only=True):
    """What a text says besides its parameters. `parties` in the order in which they are named, the supplier last."""

    contract: str
    procurement: str
    product: str
    product_ref: str
    product_version: str
    intended_use: str
    certificate: str
    parties: tuple[PartyFacts, ...]
    number: int = 1
    reason: str = ""
    effective_on: date | None = None

    @property
    def buyers(self) -> tuple[PartyFacts, ...]:
        return tuple(party for party in self.parties if party.role != "supplier")

    def named(self, role: str) -> str:
        return next((party.name for party in self.parties if party.role == role), "")


def assemble(template: ContractTemplate, facts: Facts, values: Values) -> Tree:
    """The text as plain data: parties, parameters, and the clauses that stand in it, numbered."""
    standing = conditions(template, values, several=len(facts.buyers) > 1)
    clauses = [clause for clause in template.clauses if not clause.when or standing[clause.when]]
    says = _Words(template, facts, values, standing)
    return {
        "form": FORM,
        "contract": facts.contract,
        "number": facts.number,
        "title": template.declared.title,
        "notice": template.declared.notice,
        "template": {"id": template.id, "version": template.version, "digest": template.digest},
        "product": {"ref": facts.product_ref, "name": facts.product, "version": facts.product_version},
        "signing": list(template.declared.signing),
        **_signatories(template),
        "reason": facts.reason,
        "effective-on": facts.effective_on.isoformat() if facts.effective_on else "",
        "parties": [
            {"ref": party.ref, "name": party.name, "role": party.role, "weight": party.weight}
            for party in facts.parties
        ],
        "parameters": dict(values),
        "clauses": [says.clause(number, clause) for number, clause in enumerate(clauses, start=1)],
        "sources": _sources(clauses),
    }  # fmt: skip


def _signatories(template: ContractTemplate) -> Tree:
    """As what the people of a party sign, in their order, where several do; nothing where one does for each."""
    several = {role: [one.label for one in people] for role, people in template.declared.signatories.items() if people}
    return {"signatories": several} if several else {}


def conditions(template: ContractTemplate, values: Values, *, several: bool) -> dict[str, bool]:
    """Which conditions hold; `several` where more than one organisation buys. A number that is missing is not 0."""
    return {
        name: all(str(values.get(key)) in wanted for key, wanted in one.chosen.items())
        and all(key not in values or values[key] > least for key, least in one.above.items())
        and all(values.get(key) for key in one.given)
        and one.trusts in ("", "several" if several else "one")
        for name, one in template.conditions.items()
    }


class _Words(Value):
    """What each block says for these facts and values."""

    template: ContractTemplate
    facts: Facts
    values: Values
    standing: Mapping[str, bool]

    def clause(self, number: int, clause: Clause) -> Tree:
        blocks = [block for block in clause.blocks if self._stands(block)]
        return {
            "id": clause.id,
            "number": str(number),
            "version": clause.version,
            "heading": clause.heading,
            "blocks": list(self._numbered(number, blocks)),
        }

    def _stands(self, block: Block) -> bool:
        return (not block.when or self.standing[block.when]) and not (block.unless and self.standing[block.unless])

    def _numbered(self, number: int, blocks: Sequence[Block]) -> Iterator[Tree]:
        counted = 0
        for block in blocks:
            if block.kind == "paragraph":
                counted += 1
                yield {"kind": "paragraph", "number": f"{number}.{counted}", "runs": self._runs(block.runs), "of": ""}
            elif block.kind == "items":
                yield _items([self._runs(item) for item in block.items])
            else:
                yield from self._laid_out(block.names)

    def _runs(self, runs: Sequence[Run]) -> list[Tree]:
        return [self._value(run) if run.names else _run(run.text, run.mark) for run in runs]

    def _value(self, run: Run) -> Tree:
        parameter = self.template.parameters.get(run.names)
        if parameter is None:
            return _run(self._fact(run.names), run.mark)
        if run.names not in self.values:
            return _gap(parameter)
        return _run(in_words(parameter, self.values[run.names]), "value", run.names)

    def _fact(self, name: str) -> str:
        named = {
            "contract": self.facts.contract, "procurement": self.facts.procurement, "lead": self.facts.named("lead"),
            "supplier": self.facts.named("supplier"), "product": self.facts.product,
            "product-version": self.facts.product_version, "certificate": self.facts.certificate,
        }  # fmt: skip
        return named[name]

    def _laid_out(self, name: str) -> list[Tree]:
        if name == "parties":
            return [_parties(self.facts)]
        if name == "shares":
            return [_shares(self.facts)]
        if name == "intended-use":
            return [_quoted(self.facts.intended_use, "")]
        parameter = self.template.parameters[name]
        if name not in self.values:
            return [{"kind": "quoted", "paragraphs": [[_gap(parameter)]], "of": name}]
        return _parameter(parameter, self.values[name])


def _parameter(parameter: Parameter, value: Any) -> list[Tree]:
    if parameter.kind is Kind.TABLE:
        if len(parameter.columns) <= 2:
            return [_quoted(": ".join(_cells(parameter, row)), parameter.id) for row in value]
        return [_record(parameter, row) for row in value]
    if parameter.kind is Kind.LONG_TEXT:
        return [_quoted(value, parameter.id)]
    lines = [parameter.labels.get(line, line) for line in value]
    return [_items([[_run(line, "value", parameter.id)] for line in lines], parameter.id)]


def _cells(parameter: Parameter, row: Mapping[str, Any]) -> list[str]:
    return [in_words(one, row[one.id]) for one in parameter.columns if one.id in row]


def _record(parameter: Parameter, row: Mapping[str, Any]) -> Tree:
    """One row of a wide table as a table of its own: what it is called, and what was agreed."""
    cells = [
        [one.label, in_words(one, row[one.id])] for one in parameter.columns if one.id in row and one.id != "label"
    ]
    return {
        "kind": "table", "caption": str(row.get("label", parameter.label)), "head": ["Point", "As agreed"],
        "rows": cells, "of": parameter.id,
    }  # fmt: skip


def _parties(facts: Facts) -> Tree:
    rows = [[party.name, ROLES[party.role], party.code, party.town] for party in facts.parties]
    return _table("The parties", ["Organisation", "Role", "Register code", "Place"], rows)


def _shares(facts: Facts) -> Tree:
    total = sum(party.weight for party in facts.buyers)
    rows = [
        [party.name, f"{party.weight} of {total}", _percent(Fraction(party.weight, total))] for party in facts.buyers
    ]
    return _table("Shares of the trusts", ["Organisation", "Weight", "Share, rounded for reading"], rows)


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.2f}".rstrip("0").rstrip(".") + "%"


def _table(caption: str, head: list[str], rows: list[list[str]]) -> Tree:
    return {"kind": "table", "caption": caption, "head": head, "rows": rows, "of": ""}


def _sources(clauses: Sequence[Clause]) -> Tree:
    """Which version of which clause stands where, and what it rests on."""
    rows = [
        [str(number), f"{one.id}, version {one.version}", _source(one)] for number, one in enumerate(clauses, start=1)
    ]
    return _table(SOURCES, ["Clause", "Id and version", "Source"], rows)


def _source(clause: Clause) -> str:
    source = clause.source
    named = f"{source.document}, {source.section}" if source.section else source.document
    return f"{named} ({source.mark})" if source.mark else named


def _quoted(text: str, name: str) -> Tree:
    lines = [line.strip() for line in text.split("\n") if line.strip()] or ["Not stated."]
    return {"kind": "quoted", "paragraphs": [[_run(line, "value", name)] for line in lines], "of": name}


def _items(items: list[list[Tree]], name: str = "") -> Tree:
    marked = [{"label": f"({_letters(at)})", "runs": runs} for at, runs in enumerate(items)]
    return {"kind": "items", "items": marked, "of": name}


def _letters(at: int) -> str:
    """a to z, then aa."""
    return chr(97 + at) if at < 26 else _letters(at // 26 - 1) + _letters(at % 26)


def _run(text: str, mark: str = "", name: str = "") -> Tree:
    return {"text": text, "mark": mark, "of": name}


def _gap(parameter: Parameter) -> Tree:
    return _run(f"[{parameter.label}: to be filled in]", "gap", parameter.id)


def term_in_words(starts_on: date | None, ends_on: date | None) -> str:
    """ "1 May 2027 to 31 January 2028"."""
    return f"{day_in_words(starts_on)} to {day_in_words(ends_on)}" if starts_on and ends_on else "not fixed yet"
