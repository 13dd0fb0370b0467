"""A month of trade for returns, entered through the product's own commands."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.factories import LONG_AGO, Shop, gstin_in, receipt_line
from tests.services.purchasing.ordering import supplier
from tests.services.trading import add_customer, rows

OCTOBER = date(2025, 10, 1)
ARN = "AA2710250000012"


def at(day: int, month: int = 10) -> datetime:
    """Return noon of a day of 2025 in India."""
    return datetime(2025, month, day, 6, 30, tzinfo=UTC)


def gstin_of(shop: Shop) -> str:
    """Return the shop's registration."""
    found: str = rows(shop, "select gstin from branch where id = %s", shop.ctx.branch_id)[0][
        "gstin"
    ]
    return found


def product(shop: Shop, hsn: str, rate: str, mrp: str, **facts: Any) -> UUID:
    """Add goods of an HSN and a rate with plenty on the shelf; a service where its HSN says so."""
    treatment = facts.get("treatment", "taxable")
    code = f"{treatment[:6].upper()}{rate}"
    if not rows(shop, "select 1 from tax_class where code = %s", code):
        rates = [{"valid_from": "2017-07-01", "rate": rate}]
        named = {"code": code, "name": code, "treatment": treatment, "rates": rates}
        shop.run("catalog.create_tax_class", named)
    is_service = hsn.startswith("99")
    made = shop.run(
        "catalog.create_product",
        {
            "name": f"Goods {hsn} {mrp}",
            "form": "dilution",
            "brand": "Demo",
            "hsn": hsn,
            "tax_class": code,
            "tax_reason": "As the test says",
            "is_service": is_service,
        },
    )
    unit = facts.get("unit", "BTL")
    pack = {
        "product_id": made.id, "potency": "30C", "pack_quantity": 30, "pack_unit": "ml", "base_unit": unit
    }  # fmt: skip
    if is_service:
        pack = {"product_id": made.id, "pack_quantity": 1, "pack_unit": "visit", "base_unit": "NOS"}
    variant: UUID = shop.run("catalog.create_variant", pack).id
    if not is_service:
        shop.receive(variant, 5000, mrp=Decimal(mrp), received_on=LONG_AGO)
    return variant


def invoice(shop: Shop, day: int, buyer_id: UUID, *lines: tuple[UUID, int, str]) -> Any:
    """Order and deliver units at agreed prices on a day of October."""
    return invoice_in(shop, 10, day, buyer_id, *lines)


def invoice_in(
    shop: Shop, month: int, day: int, buyer_id: UUID, *lines: tuple[UUID, int, str]
) -> Any:
    """Order and deliver units at agreed prices on a day of a month."""
    wanted = [{"variant_id": v, "quantity": q, "unit_price": price} for v, q, price in lines]
    taken = {"customer_id": buyer_id, "lines": wanted}
    made = shop.run("sales.take_order", taken, at=at(day, month))
    sent = [{"order_line_no": no, "quantity": line[1]} for no, line in enumerate(lines, 1)]
    given = {"order_id": made.id, "lines": sent}
    return shop.run("billing.deliver_order", given, at=at(day, month))


def take_back(shop: Shop, day: int, sent: Any, quantity: int) -> Any:
    """Take goods of an order's invoice back."""
    line = {"line_no": 1, "quantity": quantity}
    given = {"invoice_id": sent.invoice_id, "lines": [line], "reason": "Not wanted"}
    return shop.run("billing.take_back_goods", given, at=at(day))


def buyer(shop: Shop, **facts: Any) -> UUID:
    """Add a customer with credit for everything."""
    return add_customer(shop, **({"credit_limit": "10000000.00"} | facts))


def purchase(shop: Shop, number: str, value: str, rate: str, day: int = 8, **facts: Any) -> Any:
    """Take in goods of one line and record the supplier's bill for them."""
    state = facts.pop("state", "27")
    booked = facts.pop("booked_on", at(day).date())
    billed_on = facts.pop("billed_on", at(day).date())
    category = facts.pop("gst_category", "regular")
    gstin = facts.pop("gstin", gstin_in(state)) if category != "unregistered" else ""
    about = {"name": number, "state_code": state, "gst_category": category, "gstin": gstin}
    supplier_id = supplier(shop, **about)
    line = receipt_line(shop.ctx, shop.variant_ids[0], 100, unit_cost=Decimal(value) / 100)
    came = shop.run(
        "inventory.receive_goods",
        {"supplier_id": supplier_id, "lines": [line]},
        at=at(day),
        confirm=("expired_lot",),
    )
    total = Decimal(value) * (100 + Decimal(rate)) / 100
    billed = {
        "receipt_id": came.receipt_id, "receipt_line_no": 1, "quantity": 100,
        "unit_cost": Decimal(value) / 100, "gst_rate": rate,
    }  # fmt: skip
    given: Mapping[str, Any] = {
        "supplier_id": supplier_id,
        "bill_number": number,
        "billed_on": billed_on,
        "booked_on": booked,
        "total": total.quantize(Decimal("0.01")),
        "lines": [billed],
    }
    when = max(at(day), datetime(booked.year, booked.month, booked.day, 6, 30, tzinfo=UTC))
    return shop.run("billing.record_bill", given, at=when)


def prepare(shop: Shop, form: str = "gstr1", month: int = 10, **more: Any) -> Any:
    """Prepare a month's return in the month after it."""
    given = {"gstin": gstin_of(shop), "form": form, "starts_on": date(2025, month, 1)}
    when = more.pop("at", None) or at(12, month + 1)
    return shop.run("gst_returns.prepare_return", given, at=when, **more)


def detail(shop: Shop, made: Any) -> Any:
    """Return a version with everything about it."""
    return shop.run("gst_returns.get_return", {"return_id": made.id})


def file_return(shop: Shop, made: Any, month: int = 10, **more: Any) -> Any:
    """File a prepared version in the month after its own."""
    given = {"return_id": made.id, "arn": ARN, "filed_on": date(2025, month + 1, 15)}
    return shop.run("gst_returns.file_return", given, **({"at": at(15, month + 1)} | more))


def deposit(shop: Shop, amount: str, day: int = 15, month: int = 11) -> Any:
    """Deposit cash with the portal."""
    reference = f"CIN{amount}-{month}"
    given = {"gstin": gstin_of(shop), "reference": reference, "amount": amount}
    return shop.run("gst_returns.deposit_cash", given, at=at(day, month))


def statement(shop: Shop, *reported: tuple[str, ...], month: int = 10) -> bytes:
    """Return a GSTR-2B file of suppliers' invoices: state, number, value and rate of each."""

    def tax(state: str, value: str, rate: str) -> dict[str, str]:
        whole = Decimal(value) * Decimal(rate) / 100
        if state != "27":
            return {"igst": f"{whole:.2f}"}
        return {"cgst": f"{whole / 2:.2f}", "sgst": f"{whole / 2:.2f}"}

    suppliers = [
        {
            "ctin": gstin_in(state),
            "trdnm": f"Supplier {number}",
            "inv": [
                {
                    "inum": number, "typ": "R", "dt": f"08-{month:02d}-2025", "itcavl": "Y",
                    "items": [{"num": 1, "rt": rate, "txval": value} | tax(state, value, rate)],
                }
            ],
        }
        for state, number, value, rate in reported
    ]  # fmt: skip
    data = {"gstin": gstin_of(shop), "rtnprd": f"{month:02d}2025", "docdata": {"b2b": suppliers}}
    return json.dumps({"data": data}).encode()


def import_2b(shop: Shop, *reported: tuple[str, ...], month: int = 10) -> Any:
    """Import what suppliers reported in a month."""
    content = base64.b64encode(statement(shop, *reported, month=month)).decode()
    given = {"file_name": "2b.json", "content": content}
    return shop.run("gst_returns.import_2b", given, at=at(16, month + 1))
