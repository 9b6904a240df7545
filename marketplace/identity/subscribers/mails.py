"""Mails: each factory takes the post and gives the subscriber of one event. Secrets of links are made here."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketplace.identity.actions.invitations import give_invitation_secret
from marketplace.identity.actions.links import give_secret
from marketplace.identity.actions.mailing import About, send_mail
from marketplace.identity.events import (
    AddressChangeAsked,
    AddressChanged,
    MemberInvited,
    PasswordResetAsked,
    PersonTold,
    SignUpAsked,
)
from marketplace.identity.models import Invitation, Notice, OneTimeLink, Organisation, Person
from marketplace.identity.policies import ROLES
from marketplace.kit.jobs import Heard, Subscriber
from marketplace.ports.mail.post import Post

NAMES_OF_KINDS = {
    "role": "role-changed",
    "membership": "organisation-join-asked",
    "saved-search": "saved-search-news",
    "shortlist": "shortlisted-product-changed",
    "import": "import-finished",
}
"""Which mail a notice of that kind is; any other is a digest of one."""
_NOTICE = (
    select(Notice, Person, Organisation.name)
    .join(Person, Person.id == Notice.person_id)
    .outerjoin(Organisation, Organisation.id == Notice.organisation_id)
    .where(Notice.id == bindparam("notice"))
)


def mails_sign_up(post: Post) -> Subscriber:
    """SignUpAsked: a link to make an account with, or the word that there is one."""

    def mail(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, SignUpAsked)
        link = _open(db.get(OneTimeLink, heard.event.link_id), heard.at)
        if link is None:
            return
        has_account = link.person_id is not None
        path = "/sign-in" if has_account else f"/sign-up/{give_secret(link)}"
        values = {"has_account": has_account, "link": post.url(path), "until": link.expires_at}
        post.send("sign-up", to=link.email, key=heard.key, values=values, language=link.language)

    return mail


def mails_reset(post: Post) -> Subscriber:
    """PasswordResetAsked: a link to set a new password with; nothing where the address has no account."""

    def mail(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, PasswordResetAsked)
        link = _open(db.get(OneTimeLink, heard.event.link_id), heard.at)
        person = db.get(Person, link.person_id) if link and link.person_id else None
        if link is None or person is None:
            return
        values = {
            "person_name": person.name,
            "link": post.url(f"/reset/{give_secret(link)}"),
            "until": link.expires_at,
        }
        about = About("A link to set a new password", person=person)
        send_mail(
            db, post, "password-reset", to=person.email, key=heard.key, values=values, about=about,
            language=person.language, at=heard.at,
        )  # fmt: skip

    return mail


def mails_address_confirmation(post: Post) -> Subscriber:
    """AddressChangeAsked: a link, to the new address, that confirms it."""

    def mail(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, AddressChangeAsked)
        link = _open(db.get(OneTimeLink, heard.event.link_id), heard.at)
        person = db.get(Person, link.person_id) if link and link.person_id else None
        if link is None or person is None:
            return
        values = {
            "person_name": person.name,
            "link": post.url(f"/account/address/{give_secret(link)}"),
            "until": link.expires_at,
        }
        post.send("address-confirmation", to=link.email, key=heard.key, values=values, language=person.language)

    return mail


def mails_address_changed(post: Post) -> Subscriber:
    """AddressChanged: a word to the former address, where a thief would not look."""

    def mail(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, AddressChanged)
        link = db.get(OneTimeLink, heard.event.link_id)
        person = db.get(Person, heard.event.person_id)
        if link is None or person is None or not link.former_email:
            return
        values = {"person_name": person.name, "at": heard.at, "link": post.url("/reset")}
        post.send("address-changed", to=link.former_email, key=heard.key, values=values, language=person.language)

    return mail


def mails_invitation(post: Post) -> Subscriber:
    """MemberInvited: a link to join with."""

    def mail(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, MemberInvited)
        invitation = db.get_one(Invitation, heard.event.invitation_id)
        if not invitation.is_open(heard.at):
            return
        organisation = db.get_one(Organisation, invitation.organisation_id)
        inviter = db.get_one(Person, invitation.invited_by_id)
        values = {
            "organisation_name": organisation.name,
            "invited_by": inviter.name,
            "roles": [{"name": ROLES[role].name, "description": ROLES[role].description} for role in invitation.roles],
            "link": post.url(f"/invitations/{give_invitation_secret(invitation)}"),
            "until": invitation.expires_at,
        }
        about = About(
            f"An invitation to {organisation.name}", organisation_id=organisation.id, asked_by_id=inviter.id
        )  # fmt: skip
        send_mail(db, post, "invitation", to=invitation.email, key=heard.key, values=values, about=about, at=heard.at,
                  language=inviter.language)  # fmt: skip

    return mail


def mails_notice(post: Post) -> Subscriber:
    """PersonTold: the notice, by mail as well."""

    def mail(db: Session, heard: Heard) -> None:
        assert isinstance(heard.event, PersonTold)
        notice, person, organisation_name = db.execute(_NOTICE, {"notice": heard.event.notice_id}).one()
        if notice.mailed_at is not None or person.disabled_at is not None:
            return
        values = {
            "person_name": person.name,
            "organisation_name": organisation_name or "",
            "title": notice.title,
            "notices": [as_told(notice, post)],
            **as_told(notice, post),
        }
        name = NAMES_OF_KINDS.get(notice.kind, "digest")
        about = About(notice.title, notice.kind, person, notice.organisation_id)
        mail = send_mail(
            db, post, name, to=person.email, key=heard.key, values=values, about=about, language=person.language,
            at=heard.at,
        )  # fmt: skip
        notice.mailed_at = heard.at if mail.state != "withheld" else None

    return mail


def as_told(notice: Notice, post: Post) -> dict[str, object]:
    """A notice as mails show it."""
    return {"title": notice.title, "body": notice.body, "url": post.url(notice.path or "/notices"), "at": notice.at}


def _open(link: OneTimeLink | None, at: datetime) -> OneTimeLink | None:
    return link if link is not None and link.used_at is None and at < link.expires_at else None
