"""A product in others' forms: the model card is valid, says what is not stated, and is read again as it was."""

import csv
import io

from lxml import etree

from marketplace.assurance.queries.passports import passport_of
from marketplace.catalogue.models import Version
from marketplace.faces.cards import COLUMNS, NAMESPACE, model_card, passport_table
from tests.assurance.scenes import a_certificate, an_answered_product
from tests.worlds import part

SIGNATURE = ('<xs:import namespace="http://www.w3.org/2000/09/xmldsig#" '
             'schemaLocation="http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd" />',
             '<xs:element ref="ds:Signature" minOccurs="0" />')  # fmt: skip


@part
def made(db, services, bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now)
    a_certificate(db, bench, product, by=lumen, at=now)
    version = db.get_one(Version, product.live_version_id)
    version.answers = {**version.answers, "summary": "Drafts notes \x0b& letters <for> clinicians."}
    lines = passport_of(db, services.frameworks, product, on=now.date(), at=now)
    return product, version, lines


def test_a_model_card_is_valid_against_the_schema_of_its_publisher(services, shared_data, made):
    text = (shared_data / "products" / "chai-v0.1" / "schema.xsd").read_text()
    for each in SIGNATURE:
        assert each in text
        text = text.replace(each, "")
    product, version, lines = made

    card = etree.fromstring(model_card(product, version, services.frameworks, lines))

    schema = etree.XMLSchema(etree.fromstring(text.encode()))
    assert schema.validate(card), schema.error_log


def test_a_model_card_says_what_is_known_and_what_is_not(services, made):
    product, version, lines = made

    card = etree.fromstring(model_card(product, version, services.frameworks, lines))
    said = {etree.QName(each).localname: each.text for each in card.iter() if not len(each)}

    assert (said["ModelName"], said["ModelDeveloper"]) == ("Lumen Scribe", "Lumen Health Ltd")
    assert said["RegulatoryApproval"].startswith("DTAC 2.0: Met, CER-")
    assert said["GlobalAvailability"] == said["ClinicalRiskLevel"] == "Not stated"
    assert etree.QName(card).namespace == NAMESPACE


def test_the_table_has_a_row_for_each_framework(services, made):
    rows = list(csv.reader(io.StringIO(b"".join(passport_table(made[2])).decode("utf-8-sig"))))

    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(services.frameworks.assurance) + 1
    dtac = next(row for row in rows if row[0] == "DTAC 2.0")
    assert (dtac[2], dtac[4], dtac[8]) == ("yes", "Met", "Sandlings Assurance")
