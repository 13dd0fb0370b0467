"""Interest on what customers pay late."""

from erp.models.interest.charge import InterestCharge

__all__ = ["InterestCharge"]
