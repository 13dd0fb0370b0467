"""One register of suppliers' bills, whichever document books them: asked about twice, credited once."""

from erp.models.seen_bills import BillSource
from erp.services.seen_bills import referees
from erp.services.seen_bills.errors import BillSeen, BillTaxDiffers, CreditElsewhere, CreditTaken
from erp.services.seen_bills.noting import BillUse, end_uses, note_use
from erp.services.seen_bills.seeing import (
    Seen,
    SeenElsewhere,
    asks_about_suppliers,
    look_for,
    seen_elsewhere,
)
from erp.services.seen_bills.sharing import Room, ask_about_tax, credit_room

__all__ = [
    "BillSeen", "BillSource", "BillTaxDiffers", "BillUse", "CreditElsewhere", "CreditTaken", "Room", "Seen",
    "SeenElsewhere", "ask_about_tax", "asks_about_suppliers", "credit_room", "end_uses", "look_for", "note_use",
    "referees", "seen_elsewhere",
]  # fmt: skip
