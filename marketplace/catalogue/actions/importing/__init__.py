"""Products from a file: begun, run in batches that each stand or fall whole, taken up again where they were cut off."""

from marketplace.catalogue.actions.importing.begin import abandon_import, begin_import, start_import
from marketplace.catalogue.actions.importing.run import BATCH, Preview, preview, run_import

__all__ = ["BATCH", "Preview", "abandon_import", "begin_import", "preview", "run_import", "start_import"]
