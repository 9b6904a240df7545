"""`python -m marketplace.cli`: the same as the command `marketplace`."""

import sys

from marketplace.cli import main

sys.exit(main())
