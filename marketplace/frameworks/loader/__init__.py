"""The only code that opens the data in frameworks/: everything resolved, every reference checked, or a refusal."""

from marketplace.frameworks.loader.frameworks import Frameworks
from marketplace.frameworks.loader.keeping import recalled
from marketplace.frameworks.loader.load import load, read_mapping
from marketplace.frameworks.loader.lock import drift, write_lock
from marketplace.frameworks.loader.reading import read_plain

__all__ = ["Frameworks", "drift", "load", "read_mapping", "read_plain", "recalled", "write_lock"]
