"""What pages and API share below their frameworks: who asks, with what services, and how a refusal is told.

Words: services, ask, refusal, status, limit.

Invariants:
- nothing here imports Litestar or Jinja;
- who asks is found from a cookie or a token by `identity` alone;
- each of the four refusals becomes one status, here and nowhere else.
"""
