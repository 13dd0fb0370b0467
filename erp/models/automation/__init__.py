"""What the product tells other programs by itself."""

from erp.models.automation.webhook import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookStatus,
)

__all__ = ["WebhookAttempt", "WebhookDelivery", "WebhookEndpoint", "WebhookStatus"]
