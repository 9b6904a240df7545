"""The shape of frameworks/evidence/protocols.yaml, and what a protocol needs before it can be stamped."""

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict

from marketplace.evidence.rules.declared import Origin


class _Declared(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")


class Section(_Declared):
    """A part of a protocol; `fills` names the field of the study that its answer becomes, empty for none."""

    id: str
    ask: str
    hint: str
    fills: str = ""


class Template(_Declared):
    """A kind of evaluation: what it asks beside the common sections, what to watch, and a size to start from."""

    id: str
    label: str
    design: str
    text: str
    guideline: str
    sample: dict[str, Any]
    asks: tuple[Section, ...]
    watch: tuple[str, ...]


class ProtocolRules(_Declared):
    """frameworks/evidence/protocols.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    sections: tuple[Section, ...]
    templates: tuple[Template, ...]

    @cached_property
    def template(self) -> dict[str, Template]:
        return {each.id: each for each in self.templates}

    def sections_of(self, template: str) -> tuple[Section, ...]:
        """Everything that a protocol of this template is asked, in order."""
        return (*self.sections, *self.template[template].asks)


def lacking(answers: Mapping[str, str], sections: tuple[Section, ...]) -> dict[str, str]:
    """What is not answered yet, by section."""
    return {each.id: f"{each.ask} is not answered." for each in sections if not answers.get(each.id, "").strip()}


def protocol_digest(content: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of the canonical JSON of a protocol as it is stamped."""
    return hashlib.sha256(rfc8785.dumps(dict(content))).hexdigest()
