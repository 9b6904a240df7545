"""What is declared in frameworks/reuse/: the border between what is assured once and what stays with each buyer."""

from marketplace.frameworks.schema.base import Declared, DeclaredFile, Identifier, Source, Words


class Once(Declared):
    """A part that was assessed for everybody; `sections` are those of the framework that say how it stands."""

    id: Identifier
    label: Words
    sections: tuple[Identifier, ...]
    meaning: Words
    source: Source


class Local(Declared):
    """A part that every organisation does for itself, and who does it there."""

    id: Identifier
    label: Words
    who: Words
    meaning: Words
    source: Source


class Border(DeclaredFile):
    """Both sides of the border."""

    once: tuple[Once, ...]
    local: tuple[Local, ...]
