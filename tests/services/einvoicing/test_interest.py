"""Interest by debit notes at the portal: billed regularly it is registered, billed by composition it is not."""

from datetime import UTC, datetime
from typing import Any

from tests.factories import Shop
from tests.services.einvoicing.portals import invoiced, queue, register
from tests.services.payments.test_reminders import LADDER
from tests.services.trading import rows


def noon(shop: Shop, month: int, day: int) -> datetime:
    """Return an instant of the calendar year in which the shop's financial year ends."""
    year = shop.ctx.today.year + (shop.ctx.today.month >= 4)
    return datetime(year, month, day, 6, 30, tzinfo=UTC)


def billed(shop: Shop, when: datetime) -> Any:
    """Bill the interest of the only customer who owes, and return the note."""
    (party,) = rows(shop, "select party_id from invoice where kind = 'tax_invoice'")
    given = {"party_id": party["party_id"]}
    (note,) = shop.run("interest.bill_interest", given, at=when).notes
    return note


def test_interest_billed_by_composition_is_no_e_invoice(reporting: Shop) -> None:
    reporting.run("payments.set_reminder_rule", {"levels": LADDER, "interest_percent": "18"})
    sent = invoiced(reporting)
    assert sent
    taxed = billed(reporting, noon(reporting, 3, 20))
    assert queue(reporting, taxed.id)
    scheme = {
        "scheme": "composition", "trade": "trader", "valid_from": noon(reporting, 4, 1).date(), "reason": "CMP-02",
    }  # fmt: skip
    reporting.run("gst_returns.change_scheme", scheme, at=noon(reporting, 3, 21))
    untaxed = billed(reporting, noon(reporting, 4, 20))
    assert untaxed.total == untaxed.amount
    register(reporting, untaxed.id)
    assert rows(reporting, "select 1 from einvoice where invoice_id = %s", untaxed.id) == []
