"""What the studies of one measure come to, at three depths: a sentence and a picture, a page, and the whole table."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.catalogue.models import Product
from marketplace.evidence.models import KeptSynthesis, Study
from marketplace.evidence.queries.claims import claims_of
from marketplace.evidence.queries.declared import designs, gap_rules, label_of, pooling_rules, strength_rules
from marketplace.evidence.queries.studies import studies_of
from marketplace.evidence.queries.syntheses import kept_of, kept_on, plain_of
from marketplace.evidence.rules.effects import INDEPENDENCE
from marketplace.evidence.rules.pooling import FUNNEL_FROM
from marketplace.evidence.rules.telling import NOTHING, VERDICTS, measure_key, number
from marketplace.evidence.rules.versions import OTHER, SAME, SAME_MODEL, UNKNOWN
from marketplace.faces.ask import Ask
from marketplace.faces.syntheses import syntheses_of
from marketplace.kit.calendar import hours_of_london, in_words, parse_day
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.web.catalogue.products import live
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.evidence.plots import forest, funnel, sums
from marketplace.web.evidence.tab import whom_of
from marketplace.web.picture import strength_words

DEPTHS = (("", "In a minute"), ("summary", "For a clinician"), ("table", "The whole table"))
FITS = {SAME: "same version", SAME_MODEL: "same model", OTHER: "another version", UNKNOWN: "not compared"}
WARNING = "Fewer than ten studies: a funnel of so few says little about what was left unpublished."


class Asked(Value):
    """The synthesis that a page is about. `kept` is the one of a day in the past, None for what holds now."""

    product: Product
    key: str
    found: Mapping[str, Any]
    kept: KeptSynthesis | None
    history: Sequence[KeptSynthesis]

    @property
    def base(self) -> str:
        return f"/products/{self.product.ref}/evidence/measures/{self.key}"

    @property
    def body(self) -> Mapping[str, Any] | None:
        bodies: Sequence[Mapping[str, Any]] = self.found.get("bodies", [])
        return bodies[0] if bodies else None


@page("/products/{ref:str}/evidence/measures/{key:str}", who=PUBLIC)
def show_glance(ask: Ask, ref: str, key: str) -> Page:
    """A sentence and a picture: what is known, how sure, and what is not known."""
    asked = synthesis_asked(ask, ref, key)
    return Page("evidence/synthesis.html", {**over_all(ask, asked, ""), **pictures(ask, asked)}, shared=True)


@page("/products/{ref:str}/evidence/measures/{key:str}/summary", who=PUBLIC)
def show_summary(ask: Ask, ref: str, key: str) -> Page:
    """A page for a clinician: what it comes to for 1,000, in whom, who stands behind it, and what is not known."""
    asked = synthesis_asked(ask, ref, key)
    studies = counted(ask, asked)
    values = {
        **over_all(ask, asked, "summary"),
        "absolute": absolute_shown(asked),
        "thousand": thousand_of(asked),
        "whom": [whom_of(study, ask.services.frameworks) for study in studies],
        "subsets": asked.body["subsets"] if asked.body else [],
        "subset_plot": subset_plot(asked),
    }
    return Page("evidence/synthesis_summary.html", values, shared=True)


@page("/products/{ref:str}/evidence/measures/{key:str}/table", who=PUBLIC)
def show_table(ask: Ask, ref: str, key: str) -> Page:
    """Everything to the last number: each sum with its models, without each study, one by one, and what stays out."""
    asked = synthesis_asked(ask, ref, key)
    values = {
        **over_all(ask, asked, "table"),
        "bodies": [body_shown(ask, asked.found, body) for body in asked.found.get("bodies", [])],
    }
    return Page("evidence/synthesis_table.html", values, shared=True)


def synthesis_asked(ask: Ask, ref: str, key: str) -> Asked:
    """The synthesis as it is, or as it was on the day that is asked for. Raises NotFound."""
    product, _ = live(ask, ref)
    history = kept_of(ask.db, product.id, key)
    day = ask.query.one("on")
    if day:
        moment = hours_of_london(parse_day(day))[1]
        kept = kept_on(ask.db, product.id, key, by=moment, day=day)
        return Asked(product, key, kept.content, kept, history)
    found = syntheses_of(ask.db, ask.services.frameworks, product.id).get(key)
    if found is None and not history:
        fact = f"no study of {product.name} measured {quote(key)}"
        raise NotFound(fact, "The Evidence tab of the product lists what was measured.")
    return Asked(product, key, plain_of(found), None, history)


def over_all(ask: Ask, asked: Asked, depth: str) -> dict[str, Any]:
    """What every depth says: the sentence, how sure, who stands behind it, what is not known, and what was before."""
    found, frameworks = asked.found, ask.services.frameworks
    rules, words = strength_rules(frameworks), strength_words(frameworks)
    level = rules.at_level[found.get("level", 0)]
    on = f"?on={ask.query.one('on')}" if asked.kept else ""
    return {
        "product": {"name": asked.product.name, "url": f"/products/{asked.product.ref}"},
        "measure": found.get("measure") or asked.history[0].measure,
        "found": found,
        "sentence": found.get("sentence", NOTHING),
        "verdict": VERDICTS.get(found.get("direction", ""), ""),
        "level": level.level,
        "level_word": words[level.id] if level.level else "Not graded",
        "level_says": level.says if level.level else "Its designs measure no effect that is compared.",
        "depths": [
            {"label": label, "url": f"{asked.base}{'/' * bool(name)}{name}{on}", "current": name == depth}
            for name, label in DEPTHS
        ],
        "unknown": [each for each in pooling_rules(frameworks).unknowns if each.id in found.get("unknown", [])],
        "missing_groups": gap_rules(frameworks).groups if "groups" in found.get("unknown", []) else (),
        "left": found.get("left", []),
        "as_of": in_words(ask_day(ask)) if asked.kept else "",
        "now_url": asked.base,
        "history": [history_shown(each, asked) for each in asked.history],
        "claims": claims_shown(ask, asked),
        "pooling": pooling_rules(frameworks),
        "is_demonstration": asked.product.is_demonstration,
    }  # fmt: skip


def pictures(ask: Ask, asked: Asked) -> dict[str, Any]:
    """The plot of the first sum, if there is one."""
    body = asked.body
    return {
        "body": body,
        "plot": forest(asked.found, body, lambda row: note_of(ask, row)) if body else None,
        "theirs": sum(not row["is_independent"] for row in body["rows"]) if body else 0,
    }


def body_shown(ask: Ask, found: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """One sum with every plot that belongs to it."""
    count = body["total"]["count"]
    return {
        "body": body,
        "forest": forest(found, body, lambda row: note_of(ask, row)),
        "models": sums(found, body["models"], "The same studies by each model", "Model", ""),
        "subsets": sums(found, body["subsets"], "Of those alone that nothing is held against", "Studies", ""),
        "without": sums(found, body["without_each"], "Without each study in turn", "Left out", "Without "),
        "steps": sums(found, body["one_by_one"], "As studies came in", "Added", ""),
        "funnel": funnel(found, body, WARNING if count < FUNNEL_FROM else ""),
        "p": f"{body['q_p']:.4f}", "q": f"{body['q']:.2f}",
        "tau2": number(body["total"]["tau2"], 4), "i2": f"{body['total']['i2']:.1f}",
    }  # fmt: skip


def note_of(ask: Ask, row: Mapping[str, Any]) -> str:
    """What stands beside a study in a plot: its design, how many, which version, and who stands behind it."""
    people = f"{row['participants']:,} people or cases" if row["participants"] is not None else ""
    fit = FITS.get(row["fit"], "")
    behind = INDEPENDENCE[row["independence"]].lower()
    design = label_of(designs(ask.services.frameworks), row["design"])
    version = f"version {row['version']}{f' ({fit})' if fit else ''}"
    contract = "under contract" if row["contract_ref"] else ""
    return ", ".join(filter(None, (design, people, row["at_time"], version, contract, behind)))


def absolute_shown(asked: Asked) -> list[dict[str, str]]:
    """What the first sum comes to for 1,000, in whole cases."""
    body = asked.body
    return [
        {
            "without": whole(row["without"]) if row["without"] is not None else "not reported",
            "with_it": whole(row["with_it"]) if row["with_it"] is not None else "not reported",
            "difference": fewer(row["fewer"]),
            "between": f"{fewer(row['fewest'])} to {fewer(row['most'])}",
            "needed": f"1 in {row['needed']:,}" if row["needed"] else "none",
            "how": "an example" if row["is_example"] else "measured",
        }
        for row in (body["absolute"] if body else [])
    ]


def thousand_of(asked: Asked) -> str:
    """What a difference that is no share of cases comes to over 1,000: "over 1,000 consultations, 52 hours less"."""
    body, found = asked.body, asked.found
    if body is None or found["effect"] != "difference" or body["absolute"]:
        return ""
    each = found["measure"].rpartition(" per ")[2] if " per " in found["measure"] else "case"
    total, unit = body["total"], found["unit"]
    factor, unit = (1000 / 60, "hours") if unit.casefold() == "minutes" else (1000, unit)
    amounts = [total[name] * factor for name in ("estimate", "low", "high")]
    told = [f"{number(abs(amount))} {'less' if amount < 0 else 'more'}" for amount in amounts]
    return f"Over 1,000 of each {each}: {told[0]} in {unit or 'all'} (95% {told[1]} to {told[2]})."


def fewer(value: float) -> str:
    """How many fewer of 1,000, or more."""
    return f"{whole(abs(value))} {'fewer' if value >= 0 else 'more'}"


def whole(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:,.1f}"


def subset_plot(asked: Asked) -> Any:
    body = asked.body
    if body is None:
        return None
    listed = [body["total"], *body["subsets"]]
    return sums(asked.found, listed, "The sum again, of those alone that nothing is held against", "Studies", "")


def counted(ask: Ask, asked: Asked) -> list[Study]:
    """The published studies behind the synthesis."""
    refs = {row["ref"] for body in asked.found.get("bodies", []) for row in body["rows"]}
    refs |= {each["ref"] for each in asked.found.get("left", [])}
    return [study for study in studies_of(ask.db, asked.product.id, by=None) if study.ref in refs]


def claims_shown(ask: Ask, asked: Asked) -> list[dict[str, str]]:
    """The claims of the product that are about this measure."""
    found = claims_of(ask.db, [asked.product.id], by=None)
    return [{"words": one.words, "url": f"/claims/{one.ref}"} for one in found if measure_key(one.measure) == asked.key]


def history_shown(kept: KeptSynthesis, asked: Asked) -> dict[str, Any]:
    """What was known by a day, as a line with its link."""
    day = f"{kept.at:%Y-%m-%d}"
    return {"at": kept.at, "title": kept.sentence, "text": f"{kept.because}.", "url": f"{asked.base}?on={day}"}


def ask_day(ask: Ask) -> date:
    return parse_day(ask.query.one("on"))


ROUTES = [show_glance, show_summary, show_table]
