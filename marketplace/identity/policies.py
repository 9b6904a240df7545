"""Who may do what: permissions and roles as data, and the actor that every action is asked by."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from marketplace.kit.errors import NotAllowed
from marketplace.kit.values import Value


class Permission(StrEnum):
    """Everything that a role can allow, as `resource:action`, in one alphabet."""

    ASSURANCE_ASSESS = "assurance:assess"
    AUDIT_READ = "audit:read"
    CATALOGUE_IMPORT = "catalogue:import"
    CATALOGUE_MODERATE = "catalogue:moderate"
    CATALOGUE_WRITE = "catalogue:write"
    CONTRACT_APPROVE = "contract:approve"
    CONTRACT_MANAGE = "contract:manage"
    CONTRACT_READ = "contract:read"
    CONTRACT_SIGN = "contract:sign"
    EVALUATION_OFFER = "evaluation:offer"
    MEMBER_MANAGE = "member:manage"
    OPERATE = "operate:all"
    PAYMENT_APPROVE = "payment:approve"
    PAYMENT_MANAGE = "payment:manage"
    PRIVACY_APPROVE = "privacy:approve"
    PROJECT_READ = "project:read"
    PROJECT_WRITE = "project:write"
    SAFETY_APPROVE = "safety:approve"
    TOKEN_MANAGE = "token:manage"  # noqa: S105 - the name of a permission


ALLOWS = {
    Permission.ASSURANCE_ASSESS: "Work through assurance cases",
    Permission.AUDIT_READ: "Read what happened in the organisation",
    Permission.CATALOGUE_IMPORT: "Import products from files",
    Permission.CATALOGUE_MODERATE: "Publish listings, send them back, suspend them",
    Permission.CATALOGUE_WRITE: "Write listings, prices and documents",
    Permission.CONTRACT_APPROVE: "Approve purchases",
    Permission.CONTRACT_MANAGE: "Report measurements, accept or dispute outcomes",
    Permission.CONTRACT_READ: "Read contracts",
    Permission.CONTRACT_SIGN: "Sign contracts",
    Permission.EVALUATION_OFFER: "Offer independent evaluation",
    Permission.MEMBER_MANAGE: "Invite people, give and take roles, change the organisation's details",
    Permission.OPERATE: "Run Touchstone: let in first managers, mend what is stuck",
    Permission.PAYMENT_APPROVE: "Approve what a purchase may cost",
    Permission.PAYMENT_MANAGE: "Keep purchase orders, invoices and payments",
    Permission.PRIVACY_APPROVE: "Approve data protection assessments",
    Permission.PROJECT_READ: "Read projects",
    Permission.PROJECT_WRITE: "Write projects and shortlists, start purchases",
    Permission.SAFETY_APPROVE: "Approve deployment safety cases",
    Permission.TOKEN_MANAGE: "See the organisation's tokens, and end them",
}
"""What each permission allows, for whoever gives it to a program."""


def allowed_in_words(permissions: Iterable[str]) -> str:
    """Permissions as a sentence says them: read projects; sign contracts. What is none of ours stays as it is."""
    words = (ALLOWS[Permission(one)] if one in ALLOWS else one for one in permissions)
    return "; ".join(f"{one[:1].lower()}{one[1:]}" for one in words)


BUYING = ("trust", "integrated-care-board", "health-board")
KINDS = {
    "trust": "NHS trust",
    "integrated-care-board": "Integrated care board",
    "health-board": "Health board",
    "supplier": "Supplier",
    "university": "University or research organisation",
    "assessor-body": "Assessor body",
    "operator": "Operator of Touchstone",
}


class Role(Value):
    """A role as a manager reads it: what it is for, who can hold it, what it allows."""

    key: str
    name: str
    description: str
    kinds: tuple[str, ...]
    permissions: frozenset[Permission]


def _role(key: str, name: str, description: str, kinds: tuple[str, ...], *permissions: Permission) -> Role:
    return Role(key, name, description, kinds, frozenset(permissions))


P = Permission
EVERY_KIND = tuple(KINDS)
ROLES = {
    role.key: role
    for role in (
        _role("manager", "Organisation manager",
              "Invites colleagues, gives and takes roles, looks after the organisation's details and tokens.",
              EVERY_KIND, P.MEMBER_MANAGE, P.TOKEN_MANAGE, P.AUDIT_READ),
        _role("buyer", "Buyer",
              "Searches, keeps shortlists with their reasons, starts pilots and purchases.",
              BUYING, P.PROJECT_READ, P.PROJECT_WRITE, P.CONTRACT_READ),
        _role("budget-holder", "Budget holder",
              "Approves what a purchase may cost and which cost code pays for it.",
              BUYING, P.PROJECT_READ, P.CONTRACT_READ, P.PAYMENT_APPROVE),
        _role("clinical-safety-officer", "Clinical safety officer",
              "Approves the deployment safety case (DCB0160) before a product is used with patients.",
              BUYING, P.PROJECT_READ, P.CONTRACT_READ, P.SAFETY_APPROVE),
        _role("information-governance-lead", "Information governance lead",
              "Approves the data protection impact assessment.",
              BUYING, P.PROJECT_READ, P.CONTRACT_READ, P.PRIVACY_APPROVE),
        _role("approver", "Approver",
              "Approves and signs for the organisation, within a limit and until a date.",
              BUYING, P.PROJECT_READ, P.CONTRACT_READ, P.CONTRACT_APPROVE, P.CONTRACT_SIGN),
        _role("contract-manager", "Contract manager",
              "Runs the contract: reports measurements, accepts or disputes outcomes.",
              BUYING, P.PROJECT_READ, P.CONTRACT_READ, P.CONTRACT_MANAGE),
        _role("finance-officer", "Finance officer",
              "Keeps purchase orders and cost codes, checks invoices and statements, records what was paid.",
              (*BUYING, "supplier", "university"), P.CONTRACT_READ, P.PAYMENT_MANAGE),
        _role("supplier-manager", "Supplier manager",
              "Lists products, keeps their descriptions, documents and prices true, signs for the supplier.",
              ("supplier", "university"), P.CATALOGUE_WRITE, P.CATALOGUE_IMPORT, P.CONTRACT_READ, P.CONTRACT_SIGN,
              P.PAYMENT_MANAGE),
        _role("bid-writer", "Bid writer",
              "Writes descriptions and answers; somebody else submits and signs.",
              ("supplier", "university"), P.CATALOGUE_WRITE),
        _role("assessor", "Assessor",
              "Works through assurance cases and decides with a second pair of eyes.",
              ("assessor-body",), P.ASSURANCE_ASSESS),
        _role("academic", "Academic",
              "Describes expertise and data, offers independent evaluation.",
              ("university",), P.EVALUATION_OFFER),
        _role("operator", "Operator",
              "Moderates listings, imports registers, mends what is stuck. Sees no sealed bid.",
              ("operator",), P.CATALOGUE_MODERATE, P.CATALOGUE_IMPORT, P.OPERATE, P.AUDIT_READ),
    )
}  # fmt: skip


class Actor(Value):
    """A person acting for an organisation, with what their roles there allow. Neither id for the clock."""

    person_id: UUID | None
    organisation_id: UUID | None
    permissions: frozenset[Permission]
    person_name: str = ""
    organisation_name: str = ""
    organisation_kind: str = ""
    organisation_ref: str = ""
    roles: tuple[str, ...] = ()
    is_demonstration: bool = False
    predecessors: tuple[UUID, ...] = ()

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def is_buyer(self) -> bool:
        return self.organisation_kind in BUYING

    @property
    def stands_for(self) -> tuple[UUID, ...]:
        """The organisation and all that joined it: whose past it may read."""
        return (self.organisation_id, *self.predecessors) if self.organisation_id is not None else ()


CLOCK = Actor(None, None, frozenset(), "Touchstone", "Touchstone")


def require(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed, naming the roles that could, unless the actor has the permission."""
    if not actor.may(permission):
        able = " or ".join(role.name.lower() for role in ROLES.values() if permission in role.permissions)
        raise NotAllowed(f"this needs the role {able}", "Ask a manager of your organisation for the role.")


def owns(actor: Actor, organisation_id: UUID | None) -> bool:
    """Whether the actor acts for that organisation."""
    return organisation_id is not None and actor.organisation_id == organisation_id


GUARDED = frozenset({P.CONTRACT_APPROVE, P.CONTRACT_SIGN, P.PAYMENT_APPROVE, P.PRIVACY_APPROVE, P.SAFETY_APPROVE})
"""What signs or approves: a manager gives it to others, and only another manager gives it to them."""


def roles_for(kind: str) -> list[Role]:
    """The roles that fit an organisation of this kind, in the order in which managers read them."""
    return [role for role in ROLES.values() if kind in role.kinds]


def is_guarded(role: Role) -> bool:
    """Whether the role signs or approves, so that it may have a limit and a deputy."""
    return bool(role.permissions & GUARDED)


def is_the_house(actor: Actor) -> bool:
    """Whether nobody asks: the clock, and what prepares the database."""
    return actor == CLOCK


def may_manage_members(actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor manages the members of that organisation."""
    return is_the_house(actor) or (owns(actor, organisation_id) and actor.may(Permission.MEMBER_MANAGE))


def may_admit(actor: Actor, organisation_id: UUID, *, has_manager: bool) -> bool:
    """A manager admits; an operator admits the first one, where there is none yet."""
    return may_manage_members(actor, organisation_id) or (not has_manager and actor.may(Permission.OPERATE))


def may_give(actor: Actor, role: Role, person_id: UUID, kind: str) -> bool:
    """Whether a manager may give that role to that person: it fits the organisation, and is guarded from themselves."""
    return kind in role.kinds and not (is_guarded(role) and actor.person_id == person_id)


def permissions_of(roles: tuple[str, ...], kind: str) -> frozenset[Permission]:
    """What these roles allow in an organisation of this kind; a role of another kind allows nothing."""
    held = (ROLES[key] for key in roles if key in ROLES and kind in ROLES[key].kinds)
    return frozenset(permission for role in held for permission in role.permissions)
