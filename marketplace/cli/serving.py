"""`serve` and `worker`: the processes that people and other systems meet."""

import socket
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from ipaddress import ip_address
from multiprocessing import Process
from os import strerror

from granian import Granian
from granian.constants import Interfaces

from marketplace import app, worker
from marketplace.faces.upkeep import is_empty
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.starting import nothing_collected
from marketplace.migrations.standing import is_current
from marketplace.settings import Settings
from marketplace.wiring import folder_of, house_from


def add(commands: "_SubParsersAction[ArgumentParser]") -> None:
    serve_parser = commands.add_parser("serve")
    serve_parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1)")
    serve_parser.add_argument("--port", type=int, default=8000, help="8000 otherwise")
    serve_parser.add_argument("--processes", type=int, default=1, help="how many serve side by side (1)")
    serve_parser.add_argument("--with-worker", action="store_true", help="run the worker beside it")
    serve_parser.add_argument("--prepare", action="store_true", help="first migrate, and fill an empty demonstration")
    serve_parser.set_defaults(run=serve)
    worker_parser = commands.add_parser("worker")
    worker_parser.add_argument("--once", action="store_true", help="drain what is due and exit")
    worker_parser.set_defaults(run=run_worker)


def serve(arguments: Namespace) -> int:
    """Serve until told to stop. Refuses to start half-set or unmigrated.

    The application is put together here, so that each process that serves inherits it in place of making it again.
    """
    settings = Settings()
    check_free(arguments.host, arguments.port)
    if arguments.processes < 1:
        raise Invalid(f"{arguments.processes} processes serve nothing", "Let one or more serve.")
    if arguments.prepare and is_unprepared(settings):
        import_module("marketplace.cli.data").prepare(settings)
    with nothing_collected():
        application = app.create_app()
        if arguments.processes > 1:
            application.complete()
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


def check_free(host: str, port: int) -> None:
    """Raises Invalid for what is no address, Conflict where somebody listens there: two would share what comes in."""
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    except ValueError as wrong:
        raise Invalid(f"{host} is no address to listen at", "Write it in numbers, such as 127.0.0.1.") from wrong
    if not 1 <= port <= 65_535:
        raise Invalid(f"there is no port {port}", "Choose one from 1 to 65535.")
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as taken:
        hint = "Stop what listens there, or name another with --port."
        raise Conflict(f"{host}:{port} cannot be listened at: {strerror(taken.errno or 0)}", hint) from taken


def is_unprepared(settings: Settings) -> bool:
    """Whether the database is behind this code, or nothing is in it yet."""
    if settings.database_url.startswith("sqlite") and not folder_of(settings.database_url).exists():
        return True
    database = Database(settings.database_url)
    try:
        return not is_current(database) or is_empty(database)
    finally:
        database.close()


@contextmanager
def _beside(wanted: bool) -> Iterator[None]:
    """The worker as a process of its own, stopped with the server."""
    if not wanted:
        yield
        return
    process = Process(name="touchstone-worker", target=worker.main)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(timeout=10)


def run_worker(arguments: Namespace) -> int:
    if arguments.once:
        print(f"{worker.round_of(house_from(Settings()))} deliveries tried")
    else:
        worker.main()
    return 0
