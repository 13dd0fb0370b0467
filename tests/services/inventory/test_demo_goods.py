"""The demo's goods: enough of every kind to show, the same every time."""

import pytest

from erp.core import db
from erp.core.ids import new_id
from erp.seed.catalogue import seed_catalogue
from erp.seed.parties import seed_parties
from erp.seed.stock import seed_stock
from erp.services import accounting, identity, party
from tests.factories import Shop, broken_promises
from tests.services.unchanged import fingerprint


@pytest.fixture(scope="module")
def demo(environment):
    assert environment
    new = identity.NewTenant(
        name="Demo",
        slug=f"demo-{new_id().hex[-10:]}",
        legal_name="Demo",
        trade_name="Demo",
        gstin="27ZZZFZ0001Z1ZU",
        pan="ZZZFZ0001Z",
        state_code="27",
        branch_code="PUNE",
        branch_name="Pune",
        address="1 Demo Road",
        city="Pune",
        pin="411001",
    )
    ctx = identity.provision_tenant(new)
    with db.unit_of_work(ctx) as session:
        accounting.create_default_chart(session, ctx)
        party.ensure_walk_in(session, ctx, "27")
    nobody = new_id()
    shop = Shop(ctx, new.slug, nobody, nobody, nobody, nobody, nobody, (), {}, {})
    seed(shop)
    return shop


def seed(shop):
    seed_catalogue(shop.ctx)
    seed_parties(shop.ctx)
    return seed_stock(shop.ctx)


def test_every_rung_of_the_ladder_has_goods_and_one_lot_has_expired(demo):
    rungs = {rung.rung: rung for rung in demo.run("inventory.expiry_ladder").rungs}

    assert rungs["expired"].lots == 1
    assert all(rung.lots and rung.value for rung in rungs.values())


def test_the_demo_is_sound_and_worth_something(demo):
    assert broken_promises() == []
    assert demo.run("inventory.stock_valuation").value > 100_000
    assert demo.count("variant") == 76


def test_the_demo_is_found_as_people_ask(demo):
    for text, sku in (
        ("ars alb 30", "LRD-ARSA-30C-30ML"),
        ("nux-v 200", "HSL-NUXV-200C-450ML"),
        ("monkshood", "SBL-ACON-6C-30ML"),
        ("silicea 0/1", "HAP-SILI-LM01-10ML"),
        ("2000000000725", "GEN-THRM-NA-1N"),
    ):
        assert demo.run("catalog.search_products", {"search": text}).rows[0].sku == sku


def test_a_second_seed_changes_nothing(demo):
    before = fingerprint(demo)
    seed(demo)

    assert fingerprint(demo) == before
