"""Two owners who take each other's rights at once: one of them stays."""

import pytest

from erp.core.errors import InvalidInput
from tests.concurrency.crowd import at_once, refusals
from tests.factories import Shop
from tests.services.trading import member_id, rows


@pytest.mark.parametrize("attempt", range(4))
def test_an_organisation_is_never_left_without_an_owner(trader: Shop, attempt: int):
    assert attempt >= 0
    both = [member_id(trader, role) for role in ("owner", "manager")]
    promoted = {"member_id": both[1], "display_name": "Second owner", "roles": ["owner"]}
    trader.run("identity.update_member", promoted)

    def demote(member):
        given = {"member_id": member, "display_name": "Former owner", "roles": ["cashier"]}
        return lambda: trader.run("identity.update_member", given)

    outcomes = at_once([demote(member) for member in both])
    assert refusals(outcomes, InvalidInput) == 1
    owners = rows(
        trader,
        "select 1 from membership_role h join role r on r.id = h.role_id where r.name = 'owner'",
    )
    assert len(owners) == 1
