"""Accounts of devices at the broker: written for the embedded one, left to its keeper elsewhere."""

import secrets
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from erp.core.settings import Settings, get_settings
from erp.embedded.credentials import Credentials
from erp.embedded.mqtt_broker import MqttBroker

_log = structlog.get_logger()


class Accounts(Protocol):
    """What both kinds of broker take."""

    def set_password(self, site: str, code: str, password: str) -> None:
        """Let a device sign in as `site/code` with this password and no other."""
        ...

    def close(self, site: str, code: str) -> None:
        """Let nobody sign in as `site/code`."""
        ...


class EmbeddedBrokerAccounts:
    """The password file of the broker that runs beside the product; it notices changes."""

    def __init__(self, settings: Settings) -> None:
        self._hasher = PasswordHasher()
        credentials = Credentials(settings.data_dir / "secrets.json")
        self._broker = MqttBroker(settings.data_dir, credentials)

    def set_password(self, site: str, code: str, password: str) -> None:
        """Let a device sign in as `site/code` with this password and no other."""
        if not self._is_known(f"{site}/{code}", password):
            self._broker.set_password(f"{site}/{code}", password)

    def close(self, site: str, code: str) -> None:
        """Let nobody sign in as `site/code`: the password becomes one that nobody knows."""
        self._broker.set_password(f"{site}/{code}", secrets.token_hex(32))

    def _is_known(self, user: str, password: str) -> bool:
        for line in self._broker.password_file.read_text(encoding="utf-8").splitlines():
            name, _, hashed = line.partition(":")
            if name == user:
                try:
                    return self._hasher.verify(hashed, password)
                except (VerificationError, InvalidHashError):
                    return False
        return False


class ForeignBrokerAccounts:
    """A broker that is looked after elsewhere: its keeper enters what the product shows."""

    def set_password(self, site: str, code: str, password: str) -> None:
        """Say in the log that an account is to be made; the password is shown to a person."""
        del password
        _log.info("broker_account_wanted", user=f"{site}/{code}")

    def close(self, site: str, code: str) -> None:
        """Say in the log that an account is to be closed."""
        _log.info("broker_account_unwanted", user=f"{site}/{code}")


def broker_accounts(settings: Settings | None = None) -> Accounts:
    """Return the accounts of the broker that the settings name."""
    settings = settings or get_settings()
    parts = urlsplit(settings.mqtt_url)
    own = MqttBroker(settings.data_dir, Credentials(settings.data_dir / "secrets.json"))
    is_embedded = parts.hostname == "127.0.0.1" and own.password_file.exists()
    return EmbeddedBrokerAccounts(settings) if is_embedded else ForeignBrokerAccounts()
