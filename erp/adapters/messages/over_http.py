"""Messages to phones by a provider over HTTP: SMS and WhatsApp.

The provider takes `POST /messages` with a bearer key and JSON: `reference`, `to`, `text`, and for SMS `entity_id`,
`header`, `template_id`, for WhatsApp `from`, `template`, `language` and `parameters`; it answers
`{"id": ..., "reference": ...}`. `GET /messages/{reference}` tells what it has of one, so that after an answer that was
lost it is asked before anything is sent a second time.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from erp.adapters import outgoing_http
from erp.services.messaging import NotCarried, OutgoingMessage

SECONDS: Final = 15.0
LARGEST_ANSWER: Final = 100_000
OK: Final = frozenset({200, 201, 202})
LATER: Final = frozenset({401, 403, 404, 405, 408, 409, 423, 425, 429})
"""Answers that are about us or the moment, not about the message."""
ABOUT_IT: Final = range(400, 500)
NOT_FOUND: Final = 404


class HttpCarrier:
    """Hands messages to phones to a provider.

    Args:
        name: What the provider carries, as people call it.
        url: Where the provider answers, such as `https://sms.example.in/v1`.
        key: Ours with the provider.
    """

    def __init__(self, name: str, url: str, key: str) -> None:
        self._name = name
        self._url = url.rstrip("/")
        self._key = key

    def carry(self, message: OutgoingMessage, contents: tuple[bytes, ...]) -> str:  # noqa: ARG002  texts carry no files
        """Hand a message over; its reference is the same at every attempt, and one that is known is not sent again.

        Raises:
            NotCarried: The provider did not take it, is away, or its answer cannot be believed.
        """
        known = self._known(message.reference)
        if known:
            return known
        body = _told(message)
        status, answer = self._ask("POST", "/messages", body)
        if status in OK:
            return self._name_of(answer, message.reference)
        is_final = status in ABOUT_IT and status not in LATER
        said = f"{answer.get('reason', '')}"[:200]
        raise NotCarried(
            f"The {self._name} provider answered {status}: {said}".strip(), is_final=is_final
        )

    def _known(self, reference: str) -> str:
        """Return the provider's name for a message that it has from an earlier attempt."""
        status, answer = self._ask("GET", f"/messages/{reference}", None)
        if status == NOT_FOUND:
            return ""
        if status not in OK:
            raise NotCarried(f"The {self._name} provider answered {status}.", is_final=False)
        return self._name_of(answer, reference)

    def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> tuple[int, dict[str, Any]]:
        headers = {
            "authorization": f"Bearer {self._key}",
            "accept": "application/json",
            "content-type": "application/json",
        }
        found = outgoing_http.ask_operators_address(
            method,
            self._url + path,
            headers,
            (json.dumps(body) if body is not None else None, None),
            seconds=SECONDS,
            most_bytes=LARGEST_ANSWER,
        )
        if found.problem:
            problem = f"The {self._name} provider is away. {found.problem}"
            raise NotCarried(problem[:300], is_final=False)
        return found.status, _object_of(found.content)

    def _name_of(self, answer: Mapping[str, Any], reference: str) -> str:
        """Return the provider's name for our message.

        Raises:
            NotCarried: The answer names none, or another message than it was asked about.
        """
        name = answer.get("id")
        if not isinstance(name, str) or not name or answer.get("reference") != reference:
            problem = (
                f"The {self._name} provider's answer names another message. It is asked again."
            )
            raise NotCarried(problem, is_final=False)
        return name


def _told(message: OutgoingMessage) -> dict[str, Any]:
    """Return a message as the provider takes it; numbered facts stand in the places of its template, in order."""
    numbered = sorted((name for name in message.facts if name.isdigit()), key=int)
    named = {name: value for name, value in message.facts.items() if not name.isdigit()}
    places = (
        {"parameters": [message.facts[name] for name in numbered]} if "template" in named else {}
    )
    head = {"reference": message.reference, "to": message.to_address, "text": message.body}
    return head | named | places


def _object_of(content: bytes) -> dict[str, Any]:
    """Return an answer's content; nothing of one that is no JSON object."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
