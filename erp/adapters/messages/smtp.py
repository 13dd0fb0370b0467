"""E-mail by SMTP: encrypted unless the address says otherwise, one connection per message."""

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from erp.core.clock import utc_now
from erp.services.messaging import NotCarried, OutgoingMessage

SECONDS: Final = 20
PORTS: Final = {"smtp": 587, "smtps": 465}
FINAL_FROM: Final = 500
"""SMTP answers from here on say that asking again is of no use."""


class SmtpCarrier:
    """Hands messages to a mail server.

    Args:
        url: `smtp://user:password@host:587` (STARTTLS; `?tls=no` for a server on this machine) or
            `smtps://user:password@host:465`.
        sender: `Name <address>` that messages come from.
    """

    def __init__(self, url: str, sender: str) -> None:
        self._server = urlsplit(url)
        self._name, self._address = parseaddr(sender)

    def carry(self, message: OutgoingMessage, contents: tuple[bytes, ...]) -> str:
        """Hand a message over; its `Message-ID` is the same at every attempt.

        Raises:
            NotCarried: The server did not take it, or is away.
        """
        letter = self._letter(message, contents)
        try:
            with self._opened() as server:
                self._sign_in(server)
                server.send_message(letter, self._address, [message.to_address])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise _not_carried(code, said) from refused
        except smtplib.SMTPResponseException as refused:
            raise _not_carried(refused.smtp_code, refused.smtp_error) from refused
        except (smtplib.SMTPException, OSError) as away:
            problem = f"The mail server is away ({type(away).__name__}: {away})."
            raise NotCarried(problem[:300], is_final=False) from away
        return str(letter["Message-ID"])

    def _letter(self, message: OutgoingMessage, contents: tuple[bytes, ...]) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        try:
            letter["To"] = Address(message.to_name, addr_spec=message.to_address)
        except ValueError as odd:
            problem = f"{message.to_address} is no e-mail address."
            raise NotCarried(problem, is_final=True) from odd
        letter["From"] = Address(self._name, addr_spec=self._address)
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(utc_now())
        letter["Message-ID"] = f"<{message.message_id}@{self._address.rpartition('@')[2]}>"
        letter.set_content(message.body)
        for attachment, content in zip(message.attachments, contents, strict=True):
            kind, _, subtype = attachment.media_type.partition("/")
            letter.add_attachment(
                content, maintype=kind, subtype=subtype, filename=attachment.file_name
            )
        return letter

    def _opened(self) -> smtplib.SMTP:
        parts = self._server
        host, port = f"{parts.hostname}", parts.port or PORTS[parts.scheme]
        if parts.scheme == "smtps":
            secure = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=secure)
        return smtplib.SMTP(host, port, timeout=SECONDS)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        parts = self._server
        if parts.scheme == "smtp" and not _is_plain(parts):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))


def _is_plain(parts: SplitResult) -> bool:
    return parse_qs(parts.query).get("tls") == ["no"]


def _not_carried(code: int, said: bytes | str) -> NotCarried:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    problem = f"The mail server answered {code}: {words}"[:300]
    return NotCarried(problem, is_final=code >= FINAL_FROM)
