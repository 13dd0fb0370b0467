"""Words of payments on the screen."""

from typing import Final

VIEW = "payments.view"
RECEIVE = "payments.receive"
PAY = "payments.pay"
METHODS: Final = {
    "cash": "Cash",
    "bank": "Bank transfer",
    "upi": "UPI",
    "card": "Card",
    "cheque": "Cheque",
    "gateway": "Payment gateway",
}
TYPED_METHODS: Final = {name: words for name, words in METHODS.items() if name != "gateway"}
"""Ways that a person records; a gateway's payments record themselves."""
DIRECTIONS: Final = {"in": "Received", "out": "Paid"}
DIRECTION_TONES: Final = {"in": "green", "out": "blue"}
STANDINGS: Final = {
    "recorded": "Recorded",
    "in_hand": "Cheque waits",
    "banked": "Banked",
    "reversed": "Taken back",
}
STANDING_TONES: Final = {
    "recorded": "green",
    "in_hand": "amber",
    "banked": "green",
    "reversed": "red",
}
BUCKETS: Final = {
    "not_due": "Not due",
    "1-30": "1 to 30 days late",
    "31-60": "31 to 60 days late",
    "61-90": "61 to 90 days late",
    "90+": "Over 90 days late",
}
ACCOUNT_PAGES: Final = {"customer": "/receivables", "supplier": "/payables"}
PAGE_OF_ORIGIN: Final = {
    "sale": "/sales/{}",
    "return": "/sales/{}",
    "sales_invoice": "/invoices/{}",
    "sales_return": "/invoices/{}",
    "supplier_bill": "/bills/{}",
    "supplier_return": "/returns/{}",
    "shift": "/till/shifts/{}",
    "payment": "/payments/{}",
    "expense_claim": "/expenses/{}",
    "asset": "/fixed-assets/{}",
}
"""Page of the document behind an entry, by its origin."""
PROMISE_TONES: Final = {
    "open": "blue",
    "kept": "green",
    "broken": "red",
    "withdrawn": "gray",
    "disputed": "amber",
}
REMINDED: Final = {
    "email": "by e-mail",
    "sms": "by SMS",
    "whatsapp": "by WhatsApp",
    "phone": "by phone",
    "letter": "by letter",
}
MESSAGE_WORDS: Final = {
    "queued": "On its way",
    "sent": "Sent",
    "delivered": "On the phone",
    "read": "Read",
    "undelivered": "The phone did not take it",
    "failed": "Could not be sent",
    "cancelled": "Cancelled",
}
