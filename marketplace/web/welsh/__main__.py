"""Prints what has no Welsh yet, as entries for `templates/welsh.po`: `python -m marketplace.web.welsh`."""

import json
import sys
from pathlib import Path

from marketplace.web.letters import mail_environment
from marketplace.web.welsh.lacking import lacking
from marketplace.web.welsh.words import CATALOGUE, read

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


def main() -> int:
    """0 where nothing lacks, 1 where something does."""
    missing = lacking(mail_environment(TEMPLATES), TEMPLATES, read(TEMPLATES / CATALOGUE))
    for name, text in dict.fromkeys(missing):
        sys.stdout.write(f'#: {name}\nmsgid {json.dumps(text, ensure_ascii=False)}\nmsgstr ""\n\n')
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
