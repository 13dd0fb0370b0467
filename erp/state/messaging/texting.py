"""Who the company is with the operators of text messages."""

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
