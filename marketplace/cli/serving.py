"""`serve` and `worker`: the processes that people and other systems meet."""

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager

from granian import Granian
from granian.constants import Interfaces

from marketplace import app, worker
from marketplace.cli.data import bring_to_newest_schema, play_demonstration
from marketplace.kit.errors import Conflict
from marketplace.migrations.run import is_current
from marketplace.settings import Settings
from marketplace.wiring import house_from, services_from


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    serve_parser = commands.add_parser("serve", help="serve pages and API (127.0.0.1:8000)")
    serve_parser.add_argument("--host", default="127.0.0.1")
    serve_parser.add_argument("--port", type=int, default=8000)
    serve_parser.add_argument("--processes", type=int, default=1)
    serve_parser.add_argument("--with-worker", action="store_true", help="run the worker beside it")
    serve_parser.add_argument("--prepare", action="store_true", help="first migrate, and fill an empty demonstration")
    serve_parser.set_defaults(run=serve)
    worker_parser = commands.add_parser("worker", help="handle recorded events and schedules")
    worker_parser.add_argument("--once", action="store_true", help="drain what is due and exit")
    worker_parser.set_defaults(run=run_worker)


def serve(arguments: Namespace) -> int:
    """Serve until told to stop. Refuses to start half-set or unmigrated.

    The application is imported here, so that each process that serves inherits it in place of reading it again.
    """
    settings = Settings()
    if arguments.prepare:
        bring_to_newest_schema(settings)
        if settings.is_demonstration:
            play_demonstration(settings, only_if_empty=True)
    services = services_from(settings)
    if not is_current(services.database):
        raise Conflict("the database is not at the newest schema", "Run `marketplace migrate`, then start again.")
    services.database.close()
    print(f"Touchstone is at http://{arguments.host}:{arguments.port}")
    if settings.is_demonstration:
        print("Sign in at /sign-in: choose one of the demonstration people, no password needed.", flush=True)
    with _beside(arguments.with_worker):
        server = Granian(
            f"{app.__name__}:{app.create_app.__name__}", factory=True, interface=Interfaces.ASGI,
            address=arguments.host, port=arguments.port, workers=arguments.processes, log_access=False, backlog=1_024,
        )  # fmt: skip
        server.serve()
    return 0


@contextmanager
def _beside(wanted: bool) -> Iterator[None]:
    """The worker as a process of its own, stopped with the server."""
    if not wanted:
        yield
        return
    process = subprocess.Popen([sys.executable, "-m", "marketplace.cli", "worker"], env=dict(os.environ))
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


def run_worker(arguments: Namespace) -> int:
    if arguments.once:
        print(f"{worker.round_of(house_from(Settings()))} deliveries tried")
    else:
        worker.main()
    return 0
