"""A statement that is put together once for each database, for what runs so often that putting it together would cost
more than running it.

It is written in SQLAlchemy's words as any other, takes and gives the same Python values and fails with the same errors,
but goes to the driver itself: who listens to the engine does not hear of it.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Change = Callable[[Any], Any]
"""What a value goes through on its way into the database, or out of it."""


def insert_new(table: Table) -> Insert:
    """An insert of whole rows that passes over those that are there already. Both databases say it alike."""
    return insert(table).on_conflict_do_nothing()


class Spelt(NamedTuple):
    """A statement in the words of one database: its text, and what its values go through on their ways in and out.

    `constants` stand in the statement itself; `arranged` puts the values as the driver wants them.
    """

    text: str
    constants: Values
    ways_in: Sequence[tuple[str, Change]]
    ways_out: Sequence[tuple[int, Change]]
    arranged: Callable[[Values], Any]

    def bound(self, values: Values) -> Any:
        """The values as the driver takes them. Raises KeyError for one that is not given."""
        known = {**self.constants, **values}
        for name, way in self.ways_in:
            known[name] = way(known[name])
        return self.arranged(known)

    def read(self, row: Sequence[Any]) -> list[Any]:
        """A row of the driver as Python values."""
        values = list(row)
        for place, way in self.ways_out:
            values[place] = way(values[place])
        return values


class Prepared:
    """A statement that runs often. Each of its values has a name: a `bindparam`, or a column of an insert.

    An insert names every column. Lists of values inside one statement (`expanding`) are not for this.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._spelt: dict[str, Spelt] = {}

    def run(self, through: Session | Connection, *values: Values) -> int:
        """Run a change, once for each of `values`; returns how many rows it met, where the driver says so."""
        if not values:
            return 0
        connection = _connection(through)
        return self._cursor(connection, self._in_words_of(connection.dialect), values).rowcount

    def rows(self, through: Session | Connection, values: Values) -> list[list[Any]]:
        """The rows of a selection, or those that a change returns."""
        connection = _connection(through)
        spelt = self._in_words_of(connection.dialect)
        return [spelt.read(row) for row in self._cursor(connection, spelt, [values]).fetchall()]

    def _cursor(self, connection: Connection, spelt: Spelt, values: Sequence[Values]) -> DBAPICursor:
        """The driver's cursor after it ran; what the driver raises is raised as SQLAlchemy does."""
        cursor = connection.connection.cursor()
        try:
            if len(values) > 1:
                cursor.executemany(spelt.text, [spelt.bound(each) for each in values])
            else:
                cursor.execute(spelt.text, *map(spelt.bound, values))
        except connection.dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(spelt.text, None, error, connection.dialect.loaded_dbapi.Error) from error
        return cursor

    def _in_words_of(self, dialect: Dialect) -> Spelt:
        spelt = self._spelt.get(dialect.name)
        if spelt is None:
            spelt = self._spelt[dialect.name] = _spell(self._statement, dialect)
        return spelt


def _connection(through: Session | Connection) -> Connection:
    """That of a session; it need not be asked for where a session was made over it, in a transaction that runs."""
    if isinstance(through, Session):
        return through.bind if isinstance(through.bind, Connection) else through.connection()
    return through


def _spell(statement: ClauseElement, dialect: Dialect) -> Spelt:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    columns = list(statement.exported_columns) if isinstance(statement, ReturnsRows) else []
    ways_in = [(name, _way_in(compiled.binds[name].type, dialect)) for name in compiled.params]
    ways_out = [(place, _way_out(column.type, dialect)) for place, column in enumerate(columns)]
    return Spelt(
        str(compiled),
        {name: value for name, value in compiled.params.items() if not compiled.binds[name].required},
        [(name, way) for name, way in ways_in if way is not None],
        [(place, way) for place, way in ways_out if way is not None],
        _in_order(compiled.positiontup or []) if dialect.positional else _by_name(list(compiled.params)),
    )


def _in_order(names: Sequence[str]) -> Callable[[Values], Any]:
    """Values in the order of their places in the text; some stand there more than once."""
    return itemgetter(*names) if len(names) > 1 else lambda values: tuple(values[name] for name in names)


def _by_name(names: Sequence[str]) -> Callable[[Values], Any]:
    return lambda values: {name: values[name] for name in names}


def _way_in(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _way_out(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
