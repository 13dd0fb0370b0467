"""What service tests ask of a shop beyond its builder: more goods, customers, its books."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from erp.core import db
from erp.core.ids import new_id
from tests.factories import Shop

TABLES = (
    "account_balance",
    "advance_voucher",
    "api_token",
    "approval",
    "approval_request",
    "cash_movement",
    "command_log",
    "drawer_opening",
    "event",
    "invoice",
    "invoice_cancellation",
    "invoice_line",
    "invoice_line_return",
    "journal_entry",
    "journal_line",
    "lot",
    "loyalty_entry",
    "loyalty_lot",
    "loyalty_programme",
    "membership",
    "membership_role",
    "number_series",
    "offline_sale",
    "parked_cart",
    "period",
    "prescription",
    "product",
    "register",
    "register_shift",
    "sale",
    "stock_balance",
    "stock_move",
    "tender",
    "till_favourite",
    "till_lease",
)


def rows(shop: Shop, sql: str, *params: object) -> list[dict[str, Any]]:
    """Read as the application sees the shop's tenant."""
    with db.unit_of_work(shop.ctx) as session:
        return db.fetch_all(session, sql, params)  # type: ignore[arg-type]


def snapshot(shop: Shop) -> Mapping[str, str | None]:
    """Return a digest of every row of every table a command of these domains could change."""
    parts = [
        f"select '{table}' as name, md5(string_agg(t::text, '|' order by t::text)) as digest from {table} t"  # noqa: S608
        for table in TABLES
    ]
    return {row["name"]: row["digest"] for row in rows(shop, " union all ".join(parts))}


def add_goods(
    shop: Shop,
    *,
    rate: str = "5",
    treatment: str = "taxable",
    quantity: int = 1000,
    **lot: Any,
) -> UUID:
    """Add a product of a tax rate with one lot of it on the shelf; return its variant."""
    code = f"{treatment[:8].upper()}{rate}"
    known = rows(shop, "select 1 from tax_class where code = %s", code)
    if not known:
        rates = [{"valid_from": "2017-07-01", "rate": rate}]
        named = {"code": code, "name": code, "treatment": treatment, "rates": rates}
        shop.run("catalog.create_tax_class", named)
    product = shop.run(
        "catalog.create_product",
        {
            "name": f"Goods {new_id().hex[-8:]}",
            "form": "dilution",
            "brand": "Demo",
            "hsn": "30049014",
            "tax_class": code,
            "tax_reason": "As the test says",
        },
    )
    pack = {"product_id": product.id, "potency": "30C", "pack_quantity": 30, "pack_unit": "ml"}
    variant = shop.run("catalog.create_variant", pack)
    shop.receive(variant.id, quantity, **lot)
    found: UUID = variant.id
    return found


def add_service(shop: Shop) -> UUID:
    """Add a product that is no goods; return its variant."""
    rates = [{"valid_from": "2017-07-01", "rate": "0"}]
    named = {"code": "EXEMPT", "name": "Exempt", "treatment": "exempt", "rates": rates}
    shop.run("catalog.create_tax_class", named)
    product = shop.run(
        "catalog.create_product",
        {
            "name": "Consultation",
            "form": "book",
            "brand": "Clinic",
            "hsn": "9993",
            "tax_class": "EXEMPT",
            "is_service": True,
        },
    )
    pack = {"product_id": product.id, "pack_quantity": 1, "pack_unit": "visit", "base_unit": "NOS"}
    found: UUID = shop.run("catalog.create_variant", pack).id
    return found


def add_customer(shop: Shop, *, is_active: bool = True, **facts: Any) -> UUID:
    """Add a customer: of the shop's state, licensed, unregistered and without credit unless said."""
    usual = {"name": "Nirmala Stores", "kind": "retailer", "state_code": "27"}
    person = usual | {"drug_licence_no": "MH-20C-000001"} | facts
    party_id: UUID = shop.run("party.create_party", person).id
    if not is_active:
        shop.run("party.set_party_status", {"party_id": party_id, "is_active": False})
    return party_id


def tender(method: str, amount: str) -> dict[str, str]:
    return {"method": method, "amount": amount}


def refused(
    shop: Shop, error: type[Exception], name: str, given: Mapping[str, Any], **more: Any
) -> Any:
    """Run a command that must be refused, and see that nothing at all has changed."""
    before = snapshot(shop)
    with pytest.raises(error) as caught:
        shop.run(name, given, **more)
    assert snapshot(shop) == before
    return caught.value


def journal(shop: Shop, *origin_ids: UUID, purpose: str = "") -> set[tuple[str, Decimal, Decimal]]:
    """Return what is booked for documents: account, debit, credit; added up per side."""
    found = rows(
        shop,
        """
        select a.name, sum(l.debit) as debit, sum(l.credit) as credit
          from journal_entry e
          join journal_line l on (l.tenant_id, l.entry_id) = (e.tenant_id, e.id)
          join account a on (a.tenant_id, a.id) = (l.tenant_id, l.account_id)
         where e.origin_id = any(%s) and (%s = '' or e.purpose = %s)
         group by a.name, l.debit > 0
        """,
        list(origin_ids),
        purpose,
        purpose,
    )
    return {(row["name"], row["debit"], row["credit"]) for row in found}


def member_id(shop: Shop, role: str) -> UUID:
    """Return the membership of a standard role's person."""
    found: UUID = rows(shop, "select id from membership where user_id = %s", shop.user_ids[role])[
        0
    ]["id"]
    return found
