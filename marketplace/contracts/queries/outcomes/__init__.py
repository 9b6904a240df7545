"""What was measured, what it came to, and what waits for whom."""

from marketplace.contracts.queries.outcomes.books import Book, book_of, holds_of, open_disputes
from marketplace.contracts.queries.outcomes.waiting import waiting_for

__all__ = ["Book", "book_of", "holds_of", "open_disputes", "waiting_for"]
