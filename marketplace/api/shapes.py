"""Shapes that all calls share. What comes in names no unknown field; what goes out is read by people and programs."""

from collections.abc import Iterable
from types import GenericAlias
from typing import Annotated, Any, Generic, TypeVar, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from marketplace.faces.ask import Upload
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Vat
from marketplace.kit.paging import Page
from marketplace.kit.states import Life, Move

Row = TypeVar("Row")
MOST_AT_ONCE = 100

Line = Annotated[str, StringConstraints(max_length=2_000)]
Text = Annotated[str, StringConstraints(max_length=50_000)]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Pence = Annotated[int, Field(ge=0, le=10**13, description="whole pence, before VAT unless it says otherwise")]
File = Annotated[Upload, WithJsonSchema({"type": "string", "contentMediaType": "application/octet-stream"})]
"""A file in a multipart body."""


class In(BaseModel):
    """Something that is sent in: no unknown field, no value of another type taken for the one that is meant."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True, frozen=True)


class Asking(BaseModel):
    """The query of an address, where every value comes as text."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True)


class Form(BaseModel):
    """The fields of a multipart body."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Out(BaseModel):
    """Something that goes out. Fields are only ever added: readers pass over those that they do not know."""

    model_config = ConfigDict(defer_build=True, frozen=True, from_attributes=True)


class Paged(Asking):
    """A page of a list: how many, and after which cursor."""

    limit: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)] = 20
    after: Annotated[str, StringConstraints(max_length=1_000)] = ""


class Reason(In):
    """Why something is done; it is read by others."""

    reason: Text


class Listed(Out, Generic[Row]):
    """A page of a list. `total` stops at 10,001, which says more than 10,000; `next` is the cursor of the next page."""

    items: list[Row]
    total: int
    next: str | None = None

    def __class_getitem__(cls, row: Any) -> Any:
        """A list of such rows, as signatures name it: its shape is made where the API is described."""
        return GenericAlias(cls, row)

    @classmethod
    def of(cls, row: type[Any]) -> type[BaseModel]:
        """The shape of a list of such rows."""
        return cast(type[BaseModel], super().__class_getitem__(row))


class MoveOut(Out):
    """A way on from the state that a thing is in: whether this caller can take it now, and if not, why."""

    name: str
    label: str
    method: str = "POST"
    path: str
    allowed: bool
    why_not: str = ""
    hint: str = ""


class AmountOut(Out):
    """An amount seen three ways, which always add up, in whole pence."""

    net_pence: int
    vat_pence: int
    gross_pence: int


class PersonOut(Out):
    id: UUID
    name: str


def all_of(rows: Iterable[Row]) -> Listed[Row]:
    """A list that is short enough to be one page."""
    items = list(rows)
    return Listed(items=items, total=len(items))


def page_of(page: Page[Any], rows: Iterable[Row]) -> Listed[Row]:
    """A page of a list, its rows as they go out."""
    return Listed(items=list(rows), total=page.total, next=page.next)


def amount(vat: Vat) -> AmountOut:
    return AmountOut(net_pence=vat.net.pence, vat_pence=vat.vat.pence, gross_pence=vat.gross.pence)


def move(name: str, label: str, path: str, why_not: Refusal | None = None, *, method: str = "POST") -> MoveOut:
    """A move as it is told: allowed, unless a refusal says why not."""
    fact, hint = (why_not.fact, why_not.hint) if why_not else ("", "")
    return MoveOut(
        name=name, label=label, method=method, path=path, allowed=why_not is None, why_not=fact, hint=hint
    )


def why_not(life: Life, step: Move, state: str, *, may: Refusal | None = None) -> Refusal | None:
    """Why a step of a life cannot be taken from a state: `may` where policy forbids it, else what the life says."""
    if may is not None:
        return may
    try:
        life.after(step.name, state)
    except Refusal as refusal:
        return refusal
    return None

