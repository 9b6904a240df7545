"""Each command is found in the module that the door names for it; asking for one reads no other."""

import subprocess
import sys

import pytest

from marketplace.cli import COMMANDS, parser


def commands_of(words: list[str]) -> set[str]:
    top = parser(words)
    return set(next(iter(action.choices for action in top._actions if action.choices)))


def test_the_help_shows_every_command_once():
    assert commands_of(["--help"]) == set(COMMANDS)
    assert commands_of([]) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stands_in_the_module_named_for_it(name: str):
    assert commands_of([name]) == {one for one, command in COMMANDS.items() if command.module == COMMANDS[name].module}


def test_the_help_reads_no_command():
    asked = "import sys; from marketplace.cli import parser; parser(['--help']); print(*sys.modules, sep=chr(10))"
    seen = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()

    assert [module for module in seen if module.startswith("marketplace.cli.")] == []
    assert {"sqlalchemy", "litestar", "jinja2"}.isdisjoint(seen)


def test_a_calculator_reads_neither_the_server_nor_the_ways_out():
    """What is not asked for costs nothing: a desk needs no web server, no Stripe and no search engine."""
    asked = "import sys; from marketplace.cli import parser; parser(['desk']); print(*sys.modules, sep=chr(10))"
    seen = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()

    assert {"granian", "stripe", "meilisearch", "alembic"}.isdisjoint(seen)


def test_a_server_reads_what_few_need_when_they_need_it():
    """Stripe's SDK brings two hundred and fifty modules, and Word files a hundred; most processes never meet either."""
    asked = (
        "import sys; from marketplace.app import Settings, services_from; from marketplace.cli import serving; "
        "services_from(Settings()); print(*sys.modules, sep=chr(10))"
    )
    seen = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()

    assert {"stripe", "requests", "httpx", "docx"}.isdisjoint(seen)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does_and_what_each_word_after_it_means(name: str):
    command = next(action.choices[name] for action in parser([name])._actions if action.choices)

    assert command.description
    assert [word.dest for word in command._actions if not word.help] == []
