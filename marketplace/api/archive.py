"""The exit: everything of one's organisation as one archive."""

from marketplace.api.calls import Asked, Document, get
from marketplace.faces.archive import archive_of
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london


@get("/account/archive", who=Permission.AUDIT_READ, media_type="application/zip")
def archive(ask: Asked) -> Document:
    """Everything of the organisation as one zip: its tables as JSON Lines, its documents, its audit trails."""
    name = f"touchstone-{ask.by.organisation_ref}-{day_in_london(ask.at)}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Document(archive_of(ask.db, ask.services, by=ask.by, at=ask.at), "application/zip", headers)


CALLS = [archive]
