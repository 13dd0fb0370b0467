"""E-mail leaves through a real mail server, with its files, once it is taken."""

import email
import email.policy
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from pydantic import SecretStr

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.embedded.credentials import free_port
from erp.services import documents, messaging, platform


class Mailbox:
    """A mail server's inside: keeps what it takes, and answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.letters: list[Any] = []

    def ours(self) -> list[Any]:
        """Return the letters to these tests' people; other tests' tenants may write meanwhile."""
        return [letter for letter in self.letters if "@example.org" in letter["to"]]

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802  the server's name
        if address.startswith("nobody"):
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  the server's name
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 Taken"


def let_in(_server, _session, _envelope, _mechanism, given):
    """Let whoever knows the password in; anyone else the server answers 535."""
    is_known = isinstance(given, LoginPassword) and given.password == b"p@ss"
    return AuthResult(success=is_known, handled=is_known)


@pytest.fixture
def mailbox(monkeypatch) -> Iterator[Mailbox]:
    box = Mailbox()
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        authenticator=let_in,
    )
    server.start()
    url = f"smtp://clinic:p%40ss@127.0.0.1:{server.port}?tls=no"
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr(url))
    monkeypatch.setattr(get_settings(), "mail_from", "Asha Clinic <desk@asha.example>")
    yield box
    server.stop()


def queue(asha, to_address="ravi@example.org", files=()):
    ctx = asha.system
    with db.unit_of_work(ctx) as session:
        new = messaging.NewMessage(
            channel=messaging.Channel.EMAIL,
            purpose="test",
            to_name="Rāvi, K.",
            to_address=to_address,
            subject="Ihr Bericht रिपोर्ट",
            body="Here it is.\n",
            origin_type="test",
            origin_id=new_id(),
            dedupe_key=new_id().hex,
            documents=files,
        )
        return messaging.queue_message(session, ctx, new)


def keep(asha, content):
    ctx = asha.system
    with db.unit_of_work(ctx) as session:
        new = documents.NewDocument(
            origin_type="imaging_session",
            origin_id=new_id(),
            variant="report",
            file_name="report.pdf",
            media_type="application/pdf",
        )
        return documents.store_bytes(session, ctx, object_storage(), new, content).id


def state(asha, message_id):
    rows = platform.run("messaging.list_messages", asha["owner"].ctx, {}).result.rows
    row = next(row for row in rows if row.id == message_id)
    return row.status, row.problem


@pytest.mark.usefixtures("s3")
def test_a_message_arrives_with_its_file_and_its_letters_unharmed(asha, mailbox, work):
    object_storage.cache_clear()
    content = b"%PDF-1.7 " + bytes(range(256))
    message_id = queue(asha, files=[keep(asha, content)])
    work()
    assert state(asha, message_id) == ("sent", "")
    (letter,) = mailbox.ours()
    assert letter["subject"] == "Ihr Bericht रिपोर्ट"
    assert letter["to"].addresses[0].display_name == "Rāvi, K."
    assert letter["from"] == "Asha Clinic <desk@asha.example>"
    assert letter["message-id"] == f"<{message_id}@asha.example>"
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "report.pdf"
    assert hashlib.sha256(attached.get_content()).digest() == hashlib.sha256(content).digest()


def test_what_the_server_puts_off_goes_out_later_under_the_same_id(asha, mailbox, work):
    mailbox.answers = ["451 Try later", "452 Full"]
    message_id = queue(asha)
    work(6)
    assert state(asha, message_id) == ("sent", "")
    assert [letter["message-id"] for letter in mailbox.ours()] == [f"<{message_id}@asha.example>"]


def test_an_address_that_does_not_exist_fails_at_once_with_the_servers_words(asha, mailbox, work):
    message_id = queue(asha, to_address="nobody@example.org")
    work()
    status, problem = state(asha, message_id)
    assert status == "failed"
    assert "No such mailbox" in problem
    assert mailbox.ours() == []


def test_an_unusable_sender_of_ours_is_said_and_fails_no_letter(asha, mailbox, monkeypatch, work):
    monkeypatch.setattr(get_settings(), "mail_from", "nobody at all")
    message_id = queue(asha)
    work()
    status, problem = state(asha, message_id)
    assert status == "queued"
    assert "MAIL_FROM" in problem
    assert mailbox.ours() == []
    platform.run("messaging.cancel_message", asha["owner"].ctx, {"message_id": message_id})


def test_a_server_that_is_away_loses_nothing(asha, monkeypatch, work):
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr("smtp://127.0.0.1:1?tls=no"))
    message_id = queue(asha)
    work()
    status, problem = state(asha, message_id)
    assert status == "queued"
    assert "away" in problem
    platform.run("messaging.cancel_message", asha["owner"].ctx, {"message_id": message_id})


def test_a_wrong_password_of_ours_fails_no_letter(asha, mailbox, monkeypatch, work):
    right = get_settings().smtp_url
    wrong = SecretStr(right.get_secret_value().replace("p%40ss", "old"))
    monkeypatch.setattr(get_settings(), "smtp_url", wrong)
    message_id = queue(asha)
    work()
    status, problem = state(asha, message_id)
    assert status == "queued"
    assert "535" in problem
    monkeypatch.setattr(get_settings(), "smtp_url", right)
    work()
    assert state(asha, message_id)[0] == "sent"
    assert len(mailbox.ours()) == 1


def test_a_server_without_encryption_gets_no_password(asha, mailbox, monkeypatch, work):
    url = get_settings().smtp_url.get_secret_value().removesuffix("?tls=no")
    monkeypatch.setattr(get_settings(), "smtp_url", SecretStr(url))
    message_id = queue(asha)
    work()
    assert state(asha, message_id)[0] == "queued"
    assert mailbox.ours() == []
    platform.run("messaging.cancel_message", asha["owner"].ctx, {"message_id": message_id})
