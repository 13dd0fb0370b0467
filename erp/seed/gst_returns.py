"""The demo's GST returns: last month's, prepared and not yet filed, and a challan for them."""

from datetime import timedelta

from erp.core.context import RequestContext
from erp.seed.orders import people_of
from erp.services import gst_returns, platform


def seed_gst_returns(ctx: RequestContext) -> None:
    """Prepare both returns of last month for the first registration."""
    by = people_of(ctx)["accountant"]
    found = platform.run("gst_returns.list_registrations", by, {}).result
    assert isinstance(found, gst_returns.Registrations)  # noqa: S101  the query's own answer
    gstin = found.rows[0].gstin
    month = (by.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    for form in ("gstr1", "gstr3b"):
        given = {"gstin": gstin, "form": form, "starts_on": month}
        key = {"idempotency_key": f"seed-return-{form}-{month}"}
        platform.run("gst_returns.prepare_return", by, given | key)
    challan = {"gstin": gstin, "reference": "26112700123456", "amount": "25000.00"}
    key = {"idempotency_key": "seed-challan-26112700123456"}
    platform.run("gst_returns.deposit_cash", by, challan | key)
