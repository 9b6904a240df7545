"""Calling addresses that strangers gave us, such as webhooks: never an address of our own network, never for long.

Words: outward, public address, laptop, refused, unreachable.
Invariants: the address that was checked is the one that is connected to; no redirect is followed; nothing of the
answer but its status comes back, unless it was asked for by `fetch`, which strangers' addresses never reach; a call
ends within its time, whatever the other side does.
"""
