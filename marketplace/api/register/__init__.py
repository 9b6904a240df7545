"""The public register as data, and what its contracts leave out."""

from marketplace.api.register import redactions, register

CALLS = [*register.CALLS, *redactions.CALLS]
