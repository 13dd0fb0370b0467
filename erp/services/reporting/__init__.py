"""Reporting: figures over every domain below."""

from erp.services.reporting.dashboard import Dashboard, get_dashboard

__all__ = ["Dashboard", "get_dashboard"]
