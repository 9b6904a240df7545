"""From files to declarations: each folder by its own shape, and the versions of a file laid over one another."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

from marketplace.frameworks.loader.keeping import recalled
from marketplace.frameworks.loader.reading import Document, declared
from marketplace.frameworks.schema.base import DeclaredFile
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value

File = TypeVar("File", bound=DeclaredFile)


class Gathered(Value, Generic[File]):
    """A declaration with all its versions laid over one another, and the documents it came from, oldest first."""

    value: File
    documents: tuple[Document, ...]

    def at(self, part: str, name: str) -> str:
        """“file:line” where the newest version declares the thing of this id in the list `part`."""
        for document in reversed(self.documents):
            for index, row in enumerate(document.data.get(part, ())):
                if row["id"] == name:
                    return document.at((part, index))
        return self.documents[-1].name


def documents(root: Path, folder: str) -> Iterator[Document]:
    """Every YAML file of a folder, in the order of their names."""
    for path in sorted((root / folder).glob("*.yaml")):
        yield recalled(path, f"{folder}/{path.name}")


def gather(
    root: Path, folder: str, shape: type[File], *, leaving: frozenset[str] = frozenset()
) -> list[Gathered[File]]:
    """The declarations of a folder, their versions laid over one another. Raises Invalid.

    `leaving` are the stems of files that another room shapes.
    """
    return [versions[-1] for versions in gather_versions(root, folder, shape, leaving=leaving)]


def gather_versions(
    root: Path, folder: str, shape: type[File], *, leaving: frozenset[str] = frozenset()
) -> list[list[Gathered[File]]]:
    """Of each declaration of a folder every version as it stood, laid over those before it, oldest first."""
    versions: dict[str, dict[int, tuple[File, Document]]] = defaultdict(dict)
    for document in documents(root, folder):
        if stem(document) not in leaving:
            value = declared(shape, document)
            _refuse_other_name(document, value)
            versions[value.id][value.version] = (value, document)
    return [list(_laid_over(found)) for found in versions.values()]


def stem(document: Document) -> str:
    """The name of a file without its folder, version and ending."""
    return document.name.rpartition("/")[2].partition(".")[0]


def _refuse_other_name(document: Document, value: DeclaredFile) -> None:
    name = f"{value.id}.yaml" if value.version == 1 else f"{value.id}.{value.version}.yaml"
    if document.name.rpartition("/")[2] != name:
        raise Invalid(f"{document.at(('id',))}: version {value.version} of “{value.id}” belongs in a file named {name}")


def _laid_over(found: dict[int, tuple[File, Document]]) -> Iterator[Gathered[File]]:
    order = sorted(found)
    if order != list(range(1, len(order) + 1)):
        raise Invalid(f"{found[order[-1]][1].name}: version {order[-1]} needs every version from 1 beside it")
    value, document = found[1]
    seen: tuple[Document, ...] = (document,)
    yield Gathered(value, seen)
    for version in order[1:]:
        newer, document = found[version]
        seen = (*seen, document)
        try:
            value = value.amended_by(newer)
        except ValueError as error:
            raise Invalid(f"{document.name}: {error}") from error
        yield Gathered(value, seen)
