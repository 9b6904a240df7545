"""The count beside My desk is named: it counts what a person was told and has not read, not what waits."""

from marketplace.identity.actions.notices import tell


def test_the_count_says_what_is_new_and_the_desk_says_it_where_it_stands(client_of, db, buyer, now):
    for number in range(3):
        title = f"Month {number} is computed"
        tell(db, [buyer.person_id], kind="contract", title=title, body="", path="", key=f"{number}", at=now)
    browser = client_of(buyer)

    desk = browser.get("/my-desk").text

    assert (
        'My desk <span class="count">3 new<span class="nhsuk-u-visually-hidden"> in your notices</span></span>' in desk
    )
    assert '<h2>What changed <span class="count">3 new</span></h2>' in desk
    assert "Nothing waits for you." in desk
    browser.cookies.set("language", "cy")
    assert "3 newydd" in browser.get("/").text


def test_nothing_new_is_no_count(client_of, buyer):
    assert 'class="count"' not in client_of(buyer).get("/my-desk").text.partition("<nav")[0]
