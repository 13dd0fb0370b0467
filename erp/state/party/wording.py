"""Words of the party register on the screen."""

from collections.abc import Mapping

from erp.services import party

ROLES: Mapping[str, str] = {role.value: role.value.capitalize() for role in party.PartyRoleName}
KINDS: Mapping[str, str] = {
    kind.value: kind.value.replace("_", " ").capitalize() for kind in party.PartyKind
} | {"sez_unit": "SEZ unit"}
CATEGORIES: Mapping[str, str] = {
    "unregistered": "Not registered",
    "regular": "Registered",
    "composition": "Composition scheme",
    "sez": "Special economic zone",
}
LICENCE_FORMS: Mapping[str, str] = {
    "20-C": "20-C, retail",
    "20-D": "20-D, wholesale",
    "25-C": "25-C, making",
    "other": "For other medicines",
}
SEXES: Mapping[str, str] = {"female": "Female", "male": "Male", "other": "Other"}
RETAIL = "RETAIL_MRP"
PRICE_LISTS: Mapping[str, str] = {
    RETAIL: "Retail, at MRP",
    "DOCTOR": "Doctors",
    "RETAILER_PTR": "Retailers, at PTR",
    "STOCKIST_PTS": "Stockists, at PTS",
    "INSTITUTION": "Institutions",
}
"""What the usual codes mean, for tenants without a list of that code."""
STATES: Mapping[str, str] = {
    code: f"{name} ({code})"
    for code, name in sorted(party.STATES.items(), key=lambda item: item[1])
    if code in party.LIVE_STATES
}
"""States in use today, by name; old codes occur only in old records."""


def list_label(code: str, lists: Mapping[str, str]) -> str:
    """Return what a party's price list is called; one that nobody made says what holds instead.

    Args:
        lists: Names of the tenant's lists by code.
    """
    if code in lists:
        return lists[code]
    usual = PRICE_LISTS.get(code, code)
    return usual if code == RETAIL else f"{usual} (no such list: MRP)"
