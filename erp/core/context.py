"""Who acts, for whom, and when: the facts every service function is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Literal
from uuid import UUID

from erp.core.clock import business_date
from erp.core.errors import PermissionDenied

Source = Literal["ui", "rest", "cli", "job", "device", "test"]
ANY_PERMISSION = "*"


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The acting person or process inside exactly one tenant.

    Attributes:
        permissions: What the actor may do; `*` stands for everything.
        limits: Attribute rules of the actor's roles, such as the largest discount
            in percent; a missing limit is zero.
        now: The instant of the request, aware UTC. Services read no other clock.
        request_id: Follows the request through logs, events and jobs.
        confirmed: Codes of `ConfirmationRequired` refusals the actor overrides.
        on_behalf_of: Who asked, where a process acts for a person.
    """

    tenant_id: UUID
    company_id: UUID
    branch_id: UUID
    user_id: UUID
    user_name: str
    permissions: frozenset[str]
    now: datetime
    request_id: str
    source: Source
    time_zone: str = "Asia/Kolkata"
    limits: Mapping[str, Decimal] = field(default_factory=lambda: MappingProxyType({}))
    roles: frozenset[str] = frozenset()
    confirmed: frozenset[str] = frozenset()
    on_behalf_of: UUID | None = None
    ip_address: str | None = None

    @property
    def today(self) -> date:
        """The business date of the request."""
        return business_date(self.now, self.time_zone)

    def may(self, permission: str) -> bool:
        """Tell whether the actor holds a permission."""
        return permission in self.permissions or ANY_PERMISSION in self.permissions

    def require(self, permission: str) -> None:
        """Refuse an actor without the permission.

        Raises:
            PermissionDenied: The permission is in none of the actor's roles.
        """
        if not self.may(permission):
            also = " A token needs it among its scopes too." if self.source == "rest" else ""
            raise PermissionDenied(
                f"You need the permission {permission} for this. Ask an owner to grant it.{also}",
                details={"permission": permission},
            )

    def limit(self, name: str) -> Decimal:
        """Return an attribute limit of the actor; zero where none was given."""
        return self.limits.get(name, Decimal(0))
