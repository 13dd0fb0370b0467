"""Documents that a shop has at the portals, and inputs for what is done with them."""

from uuid import UUID

from erp.core import db
from erp.core.ids import new_id
from erp.services.einvoicing import invoice_reference
from tests.factories import Shop, gstin_in
from tests.isolation.examples import Example, Ids, only
from tests.services.trading import add_customer

WAY = {"distance_km": 40, "vehicle_no": "MH12AB1234", "send": False}
FACTS = {
    "state_code": "24",
    "gstin": gstin_in("24"),
    "address": "2 Demo Street",
    "city": "Ahmedabad",
    "pin": "380009",
}


def at_the_portals(shop: Shop) -> Ids:
    """Have a document registered, one refused, and way bills that wait, that hold, and that were refused."""
    registered, refused = documents_at_portal(shop)
    draft, held, spare = (_sold(shop) for _ in range(3))
    prepared = [
        shop.run("einvoicing.prepare_way_bill", WAY | {"document_id": one}).id
        for one in (draft, held)
    ]
    number = {"way_bill_id": prepared[1], "number": "331000000001"}
    shop.run("einvoicing.record_way_bill", number)
    return {
        "portal_invoice_id": registered[0],
        "einvoice_id": registered[1],
        "refused_einvoice_id": refused[1],
        "consignment_id": spare,
        "way_bill_id": prepared[0],
        "held_way_bill_id": prepared[1],
    }


def documents_at_portal(shop: Shop) -> tuple[tuple[UUID, UUID], tuple[UUID, UUID]]:
    """Write documents as if a portal had answered: one registered, one refused."""
    return _written(shop, "registered"), _written(shop, "refused")


def _sold(shop: Shop) -> UUID:
    customer = add_customer(shop, name=new_id().hex[-8:], gst_category="regular", **FACTS)
    found: UUID = shop.sell({shop.variant_ids[2]: 1}, customer_id=customer).invoice_id
    return found


def _written(shop: Shop, status: str) -> tuple[UUID, UUID]:
    invoice_id, einvoice_id = _sold(shop), new_id()
    with db.unit_of_work(shop.ctx) as session:
        row = db.fetch_one(
            session,
            "select i.number, i.fiscal_year, i.issued_on, i.company_id, b.gstin from invoice i"
            " join branch b on (b.tenant_id, b.id) = (i.tenant_id, i.branch_id) where i.id = %s",
            (invoice_id,),
        )
        assert row is not None
        is_registered = status == "registered"
        facts = {
            "tenant": shop.tenant_id,
            "id": einvoice_id,
            "invoice": invoice_id,
            "status": status,
            "irn": invoice_reference(row["gstin"], row["fiscal_year"], "INV", row["number"]),
            "problem": "" if is_registered else "Portal 1\tRefused",
            "ack_no": "1" if is_registered else "",
            "at": shop.ctx.now if is_registered else None,
            "signed": "x.y.z" if is_registered else "",
            "now": shop.ctx.now,
        }
        db.execute(session, _EINVOICE, facts | row)
        db.execute(session, _CALL, facts | {"call": new_id()})
        db.execute(
            session, _REGISTRATION, facts | row | {"user": shop.ctx.user_id, "reg": new_id()}
        )
    return invoice_id, einvoice_id


_EINVOICE = """
    insert into einvoice (tenant_id, id, company_id, invoice_id, gstin, document_type, number, fiscal_year, issued_on,
                          irn, status, problem, attempts, queued_at, ack_no, ack_at, signed_invoice, signed_qr,
                          registered_at, cancel_code, cancel_reason)
    values (%(tenant)s, %(id)s, %(company_id)s, %(invoice)s, %(gstin)s, 'INV', %(number)s, %(fiscal_year)s,
            %(issued_on)s, %(irn)s, %(status)s, %(problem)s, 1, %(now)s, %(ack_no)s, %(at)s, %(signed)s, %(signed)s,
            %(at)s, '', '')
"""
_CALL = """
    insert into portal_call (tenant_id, id, einvoice_id, kind, called_at, request_sha256, outcome, problem, answer,
                             milliseconds)
    values (%(tenant)s, %(call)s, %(id)s, 'register', %(now)s, repeat('0', 64),
            case when %(status)s = 'registered' then 'done' else 'refused' end, %(problem)s, '', 1)
"""
_REGISTRATION = """
    insert into einvoice_registration (tenant_id, id, company_id, gstin, starts_on, reports_in_days, failures,
                                       last_problem, user_id)
    values (%(tenant)s, %(reg)s, %(company_id)s, %(gstin)s, %(issued_on)s, false, 0, '', %(user)s)
    on conflict do nothing
"""

EXAMPLES: dict[str, Example] = {
    "einvoicing.cancel_einvoice": only("einvoice_id", code="2", reason="x"),
    "einvoicing.cancel_way_bill": lambda i, _: {
        "way_bill_id": i["held_way_bill_id"],
        "code": "2",
        "reason": "x",
    },
    "einvoicing.change_vehicle": lambda i, _: {
        "way_bill_id": i["held_way_bill_id"],
        "vehicle_no": "GJ01XY9876",
        "place": "Surat",
        "reason": "x",
    },
    "einvoicing.get_consignment": lambda i, _: {"document_id": i["consignment_id"]},
    "einvoicing.get_einvoice": only("einvoice_id"),
    "einvoicing.get_file": only("einvoice_id"),
    "einvoicing.get_of_invoice": lambda i, _: {"invoice_id": i["portal_invoice_id"]},
    "einvoicing.get_way_bill": only("way_bill_id"),
    "einvoicing.get_way_bill_file": only("way_bill_id"),
    "einvoicing.prepare_way_bill": lambda i, _: WAY | {"document_id": i["consignment_id"]},
    "einvoicing.record_way_bill": only("way_bill_id", number="331000000002"),
    "einvoicing.send_again": lambda i, _: {"einvoice_id": i["refused_einvoice_id"]},
    "einvoicing.send_way_bill": only("way_bill_id"),
}
"""A working input of every action of e-invoices and way bills that names an id."""
