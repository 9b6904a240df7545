"""Whatever happened, a statement's lines and its invoices agree to the penny."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.identity.models import Organisation
from marketplace.kit.ids import new_id
from marketplace.payments.models import Invoice, Payment
from marketplace.payments.queries.invoices import balance_of
from marketplace.payments.queries.statements import opening_of, statement_of

DAY = date(2026, 1, 1)
BUYER, SUPPLIER = Organisation(name="Ashdown"), Organisation(name="Lumen")


def an_invoice(gross: int, day: int, paid: list[tuple[int, int]]) -> Invoice:
    invoice = Invoice(
        id=new_id(), ref="INV", number="LUME-000001", kind="invoice" if gross >= 0 else "credit-note", gross_pence=gross,
        net_pence=gross, issued_on=DAY + timedelta(days=day), description="October", organisation=BUYER, supplier=SUPPLIER,
    )  # fmt: skip
    invoice.payments = [
        Payment(id=new_id(), kind="bank", pence=pence, external_ref=str(new_id()), received_on=DAY + timedelta(days=day + later))
        for pence, later in paid
    ]
    return invoice


INVOICES = st.lists(
    st.builds(
        an_invoice, st.integers(-(10**6), 10**7), st.integers(0, 300),
        st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 60)), max_size=4),
    ),
    max_size=8,
)  # fmt: skip


@given(INVOICES)
def test_the_last_balance_is_what_is_left_of_all_invoices(invoices: list[Invoice]):
    statement = statement_of(invoices)

    assert statement.reconciles
    assert statement.left_pence == sum(balance_of(one).left for one in invoices)
    assert statement.left_pence == statement.invoiced_pence + statement.credited_pence - statement.paid_pence


@given(INVOICES, st.integers(0, 360))
def test_a_statement_cut_at_any_day_reconciles_and_goes_on_where_it_stopped(invoices: list[Invoice], cut: int):
    day = DAY + timedelta(days=cut)

    before = statement_of(invoices, until=day)
    rest = statement_of(invoices, since=day + timedelta(days=1))

    assert before.reconciles
    assert rest.reconciles
    assert len(before.lines) + len(rest.lines) == len(statement_of(invoices).lines)
    if rest.lines and before.lines:
        assert opening_of(rest) == before.lines[-1].balance_pence
