"""Who is who: people, organisations, their roles, and for whom a person is acting now.

Words: person, organisation, register, membership, role, permission, actor, session, invitation, notice.

Invariants:
- a person acts for exactly one organisation at a time, and every action is recorded under both;
- nobody gives a role that they could not themselves be given by a manager of that organisation;
- a secret (password, session, link, token) is stored as a hash alone, and a one-time link works once.
"""
