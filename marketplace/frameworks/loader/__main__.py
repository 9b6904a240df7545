"""`python -m marketplace.frameworks.loader lock [FOLDER]`: check every declaration, then publish the drafts."""

import sys
from pathlib import Path

from marketplace.frameworks.loader.load import load
from marketplace.frameworks.loader.lock import LOCK, write_lock
from marketplace.kit.errors import Refusal


def main(arguments: list[str]) -> int:
    """The exit code: 0 done, 1 refused with reasons, 2 wrong usage."""
    if arguments[:1] != ["lock"] or len(arguments) > 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    root = Path(arguments[1] if len(arguments) == 2 else "frameworks")
    try:
        load(root)
        published = write_lock(root)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.fact}\n{refusal.hint}\n")
        return 1
    sys.stdout.write("".join(f"published {name}\n" for name in published) or f"nothing is new; {LOCK} stands\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
