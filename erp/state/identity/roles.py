"""Roles: what each allows, to read."""

from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx

from erp.core.errors import DomainError
from erp.core.formatting import group_amount, plain_decimal
from erp.core.money import ZERO
from erp.services import platform
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState

ANYTHING = "*"
DOMAINS = {
    "accounting": "Books",
    "automation": "Webhooks",
    "billing": "GST documents",
    "catalog": "Catalogue",
    "einvoicing": "E-invoices and way bills",
    "gateways": "Payment gateways",
    "gst_returns": "GST returns",
    "identity": "Members and roles",
    "inventory": "Stock",
    "party": "Customers and suppliers",
    "platform": "System",
    "pos": "Till",
    "purchasing": "Buying",
    "reporting": "Figures",
}
LIMITS = {
    "discount_percent": ("Discount up to", "%"),
    "return_amount": ("Returns up to", "₹"),
    "cash_tolerance": ("Cash difference up to", "₹"),
    "purchase_amount": ("Orders up to", "₹"),
    "count_difference": ("Counting differences up to", "₹"),
}


class RoleListState(SessionState, rx.State):
    """Every role with its permissions by domain and its limits."""

    permission: ClassVar[str] = "identity.view"

    roles: list[dict[str, str]] = []
    grants: list[dict[str, str]] = []
    limits: list[dict[str, str]] = []
    problem: str = ""
    is_loading: bool = True

    @handler(permission=PAGE)
    async def open_roles(self) -> None:
        """Load the roles."""
        self.problem = ""
        try:
            rows = (await self._ask("identity.list_roles")).rows
        except DomainError as error:
            self.problem, rows = error.message, []
        self.roles = [{"id": str(r.id), "title": r.title, "name": r.name} for r in rows]
        self.grants = [grant for row in rows for grant in _grants(row)]
        self.limits = [limit for row in rows for limit in _limits(row)]
        self.is_loading = False


def _grants(role: Any) -> list[dict[str, str]]:
    """Return one entry per domain: what the role may do there, in words."""
    if ANYTHING in role.permissions:
        return [
            {
                "id": f"{role.name}.all",
                "role": role.name,
                "domain": "Everything",
                "verbs": "allowed",
            }
        ]
    domains: dict[str, list[str]] = {}
    for permission in sorted(role.permissions):
        domain, _, verb = permission.partition(".")
        domains.setdefault(domain, []).append(verb.replace("_", " "))
    return [
        {
            "id": f"{role.name}.{domain}",
            "role": role.name,
            "domain": DOMAINS.get(domain, domain.replace("_", " ").capitalize()),
            "verbs": ", ".join(verbs),
        }
        for domain, verbs in domains.items()
    ]


def _limits(role: Any) -> list[dict[str, str]]:
    found = []
    for name, (label, unit) in LIMITS.items():
        limit = Decimal(role.limits.get(name, "0"))
        if limit > ZERO:
            words = f"{plain_decimal(limit)}%" if unit == "%" else f"₹{group_amount(limit)}"
            found.append(
                {"id": f"{role.name}.{name}", "role": role.name, "words": f"{label} {words}"}
            )
    return found


def known_permissions() -> list[str]:
    """Return every permission that some command or query asks for."""
    return sorted({action.permission for action in platform.list_actions() if action.permission})
