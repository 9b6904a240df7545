"""Files and functions stay small enough to be read in one go, and imports stand at the top."""

import ast
from statistics import median

from tests.house.source import PACKAGE, ROOMS, functions, length, modules, short, statements

NAMES = {
    "__init__",
    "states",
    "events",
    "rules",
    "models",
    "schemas",
    "policies",
    "queries",
    "search",
    "actions",
    "subscribers",
}
LONGEST_FILE, LONGEST_FUNCTION, USUAL_FUNCTION = 300, 50, 25


def test_no_file_is_longer_than_it_can_be_read():
    long = {short(path): lines for path in modules() if (lines := len(path.read_text().splitlines())) > LONGEST_FILE}

    assert long == {}


def test_functions_are_short():
    lengths = [length(node) for _, node in functions()]
    long = {f"{short(path)}:{node.name}": length(node) for path, node in functions() if length(node) > LONGEST_FUNCTION}

    assert long == {}
    assert sum(lines <= USUAL_FUNCTION for lines in lengths) / len(lengths) >= 0.9
    assert median(lengths) <= 12


def test_no_import_stands_inside_a_function():
    inside = [
        f"{short(path)}:{node.name}"
        for path, node in functions()
        if any(isinstance(part, (ast.Import, ast.ImportFrom)) for part in statements(node))
    ]

    assert inside == []


def test_a_room_has_ten_file_names_and_no_eleventh():
    strangers = [
        short(path)
        for room in ROOMS
        for path in (PACKAGE / room).glob("*")
        if path.name != "__pycache__" and path.stem not in NAMES
    ]

    assert strangers == []


def test_every_module_and_public_function_of_the_kit_says_what_its_signature_cannot():
    silent = [short(path) for path, tree in modules().items() if ast.get_docstring(tree) is None]

    assert silent == []
