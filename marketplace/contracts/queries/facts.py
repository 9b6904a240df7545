"""What a text says of the world: its parties, its product and the certificate that it rests on."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import certificate_in_force
from marketplace.catalogue.models import Product, Version
from marketplace.contracts.models import Contract, ContractParty
from marketplace.contracts.queries.contracts import parties_of
from marketplace.contracts.rules.assembly import Facts, PartyFacts
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.contracts import ContractTemplate
from marketplace.identity.models import Organisation
from marketplace.kit.calendar import in_words
from marketplace.kit.errors import NotFound
from marketplace.procurement.models import Procurement

NO_CERTIFICATE = "none yet; it is named here when the contract is issued"


def template_of(frameworks: Frameworks, contract: Contract) -> ContractTemplate:
    """The version of the template that the contract was drafted on, whatever came after. Raises NotFound."""
    found = frameworks.contract_versions.get((contract.template_id, contract.template_version))
    if found is None:
        fact = f"there is no template {contract.template_id}, version {contract.template_version}"
        raise NotFound(fact, "Somebody took it out of frameworks/contracts: put it back.")
    return found


def certificate_of(db: Session, frameworks: Frameworks, contract: Contract, *, on: date) -> Certificate | None:
    """The certificate of the version under contract that is in force on a day."""
    return certificate_in_force(db, frameworks, contract.product_id, contract.version_id, on=on)


def facts_of(
    db: Session,
    frameworks: Frameworks,
    contract: Contract,
    *,
    on: date,
    number: int = 1,
    reason: str = "",
    effective_on: date | None = None,
    parties: Sequence[ContractParty] | None = None,
) -> Facts:
    """Everything that the text of this contract says besides its parameters, as things are on a day."""
    product = db.get_one(Product, contract.product_id)
    version = db.get_one(Version, contract.version_id)
    named = parties if parties is not None else [one for one in parties_of(db, contract.id) if one.left_on is None]
    return Facts(
        contract=contract.ref,
        procurement=db.scalars(select(Procurement.ref).where(Procurement.id == contract.procurement_id)).one(),
        product=version.name or product.name,
        product_ref=product.ref,
        product_version=version.number,
        intended_use=str(version.answers.get("intended-use", "")),
        certificate=_certificate(certificate_of(db, frameworks, contract, on=on), frameworks),
        parties=tuple(_party(party) for party in named),
        number=number,
        reason=reason,
        effective_on=effective_on,
    )


def _certificate(certificate: Certificate | None, frameworks: Frameworks) -> str:
    if certificate is None:
        return NO_CERTIFICATE
    framework = frameworks.assurance_versions.get((certificate.framework_id, certificate.framework_version))
    label = framework.label if framework else certificate.framework_id
    return f"certificate {certificate.ref} under {label}, issued on {in_words(certificate.issued_on)}"


def _party(party: ContractParty) -> PartyFacts:
    organisation = party.organisation
    return PartyFacts(
        ref=organisation.ref, name=organisation.name, role=party.role, weight=party.weight,
        code=_code(organisation), town=organisation.town,
    )  # fmt: skip


def _code(organisation: Organisation) -> str:
    """Its code in the register that it stands in, with the name of the register; empty where it has none."""
    codes = (
        ("ODS", organisation.ods_code), ("Companies House", organisation.companies_house_number),
        ("ROR", organisation.ror_id),
    )  # fmt: skip
    return next((f"{register} {code}" for register, code in codes if code), "")
