"""`python -m bench [NAME ...]`: run the measurements and print a table each; all of them without a name.

`TOUCHSTONE_BENCH_PRODUCTS` sets how many products (100,000), `TOUCHSTONE_BENCH_VERSIONS` how many product versions are
judged (10,000).
"""

import platform
import sys
from datetime import UTC, datetime

from bench import contracts, importing, outcomes, pages, relevance, starting, verdicts
from bench.tables import Row, show

MEASUREMENTS = {
    "importing": importing.measure,
    "pages": pages.measure,
    "starting": starting.measure,
    "relevance": relevance.measure,
    "outcomes": outcomes.measure,
    "contracts": contracts.measure,
    "verdicts": verdicts.measure,
}


def main(names: list[str]) -> int:
    """Exit 1 where a bar is missed."""
    rows: list[Row] = []
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {platform.machine()}")
    for name in names or list(MEASUREMENTS):
        rows += MEASUREMENTS[name]()
    print(show(rows))
    return 0 if all(row.holds is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
