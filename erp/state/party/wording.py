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
SEXES: Mapping[str, str] = {"female": "Female", "male": "Male", "other": "Other"}
PRICE_LISTS: Mapping[str, str] = {
    "RETAIL_MRP": "Retail, at MRP",
    "DOCTOR": "Doctors",
    "RETAILER_PTR": "Retailers, at PTR",
    "STOCKIST_PTS": "Stockists, at PTS",
    "INSTITUTION": "Institutions",
}
STATES: Mapping[str, str] = {
    code: f"{name} ({code})"
    for code, name in sorted(party.STATES.items(), key=lambda item: item[1])
    if code in party.LIVE_STATES
}
"""States in use today, by name; old codes occur only in old records."""
