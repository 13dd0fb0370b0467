"""Words and colours of suppliers' bills, and who may do what."""

from erp.core.columns import Column, Kind

VIEW = "billing.view_bills"
RECORD = "billing.record_bill"
DECIDE = "billing.decide_bill"
SET_TOLERANCES = "billing.set_tolerances"

STATUSES = {"held": "To decide", "posted": "Posted", "refused": "Refused"}
TONES = {"held": "amber", "posted": "green", "refused": "gray"}
STANDINGS = {"due": "Due", "claimed": "Credit note to come"}
STATUS = Column(
    "status", "Status", Kind.STATUS, sort="status", detail="claim", labels=STATUSES, tones=TONES
)
MATCHES = {
    "none": "Matches",
    "price": "Other price",
    "quantity": "More than came",
    "tax_rate": "Other GST rate",
    "several": "Differs",
    "charge": "High charge",
    "borne": "On the goods",
    "expense": "Expense",
}
MATCH_TONES = {
    "none": "green",
    "price": "amber",
    "quantity": "red",
    "tax_rate": "amber",
    "several": "red",
    "charge": "amber",
    "borne": "gray",
    "expense": "gray",
}
OUTCOMES = {"accepted": "Accepted", "claimed": "Claimed", "refused": "Refused"}
