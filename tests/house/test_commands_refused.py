"""A command that cannot be done says in words why not and what to do, and leaves with 1: nobody reads a trace."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cli import main, serving
from marketplace.cli.people import _person
from marketplace.faces.services import Services
from marketplace.identity.models import Person, Token
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid
from tests.clients import committed
from tests.identity.people import NIA, somebody

Told = Callable[..., str]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command where there is neither a database nor an index; returns what it told of its refusal."""
    monkeypatch.setenv("TOUCHSTONE_DATABASE_URL", f"sqlite:///{tmp_path}/none.db")
    monkeypatch.setenv("TOUCHSTONE_SEARCH_URL", f"tantivy://{tmp_path}/index")
    monkeypatch.setenv("TOUCHSTONE_FILES_URL", f"file://{tmp_path}/files")

    def run(*words: object) -> str:
        assert main([str(word) for word in words]) == 1
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    "words", [["verify"], ["token", "a@example.org"], ["reindex"], ["worker", "--once"], ["export", "open-data"]]
)
def test_without_a_database_a_command_says_so_and_who_knows_more(told: Told, words: list[str], tmp_path: Path):
    answer = told(*words[:-1], tmp_path / words[-1]) if "export" in words else told(*words)

    assert answer.startswith("the database does not serve: no such table")
    assert "`marketplace doctor` says what to mend." in answer


def test_a_search_without_an_index_names_the_command_that_makes_one(told: Told):
    assert "Run `marketplace reindex`." in told("search", "letters")


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("nonsense", '"nonsense"'),
        ("", "an empty answer"),
        ("postgresql+psycopg://us:secret@host:notaport/db", '"postgresql+psycopg://********@host:notaport/db"'),
        ("postgresql://us:sec@secret@127.0.0.1/db", '"postgresql://********@127.0.0.1/db"'),
        ("postgresql://us:secret", '"postgresql://us:********"'),
        ("mysql://us:secret@host/db", '"mysql://********@host/db"'),
        ("host=h password=secret", '"host=h password=********"'),
        ("us:secret@host/db", '"us:********@host/db"'),
    ],
)
@pytest.mark.parametrize("command", ["doctor", "verify", "migrate"])
def test_an_address_of_a_database_that_is_none_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str, address: str, named: str
):
    monkeypatch.setenv("TOUCHSTONE_DATABASE_URL", address)

    assert main([command]) == 1

    told = "".join(capsys.readouterr())
    assert f"TOUCHSTONE_DATABASE_URL names no database: {named}. Write it like sqlite:///" in told
    assert "secret" not in told


def test_a_folder_that_cannot_be_made_is_named(told: Told, tmp_path: Path):
    (tmp_path / "a-file").write_text("")

    assert told("export", tmp_path / "a-file" / "open").startswith(f"{tmp_path}/a-file/open cannot be used: Not a")


def test_bytes_that_are_no_text_are_refused_by_file_and_by_line(told: Told, tmp_path: Path):
    (tmp_path / "dates.yaml").write_bytes(b"\xff\xfe")
    (tmp_path / "asked.jsonl").write_bytes(b'\xff{"id": 1, "q": "letters"}\n')
    (tmp_path / "nothing.jsonl").write_bytes(b'{"id": 1, "q": null}\n')

    assert "dates.yaml cannot be read" in told("desk", "dates", tmp_path / "dates.yaml")
    for name in ("asked.jsonl", "nothing.jsonl"):
        assert told("search", "--batch", tmp_path / name).startswith("line 1 is not a query")


def test_a_fault_of_ours_keeps_its_trace(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("marketplace.cli.data.bring_to_newest_schema", broken)

    with pytest.raises(ZeroDivisionError):
        main(["migrate"])


def test_two_servers_do_not_share_what_comes_in_at_one_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(Conflict, match=r"cannot be listened at: Address already in use$") as refused:
            serving.check_free("127.0.0.1", port)

    assert "--port" in refused.value.hint
    serving.check_free("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("localhost", 8000), ("nope", 8000), ("127.0.0.1", 0), ("::1", 99_999)])
def test_what_is_no_address_or_no_port_is_named(host: str, port: int):
    with pytest.raises(Invalid, match=f"{host} is no address|there is no port {port}"):
        serving.check_free(host, port)


def test_a_person_is_found_however_their_address_is_typed(database, now):
    somebody(database, NIA, at=now)

    with database.reading() as db:
        assert _person(db, f" {NIA.upper()} ").email == NIA


def test_a_token_from_the_command_line_is_cut_down_to_its_scopes(
    told: Told, monkeypatch: pytest.MonkeyPatch, services: Services, db: Session, buyer: Actor
):
    email = db.get_one(Person, buyer.person_id).email
    committed(db)
    monkeypatch.setattr("marketplace.cli.people.services_from", lambda _: services)

    assert main(["token", email, "--scope", "project:read"]) == 0
    assert "you may not give" in told("token", email, "--scope", "operate:all")

    with services.database.reading() as reading:
        assert reading.scalars(select(Token.scopes)).one() == ["project:read"]
