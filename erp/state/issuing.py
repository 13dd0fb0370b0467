"""Secrets that are shown once: they reach the browser's page and no var."""

import json
from typing import Final

import reflex as rx
from pydantic import SecretStr
from reflex.event import EventSpec

PLACE: Final = "issued-secret"
"""Element of the page that a secret is written into: `erp.components.issued.issued_secret`."""
_PATIENCE: Final = 600
"""How many frames of the browser the place may take to be drawn; the secret is told only once."""


def show_secret(secret: SecretStr) -> EventSpec:
    """Write a secret into the page once its place is drawn; no store of states holds it."""
    written = json.dumps(secret.get_secret_value())
    return rx.call_script(
        "(function show(left) {"
        f" const place = document.getElementById({json.dumps(PLACE)});"
        f" if (place) place.textContent = {written};"
        " else if (left) requestAnimationFrame(() => show(left - 1));"
        f" }})({_PATIENCE})"
    )
