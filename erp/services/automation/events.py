"""Events of the automation domain."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class WebhookQueued(DomainEvent):
    """An event is to be posted to an endpoint; the aggregate is the delivery."""

    name: ClassVar[str] = "automation.webhook_queued.v1"

    delivery_id: UUID


class WebhookChanged(DomainEvent):
    """A webhook was made, changed, stopped or started again."""

    name: ClassVar[str] = "automation.webhook_changed.v1"

    endpoint_id: UUID
    is_active: bool


class WebhookSecretRenewed(DomainEvent):
    """A webhook has another signing secret."""

    name: ClassVar[str] = "automation.secret_renewed.v1"

    endpoint_id: UUID


class WebhookTried(DomainEvent):
    """A posting was answered, or ended without one; the aggregate is the delivery."""

    name: ClassVar[str] = "automation.webhook_tried.v1"

    delivery_id: UUID
    status: str
