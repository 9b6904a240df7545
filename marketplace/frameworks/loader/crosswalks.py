"""The maps to other markets, each held against the frameworks and the lines that it names."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from marketplace.frameworks.loader.gathering import Gathered, gather
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.frameworks.schema.crosswalks import Home, Market
from marketplace.frameworks.schema.forms import Form
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

FOLDER, HOME = "crosswalks", "uk"


def crosswalks(
    root: Path, assurance: Mapping[str, AssuranceFramework], form: Form
) -> tuple[Home | None, dict[str, Market]]:
    """The lines at home, and each market by its id. Raises Invalid, naming every fault with its file and line."""
    if not (root / FOLDER / f"{HOME}.yaml").is_file():
        return None, {}
    home = gather(root, FOLDER, Home, leaving=frozenset(_stems(root) - {HOME}))[0]
    markets = gather(root, FOLDER, Market, leaving=frozenset({HOME}))
    faults = [*_faults_of_home(home, assurance)]
    faults += [fault for market in markets for fault in _faults_of(market, home.value, form)]
    if faults:
        raise Invalid("\n".join(faults), "Mend what is named.")
    return home.value, {each.value.id: each.value for each in markets}


def _stems(root: Path) -> set[str]:
    return {path.stem.partition(".")[0] for path in (root / FOLDER).glob("*.yaml")}


def _faults_of_home(home: Gathered[Home], assurance: Mapping[str, AssuranceFramework]) -> Iterator[str]:
    for row in home.value.rows:
        for name, codes in row.criteria.items():
            known = assurance[name].by_code if name in assurance else None
            if known is None:
                yield f"{home.at('rows', row.id)}: there is no framework {quote(name)}"
                continue
            for code in codes:
                if code not in known:
                    yield f"{home.at('rows', row.id)}: {name} has no criterion {code}"


def _faults_of(market: Gathered[Market], home: Home, form: Form) -> Iterator[str]:
    value, document = market.value, market.documents[-1]
    known = {row.id for row in home.rows}
    asked = {each.row for each in value.rows if each.answer != "not-asked"}
    for index, each in enumerate(value.rows):
        if each.row not in known:
            yield f"{document.at(('rows', index))}: {HOME}.yaml has no row {quote(each.row)}"
    if missing := known - {each.row for each in value.rows}:
        yield f"{document.at(('rows',))}: says nothing of {', '.join(sorted(missing))}"
    for index, thing in enumerate(value.things):
        if strange := set(thing.rows) - asked:
            yield f"{document.at(('things', index))}: {', '.join(sorted(strange))} is not asked there"
    if loose := asked - {row for thing in value.things for row in thing.rows}:
        yield f"{document.at(('things',))}: belongs to no thing: {', '.join(sorted(loose))}"
    for index, only in enumerate(value.only_for):
        for name, options in only.when.items():
            question = form.questions.get(name)
            if question is None or set(options) - set(question.labels):
                yield f"{document.at(('only-for', index))}: the description has no such answer to {quote(name)}"
