"""What each room passes on when an organisation joins another or is split, the lowest room first."""

from marketplace.assurance.actions import passing as pass_assurance
from marketplace.assurance.queries import passing as assurance
from marketplace.catalogue.actions import passing as pass_catalogue
from marketplace.catalogue.queries import passing as catalogue
from marketplace.contracts.actions import passing as pass_contracts
from marketplace.contracts.queries import passing as contracts
from marketplace.evidence.actions import passing as pass_evidence
from marketplace.evidence.queries import passing as evidence
from marketplace.identity.actions import passing as pass_people
from marketplace.identity.queries import passing as people
from marketplace.identity.queries.successions import Mover, Movers
from marketplace.payments.actions import passing as pass_payments
from marketplace.payments.queries import passing as payments
from marketplace.procurement.actions import passing as pass_procurement
from marketplace.procurement.queries import passing as procurement

MOVERS: Movers = (
    Mover(people.foresee, pass_people.move),
    Mover(evidence.foresee, pass_evidence.move),
    Mover(catalogue.foresee, pass_catalogue.move),
    Mover(assurance.foresee, pass_assurance.move),
    Mover(procurement.foresee, pass_procurement.move),
    Mover(contracts.foresee, pass_contracts.move),
    Mover(payments.foresee, pass_payments.move),
)
