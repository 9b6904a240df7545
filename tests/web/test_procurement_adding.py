"""The little forms under a product: what they offer to whom."""

import re
from types import SimpleNamespace

from marketplace.catalogue.actions.listing import suspend_listing, withdraw_listing
from marketplace.catalogue.search import documents
from marketplace.procurement.actions.follows import follow_product
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.actions.projects import close_project
from marketplace.settings import Settings
from marketplace.web.adding import adding
from marketplace.web.templating import page_environment
from tests.procurement.conftest import project, scribe
from tests.procurement.scenes import a_project

__all__ = ["project", "scribe"]
FORMS = """{% from "procurement/_add.html" import add_to_project, follow_product, compare_tick, compare_form,
save_search_form, in_project with context %}{{ add_to_project(adding, "PRD-1", "Lumen <Scribe>") }}
{{ follow_product(adding, "PRD-1", "Lumen") }}{{ compare_tick("PRD-1", "Lumen") }}
{{ compare_form(adding, "/products?q=x", {}) }}{{ save_search_form(adding, pairs) }}{{ in_project(adding, pairs) }}"""


def asked(db, actor):
    return SimpleNamespace(db=db, actor=actor, url="/products?q=scribe")


def rendered(offered) -> str:
    pages = page_environment(Settings().templates, asset=lambda name: name)
    shell = SimpleNamespace(csrf_token="token of the session")
    return pages.from_string(FORMS).render(adding=offered, shell=shell, pairs=[("q", "scribe")])


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(db):
    shown = rendered(adding(asked(db, None)))

    assert "/sign-in?next=/products%3Fq%3Dscribe" in shown
    assert "/follows" not in shown


def test_a_buyer_chooses_among_the_open_projects_they_can_write_in(db, buyer, project, now):
    a_project(db, by=buyer, at=now, name="Letters in Welsh")

    shown = rendered(adding(asked(db, buyer)))

    assert shown.count('formaction="/projects/PRJ-') == 2
    assert "Letters in Welsh" in shown
    assert "Lumen &lt;Scribe&gt;" in shown
    assert 'value="token of the session"' in shown


def test_in_a_project_one_button_adds_to_it_and_the_search_can_be_kept(db, buyer, project):
    shown = rendered(adding(asked(db, buyer), project_ref=project.ref))

    assert f'action="/projects/{project.ref}/candidates"' in shown
    assert f'action="/projects/{project.ref}/searches"' in shown
    assert "Keep this search" in shown


def test_somebody_elses_project_is_no_place_to_add_to_and_no_dead_end(client_of, db, other_buyer, project, scribe):
    assert adding(asked(db, other_buyer), project_ref=project.ref).project is None
    assert adding(asked(db, other_buyer)).places == ()

    sent_on = client_of(other_buyer).get(f"/products?q=scribe&project={project.ref}")

    assert sent_on.status_code == 200
    assert project.name not in sent_on.text
    assert 'name="project"' not in sent_on.text


def test_where_nothing_can_be_written_nothing_is_offered_to_be_added(db, buyer, other_buyer, project, now):
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    for_a_reader = rendered(adding(asked(db, other_buyer), project_ref=project.ref))
    close_project(db, project, reason="The money went elsewhere.", by=buyer, at=now)
    db.flush()

    for shown in (for_a_reader, rendered(adding(asked(db, buyer), project_ref=project.ref))):
        assert project.name in shown
        assert "Keep this search" not in shown
        assert f'action="/projects/{project.ref}/candidates"' not in shown


def test_what_is_followed_can_be_let_go(db, buyer, scribe, now):
    follow = follow_product(db, scribe, by=buyer, at=now)
    db.flush()

    shown = rendered(adding(asked(db, buyer), product_id=scribe.id))

    assert f"/follows/{follow.id}/removal" in shown


def test_what_is_suspended_is_not_offered_for_a_project_and_its_page_says_why_and_where_to_go_on(
    client, client_of, services, frameworks, db, buyer, moderator, project, scribe, now
):
    address, browser = f"/products/{scribe.ref}", client_of(buyer)
    results = f"/products?q=scribe&project={project.ref}"
    services.search.rebuild(documents(db, frameworks, on=now.date()))
    db.commit()
    assert f'name="product" value="{scribe.ref}"' in browser.get(results).text
    assert "to a project" in client.get(address).text
    assert "Start a joint pilot" in browser.get(address).text

    suspend_listing(db, scribe, reason="It missed a red flag.", by=moderator, at=now)
    services.search.rebuild(documents(db, frameworks, on=now.date()))
    db.commit()

    assert "Lumen Scribe" in browser.get(results).text
    assert 'name="product"' not in browser.get(results).text
    for shown in (client.get(address).text, browser.get(address).text):
        assert "While it is suspended it is not added to a project" in shown
        assert f"/products?kind={scribe.kind}" in shown
        assert not re.search(r">\s*(Sign in to add|Add) ", shown)
    assert ">Follow<" in shown
    assert "Start a joint pilot" not in shown


def test_what_is_offered_no_longer_is_not_followed_either_but_its_supplier_is(
    client, client_of, db, buyer, lumen, scribe, now
):
    withdraw_listing(db, scribe, reason="We stop making it.", by=lumen, at=now)
    db.commit()

    shown = client_of(buyer).get(f"/products/{scribe.ref}").text

    assert "cannot be added to a project or followed" in shown
    assert ">Follow<" not in shown
    assert "Follow its supplier" in shown
    assert not re.search(r">\s*(Sign in to add|Add) ", client.get(f"/products/{scribe.ref}").text + shown)
