"""The shape of what lawyers declare for this room in frameworks/procurement/."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict


class _Declared(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_")
    )


class Condition(_Declared):
    """When a direct award is allowed, in the words of our notes, with its place in the law."""

    id: str
    label: str
    condition: str
    fits: str
    law: str
    source: str
    mark: str = ""


class Duty(_Declared):
    """What must be done around a direct award."""

    id: str
    label: str
    law: str
    source: str
    mark: str = ""


class ThresholdRow(_Declared):
    """The amount, VAT included, from which the Act applies in full to some kinds of buyer, between two days."""

    kinds: tuple[str, ...]
    label: str
    pence: int
    from_: date
    until: date
    source: str
    mark: str = ""


class DirectAward(_Declared):
    """frameworks/procurement/direct-award.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    explanation: str
    elsewhere: dict[str, str]
    conditions: tuple[Condition, ...]
    duties: tuple[Duty, ...]
    thresholds: tuple[ThresholdRow, ...]
    sources: dict[str, str]

    @property
    def grounds(self) -> dict[str, str]:
        return {condition.id: condition.label for condition in self.conditions}

    def rows(self) -> list[Mapping[str, Any]]:
        return [row.model_dump(by_alias=True) for row in self.thresholds]


class Record(_Declared):
    """What a buyer must keep. `kinds` of line in the trail show that it is held; `elsewhere` says where it is kept."""

    id: str
    label: str
    source: str
    kinds: tuple[str, ...] = ()
    elsewhere: str = ""


class Records(_Declared):
    """frameworks/procurement/records.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    records: tuple[Record, ...]
    sources: dict[str, str]
