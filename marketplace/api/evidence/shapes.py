"""What goes out of studies and what they come to, and what comes in."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, PlainSerializer

from marketplace.api.shapes import In, Line, MoveOut, Out, Text
from marketplace.evidence.schemas import MOST_RESULTS

Exact = Annotated[Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str)]
"""An exact number as text, every digit of it."""
Count = Annotated[int, Field(ge=0, le=10**9)]
Several = Annotated[list[Line], Field(max_length=40)]
Number = Annotated[Decimal, Field(max_digits=27, decimal_places=12, allow_inf_nan=False)]


class GapOut(Out):
    id: str
    label: str
    why: str


class ReasonOut(Out):
    """Why a level was taken off or put on."""

    change: int
    label: str
    domain: str
    mark: str


class GradeOut(Out):
    """How sure one measure is, from 1 to 4; 0 where its design measures no effect."""

    measure: str
    level: int
    start: int
    reasons: list[ReasonOut]


class StepOut(Out):
    """Something to find out next: `claims` are the references of those that ask for it."""

    id: str
    do: str
    template: str
    claims: list[str]


class WholePlanOut(Out):
    """What the claims of a product need together: the highest tier of NICE's framework, empty where nothing is claimed.

    `shown` is how many of `claims` have a study of a design that is asked for.
    """

    tier: str
    standard: str
    shown: int
    claims: int
    next: list[StepOut]


class EvidenceOut(Out):
    """What the evidence of a product comes to. Effects are listed and never added up."""

    product: str
    strength: str
    word: str
    level: int
    studies: int
    independent: int
    real_world: int
    participants: int
    grades: list[GradeOut]
    gaps: list[GapOut]
    groups_missing: list[str]
    plan: WholePlanOut
    items: list["StudyOut"]


class ResultOut(Out):
    """A result: `direction` is better, worse, not-shown, no-interval or described."""

    position: int
    measure: str
    role: str
    unit: str
    better: str
    effect: str
    estimate: Exact
    low: Exact | None
    high: Exact | None
    participants: int | None
    at_time: str
    subgroup: str
    interpretation: str
    measure_id: str
    standard_error: Exact | None
    arms: list[dict[str, str]]
    direction: str


class CorrectionOut(Out):
    number: int
    reason: str
    changed: list[str]
    at: datetime


class StudyOut(Out):
    """A study whole. `version_fit` is same, same-model, other or unknown, beside the version on sale."""

    ref: str
    product_id: UUID
    state: str
    state_reason: str
    title: str
    kind: str
    design: str
    version_number: str
    edition: int | None
    version_fit: str
    version_fit_words: str
    setting: str
    settings: list[str]
    country: str
    population: str
    populations: list[str]
    comparator: str
    participants: int | None
    sites: int | None
    began_on: date | None
    ended_on: date | None
    funder: str
    supplier_funded: bool
    supplier_run: bool
    independence: str
    conflicts: str
    registration: str
    doi: str
    url: str
    summary: str
    plain_summary: str
    document_name: str
    document_digest: str
    site_names: str
    clusters: int | None
    blinding: str
    estimand: dict[str, str]
    funder_kind: str
    protocol: str
    peer_reviewed: bool | None
    contract_ref: str
    owner: str
    is_demonstration: bool
    published_at: datetime | None
    retracted_at: datetime | None
    results: list[ResultOut]
    groups_missing: list[str]
    corrections: list[CorrectionOut]
    moves: list[MoveOut]


class ArmIn(In):
    """One of the two groups that a result compares, that with the product first."""

    label: Line = ""
    n: Count | None = None
    events: Count | None = None
    mean: Number | None = None
    sd: Number | None = None


class EstimandIn(In):
    """The five parts of ICH E9(R1), in words."""

    treatment: Line = ""
    population: Line = ""
    variable: Line = ""
    events: Line = ""
    summary: Line = ""


class ResultIn(In):
    """A result, good or bad. `low` and `high` bound the 95 % interval; `group` and `group_words` name a subgroup."""

    measure: Line
    better: Literal["higher", "lower"]
    effect: Literal["difference", "ratio", "proportion", "mean"]
    estimate: Number
    low: Number | None = None
    high: Number | None = None
    unit: Line = ""
    role: Line = "effectiveness"
    participants: Count | None = None
    at_time: Line = ""
    group: Line = ""
    group_words: Line = ""
    interpretation: Text = ""
    measure_id: Line = ""
    standard_error: Number | None = None
    arms: Annotated[list[ArmIn], Field(max_length=2)] = Field(default_factory=list)


class StudyIn(In):
    """A study with all its results. `document` is the id of a document beside the product."""

    title: Line
    kind: Literal["study", "evaluation", "pilot"]
    design: Line
    version_number: Line
    supplier_funded: bool
    supplier_run: bool
    edition: Count | None = None
    setting: Text = ""
    settings: Several = Field(default_factory=list)
    country: Line = ""
    population: Text = ""
    populations: Several = Field(default_factory=list)
    comparator: Text = ""
    participants: Count | None = None
    sites: Count | None = None
    began_on: date | None = None
    ended_on: date | None = None
    funder: Line = ""
    conflicts: Text = ""
    registration: Line = ""
    doi: Line = ""
    url: Line = ""
    summary: Text = ""
    plain_summary: Text = ""
    document: Line = ""
    site_names: Text = ""
    clusters: Count | None = None
    blinding: Line = ""
    estimand: EstimandIn = Field(default_factory=EstimandIn)
    funder_kind: Line = ""
    protocol: Line = ""
    peer_reviewed: bool | None = None
    results: Annotated[list[ResultIn], Field(max_length=MOST_RESULTS)] = Field(default_factory=list)


class StudyChange(StudyIn):
    """A study in the place of what is there; `reason` is needed where it is published, and everybody reads it."""

    reason: Text = ""
