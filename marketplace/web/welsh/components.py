"""The vendored components in Welsh: what they are given to say, and what they say by themselves."""

from collections.abc import Callable, Mapping
from typing import Any

SAID = {"text", "titleText"}
OWN: Mapping[str, Mapping[str, Any]] = {
    "password_input": {
        "showPasswordText": "Dangos", "hidePasswordText": "Cuddio",
        "showPasswordAriaLabelText": "Dangos y cyfrinair", "hidePasswordAriaLabelText": "Cuddio'r cyfrinair",
        "passwordShownAnnouncementText": "Mae eich cyfrinair i'w weld",
        "passwordHiddenAnnouncementText": "Mae eich cyfrinair wedi'i guddio",
    },
    "character_count": {
        "textareaDescriptionText": "Gallwch nodi hyd at %{count} nod",
        "charactersUnderLimitText": {"other": "Mae gennych %{count} nod ar ôl"},
        "charactersAtLimitText": "Nid oes gennych nodau ar ôl",
        "charactersOverLimitText": {"other": "Mae gennych %{count} nod yn ormod"},
    },
}  # fmt: skip
"""The texts of a component that no page gives it."""


class SpokenComponents:
    """The macros of `nhsuk` by name, each with its texts put through `say`."""

    def __init__(self, components: Any, say: Callable[[Any], Any]) -> None:
        self._components, self._say = components, say

    def __getattr__(self, name: str) -> Callable[[Mapping[str, Any]], Any]:
        macro = getattr(self._components, name)
        return lambda given: macro({**OWN.get(name, {}), **self._spoken(given)})

    def _spoken(self, given: Any) -> Any:
        if isinstance(given, Mapping):
            spoken = {key: self._say(value) if key in SAID else self._spoken(value) for key, value in given.items()}
            return {**spoken, "visuallyHiddenText": "Gwall"} if set(given) == {"text"} else spoken
        return [self._spoken(one) for one in given] if isinstance(given, list) else given
