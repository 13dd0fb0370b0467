"""What customers are shown without signing in."""

from erp.models.portal.order_link import OrderLink

__all__ = ["OrderLink"]
