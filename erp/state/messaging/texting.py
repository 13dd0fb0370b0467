"""Who the company is with the operators of SMS, and on WhatsApp."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.state.asking import DialogFormState


class SmsSenderState(DialogFormState, rx.State):
    """Says who sends the company's text messages."""

    permission: ClassVar[str] = "platform.operate"
    command: ClassVar[str] = "messaging.set_sms_sender"
    done_words: ClassVar[str] = "Saved. It holds from the next text message on."

    entity_id: str = ""
    header: str = ""
    is_carried: bool = True

    async def _prepare(self) -> None:
        found = await self._ask("messaging.get_sms_sender", {})
        self.entity_id, self.header, self.is_carried = (
            found.entity_id,
            found.header,
            found.is_carried,
        )

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"header": f"{given.get('header', '')}".strip().upper()}


class WhatsAppSenderState(DialogFormState, rx.State):
    """Says which number the company writes from on WhatsApp."""

    permission: ClassVar[str] = "platform.operate"
    command: ClassVar[str] = "messaging.set_whatsapp_sender"
    done_words: ClassVar[str] = "Saved. It holds from the next WhatsApp message on."

    number: str = ""
    language: str = "en"
    is_carried: bool = True
    is_heard: bool = True
    receipts_url: str = ""

    async def _prepare(self) -> None:
        found = await self._ask("messaging.get_whatsapp_sender", {})
        self.number, self.language = found.number, found.language
        self.is_carried, self.is_heard = found.is_carried, found.is_heard
        self.receipts_url = found.receipts_url

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        number = "".join(f"{given.get('number', '')}".replace("-", " ").split())
        return given | {"number": number}
