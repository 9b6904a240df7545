"""The desk: pure rules as calculators that need no database. The same functions serve the product."""

from marketplace.faces.desk import check, dates, pool, price, sample, settle, simulate, spc
from marketplace.faces.desk.worked import Calculator

CALCULATORS: dict[str, Calculator] = {
    "check": check.CALCULATOR, "dates": dates.CALCULATOR, "pool": pool.CALCULATOR, "price": price.CALCULATOR,
    "sample": sample.CALCULATOR, "settle": settle.CALCULATOR, "simulate": simulate.CALCULATOR, "spc": spc.CALCULATOR,
}  # fmt: skip
