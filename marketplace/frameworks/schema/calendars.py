"""Bank holidays, as data."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from marketplace.frameworks.schema.base import Declared, Identifier, Words, twice

Day = Annotated[date, Field(strict=False)]


class Holiday(Declared):
    """A day, and what it is called."""

    date: Day
    name: Words
    substitute: Literal["yes", "no"] = "no"


class CalendarSource(Declared):
    """Where the days were published."""

    document: Words
    address: str = ""


class Calendar(Declared):
    """The holidays of each nation in every year from the first to the last."""

    id: Identifier
    version: Annotated[int, Strict()] = 1
    source: CalendarSource
    as_at: Day
    first_year: Annotated[int, Strict()]
    last_year: Annotated[int, Strict()]
    notes: tuple[str, ...] = ()
    nations: dict[Identifier, tuple[Holiday, ...]]

    @model_validator(mode="after")
    def _days_stand_once_in_their_years(self) -> Self:
        for nation, days in self.nations.items():
            if repeated := twice(str(day.date) for day in days):
                raise ValueError(f"{nation} has {repeated} twice")
            if beyond := [day.date for day in days if not self.first_year <= day.date.year <= self.last_year]:
                raise ValueError(f"{nation} has {beyond[0]}, outside {self.first_year} to {self.last_year}")
        return self
