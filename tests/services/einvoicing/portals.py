"""A shop whose registration reports to a simulated portal, and the jobs that carry its documents there."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from erp.core import db
from erp.core.settings import get_settings
from erp.services import platform
from erp.simulate.invoice_portal import SimulatedPortal
from jobs import einvoices
from tests.factories import Shop, gstin_in
from tests.services.gst_returns.months import gstin_of
from tests.services.sales.ordering import buyer, deliver, goods, order
from tests.services.trading import rows

GUJARAT = {
    "name": "Zaffran Homoeo Stores",
    "state_code": "24",
    "gstin": gstin_in("24"),
    "address": "2 Demo Street",
    "city": "Ahmedabad",
    "pin": "380009",
}


@pytest.fixture
def portal(tmp_path, monkeypatch) -> Iterator[SimulatedPortal]:
    """A portal that the suite is set up for, with users for the shop's registration."""
    made = SimulatedPortal(users={"asha": "secret"})
    made.start()
    key = tmp_path / "portal.pem"
    key.write_bytes(made.public_key())
    users = {
        gstin: {"user": "asha", "password": "secret"} for gstin in (gstin_in("27"), gstin_in("29"))
    }
    set_up(monkeypatch, url=made.url, public_key=str(key), users=json.dumps(users))
    yield made
    made.stop()


def set_up(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    """Set the portal up as an operator does."""
    known = get_settings()
    for name, value in settings.items():
        old = getattr(known, f"einvoice_{name}")
        monkeypatch.setattr(known, f"einvoice_{name}", type(old)(value))
    monkeypatch.setattr(known, "einvoice_seconds", 5.0)


def switched_on(shop: Shop, **more: Any) -> Shop:
    """Let the shop's registration report from today on."""
    given = {"gstin": gstin_of(shop), "starts_on": shop.ctx.today}
    shop.run("einvoicing.switch_registration", given | more)
    return shop


def invoiced(shop: Shop, quantity: int = 10, **facts: Any) -> Any:
    """Deliver an order to a registered retailer of another state."""
    made = order(shop, buyer(shop, **(GUJARAT | facts)), goods(shop, quantity))
    return deliver(shop, made, quantity)


def queue(shop: Shop, invoice_id: UUID) -> UUID:
    """Do what the job does when a document is posted; return its row at the portal."""
    with db.unit_of_work(shop.ctx) as session:
        einvoices.queue(session, shop.ctx, told(document_id=invoice_id))
    found: UUID = einvoice_of(shop, invoice_id)["id"]
    return found


def register(shop: Shop, invoice_id: UUID) -> None:
    """Have a document registered, if the law wants it."""
    with db.unit_of_work(shop.ctx) as session:
        einvoices.queue(session, shop.ctx, told(document_id=invoice_id))
    for row in rows(shop, "select id from einvoice where invoice_id = %s", invoice_id):
        ask(shop, row["id"])


def einvoice_of(shop: Shop, invoice_id: UUID) -> dict[str, Any]:
    """Return how a document stands with the portal."""
    return rows(shop, "select * from einvoice where invoice_id = %s", invoice_id)[0]


def ask(shop: Shop, einvoice_id: UUID) -> None:
    """Do what the job does when the portal is to be asked about a document."""
    einvoices.ask_about_document(None, shop.ctx, told(einvoice_id=einvoice_id))


def ask_way_bill(shop: Shop, way_bill_id: UUID) -> None:
    """Do what the job does when the portal is to be asked about a way bill."""
    einvoices.ask_about_way_bill(None, shop.ctx, told(way_bill_id=way_bill_id))


def ask_later(shop: Shop, einvoice_id: UUID) -> platform.TryLater:
    """Ask, and return why it is to be tried later."""
    with pytest.raises(platform.TryLater) as caught:
        ask(shop, einvoice_id)
    return caught.value


def over(shop: Shop) -> None:
    """Let the pauses of the portal be over, as if time had passed."""
    with db.unit_of_work(shop.ctx) as session:
        db.execute(
            session,
            "update einvoice_registration set paused_until = now() - interval '1 second'"
            " where tenant_id = %s and failing_since is not null",
            (shop.tenant_id,),
        )


def registered(shop: Shop, **more: Any) -> dict[str, Any]:
    """Post a document and have it registered; return its row."""
    sent = invoiced(shop, **more)
    ask(shop, queue(shop, sent.invoice_id))
    return einvoice_of(shop, sent.invoice_id)


def told(**payload: UUID) -> Any:
    """Return what a job hears of an event."""
    return SimpleNamespace(payload={name: str(value) for name, value in payload.items()})
