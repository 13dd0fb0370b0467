"""Records that a demo has no example of: a portal's, a device's and other systems'."""

from typing import Any

from tests.factories import Shop
from tests.services.banking import statements
from tests.services.einvoicing.portals import invoiced, queue, switched_on
from tests.services.einvoicing.test_way_bills import prepare
from tests.services.laboratory import samples
from tests.services.pos.devices import Device
from tests.services.service_advances.serving import retailer, training

WEBHOOK = {"name": "Archive", "url": "https://example.org/in", "events": ["party.party_created.v1"]}
RARE = {
    "/bank/[bank_account_id]/import/[file_id]",
    "/gst/e-invoices/[einvoice_id]",
    "/gst/way-bills/[way_bill_id]",
    "/invoices/[invoice_id]/return",
    "/laboratory/files/[lab_file_id]",
    "/service-advances/[advance_id]",
    "/settings/webhooks/[endpoint_id]",
    "/till/offline-sales/[offline_sale_id]",
}


def make_rarities(shop: Shop) -> dict[str, str]:
    """Make one of each in a shop; return the address of its page by route."""
    switched_on(shop)
    sent = invoiced(shop)
    account = statements.bank_account(shop)
    opening = statements.csv_of("0", (shop.ctx.today, "NEFT Nirmala Stores", "N1", 250.0))
    file = statements.upload(shop, account, opening)
    found: dict[str, Any] = {
        "/gst/e-invoices/[einvoice_id]": queue(shop, sent.invoice_id),
        "/gst/way-bills/[way_bill_id]": prepare(shop, sent, send=False),
        "/laboratory/files/[lab_file_id]": _results(shop),
        "/service-advances/[advance_id]": _advance(shop),
        "/settings/webhooks/[endpoint_id]": shop.run("automation.add_webhook", WEBHOOK).id,
        "/till/offline-sales/[offline_sale_id]": _bill(shop),
    }
    paths = {route: f"{route.partition('[')[0]}{each}" for route, each in found.items()}
    return paths | {
        "/bank/[bank_account_id]/import/[file_id]": f"/bank/{account}/import/{file.id}",
        "/invoices/[invoice_id]/return": f"/invoices/{sent.invoice_id}/return",
    }


def _results(shop: Shop) -> Any:
    row = "R1,P1,Asha Rao,1984-05-06,F,2026-01-20,HB,Haemoglobin,11.2,g/dL,12-15,L,F"
    return samples.upload(shop, samples.open_lab(shop), samples.csv_of(row)).id


def _advance(shop: Shop) -> Any:
    given = {"party_id": retailer(shop), "amount": "1180", "method": "bank"}
    given |= {"variant_id": training(shop), "place_of_supply": "27"}
    return shop.run("service_advances.receive_advance", given).id


def _bill(shop: Shop) -> Any:
    """Hand in a bill whose total is not what its lines come to; it waits for somebody."""
    device = Device(shop)
    bill = device.bill({shop.variant_ids[0]: 2})
    bill["totals"]["total"] += 5
    assert device.sends(bill).status == "waiting"
    return bill["sale_id"]
