"""To which products a framework applies: every condition names questions and answers of the description that exist."""

from collections.abc import Mapping

from marketplace.frameworks.loader.gathering import Gathered
from marketplace.frameworks.loader.resolving import Taxonomies, check_options, check_source
from marketplace.frameworks.schema.assurance import PRODUCT_KIND, AssuranceFile, Condition, Tier
from marketplace.frameworks.schema.base import Option
from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.questions import CHOSEN
from marketplace.kit.errors import Invalid


def check_conditions(
    gathered: Gathered[AssuranceFile], form: Form, kinds: tuple[Option, ...], taxonomies: Taxonomies
) -> None:
    """Every condition and tier names questions of the description, and answers to them. Raises Invalid."""
    file = gathered.value
    parts: dict[str, tuple[Condition | Tier, ...]] = {"applies": file.applies, "tiers": file.tiers}
    for part, rows in parts.items():
        document = next((each for each in reversed(gathered.documents) if part in each.data), gathered.documents[-1])
        for index, row in enumerate(rows):
            _check_row(row, form, kinds, taxonomies, document.at((part, index)))


def _check_row(
    row: Condition | Tier, form: Form, kinds: tuple[Option, ...], taxonomies: Taxonomies, where: str
) -> None:
    if row.source is not None:
        check_source(row.source, taxonomies, where)
    for name, answers in row.when.items():
        if not answers:
            raise Invalid(f"{where}: “{name}” has no answers named", "Name the answers under which it applies.")
        if name == PRODUCT_KIND:
            _check_kinds(answers, {kind.id: kind.label for kind in kinds}, where)
        elif name not in form.questions or form.questions[name].kind not in CHOSEN:
            raise Invalid(
                f"{where}: “{name}” is no question with options of the description of a product",
                f"Name one of catalogue/description.yaml, or {PRODUCT_KIND}.",
            )
        else:
            check_options(form.questions[name], answers, f"{where}: “{name}” names")


def _check_kinds(answers: tuple[str, ...], kinds: Mapping[str, str], where: str) -> None:
    if unknown := set(answers) - kinds.keys():
        raise Invalid(f"{where}: “{min(unknown)}” is no kind of product", f"Use one of {', '.join(kinds)}.")
