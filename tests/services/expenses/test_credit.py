"""GST on expenses and assets stands in the month's return as it stands in the books."""

from datetime import date

from erp.core import db
from erp.services.gst_returns.gstr3b import InwardKind
from erp.services.gst_returns.reading_inward import InwardSide, read_inward
from erp.services.gst_returns.registrations import registration_of
from erp.services.gst_returns.tax_period import Months, period_from
from tests.factories import Shop, gstin_in
from tests.services.assets.owning import months_ago, own, seller
from tests.services.branches import registration
from tests.services.expenses.spending import COURIER, box, claim, decide, spend, spent


def inward(shop: Shop, month: date) -> InwardSide:
    with db.unit_of_work(shop.ctx) as session:
        own_gstin = registration_of(session, shop.ctx, registration(shop))
        return read_inward(session, shop.ctx, own_gstin, period_from(month, Months.MONTH))


def courier(shop: Shop, number: str, **more: str) -> dict[str, object]:
    return spent(
        shop, "1180.00", "Courier and postage", **(COURIER | {"bill_number": number} | more)
    )


def test_the_credit_of_claims_vouchers_and_assets_is_explained(shop: Shop):
    decide(shop, claim(shop, courier(shop, "1")))
    decide(shop, claim(shop, courier(shop, "2", supplier_gstin=gstin_in("24"))))
    box(shop)
    spend(shop, courier(shop, "3"))
    own(
        shop,
        bought_from="supplier",
        supplier_id=seller(shop),
        bill_number="C-1",
        gst_rate="18",
        booked_on=shop.ctx.today,
    )
    side = inward(shop, months_ago(shop, 0))
    assert side.differences == ()
    found = [one for one in side.inward if one.kind is InwardKind.SPENT]
    assert len(found) == 4
    assert sum(one.heads.tax for one in found) == side.booked.tax == 3 * 180 + 10_800
    assert sum(one.heads.igst for one in found) == side.booked.igst == 180


def test_a_claim_taken_back_in_its_month_leaves_nothing(shop: Shop):
    made = claim(shop, courier(shop, "1"))
    decide(shop, made)
    gone = {"claim_id": made.id, "reason": "Not ours"}
    shop.run("expenses.reverse_claim", gone, by=shop.acting_as("owner"))
    side = inward(shop, months_ago(shop, 0))
    assert (side.differences, side.inward, side.booked.tax) == ((), (), 0)
