"""How people prove who they are: second factors, codes on paper, other houses that know them, proofs given anew."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _OfPerson(Event):
    about: ClassVar[str] = "person_id"
    person_id: UUID


class _OfOrganisation(Event):
    about: ClassVar[str] = "organisation_id"
    organisation_id: UUID


class SecondFactorAdded(_OfPerson):
    """A person proves who they are with this too from now on; `kind` is code or passkey."""

    kind: str
    factor_id: UUID


class SecondFactorRemoved(_OfPerson):
    """A second factor works no longer; the reason is empty where its owner took it away."""

    kind: str
    factor_id: UUID
    reason: str = ""


class SecondFactorMissed(_OfPerson):
    """After a right first factor the second was wrong, again and again: somebody may know the password."""

    misses: int


class RecoveryCodesMade(_OfPerson):
    """A person has new recovery codes; those made before work no longer."""

    count: int


class RecoveryCodeUsed(_OfPerson):
    """A recovery code stood in for a device; it works no longer."""

    left: int


class IdentityConfirmed(_OfPerson):
    """A signed-in person proved again who they are; `how` is password, code, recovery, passkey or elsewhere."""

    sign_in_id: UUID
    how: str


class KnownElsewhereLinked(_OfPerson):
    """A person signs in through another house from now on."""

    link_id: UUID
    issuer: str


class KnownElsewhereUnlinked(_OfPerson):
    link_id: UUID
    issuer: str


class SecondFactorDemanded(_OfOrganisation):
    """From that day on nobody acts for the organisation without a second factor."""

    since: date


class SecondFactorNoLongerDemanded(_OfOrganisation):
    """A password alone is enough again to act for the organisation."""
