"""Making notes out as their invoice should have been stated, where a return corrects what an earlier one states of it.

The invoice itself never changes. A note is a document of its own: tax that an amendment moved to another head is taken
back from that head (IGST Act s.19, CGST Act s.77), and the note names the amended recipient and place.
"""

from collections.abc import Mapping
from typing import Any, LiteralString, NamedTuple

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.gst.taxing import EXPORT, SupplyNature
from erp.core.money import ZERO, round_money

AMENDED: LiteralString = """
    select a.gstin, a.recipient, a.place_of_supply, a.is_sez, left(b.gstin, 2) as own_state
      from gst_amendment a
      join branch b on (b.tenant_id, b.id) = (a.tenant_id, a.branch_id)
     where a.tenant_id = %s and a.invoice_id = %s and a.withdrawn_at is null and a.booked_on <= %s
"""


class MadeOut(NamedTuple):
    """What an amendment says of an invoice: its recipient, its place, and which heads its tax is of."""

    recipient: Mapping[str, str]
    place: str
    nature: SupplyNature


def made_out(session: Session, ctx: RequestContext, head: Mapping[str, Any]) -> MadeOut:
    """Return how an invoice is stated today: as it was posted, or as a standing amendment corrects it."""
    nature = SupplyNature(head["supply_nature"])
    posted = MadeOut(head["recipient"], head["place_of_supply"], nature)
    row = db.fetch_one(session, AMENDED, (ctx.tenant_id, head["id"], ctx.today))
    if row is None:
        return posted
    recipient = _recipient(head["recipient"], row)
    if posted.place == EXPORT:
        return posted._replace(recipient=recipient)
    is_inter = row["is_sez"] or row["place_of_supply"] != row["own_state"]
    stated = SupplyNature.INTER if is_inter else SupplyNature.INTRA
    return MadeOut(recipient, row["place_of_supply"], stated)


def _recipient(posted: Mapping[str, str], row: db.Row) -> dict[str, str]:
    category = posted.get("gst_category", "")
    if row["is_sez"]:
        category = "sez"
    elif row["gstin"] != posted.get("gstin", "") or category == "sez":
        category = "regular" if row["gstin"] else ""
    facts = {"gst_category": category, "gstin": row["gstin"]}
    if row["recipient"]:
        facts["name"] = row["recipient"]
    return {name: value for name, value in (dict(posted) | facts).items() if value}


def under_heads(line: Mapping[str, Any], posted: str, stated: SupplyNature) -> Mapping[str, Any]:
    """Return a line of an invoice with its tax under the heads that are stated; halves are equal, to the paisa."""
    if posted == stated:
        return line
    if stated is SupplyNature.INTER:
        return {**line, "igst": line["cgst"] + line["sgst"], "cgst": ZERO, "sgst": ZERO}
    half = round_money(line["igst"] / 2)
    return {**line, "igst": ZERO, "cgst": half, "sgst": half}
