"""Words of fixed assets on the screen."""

from typing import Final

VIEW = "assets.view"
MANAGE = "assets.manage"
STATUSES: Final = {"in_use": "In use", "sold": "Sold", "scrapped": "Scrapped"}
TONES: Final = {"in_use": "green", "sold": "blue", "scrapped": "gray"}
METHODS: Final = {"straight_line": "Straight line", "written_down": "Written-down value"}
BOUGHT_FROM: Final = {
    "supplier": "Supplier's bill, paid later",
    "bank": "Paid by the bank",
    "opening": "From the books of before",
}
ACCOUNTS: Final = {
    "furniture": "Furniture and Fixtures",
    "computers": "Computers",
    "equipment": "Plant and Equipment",
    "vehicles": "Vehicles",
}
PAID_INTO: Final = {"bank": "Bank", "cash": "The office's cash", "buyer": "The buyer owes it"}
RATES: Final = (
    ("0", "No GST on the bill"),
    ("5", "5%"),
    ("12", "12%"),
    ("18", "18%"),
    ("28", "28%"),
    ("40", "40%"),
)
