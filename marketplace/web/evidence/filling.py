"""The forms of a study and of a result: what fills their fields, as kept or as typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import attachments_of
from marketplace.evidence.models import Result, Study
from marketplace.evidence.queries.content import DESCRIBED
from marketplace.evidence.queries.declared import care_settings, countries, designs, gap_rules, patient_groups
from marketplace.evidence.rules.effects import BETTER, BLINDING, EFFECTS, FUNDERS, KINDS
from marketplace.evidence.rules.gaps import group_of
from marketplace.evidence.schemas.studies import ARM, ARMS, ESTIMAND
from marketplace.faces.ask import Ask, Values
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.base import Option
from marketplace.web.catalogue.declaring import day_typed

DAYS = ("began_on", "ended_on")
SEVERAL = ("settings", "populations")
YES_NO = ({"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"})
RESULT = (
    "measure", "role", "unit", "better", "effect", "estimate", "low", "high", "participants", "at_time", "group",
    "group_words", "interpretation", "measure_id", "standard_error",
)  # fmt: skip
ARM_FIELDS = [f"{arm}_{name}" for arm in ARMS for name in ARM]
STUDY = [*(name for name in DESCRIBED if name != "estimand"), *(f"estimand_{part}" for part in ESTIMAND)]
"""The fields of a study as its form names them."""


def study_form(ask: Ask, product: Product, study: Study | None) -> dict[str, Any]:
    """The fields of a study with their options, as typed where the form comes back."""
    frameworks = ask.services.frameworks
    return {
        "typed": study_typed(ask.form) if ask.form else study_kept(ask, study),
        "kinds": options_of(KINDS),
        "designs": offered(designs(frameworks)),
        "countries": offered(countries(frameworks)),
        "settings": offered(care_settings(frameworks)),
        "populations": offered(patient_groups(frameworks)),
        "yes_no": YES_NO,
        "blindings": options_of(BLINDING),
        "funders": options_of(FUNDERS),
        "estimand": ESTIMAND,
        "documents": [{"value": str(one.id), "label": one.name} for one in attachments_of(ask.db, product.id)],
        "on_sale": product.live_version.number if product.live_version else "",
    }


def study_typed(form: Values) -> dict[str, Any]:
    """Every field as it was typed."""
    days = {name: day_typed(form, name) or "" for name in DAYS}
    several = {name: form.all(name) for name in SEVERAL}
    return {**{name: form.one(name) for name in (*STUDY, "document", "reason")}, **days, **several}


def study_kept(ask: Ask, study: Study | None) -> dict[str, Any]:
    """Every field as it is kept; blank for a new one."""
    blank = dict.fromkeys((*STUDY, "document", "reason"), "")
    if study is None:
        return {**blank, "country": "gb"}
    kept = {name: _as_typed(getattr(study, name)) for name in DESCRIBED if name != "estimand"}
    kept |= {f"estimand_{part}": words for part, words in study.estimand.items()}
    documents = attachments_of(ask.db, study.product_id) if study.document_digest else []
    chosen = next((str(one.id) for one in documents if one.digest == study.document_digest), "")
    return {**blank, **kept, "document": chosen}


def result_form(ask: Ask, result: Result | None) -> dict[str, Any]:
    """The fields of a result with their options, as typed where the form comes back."""
    gaps = gap_rules(ask.services.frameworks)
    return {
        "typed": {name: ask.form.one(name) for name in (*RESULT, *ARM_FIELDS, "reason")}
        if ask.form
        else result_kept(result),
        "roles": [{"value": role.id, "label": role.label} for role in gaps.roles],
        "groups": [{"value": group.id, "label": group.label} for group in gaps.groups],
        "better": options_of(BETTER),
        "effects": options_of(EFFECTS),
    }


def result_kept(result: Result | None) -> dict[str, Any]:
    """The fields of a result as they are kept; blank for a new one."""
    blank = dict.fromkeys((*RESULT, *ARM_FIELDS, "reason"), "")
    if result is None:
        return {**blank, "role": "effectiveness", "effect": "difference"}
    kept = {name: _as_typed(getattr(result, name)) for name in RESULT if not name.startswith("group")}
    for arm, told in zip(ARMS, result.arms, strict=False):
        kept |= {f"{arm}_{name}": value for name, value in told.items()}
    group = group_of(result.subgroup)
    return {**blank, **kept, "group": group, "group_words": result.subgroup.partition(":")[2].strip() if group else ""}


def raw_of(form: Values) -> dict[str, str]:
    """Every field that was sent, as the schemas read it: several choices with commas between them."""
    sent = {name: values for name, values in form.items().items() if values}
    return {name: ",".join(values) if name in SEVERAL else values[0] for name, values in sent.items()}


def options_of(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": key, "label": label} for key, label in labels.items()]


def offered(options: Sequence[Option]) -> list[dict[str, str]]:
    """The options that can still be chosen."""
    return [{"value": each.id, "label": each.label} for each in options if not each.retired]


def labels_of(frameworks: Frameworks) -> dict[str, str]:
    """The designs with what each means, for those who choose."""
    return {option.label: option.hint for option in designs(frameworks) if not option.retired}


def _as_typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value
