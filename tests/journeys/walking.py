"""Somebody who walks through the pages as they stand: follows links by their words, fills the fields that are there."""

from collections.abc import Iterator
from typing import Any

import httpx
from lxml import html

from tests.clients import Browser

Element = html.HtmlElement


class Walker:
    """A person at a browser without scripts. What is not on the page cannot be followed, typed or pressed."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.answer: Any = None

    def open(self, path: str) -> "Walker":
        return self._arrive(self.browser.get(path))

    def follow(self, words: str) -> "Walker":
        """The first link that says these words."""
        links = [one for one in self.page.iter("a") if one.get("href") and said(one) == words]
        assert links, f"no link says “{words}” on {self.path}: {sorted({said(one) for one in self.page.iter('a')})}"
        return self.open(str(httpx.URL(str(self.answer.url)).join(links[0].get("href")).raw_path, "ascii"))

    def press(self, words: str, *, files: dict[str, Any] | None = None, **typed: object) -> "Walker":
        """The button that says these words, after filling fields of its form; `_` in a name stands for `-`."""
        return self.fill_and_press(words, {name.replace("_", "-"): value for name, value in typed.items()}, files=files)

    def fill_and_press(self, words: str, typed: dict[str, object], *, files: dict[str, Any] | None = None) -> "Walker":
        button, form = self._button(words)
        sent = filled(self._controls(form), typed)
        if button.get("name"):
            sent.setdefault(button.get("name"), []).append(button.get("value", ""))
        path = button.get("formaction") or form.get("action") or self.path
        if form.get("method", "get") == "post":
            return self._arrive(self.browser.post(path, data=sent, files=files))
        return self._arrive(self.browser.get(path, params=sent))

    def fields(self, button: str) -> set[str]:
        """The names of the fields in the form of a button."""
        return {one.get("name") for one in self._controls(self._button(button)[1])}

    @property
    def page(self) -> Element:
        return html.document_fromstring(self.answer.text)

    @property
    def path(self) -> str:
        return str(self.answer.url.path)

    @property
    def words(self) -> str:
        """What stands in the middle of the page, as one line."""
        return said(self.page.get_element_by_id("main"))

    def sees(self, *expected: str) -> "Walker":
        for words in expected:
            assert words in self.words, f"“{words}” is not on {self.path}: {self.words}"
        return self

    def misses(self, *unexpected: str) -> "Walker":
        for words in unexpected:
            assert words not in self.words, f"“{words}” is on {self.path}"
        return self

    def _arrive(self, answer: Any) -> "Walker":
        self.answer = answer
        return self

    def _button(self, words: str) -> tuple[Element, Element]:
        buttons = [one for one in self.page.iter("button") if said(one) == words]
        assert buttons, f"no button says “{words}” on {self.path}: {[said(one) for one in self.page.iter('button')]}"
        return buttons[0], self._form_of(buttons[0])

    def _form_of(self, control: Element) -> Element:
        if control.get("form"):
            return control.getroottree().getroot().get_element_by_id(control.get("form"))
        return next(control.iterancestors("form"))

    def _controls(self, form: Element) -> list[Element]:
        root = form.getroottree().getroot()
        inside = [one for one in _fields(form) if not one.get("form")]
        beside = [one for one in _fields(root) if one.get("form") and one.get("form") == form.get("id")]
        return inside + beside


def _fields(within: Element) -> Iterator[Element]:
    for one in within.xpath(".//input | .//select | .//textarea"):
        if one.get("name") and one.get("type") not in ("submit", "button", "file"):
            yield one


def filled(controls: list[Element], typed: dict[str, object]) -> dict[str, list[str]]:
    """What a browser would send: what stands in the controls, and what was typed or ticked in place of it."""
    sent: dict[str, list[str]] = {}
    for control in controls:
        name = control.get("name")
        if name not in typed:
            sent.setdefault(name, []).extend(standing(control))
    for name, value in typed.items():
        values = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        offered = [option for control in controls if control.get("name") == name for option in options(control)]
        assert any(control.get("name") == name for control in controls), f"there is no field {name}"
        assert not offered or set(values) <= set(offered), f"{name} does not offer {values}, only {offered}"
        sent[name] = values
    return sent


def standing(control: Element) -> list[str]:
    if control.tag == "select":
        chosen = [one.get("value", "") for one in control.iter("option") if one.get("selected") is not None]
        return chosen or [one.get("value", "") for one in list(control.iter("option"))[:1]]
    if control.tag == "textarea":
        return [(control.text or "").removeprefix("\n")]
    if control.get("type") in ("checkbox", "radio"):
        return [control.get("value", "on")] if control.get("checked") is not None else []
    return [control.get("value", "")]


def options(control: Element) -> list[str]:
    """What a control lets one choose from; nothing for one that is typed into."""
    if control.tag == "select":
        return [one.get("value", "") for one in control.iter("option")]
    return [control.get("value", "on")] if control.get("type") in ("checkbox", "radio") else []


def said(element: Element) -> str:
    return " ".join(element.text_content().split())
