"""The zero-config stack: PostgreSQL, Redis, S3 and MQTT servers started from installed wheels."""

from erp.embedded.credentials import Credentials
from erp.embedded.process import Service, ServiceFailedError
from erp.embedded.stack import EmbeddedStack

__all__ = ["Credentials", "EmbeddedStack", "Service", "ServiceFailedError"]
