"""How a party stands on a printed document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from erp.services.party.states import state_name


@dataclass(frozen=True, slots=True)
class PrintedParty:
    """A supplier, recipient or consignee as a document names it."""

    name: str
    address: tuple[str, ...] = ()
    state_name: str = ""
    state_code: str = ""
    gstin: str = ""
    phone: str = ""
    email: str = ""
    drug_licence: str = ""


def printed_party(row: Mapping[str, Any]) -> PrintedParty:
    """Return a branch or a party as it is printed, from columns of its row.

    Args:
        row: Has `name`; of `address`, `city`, `pin`, `state_code`, `gstin`, `phone`, `email` and
            `drug_licence_no` what is known.
    """
    place = " ".join(part for part in (row.get("city"), row.get("pin")) if part)
    code = row.get("state_code") or ""
    return PrintedParty(
        name=row["name"],
        address=tuple(line for line in (row.get("address"), place) if line),
        state_name=state_name(code) if code else "",
        state_code=code,
        gstin=row.get("gstin") or "",
        phone=row.get("phone") or "",
        email=row.get("email") or "",
        drug_licence=row.get("drug_licence_no") or "",
    )
