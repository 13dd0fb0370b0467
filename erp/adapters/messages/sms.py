"""Text messages by a provider over HTTP.

The provider takes `POST /messages` with a bearer key and JSON: `reference`, `to`, `text`, `entity_id`, `header`,
`template_id`; it answers `{"id": ..., "reference": ...}`. `GET /messages/{reference}` tells what became of one, so
that after an answer that was lost it is asked before anything is sent a second time.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from erp.adapters import outgoing_http
from erp.services.messaging import NotCarried, OutgoingMessage

SECONDS: Final = 15.0
LARGEST_ANSWER: Final = 100_000
OK: Final = frozenset({200, 201, 202})
LATER: Final = frozenset({401, 403, 404, 405, 408, 409, 423, 425, 429})
"""Answers that are about us or the moment, not about the message."""
ABOUT_IT: Final = range(400, 500)
NOT_FOUND: Final = 404


class SmsCarrier:
    """Hands text messages to a provider.

    Args:
        url: Where the provider answers, such as `https://sms.example.in/v1`.
        key: Ours with the provider.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url = url.rstrip("/")
        self._key = key

    def carry(self, message: OutgoingMessage, contents: tuple[bytes, ...]) -> str:  # noqa: ARG002  texts carry no files
        """Hand a message over; its reference is the same at every attempt, and one that is known is not sent again.

        Raises:
            NotCarried: The provider did not take it, is away, or its answer cannot be believed.
        """
        known = self._known(message.message_id)
        if known:
            return known
        body = {
            "reference": str(message.message_id),
            "to": message.to_address,
            "text": message.body,
            **message.facts,
        }
        status, answer = self._ask("POST", "/messages", body)
        if status in OK:
            return _name_of(answer, message.message_id)
        is_final = status in ABOUT_IT and status not in LATER
        said = f"{answer.get('reason', '')}"[:200]
        raise NotCarried(f"The SMS provider answered {status}: {said}".strip(), is_final=is_final)

    def _known(self, message_id: UUID) -> str:
        """Return the provider's name for a message that it has from an earlier attempt."""
        status, answer = self._ask("GET", f"/messages/{message_id}", None)
        if status == NOT_FOUND:
            return ""
        if status not in OK:
            raise NotCarried(f"The SMS provider answered {status}.", is_final=False)
        return _name_of(answer, message_id)

    def _ask(
        self, method: str, path: str, body: Mapping[str, str] | None
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
            raise NotCarried(f"The SMS provider is away. {found.problem}"[:300], is_final=False)
        return found.status, _object_of(found.content)


def _object_of(content: bytes) -> dict[str, Any]:
    """Return an answer's content; nothing of one that is no JSON object."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _name_of(answer: Mapping[str, Any], message_id: UUID) -> str:
    """Return the provider's name for our message.

    Raises:
        NotCarried: The answer names none, or another message than it was asked about.
    """
    name = answer.get("id")
    if not isinstance(name, str) or not name or answer.get("reference") != str(message_id):
        problem = "The SMS provider's answer names another message. It is asked again."
        raise NotCarried(problem, is_final=False)
    return name
