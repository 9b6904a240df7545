"""What the catalogue tells: ids and plain values, in the past tense."""

from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutProduct(Event):
    about: ClassVar[str] = "product_id"
    product_id: UUID


class ProductAdded(_AboutProduct):
    """A supplier began to describe a product."""

    organisation_id: UUID
    title: str


class DescriptionChanged(_AboutProduct):
    """A draft edition was written on; `questions` are those whose answers changed."""

    version_id: UUID
    questions: list[str]


class EditionBegun(_AboutProduct):
    """A draft of the next edition was made from the one on show."""

    version_id: UUID
    edition: int


class PricesChanged(_AboutProduct):
    """The prices of a product were declared anew."""


class AttachmentAdded(_AboutProduct):
    attachment_id: UUID
    file_name: str
    digest: str


class AttachmentRemoved(_AboutProduct):
    attachment_id: UUID
    file_name: str


class AttachmentReplaced(_AboutProduct):
    attachment_id: UUID
    file_name: str
    digest: str
    replaced_id: UUID
    replaced_name: str


class ListingSubmitted(_AboutProduct):
    version_id: UUID


class ListingTakenBack(_AboutProduct):
    """The supplier took a submitted edition back, to write on it again."""

    version_id: UUID


class ListingSentBack(_AboutProduct):
    """A moderator asked for changes; `reasons` by question id."""

    version_id: UUID
    reasons: dict[str, str]


class ListingPublished(_AboutProduct):
    """An edition went on show; `superseded_id` is the one it took the place of.

    `digest` is that of the edition as it was published: whoever alters it afterwards is found out by the record.
    """

    version_id: UUID
    superseded_id: UUID | None = None
    digest: str = ""


class ListingSuspended(_AboutProduct):
    reason: str


class ListingReinstated(_AboutProduct):
    reason: str


class ListingWithdrawn(_AboutProduct):
    reason: str


class ListingConfirmed(_AboutProduct):
    """The supplier looked the listing over and said that it is still true."""


class ProductClaimAsked(_AboutProduct):
    claim_id: UUID
    organisation_id: UUID


class ProductClaimSettled(_AboutProduct):
    """A claim was granted or refused; on `granted` the product has a supplier from now on."""

    claim_id: UUID
    organisation_id: UUID
    granted: bool
    reason: str = ""


class DocumentAsked(_AboutProduct):
    """An organisation asks to read a document that is given on request."""

    attachment_id: UUID
    organisation_id: UUID
    words: str


class DocumentSettled(_AboutProduct):
    """A supplier lets an organisation read a document, whether it asked or not; or does not, with the reason."""

    attachment_id: UUID
    organisation_id: UUID
    granted: bool
    reason: str = ""


class ImportStarted(Event):
    about: ClassVar[str] = "import_id"
    import_id: UUID
    mapping: str


class ProductsImported(Event):
    """A batch of an import was written: the products that are new or changed."""

    about: ClassVar[str] = "import_id"
    import_id: UUID
    product_ids: list[UUID]


class ImportFinished(Event):
    about: ClassVar[str] = "import_id"
    import_id: UUID
    new: int
    changed: int
    same: int
    failed: int
