"""What comes in by forms, files and calls, read and cleaned: billing details, purchase orders, bank lines."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from marketplace.kit.calendar import parse_day
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.sheets import Row
from marketplace.kit.text import clean_line, clean_text, quote
from marketplace.kit.values import Value

LONGEST = {
    "legal_name": 200,
    "address": 600,
    "number": 40,
    "cost_code": 40,
    "payer": 120,
    "words": 200,
    "reason": 1_000,
}
COLUMNS = ("Date", "Amount", "Reference")
OPTIONAL = ("Payer", "Transaction")
MOST_LINES = 5_000
ORDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./_-]*")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
VAT_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)


class Described(Value):
    """How an organisation stands on invoices."""

    legal_name: str
    address: str
    vat_number: str
    company_number: str
    invoice_email: str
    bank_name: str
    sort_code: str
    account_number: str


class TypedLine(Value):
    """A line of a bank statement. `external_ref` is the bank's own, or made of what the line says."""

    external_ref: str
    received_on: date
    pence: int
    payer: str
    words: str


def read_billing(typed: Mapping[str, str]) -> Described:
    """Raises Invalid, by field."""
    errors: dict[str, str] = {}
    name, address = clean_line(typed.get("legal_name", ""), 200), clean_text(typed.get("address", ""), 600)
    if not name:
        errors["legal_name"] = "Write the name under which you contract."
    if not address:
        errors["address"] = "Write the address that stands on invoices."
    vat = re.sub(r"[\s.]", "", typed.get("vat_number", "")).upper()
    if vat and not is_vat_number(vat):
        errors["vat_number"] = f"{quote(vat)} is not a VAT number: check its digits, such as GB123456727."
    sort, account = (re.sub(r"[\s-]", "", typed.get(key, "")) for key in ("sort_code", "account_number"))
    if sort and not re.fullmatch(r"[0-9]{6}", sort):
        errors["sort_code"] = "A sort code has six digits, such as 20-00-00."
    if account and not re.fullmatch(r"[0-9]{8}", account):
        errors["account_number"] = "An account number has eight digits."
    email = clean_line(typed.get("invoice_email", ""), 254)
    if email and not EMAIL.fullmatch(email):
        errors["invoice_email"] = f"{quote(email)} is not an address."
    if errors:
        raise Invalid("the billing details do not hold", "Mend what is marked.", fields=errors)
    return Described(
        name, address, vat, clean_line(typed.get("company_number", ""), 20), email,
        clean_line(typed.get("bank_name", ""), 120), sort, account,
    )  # fmt: skip


def is_vat_number(text: str) -> bool:
    """Whether nine digits, with GB or without, pass the check of a United Kingdom VAT number, the old or the new."""
    digits = text.removeprefix("GB")
    if not re.fullmatch(r"[0-9]{9}", digits):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, VAT_WEIGHTS, strict=False)) + int(digits[7:])
    return total % 97 == 0 or (total + 55) % 97 == 0


def read_order(number: str, cost_code: str) -> tuple[str, str]:
    """A purchase order number and a cost code. Raises Invalid, by field."""
    kept, code = clean_line(number, 40), clean_line(cost_code, 40)
    if not ORDER.fullmatch(kept):
        told = f"{quote(number)} is not a purchase order number." if number.strip() else "Write the number."
        raise Invalid(
            "the purchase order does not hold", "Copy it from your purchasing system.", fields={"number": told}
        )
    return kept, code


def read_line(typed: Mapping[str, str]) -> TypedLine:
    """A bank line that somebody typed. Raises Invalid, by field."""
    errors: dict[str, str] = {}
    on = pence = None
    try:
        on = parse_day(typed.get("received_on", ""))
    except Invalid as wrong:
        errors["received_on"] = f"{wrong.fact}. {wrong.hint}"
    try:
        pence = Money.parse(typed.get("amount", "")).pence
        if pence <= 0:
            errors["amount"] = "Write what came in, above nothing."
    except Invalid as wrong:
        errors["amount"] = f"{wrong.fact}. {wrong.hint}"
    words, payer = clean_line(typed.get("words", ""), 200), clean_line(typed.get("payer", ""), 120)
    if errors or on is None or pence is None:
        raise Invalid("the bank line does not hold", "Mend what is marked.", fields=errors)
    return TypedLine(typed.get("transaction", "") or _made_of(on, pence, payer, words, 1), on, pence, payer, words)


def read_lines(rows: Iterable[Row]) -> Sequence[TypedLine]:
    """The lines of a CSV with the columns Date, Amount and Reference; money that went out is passed over.

    Raises Invalid, naming the row and the column of what cannot be read; then nothing is taken.
    """
    found: list[TypedLine] = []
    seen: Counter[tuple[date, int, str, str]] = Counter()
    for row in rows:
        if len(found) >= MOST_LINES:
            raise Invalid(f"there are more than {MOST_LINES:,} lines", "Split the file by month.")
        line = _line(row, seen)
        if line.pence > 0:
            found.append(line)
    if not found:
        raise Invalid("the file has no line of money that came in", f"Its columns are {', '.join(COLUMNS)}.")
    return found


def _line(row: Row, seen: Counter[tuple[date, int, str, str]]) -> TypedLine:
    missing = [name for name in COLUMNS if name not in row.cells]
    if missing:
        raise Invalid(f"the file has no column {missing[0]}", f"Name the columns {', '.join((*COLUMNS, *OPTIONAL))}.")
    try:
        on, pence = parse_day(row.cells["Date"]), Money.parse(row.cells["Amount"]).pence
        words, payer = clean_line(row.cells["Reference"], 200), clean_line(row.cells.get("Payer", ""), 120)
    except Invalid as wrong:
        raise Invalid(f"row {row.number}: {wrong.fact}", wrong.hint) from wrong
    same = (on, pence, payer, words)
    seen[same] += 1
    ref = clean_line(row.cells.get("Transaction", ""), 120) or _made_of(*same, seen[same])
    return TypedLine(ref, on, pence, payer, words)


def _made_of(on: date, pence: int, payer: str, words: str, turn: int) -> str:
    """The same line of the same statement has the same reference, so that a file taken twice adds nothing."""
    told = f"{on} {pence} {payer} {words} {turn}"
    return f"line {hashlib.sha256(told.encode()).hexdigest()[:32]}"


def shown_sort_code(code: str) -> str:
    """20-00-00."""
    return "-".join(_pairs(code))


def _pairs(code: str) -> Iterator[str]:
    return (code[at : at + 2] for at in range(0, len(code), 2))
