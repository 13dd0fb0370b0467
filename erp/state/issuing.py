"""Secrets that are shown once: they reach the browser's page and no var."""

import json
from typing import Final

import reflex as rx
from pydantic import SecretStr
from reflex.event import EventSpec

PLACE: Final = "issued-secret"
"""Element of the page that a secret is written into: `erp.components.issued.issued_secret`."""
_AFTER_MS: Final = 60


def show_secret(secret: SecretStr) -> EventSpec:
    """Write a secret into the page once its place is drawn; no store of states holds it."""
    place = f"document.getElementById({json.dumps(PLACE)})"
    written = f"{place}.textContent = {json.dumps(secret.get_secret_value())}"
    return rx.call_script(f"setTimeout(() => {{ {written}; }}, {_AFTER_MS})")
