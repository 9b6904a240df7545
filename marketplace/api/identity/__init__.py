"""Who is who: oneself, organisations, members and their roles, invitations, tokens, notices, webhooks."""

from marketplace.api.identity import (
    invitations,
    mails,
    me,
    members,
    notices,
    organisations,
    requests,
    second_factor,
    successions,
    tokens,
    webhooks,
)

CALLS = [
    *me.CALLS, *organisations.CALLS, *members.CALLS, *requests.CALLS, *invitations.CALLS, *tokens.CALLS,
    *notices.CALLS, *webhooks.CALLS, *second_factor.CALLS, *successions.CALLS, *mails.CALLS,
]  # fmt: skip
