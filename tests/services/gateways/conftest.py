"""A provider, and a shop with an account there."""

from tests.services.gateways.providers import provider

__all__ = ["provider"]
