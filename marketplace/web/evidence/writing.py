"""A supplier's studies: the list, writing one down, its results, publishing it."""

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import own_product
from marketplace.evidence.actions.publishing import discard_study, missing_of, publish_study
from marketplace.evidence.actions.writing import add_study, change_study, set_results
from marketplace.evidence.models import Result, Study
from marketplace.evidence.policies import may_change
from marketplace.evidence.queries.content import measured_of
from marketplace.evidence.queries.declared import gap_rules, strength_rules
from marketplace.evidence.queries.studies import studies_of, study_of_product
from marketplace.evidence.schemas import Described, Measured, read_described, read_result
from marketplace.faces.ask import Ask
from marketplace.faces.evidence import vocabulary, with_document
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound, Refusal
from marketplace.kit.text import quote
from marketplace.web.catalogue.description import row_version
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.evidence.filling import labels_of, raw_of, result_form, study_form
from marketplace.web.evidence.showing import result_shown, study_shown

WRITE = Permission.CATALOGUE_WRITE


@page("/listings/{ref:str}/studies", who=WRITE)
def list_studies(ask: Ask, ref: str) -> Page:
    """Every study of a product of one's own: drafts, what is published, what contracts found."""
    product = own_product(ask.db, ref, by=ask.by)
    rows = [
        {
            "shown": study_shown(study, ask.services.frameworks),
            "url": base_of(product, study) if may_change(ask.by, study) else f"/studies/{study.ref}",
            "results": len(study.results),
            "waits": waits_of(ask, study),
        }
        for study in studies_of(ask.db, product.id, by=ask.by)
    ]
    return Page("evidence/studies.html", {"product": product, "rows": rows})


@page("/listings/{ref:str}/studies/new", who=WRITE)
def new_study(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What the study is, in whom, and who stands behind it; results come after."""
    product = own_product(ask.db, ref, by=ask.by)
    return described_page(ask, product, None, refusal)


@post("/listings/{ref:str}/studies/new", who=WRITE, again=new_study, makes=True)
def write_study(ask: Ask, ref: str) -> Goto:
    """Begin the draft, and go on to its results."""
    product = own_product(ask.db, ref, by=ask.by)
    study = add_study(ask.db, product.id, described_of(ask, product), by=ask.by, at=ask.at)
    return Goto(base_of(product, study), told="The draft is kept. Nobody else sees it until you publish it.")


@page("/listings/{ref:str}/studies/{study_ref:str}", who=WRITE)
def look_after_study(ask: Ask, ref: str, study_ref: str, refusal: Refusal | None = None) -> Page:
    """What is still missing, the results, and what can be done now."""
    product, study = own_study(ask, ref, study_ref)
    gaps = gap_rules(ask.services.frameworks)
    missing = missing_of(study, strength_rules(ask.services.frameworks)) if study.state == "draft" else {}
    values = {
        "product": product,
        "study": study_shown(study, ask.services.frameworks),
        "facts": study,
        "base": base_of(product, study),
        "missing": missing,
        "results": [result_shown(result, gaps) for result in study.results],
        "refusal": refusal,
    }
    return Page("evidence/look_after.html", values)


@page("/listings/{ref:str}/studies/{study_ref:str}/description", who=WRITE)
def describe_study(ask: Ask, ref: str, study_ref: str, refusal: Refusal | None = None) -> Page:
    """The fields of a study as they are kept, or as they were typed."""
    product, study = own_study(ask, ref, study_ref)
    return described_page(ask, product, study, refusal)


@post("/listings/{ref:str}/studies/{study_ref:str}/description", who=WRITE, again=describe_study)
def save_description(ask: Ask, ref: str, study_ref: str) -> Goto:
    """Write the study anew; with a reason, where it is published."""
    product, study = own_study(ask, ref, study_ref)
    change_study(
        ask.db, study, described_of(ask, product), reason=ask.form.one("reason"), expected=row_version(ask.form),
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(base_of(product, study), told="The study is kept as you wrote it.")


@page("/listings/{ref:str}/studies/{study_ref:str}/results/new", who=WRITE)
def new_result(ask: Ask, ref: str, study_ref: str, refusal: Refusal | None = None) -> Page:
    """One more thing that was measured."""
    product, study = own_study(ask, ref, study_ref)
    return result_page(ask, product, study, None, refusal)


@post("/listings/{ref:str}/studies/{study_ref:str}/results/new", who=WRITE, again=new_result)
def add_result(ask: Ask, ref: str, study_ref: str) -> Goto:
    """Put a result after those that are there."""
    product, study = own_study(ask, ref, study_ref)
    found = read_result(raw_of(ask.form), vocabulary(ask.services.frameworks))
    return put(ask, product, study, [*there(study), found], f"{found.measure} is kept.")


@page("/listings/{ref:str}/studies/{study_ref:str}/results/{number:int}", who=WRITE)
def show_result(ask: Ask, ref: str, study_ref: str, number: int, refusal: Refusal | None = None) -> Page:
    """A result as it is kept, or as it was typed."""
    product, study = own_study(ask, ref, study_ref)
    return result_page(ask, product, study, result_of(study, number), refusal)


@post("/listings/{ref:str}/studies/{study_ref:str}/results/{number:int}", who=WRITE, again=show_result)
def save_result(ask: Ask, ref: str, study_ref: str, number: int) -> Goto:
    """Write a result anew."""
    product, study = own_study(ask, ref, study_ref)
    place = result_of(study, number).position - 1
    found = read_result(raw_of(ask.form), vocabulary(ask.services.frameworks))
    kept = there(study)
    return put(ask, product, study, [*kept[:place], found, *kept[place + 1 :]], f"{found.measure} is kept.")


@post("/listings/{ref:str}/studies/{study_ref:str}/results/{number:int}/removal", who=WRITE, again=show_result)
def remove_result(ask: Ask, ref: str, study_ref: str, number: int) -> Goto:
    """Take a result away; where the study is published, with a reason that everybody reads."""
    product, study = own_study(ask, ref, study_ref)
    place = result_of(study, number).position - 1
    kept = there(study)
    return put(ask, product, study, [*kept[:place], *kept[place + 1 :]], "The result is removed.")


@post("/listings/{ref:str}/studies/{study_ref:str}/publication", who=WRITE, again=look_after_study)
def publish(ask: Ask, ref: str, study_ref: str) -> Goto:
    """Make the study part of the evidence that everybody reads."""
    product, study = own_study(ask, ref, study_ref)
    rules, is_on_show = strength_rules(ask.services.frameworks), product.live_version_id is not None
    publish_study(ask.db, study, rules, is_on_show=is_on_show, by=ask.by, at=ask.at)
    return Goto(f"/studies/{study.ref}", told="The study is published: everybody reads it now.")


@post("/listings/{ref:str}/studies/{study_ref:str}/abandonment", who=WRITE, again=look_after_study)
def discard(ask: Ask, ref: str, study_ref: str) -> Goto:
    """Throw the draft away."""
    product, study = own_study(ask, ref, study_ref)
    discard_study(ask.db, study, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}/studies", told="The draft is thrown away.")


def own_study(ask: Ask, ref: str, study_ref: str) -> tuple[Product, Study]:
    """A study of one's own product, written by one's own organisation. Raises NotFound for everybody else's."""
    product = own_product(ask.db, ref, by=ask.by)
    study = study_of_product(ask.db, product.id, study_ref, by=ask.by)
    if not may_change(ask.by, study):
        raise NotFound(f"there is no study {quote(study_ref)} of yours", "What a contract found is read on its page.")
    return product, study


def described_of(ask: Ask, product: Product) -> Described:
    """The study as it was typed, with the document chosen for it. Raises Invalid by field."""
    known = vocabulary(ask.services.frameworks)
    described = read_described(raw_of(ask.form), known, on=day_in_london(ask.at))
    return with_document(ask.db, product, described, ask.form.one("document"))


def described_page(ask: Ask, product: Product, study: Study | None, refusal: Refusal | None) -> Page:
    values = {
        "product": product,
        "study": study,
        "to": f"{base_of(product, study)}/description" if study else f"/listings/{product.ref}/studies/new",
        "row_version": study.row_version if study else "",
        "is_published": study is not None and study.state == "published",
        "hints": labels_of(ask.services.frameworks),
        "errors": errors_of(refusal),
        **study_form(ask, product, study),
    }
    return Page("evidence/description.html", values)


def result_page(ask: Ask, product: Product, study: Study, result: Result | None, refusal: Refusal | None) -> Page:
    base = base_of(product, study)
    values = {
        "product": product,
        "study": study,
        "result": result,
        "base": base,
        "to": f"{base}/results/{result.position}" if result else f"{base}/results/new",
        "is_published": study.state == "published",
        "errors": {name.rpartition(".")[2]: text for name, text in errors_of(refusal).items()},
        **result_form(ask, result),
    }
    return Page("evidence/result.html", values)


def put(ask: Ask, product: Product, study: Study, results: list[Measured], told: str) -> Goto:
    """Put the results in place of those that are there; with a reason, where the study is published."""
    set_results(
        ask.db, study, results, reason=ask.form.one("reason"), expected=row_version(ask.form), by=ask.by, at=ask.at
    )
    return Goto(base_of(product, study), told=told)


def there(study: Study) -> list[Measured]:
    """The results as they would come in again."""
    return [measured_of(result) for result in study.results]


def result_of(study: Study, number: int) -> Result:
    """The result of this number. Raises NotFound."""
    found = next((result for result in study.results if result.position == number), None)
    if found is None:
        raise NotFound(f"there is no result {number} in this study", "Its page lists the results.")
    return found


def waits_of(ask: Ask, study: Study) -> str:
    """What waits for whom, of one study."""
    if study.state != "draft":
        return ""
    missing = missing_of(study, strength_rules(ask.services.frameworks))
    return f"Waits for you: {len(missing)} missing" if missing else "Waits for you to publish it"


def base_of(product: Product, study: Study) -> str:
    return f"/listings/{product.ref}/studies/{study.ref}"


ROUTES = [
    list_studies, new_study, write_study, look_after_study, describe_study, save_description, new_result, add_result,
    show_result, save_result, remove_result, publish, discard,
]  # fmt: skip
