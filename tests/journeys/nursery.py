"""What the processes of these tests are forked from: all is imported and all that is declared is read; no database is open.

Only the process that forks reads this: started once, it saves each of a hundred children four seconds.
"""

from marketplace.cli import checks, data, importing, serving
from marketplace.kit.starting import keep_what_is_there
from marketplace.settings import Settings
from marketplace.wiring.engines import frameworks_in
from tests.journeys import processes, test_killed_payment

READY = (checks, data, importing, serving, processes, test_killed_payment)
frameworks_in(Settings().frameworks)
keep_what_is_there()
