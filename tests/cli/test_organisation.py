"""`python -m erp organisation` makes one that can buy and sell, once, or says what is wrong."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from erp.core.ids import new_id
from erp.services import catalogue_of_actions, identity, platform
from tests.fixtures import forking

__all__ = ["catalogue_of_actions"]
SHOP = {
    "--gstin": "27AAPFU0939F1ZV",
    "--address": "12 MG Road",
    "--city": "Pune",
    "--pin": "411001",
    "--owner-name": "Asha Rao",
}


@pytest.fixture
def organise(environment, engine):
    assert engine

    def run(**other):
        wanted = SHOP | {"--" + name.replace("_", "-"): text for name, text in other.items()}
        flat = [part for pair in wanted.items() for part in pair]
        return forking.run(["erp.cli", "organisation", *flat], environment)

    return run


@pytest.fixture
def slug():
    return f"shop-{new_id().hex[-10:]}"


def acting(slug):
    """Return what runs an action in the organisation."""
    [place] = [place for place in identity.list_tenants() if place.slug == slug]
    ctx = identity.system_context(
        place.tenant_id, place.company_id, place.branch_id, place.time_zone
    )
    return lambda action, **given: platform.run(action, ctx, given).result.model_dump()


def test_the_owner_signs_in_receives_goods_and_sells(organise, slug):
    login = f"asha@{slug}.example"
    done = organise(name="Asha Homoeo", code=slug, owner=login.upper(), drug_licence="MH-20C-1")
    assert done.returncode == 0, done.stdout + done.stderr
    password = done.stdout.splitlines()[1].split()[-1]
    principal = identity.resolve_session(identity.sign_in(login, password).session_token)
    assert principal
    assert (principal.tenant_name, principal.roles) == ("Asha Homoeo", {"owner"})
    act = acting(slug)
    variant = _medicine(act)
    [register] = act("pos.list_registers")["rows"]
    places = act("inventory.list_locations")["rows"]
    [storage] = [place for place in places if place["kind"] == "storage"]
    lot = {"variant_id": variant, "lot_number": "L1", "expires_on": "2035-01-31", "mrp": "100"}
    lot |= {"quantity": 10, "unit_cost": "60"}
    act("inventory.receive_goods", location_id=storage["id"], lines=[lot])
    shift = act("pos.open_shift", register_id=register["id"], opening_float="500")["id"]
    sold = act(
        "pos.post_sale",
        shift_id=shift,
        lines=[{"variant_id": variant, "quantity": 2}],
        tenders=[{"method": "cash", "amount": "200"}],
    )
    assert sold["total"] == Decimal(200)


def _medicine(act):
    product = act(
        "catalog.create_product",
        name="Arnica Montana",
        form="dilution",
        brand="SBL",
        hsn="30049014",
        tax_class="GST5",
    )
    pack = {"pack_quantity": 30, "pack_unit": "ml", "potency": "30C"}
    return act("catalog.create_variant", product_id=product["id"], **pack)["id"]


def test_every_wrong_option_is_named_and_nothing_is_made(organise, slug):
    done = organise(name=" ", code=slug, owner="a b", pin="0110", gstin="27AAPFU0939F1ZX")
    assert done.returncode == 1
    named = {line.partition(":")[0] for line in done.stderr.splitlines()}
    assert named == {"--name", "--owner", "--pin", "--gstin"}
    assert slug not in {place.slug for place in identity.list_tenants()}


def test_the_state_is_the_registrations_or_has_to_be_said(organise, slug):
    differs = organise(name="Shop", code=slug, owner="a@b.example", state="29")
    assert differs.stderr.startswith("--state: The GSTIN is of the state 27")
    unknown = organise(name="Shop", code=slug, owner="a@b.example", gstin="", state="77")
    assert unknown.stderr.startswith("--state: Two digits of a GST state code")


def test_a_code_serves_one_organisation(organise, slug):
    assert organise(name="Shop", code=slug, owner=f"a@{slug}.example").returncode == 0
    again = organise(name="Shop", code=slug, owner=f"b@{slug}.example")
    assert again.returncode == 1
    assert again.stderr.startswith(f"--code: There is an organisation {slug} already.")


def _both(organise, *wanted):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda given: organise(name="Shop", **given), wanted))


def test_of_two_made_at_once_with_one_code_one_is_told_so(organise, slug):
    done = _both(organise, *[{"code": slug, "owner": f"{who}@{slug}.example"} for who in "ab"])
    assert sorted(one.returncode for one in done) == [0, 1], [one.stderr for one in done]
    [loser] = [one for one in done if one.returncode]
    taken = f"--code: There is an organisation {slug} already. Choose another code."
    assert loser.stderr.splitlines() == [taken]


def test_of_two_made_at_once_by_one_owner_one_shows_the_password_that_works(organise, slug):
    login = f"a@{slug}.example"
    done = _both(organise, {"code": slug, "owner": login}, {"code": f"{slug}-2", "owner": login})
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    second, first = sorted(done, key=lambda one: login + "  with" not in one.stdout)
    assert f"{login}  with the password this login has already" in second.stdout
    assert identity.sign_in(login, first.stdout.splitlines()[1].split()[-1])


def test_one_whose_making_broke_off_is_finished(organise, slug):
    identity.provision_tenant(
        identity.NewTenant(
            name="Shop",
            slug=slug,
            legal_name="Shop",
            trade_name="Shop",
            gstin=None,
            pan=None,
            state_code="27",
            branch_code="MAIN",
            branch_name="Pune",
            address="",
            city="Pune",
            pin="411001",
        )
    )
    login = f"a@{slug}.example"
    done = organise(name="Shop", code=slug, owner=login)
    assert done.returncode == 0, done.stdout + done.stderr
    act = acting(slug)
    assert act("accounting.list_accounts")["rows"]
    assert len(act("pos.list_registers")["rows"]) == 1


def test_a_login_that_exists_keeps_its_password(organise, slug):
    login = f"a@{slug}.example"
    first = organise(name="Shop", code=slug, owner=login)
    password = first.stdout.splitlines()[1].split()[-1]
    second = organise(name="Other shop", code=f"{slug}-2", owner=login)
    assert second.returncode == 0, second.stderr
    assert "with the password this login has already" in second.stdout
    assert identity.sign_in(login, password)
