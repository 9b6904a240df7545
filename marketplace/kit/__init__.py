"""What every room stands on: money, time, states, refusals and the record.

Words: refusal, life, move, money, moment, working day, reference, event, entry, seal.

Invariants:
- nothing here knows a room, a face or an outside system;
- what is pure stays pure: no clock, session or setting outside `record`, `jobs` and `db`;
- an entry of the record is never changed or deleted.
"""
