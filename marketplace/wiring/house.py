"""Who hears what of people, the catalogue and projects."""

from marketplace.catalogue import events as catalogue
from marketplace.catalogue.subscribers import tell_moderators, tell_of_document, tell_supplier
from marketplace.faces.services import Services
from marketplace.faces.standing import follows_in_index
from marketplace.identity import events as identity
from marketplace.identity import subscribers as people
from marketplace.kit.events import Event
from marketplace.ports.mail.post import Post
from marketplace.procurement import events as procurement
from marketplace.procurement import subscribers as projects
from marketplace.web.letters import letters_from
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of people, the catalogue and projects."""
    post = Post(services.mail, letters_from(services.templates), services.base_url)
    index = ("index", follows_in_index(services))
    supplier, moderators = ("tell supplier", tell_supplier), ("tell moderators", tell_moderators)
    watch, follow = ("watch shortlists", projects.watches_shortlists), ("tell followers", projects.tells_followers)
    hasten = ("hasten searches", projects.hastens_searches)
    end = ("tell the end", projects.tells_the_end)
    return {
        catalogue.ListingPublished: [index, supplier, watch, follow, hasten],
        catalogue.ListingSuspended: [index, supplier, watch, follow],
        catalogue.ListingReinstated: [index, supplier, watch, follow],
        catalogue.ListingWithdrawn: [index, watch, follow],
        catalogue.ListingSubmitted: [index, moderators],
        catalogue.ListingSentBack: [index, supplier],
        catalogue.ListingConfirmed: [index],
        catalogue.PricesChanged: [index, watch, follow],
        catalogue.ProductClaimAsked: [moderators],
        catalogue.ProductClaimSettled: [index, supplier],
        catalogue.ProductsImported: [index, watch, hasten],
        catalogue.DocumentAsked: [("tell of document", tell_of_document)],
        catalogue.DocumentSettled: [("tell of document", tell_of_document)],
        procurement.ColleagueAdded: [("tell colleague", projects.tells_colleagues)],
        procurement.CommentMade: [("tell who is asked", projects.tells_who_is_asked)],
        procurement.ProjectDecided: [end],
        procurement.ProjectClosed: [end],
        procurement.ProjectReopened: [end],
        identity.SignUpAsked: [("mail sign-up", people.mails_sign_up(post))],
        identity.PasswordResetAsked: [("mail reset", people.mails_reset(post))],
        identity.AddressChangeAsked: [("mail confirmation", people.mails_address_confirmation(post))],
        identity.AddressChanged: [("mail address changed", people.mails_address_changed(post))],
        identity.MemberInvited: [("mail invitation", people.mails_invitation(post))],
        identity.PersonTold: [("mail notice", people.mails_notice(post))],
        identity.PasswordChanged: [("tell of password", people.tells_of_password)],
        identity.TokenMade: [("tell of token", people.tells_of_token)],
        identity.CalendarFeedMade: [("tell of calendar", people.tells_of_feed)],
        identity.RemarkMade: [("tell of comment", people.tells_of_remark)],
        identity.RoleGiven: [("tell of role", people.tells_of_role_given)],
        identity.RoleTaken: [("tell of role", people.tells_of_role_taken)],
        identity.DeputyNamed: [("tell of deputy", people.tells_of_deputy)],
        identity.MembershipEnded: [("tell of end", people.tells_of_end)],
        identity.JoinAsked: [("tell of asking", people.tells_of_join_asked)],
        identity.JoinRefused: [("tell of refusal", people.tells_of_join_refused)],
        identity.MemberJoined: [("tell of new member", people.tells_of_new_member)],
        identity.OrganisationRegistered: [("tell of look-alike", people.tells_of_look_alike)],
        identity.MailFailed: [("tell of mail failed", people.tells_of_mail_failed)],
        identity.SuccessionProposed: [("tell of succession", people.tells_of_succession_proposed)],
        identity.SuccessionAgreed: [("tell of succession", people.tells_of_succession_agreed)],
        identity.SuccessionEnded: [("tell of succession", people.tells_of_succession_ended)],
        identity.ThingsPassed: [("tell of what passed", people.tells_of_things_passed)],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    catalogue.ProductAdded, catalogue.DescriptionChanged, catalogue.EditionBegun, catalogue.AttachmentAdded,
    catalogue.AttachmentRemoved, catalogue.AttachmentReplaced, catalogue.ImportStarted, procurement.ColleagueRemoved,
    procurement.RequirementAdded, procurement.RequirementRemoved, procurement.FitJudged, procurement.SearchKept,
    procurement.CommentDone, procurement.SearchSaved,
    procurement.SearchForgotten, procurement.DeadlineSet, procurement.DeadlineMoved, procurement.DeadlineMet,
    procurement.DeadlineRemoved, procurement.FollowBegun, procurement.FollowEnded,
    identity.PersonAdded, identity.PersonChanged, identity.PersonDisabled, identity.PersonEnabled, identity.SignedIn,
    identity.SignedOut, identity.SessionsEnded, identity.ActingForChanged,
    identity.OrganisationChanged,
    identity.InvitationWithdrawn, identity.JoinTakenBack, identity.MailReachesAgain,
    identity.CalendarFeedEnded, identity.RemarkDone, identity.WebhookMade,
    identity.WebhookEnded,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
