"""The desk: pure rules as calculators that need no database. The same functions serve the product."""

from marketplace.faces.desk import check, dates, price, settle, simulate
from marketplace.faces.desk.worked import Calculator

CALCULATORS: dict[str, Calculator] = {
    "check": check.CALCULATOR, "dates": dates.CALCULATOR, "price": price.CALCULATOR, "settle": settle.CALCULATOR,
    "simulate": simulate.CALCULATOR,
}  # fmt: skip
