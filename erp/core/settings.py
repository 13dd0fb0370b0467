"""Typed settings, read once from the environment and an optional `.env` file."""

import hashlib
import hmac
import json
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIN_SECRET_LENGTH = 32


class Settings(BaseSettings):
    """What a deployment decides.

    A service whose address is empty is started by `python -m erp up` from the
    embedded stack, which then passes the addresses on through the environment.

    Attributes:
        public_url: Where people open the product; every other address is refused. Unset:
            this machine's own, on `web_port`.
        database_url: PostgreSQL address of a role that may migrate (owner or superuser).
        app_database_url: Address of the least-privileged application role. Empty:
            `database_url` with user `erp_app` and a password derived from `secret_key`.
        ops_database_url: Address of the read-mostly role that sees every tenant
            (relay, verify, backup). Empty: derived like the application role's.
        s3_directory: Home of the embedded object store, which the programs beside it read and
            write themselves; the embedded stack sets it. Empty: over `s3_endpoint_url`.
        s3_public_endpoint_url: Where devices upload to; empty: the same as ours.
        dicom_port: Where DICOM peers reach us; 0 lets nobody in.
        dicom_processes: Processes that take associations; `dicom_associations` is the most of each.
        dicom_largest_mb: The largest object a peer may send.
        dicom_tls_certificate: File of our certificate chain; with it and `dicom_tls_key`, only
            TLS is spoken on the port.
        dicom_tls_ca: File of the authorities that sign peers' certificates; with it peers must
            show one, and their own servers' are checked against it.
        secret_key: Signs tenant contexts and cookies and derives role passwords.
        outgoing_networks: Private networks that webhooks may reach, as CIDR, separated by commas.
            Without them only public hosts are.
        smtp_url: Mail server, `smtp://user:password@host:587` (STARTTLS; `?tls=no` without) or
            `smtps://...`. Empty: no e-mail is sent.
        mail_from: `Name <address>` that e-mail comes from.
        sms_url: Provider of text messages over HTTP, such as `https://sms.example.in/v1`. Empty: none is sent.
        sms_key: Ours with that provider. sms_receipt_secret: signs its word of delivery; empty: none is taken.
        whatsapp_url, whatsapp_key, whatsapp_receipt_secret: The same of a provider of WhatsApp messages.
        einvoice_url: Provider (GSP) of the e-invoice and way-bill portals. Empty: no document is registered.
        einvoice_client_id, einvoice_client_secret: Ours with the provider.
        einvoice_users: JSON, `{"<GSTIN>": {"user": "...", "password": "..."}}`, the API user of each registration.
        einvoice_public_key: File with the portal's public keys (PEM, one or several), which sign its answers.
        einvoice_seconds: How long the portal may take over an answer.
        razorpay_url, stripe_url: Where the payment providers answer; others only to try things out.
        gateway_seconds: How long a payment provider may take over an answer.
        llm_url: Where a language model answers in OpenAI's way, up to `/v1`, such as Ollama's
            `http://localhost:11434/v1`; a private address must be among `outgoing_networks`.
            Empty, or without `llm_model`: none drafts summaries.
        llm_timeout_seconds: A longer answer is not waited for.
        llm_drafts_per_day: The most one organisation may ask for.
        session_hours: Hours a browser session lives after its last use.
        statement_timeout_seconds: Server-side limit for one statement of a request.
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    environment: str = "production"
    data_dir: Path = Path(".data")
    web_host: str = "0.0.0.0"  # noqa: S104  the one port the product serves on
    web_port: int = 8000
    public_url: str = Field(default_factory=lambda data: f"http://localhost:{data['web_port']}")

    database_url: str = ""
    app_database_url: str = ""
    ops_database_url: str = ""
    redis_url: str = ""
    s3_endpoint_url: str = ""
    s3_public_endpoint_url: str = ""
    s3_directory: str = ""
    s3_access_key: str = ""
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "vantage"
    s3_region: str = "us-east-1"
    mqtt_url: str = ""

    dicom_host: str = "0.0.0.0"  # noqa: S104  peers are other machines; nobody is let in unnamed
    dicom_port: int = Field(default=11112, ge=0, le=65535)
    dicom_processes: int = Field(default=2, ge=1, le=32)
    dicom_associations: int = Field(default=20, ge=1, le=500)
    dicom_largest_mb: int = Field(default=512, ge=1)
    dicom_idle_seconds: int = Field(default=60, ge=1)
    dicom_tls_certificate: str = ""
    dicom_tls_key: str = ""
    dicom_tls_ca: str = ""

    secret_key: SecretStr = SecretStr("")
    session_hours: int = 12
    outgoing_networks: str = ""
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = "Vantage <no-reply@localhost>"
    sms_url: str = ""
    sms_key: SecretStr = SecretStr("")
    sms_receipt_secret: SecretStr = SecretStr("")
    whatsapp_url: str = ""
    whatsapp_key: SecretStr = SecretStr("")
    whatsapp_receipt_secret: SecretStr = SecretStr("")
    einvoice_url: str = ""
    einvoice_client_id: str = ""
    einvoice_client_secret: SecretStr = SecretStr("")
    einvoice_users: SecretStr = SecretStr("")
    einvoice_public_key: str = ""
    einvoice_seconds: float = Field(default=20, gt=0, le=25)
    razorpay_url: str = "https://api.razorpay.com"
    stripe_url: str = "https://api.stripe.com"
    gateway_seconds: float = Field(default=10, gt=0, le=25)
    llm_url: str = ""
    llm_model: str = ""
    llm_api_key: SecretStr = SecretStr("")
    llm_timeout_seconds: int = Field(default=90, ge=5, le=600)
    llm_drafts_per_day: int = Field(default=100, ge=0)
    pool_size: int = Field(default=10, ge=1)
    statement_timeout_seconds: int = 30
    lock_timeout_seconds: int = 5
    log_level: str = "INFO"
    log_json: bool = True

    @field_validator("einvoice_users")
    @classmethod
    def _has_users(cls, value: SecretStr) -> SecretStr:
        """Refuse to start with users that nothing could be signed in with."""
        try:
            found = json.loads(value.get_secret_value() or "{}")
            sound = all(of["user"] and of["password"] for of in found.values())
        except (ValueError, AttributeError, KeyError, TypeError):
            sound = False
        if not sound:
            msg = 'EINVOICE_USERS is not like {"<GSTIN>": {"user": "...", "password": "..."}}.'
            raise ValueError(msg)
        return value

    def reachable_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Return the private networks that posts to addresses people typed in may reach."""
        named = (name.strip() for name in self.outgoing_networks.split(","))
        return tuple(ip_network(name) for name in named if name)

    def einvoice_accounts(self) -> dict[str, tuple[str, str]]:
        """Return user and password at the e-invoice portal by GSTIN."""
        text = self.einvoice_users.get_secret_value()
        found = json.loads(text) if text else {}
        return {gstin: (of["user"], of["password"]) for gstin, of in found.items()}

    def derived_secret(self, purpose: str) -> str:
        """Return a secret bound to one purpose, so that no two uses share a key."""
        key = self.secret_key.get_secret_value()
        if len(key) < MIN_SECRET_LENGTH:
            msg = "SECRET_KEY must be set to at least 32 random characters."
            raise RuntimeError(msg)
        return hmac.new(key.encode(), purpose.encode(), hashlib.sha256).hexdigest()


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process; the same object every time."""
    return Settings()
