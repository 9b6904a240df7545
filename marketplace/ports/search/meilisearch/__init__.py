"""The engine for the world: a Meilisearch server, over its official client.

Words: task (work that the server does later), aside (the index that a rebuild fills), server.
Invariants: a search takes a second at most; a task that fails is an error here and not a document missing there; raw
text never reaches the server's query syntax.
"""

from marketplace.ports.search.meilisearch.engine import MeilisearchSearch

__all__ = ["MeilisearchSearch"]
