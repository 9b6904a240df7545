"""What is compared beside the answers: how each product conforms today, and how strong its evidence is."""

from marketplace.procurement.queries.compare import compare
from tests import cast
from tests.assurance.scenes import a_bench, a_certificate, an_answered_product


def test_a_certified_product_beside_one_without_differs_in_conformity_and_until_when(db, services, lumen, rival, now):
    bench, scribe = a_bench(db, services, at=now), an_answered_product(db, services, of=lumen, at=now)
    a_certificate(db, bench, scribe, by=lumen, at=now)
    quill = cast.a_product(db, of=rival, at=now, name="Quillmark Scribe")

    compared = compare(db, services.frameworks, [scribe.ref, quill.ref], volumes={}, years=1, on=now.date())

    rows = {row.label: row for group in compared.groups for row in group.rows}
    assert rows["Conformity today"].differs
    assert rows["Conformity today"].cells == ("Met", "No certificate on Touchstone")
    assert rows["Holds until"].differs
    assert not rows["Evidence"].differs
