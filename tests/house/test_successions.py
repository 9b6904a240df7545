"""Whatever belongs to an organisation passes on when it joins another, or is named here with why it stays."""

from marketplace.identity.models import Organisation
from marketplace.kit.db import Base
from marketplace.migrations import tables

OF_A_SUPPLIER = "suppliers, bodies and the operator neither join nor split here"
SAID = "who said or did something, and for whom, stays as it was said"
NAMES = "names the two organisations of a succession"
PASSES = {
    "membership.organisation_id", "sign_in.organisation_id", "token.organisation_id", "invitation.organisation_id",
    "webhook.organisation_id", "study.organisation_id", "evidence_claim.organisation_id", "protocol.organisation_id",
    "document_request.organisation_id", "deployment.organisation_id", "incident.organisation_id",
    "notice_receipt.organisation_id", "reuse.organisation_id", "answer.organisation_id", "project.organisation_id",
    "colleague.organisation_id", "comment.organisation_id", "saved_search.organisation_id", "follow.organisation_id",
    "procurement.organisation_id", "party.organisation_id", "contract.organisation_id",
    "contract_party.organisation_id", "contract_obligation.organisation_id", "measurement.organisation_id",
    "settlement_share.organisation_id", "dispute.organisation_id", "due.organisation_id", "harm.organisation_id",
    "purchase_order.organisation_id", "invoice.organisation_id", "remark.organisation_id", "remark.with_id",
    "calendar_feed.organisation_id",
}  # fmt: skip
STAYS = {
    "organisation.joined_to_id": NAMES,
    "succession.old_id": NAMES,
    "succession.new_id": NAMES,
    "sent_mail.organisation_id": "who was told what, for which organisation then; the successor reads it",
    "notice.organisation_id": "what a person was told, and for which organisation then",
    "document_view.organisation_id": SAID,
    "decision.organisation_id": SAID,
    "incident_note.organisation_id": SAID,
    "safety_case.organisation_id": SAID,
    "contract_signature.organisation_id": SAID,
    "contract_cosignature.organisation_id": SAID,
    "contract_declined.organisation_id": SAID,
    "redaction.organisation_id": SAID,
    "appraisal.organisation_id": SAID,
    "certainty.organisation_id": SAID,
    "claim_result.organisation_id": SAID,
    "assurance_trust_policy.organisation_id": "the policy of the successor counts",
    "billing_details.organisation_id": "the successor says how it is billed",
    "gateway_customer.organisation_id": "what was sent was sent to that customer",
    "bank_line.organisation_id": OF_A_SUPPLIER,
    "product.organisation_id": OF_A_SUPPLIER,
    "claim.organisation_id": OF_A_SUPPLIER,
    "import.organisation_id": OF_A_SUPPLIER,
}
BY_NAME = ("supplier_id", "body_id", "of_body_id")
"""Columns that only ever name a supplier or an assessor body."""


def columns() -> set[str]:
    """Every column that names an organisation, as `table.column`."""
    assert tables.__all__
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is Organisation.__table__ for key in column.foreign_keys)
    }


def test_whatever_names_an_organisation_passes_on_or_says_why_it_stays():
    unsaid = {name for name in columns() if not name.endswith(BY_NAME)} - PASSES - set(STAYS)

    assert sorted(unsaid) == [], "let the room's passing.py pass it on, or name it here with why it stays"


def test_what_is_named_here_is_there():
    assert sorted((PASSES | set(STAYS)) - columns()) == []
    assert sorted(PASSES & set(STAYS)) == []
