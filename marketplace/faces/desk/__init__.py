"""The desk: pure rules as calculators that need no database. The same functions serve the product."""

from marketplace.faces.desk import (
    budget,
    check,
    dates,
    pool,
    price,
    sample,
    scores,
    settle,
    simulate,
    spc,
    words,
    worth,
)
from marketplace.faces.desk.worked import Calculator

CALCULATORS: dict[str, Calculator] = {
    "budget": budget.CALCULATOR, "check": check.CALCULATOR, "dates": dates.CALCULATOR, "pool": pool.CALCULATOR,
    "price": price.CALCULATOR, "sample": sample.CALCULATOR, "scores": scores.CALCULATOR, "settle": settle.CALCULATOR,
    "simulate": simulate.CALCULATOR, "spc": spc.CALCULATOR, "words": words.CALCULATOR, "worth": worth.CALCULATOR,
}  # fmt: skip
