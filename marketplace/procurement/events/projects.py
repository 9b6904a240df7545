"""What procurement tells. These events are the audit trail of a project: each carries what a reader of it needs."""

from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutProject(Event):
    about: ClassVar[str] = "project_id"
    project_id: UUID


class ProjectStarted(_AboutProject):
    organisation_id: UUID
    name: str
    need: str
    volumes: dict[str, int]


class ProjectDescribed(_AboutProject):
    """The name, the need or the volumes were written anew; `changed` names which."""

    name: str
    need: str
    volumes: dict[str, int]
    changed: list[str]


class ProjectDecided(_AboutProject):
    """A decision was recorded. `ground` is the direct award condition relied on, `chosen` are product references."""

    reason: str
    chosen: list[str]
    ground: str = ""


class ProjectClosed(_AboutProject):
    reason: str


class ProjectReopened(_AboutProject):
    reason: str


class ColleagueAdded(_AboutProject):
    person_id: UUID
    organisation_id: UUID
    access: str


class ColleagueRemoved(_AboutProject):
    person_id: UUID
    organisation_id: UUID


class RequirementAdded(_AboutProject):
    requirement_id: UUID
    wording: str
    weight: str
    wanted: str


class RequirementRemoved(_AboutProject):
    requirement_id: UUID
    wording: str
    reason: str


class FitJudged(_AboutProject):
    """A person judged how far a product meets a requirement."""

    requirement_id: UUID
    wording: str
    product_id: UUID
    product_ref: str
    product_name: str
    edition: int
    fit: str
    note: str


class SearchKept(_AboutProject):
    """A search was made in the project; `chosen` are the filters, `notice` what the engine said of its answer."""

    step_id: UUID
    number: int
    words: str
    chosen: dict[str, list[str]]
    sort: str
    found: int
    notice: str = ""


class SearchLocked(_AboutProject):
    """What a search found was written down as it stood."""

    step_id: UUID
    number: int
    results: int


class _AboutCandidate(_AboutProject):
    decision_id: UUID
    product_id: UUID
    product_ref: str
    product_name: str
    version_id: UUID | None
    edition: int | None
    number: str
    state: str
    yearly_pence: int | None


class CandidateAdded(_AboutCandidate):
    """A product was put on the list, to be decided upon; `step_number` is the search that it came from.

    With a `reason` where somebody gave one, such as for putting it back among those to decide upon.
    """

    step_number: int | None = None
    reason: str = ""


class CandidateIncluded(_AboutCandidate):
    reason: str


class CandidateExcluded(_AboutCandidate):
    reason_code: str
    reason: str


class CandidateChanged(_AboutProject):
    """A product on the shortlist changed its state, edition or price; `changes` in words."""

    product_id: UUID
    product_ref: str
    product_name: str
    changes: list[str]


class CommentMade(_AboutProject):
    """Somebody said something. The words stand in the comment, because a private one is not for everybody."""

    comment_id: UUID
    organisation_id: UUID
    is_private: bool
    product_id: UUID | None = None
    assigned_to_id: UUID | None = None


class CommentDone(_AboutProject):
    """What a comment asked for was done."""

    comment_id: UUID


class SearchSaved(Event):
    about: ClassVar[str] = "saved_search_id"
    saved_search_id: UUID
    name: str
    project_id: UUID | None = None


class SearchForgotten(Event):
    about: ClassVar[str] = "saved_search_id"
    saved_search_id: UUID


class FollowBegun(Event):
    """A person follows a product, or all that a supplier offers: `about_id` names either."""

    about: ClassVar[str] = "follow_id"
    follow_id: UUID
    kind: str
    followed_id: UUID


class FollowEnded(Event):
    about: ClassVar[str] = "follow_id"
    follow_id: UUID
