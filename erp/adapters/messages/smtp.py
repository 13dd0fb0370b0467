"""E-mail by SMTP: encrypted unless the address says otherwise, one connection per message."""

import smtplib
import ssl
from contextlib import suppress
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
"""SMTP answers about a letter from here on say that asking again is of no use."""

TOO_LARGE: Final = 552


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
            server = self._opened()
            try:
                self._sign_in(server)
                self._hand_over(server, letter, message.to_address)
            finally:
                _leave(server)
        except smtplib.SMTPResponseException as refused:  # it wants us, not the letter, otherwise
            raise _not_carried(refused.smtp_code, refused.smtp_error, is_final=False) from refused
        except (smtplib.SMTPException, OSError) as away:
            problem = f"The mail server is away ({type(away).__name__}: {away})."
            raise NotCarried(problem[:300], is_final=False) from away
        return str(letter["Message-ID"])

    def _hand_over(self, server: smtplib.SMTP, letter: EmailMessage, to_address: str) -> None:
        """Hand a letter over to a server that has let us in.

        Raises:
            NotCarried: It refused the letter or who it is for; for good from 500 on.
        """
        try:
            server.send_message(letter, self._address, [to_address])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise _not_carried(code, said, is_final=code >= FINAL_FROM) from refused
        except smtplib.SMTPSenderRefused as refused:
            is_final = refused.smtp_code == TOO_LARGE
            raise _not_carried(
                refused.smtp_code, refused.smtp_error, is_final=is_final
            ) from refused
        except smtplib.SMTPDataError as refused:
            is_final = refused.smtp_code >= FINAL_FROM
            raise _not_carried(
                refused.smtp_code, refused.smtp_error, is_final=is_final
            ) from refused

    def _letter(self, message: OutgoingMessage, contents: tuple[bytes, ...]) -> EmailMessage:
        letter = EmailMessage(policy=SMTP)
        try:
            letter["To"] = Address(message.to_name, addr_spec=message.to_address)
        except ValueError as odd:
            problem = f"{message.to_address} is no e-mail address."
            raise NotCarried(problem, is_final=True) from odd
        try:
            letter["From"] = Address(self._name, addr_spec=self._address)
        except ValueError as odd:
            problem = "MAIL_FROM is no `Name <address>`; whoever operates the product must set it."
            raise NotCarried(problem, is_final=False) from odd
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


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; what the server answers to that changes nothing."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _not_carried(code: int, said: bytes | str, *, is_final: bool) -> NotCarried:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    problem = f"The mail server answered {code}: {words}"[:300]
    return NotCarried(problem, is_final=is_final)
