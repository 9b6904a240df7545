"""What a version of a framework changes against another, criterion by criterion."""

from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Asking, Line, Out
from marketplace.assurance.rules.differences import Part, differences
from marketplace.faces.frameworks import described_by, find_framework


class Between(Asking):
    """Between which versions: the newest and the one before it, where none is named."""

    old: Line = ""
    new: Line = ""


class PartOut(Out):
    """What is called `name` was `before` and is now `after`; an empty side means that it was not there."""

    name: str
    before: str
    after: str


class ChangeOut(Out):
    """A criterion that is new, gone or changed."""

    code: str
    label: str
    what: str
    parts: list[PartOut]


class ChangesOut(Out):
    framework: str
    old: int
    new: int
    whole: list[PartOut]
    criteria: list[ChangeOut]


@get("/frameworks/{framework:str}/changes", who=PUBLIC, is_shared=True)
def show_changes(ask: Asked, framework: str, query: Between) -> ChangesOut:
    """Everything in which two versions of a framework differ."""
    declared = ask.services.frameworks
    new = find_framework(declared, framework, query.new)
    old = find_framework(declared, framework, query.old or str(max(new.version - 1, 1)))
    found = differences(old, new, described_by(declared))
    return ChangesOut(
        framework=new.id, old=old.version, new=new.version, whole=[_part(each) for each in found.whole],
        criteria=[
            ChangeOut(code=each.code, label=each.label, what=each.what, parts=[_part(part) for part in each.parts])
            for each in found.criteria
        ],
    )  # fmt: skip


def _part(part: Part) -> PartOut:
    name, before, after = part
    return PartOut(name=name, before=before, after=after)


CALLS = [show_changes]
