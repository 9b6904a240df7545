"""What must hold of every page, whichever test fetched it."""

from collections import Counter
from collections.abc import Iterator

from lxml.etree import HTML, XPath, _Element

TEXT = XPath("string()")
IDS, CONTROLS = XPath("//@id"), XPath("//input | //select | //textarea")
STYLED, SCRIPTS = XPath("//*[@style or self::style]"), XPath("//script[not(string(@src))]")
HANDLERS = XPath("//@*[starts-with(name(), 'on')]")
LOADED = XPath("//script/@src | //img/@src | //link/@href | //iframe/@src | //form/@action | //source/@src")
UNLABELLED = {"hidden", "submit", "button", "reset"}


def faults_in(page: str) -> list[str]:
    """What is wrong with a whole page; fragments for htmx have their own, shorter list."""
    tree = HTML(page)
    return [*_heading(tree), *_ids(tree), *_labels(tree), *_inline(tree), *_outside(tree)]


def fragment_faults(fragment: str) -> list[str]:
    tree = HTML(f"<div>{fragment}</div>")
    return [*_ids(tree), *_inline(tree), *_outside(tree)]


def _heading(tree: _Element) -> Iterator[str]:
    headings = [" ".join(TEXT(one).split()) for one in tree.iter("h1")]
    title = " ".join((tree.findtext(".//title") or "").split())
    if len(headings) != 1:
        yield f"{len(headings)} first headings: {headings}"
    elif not title.startswith(headings[0]):
        yield f"the title “{title}” does not begin with the heading “{headings[0]}”"
    if not tree.get("lang"):
        yield "the page names no language"


def _ids(tree: _Element) -> Iterator[str]:
    yield from (f"the id {one} stands twice" for one, times in Counter(IDS(tree)).items() if times > 1)


def _labels(tree: _Element) -> Iterator[str]:
    labelled = {one.get("for") for one in tree.iter("label") if one.get("for")}
    for one in CONTROLS(tree):
        if one.get("type") in UNLABELLED or one.get("aria-label") or one.get("aria-labelledby"):
            continue
        if one.get("id") not in labelled and not any(parent.tag == "label" for parent in one.iterancestors()):
            yield f"the control {one.get('name')} has no label"
    for one in tree.iter("button"):
        if not TEXT(one).strip() and not one.get("aria-label"):
            yield "a button says nothing"


def _inline(tree: _Element) -> Iterator[str]:
    yield from (f"<{one.tag}> carries a style" for one in STYLED(tree))
    yield from ("a script stands in the page" for _ in SCRIPTS(tree))
    yield from (f"<{one.getparent().tag}> carries {one.attrname}" for one in HANDLERS(tree))


def _outside(tree: _Element) -> Iterator[str]:
    for address in LOADED(tree):
        if address.startswith(("http:", "https:", "//")):
            yield f"<{address.getparent().tag}> goes to {address}"
