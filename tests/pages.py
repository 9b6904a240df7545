"""What must hold of every page, whichever test fetched it."""

from collections.abc import Iterator

from lxml import html

LOADED = (("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("form", "action"), ("source", "src"))
UNLABELLED = {"hidden", "submit", "button", "reset"}


def faults_in(page: str) -> list[str]:
    """What is wrong with a whole page; fragments for htmx have their own, shorter list."""
    tree = html.document_fromstring(page)
    return [*_heading(tree), *_ids(tree), *_labels(tree), *_inline(tree), *_outside(tree)]


def fragment_faults(fragment: str) -> list[str]:
    tree = html.fragment_fromstring(fragment, create_parent=True)
    return [*_ids(tree), *_inline(tree), *_outside(tree)]


def _heading(tree: html.HtmlElement) -> Iterator[str]:
    headings = [" ".join(one.text_content().split()) for one in tree.iter("h1")]
    title = " ".join((tree.findtext(".//title") or "").split())
    if len(headings) != 1:
        yield f"{len(headings)} first headings: {headings}"
    elif not title.startswith(headings[0]):
        yield f"the title “{title}” does not begin with the heading “{headings[0]}”"
    if not tree.get("lang"):
        yield "the page names no language"


def _ids(tree: html.HtmlElement) -> Iterator[str]:
    seen: set[str] = set()
    for one in tree.xpath("//*[@id]"):
        if one.get("id") in seen:
            yield f"the id {one.get('id')} stands twice"
        seen.add(one.get("id"))


def _labels(tree: html.HtmlElement) -> Iterator[str]:
    labelled = {one.get("for") for one in tree.iter("label") if one.get("for")}
    for one in tree.xpath("//input | //select | //textarea"):
        if one.get("type") in UNLABELLED or one.get("aria-label") or one.get("aria-labelledby"):
            continue
        if one.get("id") not in labelled and not any(parent.tag == "label" for parent in one.iterancestors()):
            yield f"the control {one.get('name')} has no label"
    for one in tree.iter("button"):
        if not one.text_content().strip() and not one.get("aria-label"):
            yield "a button says nothing"


def _inline(tree: html.HtmlElement) -> Iterator[str]:
    for one in tree.iter():
        if not isinstance(one.tag, str):
            continue
        if one.get("style") is not None or one.tag == "style":
            yield f"<{one.tag}> carries a style"
        if one.tag == "script" and not one.get("src"):
            yield "a script stands in the page"
        yield from (f"<{one.tag}> carries {name}" for name in one.attrib if name.startswith("on"))


def _outside(tree: html.HtmlElement) -> Iterator[str]:
    for tag, attribute in LOADED:
        for one in tree.iter(tag):
            address = one.get(attribute) or ""
            if address.startswith(("http:", "https:", "//")):
                yield f"<{tag}> goes to {address}"
