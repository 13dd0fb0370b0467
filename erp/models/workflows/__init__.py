"""Work and news that reach a person."""

from erp.models.workflows.notification import Notification, Severity

__all__ = ["Notification", "Severity"]
