"""One register of suppliers' bills, whichever document books them: asked about twice, credited once."""

from erp.models.seen_bills import BillSource
from erp.services.seen_bills import referees
from erp.services.seen_bills.errors import BillSeen, CreditTaken
from erp.services.seen_bills.noting import BillUse, end_uses, is_credit_free, note_use
from erp.services.seen_bills.seeing import Seen, SeenElsewhere, look_for, seen_elsewhere

__all__ = [
    "BillSeen", "BillSource", "BillUse", "CreditTaken", "Seen", "SeenElsewhere", "end_uses", "is_credit_free",
    "look_for", "note_use", "referees", "seen_elsewhere",
]  # fmt: skip
