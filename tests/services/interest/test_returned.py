"""Interest and its GST stand in the return of the month it is billed in, and agree with the books."""

import base64
import json
from decimal import Decimal

from tests.factories import Shop, broken_promises, gstin_in
from tests.services.gst_returns.months import at, buyer, detail, invoice, prepare
from tests.services.payments.test_reminders import LADDER


def test_a_note_of_interest_is_a_debit_note_of_its_month(trader: Shop):
    trader.run("payments.set_reminder_rule", {"levels": LADDER, "interest_percent": "18"})
    customer = buyer(trader, gstin=gstin_in("27"), gst_category="regular", credit_days=5)
    invoice(trader, 6, customer, (trader.variant_ids[0], 10, "100.00"))
    made = trader.run("interest.bill_interest", {"party_id": customer}, at=at(31))
    (note,) = made.notes
    taken = invoice(trader, 7, customer, (trader.variant_ids[0], 10, "100.00"))
    assert taken
    version = prepare(trader)
    found = detail(trader, version)
    assert (found.blocking, found.differences) == (0, [])
    file = trader.run("gst_returns.get_portal_file", {"return_id": version.id}, at=at(12, 11))
    content = json.loads(text_of(file))
    (named,) = content["cdnr"][0]["nt"]
    assert (named["nt_num"], named["ntty"]) == (note.number, "D")
    assert Decimal(str(named["itms"][0]["itm_det"]["txval"])) == note.amount
    kinds = {kind["doc_num"]: kind["docs"][0]["from"] for kind in content["doc_issue"]["doc_det"]}
    assert kinds[4] == note.number
    assert broken_promises() == []


def text_of(file) -> bytes:
    content = file.content
    return content.encode() if content.lstrip().startswith("{") else base64.b64decode(content)
