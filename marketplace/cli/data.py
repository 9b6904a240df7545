"""`migrate`, `demo`, `reindex`, `backup`, `restore`, `export`: what keeps the data and brings it back."""

import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from functools import partial
from pathlib import Path

from marketplace.cli.output import tell
from marketplace.demonstration import play
from marketplace.faces.upkeep import rebuild_index
from marketplace.kit.backup import back_up, restore
from marketplace.kit.db import Database
from marketplace.kit.starting import keep_what_is_there
from marketplace.migrations.run import migrate
from marketplace.settings import Settings
from marketplace.web.opendata import write_open_data
from marketplace.wiring import folder_of, house_from


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    migrating = commands.add_parser("migrate")
    migrating.add_argument("--quiet", action="store_true", help="say nothing")
    migrating.set_defaults(run=run_migrate)
    demo = commands.add_parser("demo")
    demo.add_argument("--if-empty", action="store_true", help="only into a database that holds nothing yet")
    demo.set_defaults(run=run_demo)
    commands.add_parser("reindex").set_defaults(run=run_reindex)
    for name, run, where in (
        ("backup", run_backup, "an empty folder"),
        ("restore", run_restore, "the folder of the copy"),
        ("export", run_export, "where the files go"),
    ):
        command = commands.add_parser(name)
        command.add_argument("folder", type=Path, metavar="DIR", help=where)
        command.set_defaults(run=run)


def run_migrate(arguments: Namespace) -> int:
    bring_to_newest_schema(Settings())
    if not arguments.quiet:
        print("The database is at the newest schema.")
    return 0


def bring_to_newest_schema(settings: Settings) -> None:
    """Migrate the database; one in a file is made where there is none."""
    if settings.database_url.startswith("sqlite:///"):
        folder_of(settings.database_url.replace("sqlite", "file", 1)).parent.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    migrate(database)
    database.close()


def prepare(settings: Settings) -> None:
    """What a laptop needs before it serves: the newest schema, and the demonstration in an empty database."""
    bring_to_newest_schema(settings)
    if settings.is_demonstration:
        play_demonstration(settings, only_if_empty=True)


def run_demo(arguments: Namespace) -> int:
    play_demonstration(Settings(), only_if_empty=arguments.if_empty)
    return 0


def play_demonstration(settings: Settings, *, only_if_empty: bool) -> None:
    """Load the demonstration data and tell who its people are."""
    house = house_from(settings)
    keep_what_is_there()
    told = play(house, only_if_empty=only_if_empty, progress=partial(print, file=sys.stderr, flush=True))
    if told:
        print(told)


def run_reindex(arguments: Namespace) -> int:
    print(f"{rebuild_index(house_from(Settings()).services)} products are in the index.")
    return 0


def run_backup(arguments: Namespace) -> int:
    settings = Settings()
    copied = back_up(settings.database_url, folder_of(settings.files_url), arguments.folder)
    tell(copied.told(), {}, as_json=False)
    return 0


def run_restore(arguments: Namespace) -> int:
    settings = Settings()
    copied = restore(settings.database_url, folder_of(settings.files_url), arguments.folder)
    rebuild_index(house_from(settings).services)
    tell(copied.told(), {}, as_json=False)
    return 0


def run_export(arguments: Namespace) -> int:
    services = house_from(Settings()).services
    with services.database.reading() as db:
        files = write_open_data(db, services.frameworks, arguments.folder, at=services.clock())
    print("\n".join(str(path) for path in files))
    return 0
