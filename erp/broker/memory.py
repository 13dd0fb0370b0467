"""What the embedded broker remembers over a restart or a crash."""

import sqlite3
from dataclasses import dataclass

from amqtt.broker import BrokerContext, RetainedApplicationMessage
from amqtt.plugins.base import BasePlugin
from amqtt.session import Session

SCHEMA = """
CREATE TABLE IF NOT EXISTS subscription (
    client_id TEXT, username TEXT, topic TEXT, qos INTEGER, PRIMARY KEY (client_id, topic));
CREATE TABLE IF NOT EXISTS retained (topic TEXT PRIMARY KEY, data BLOB, qos INTEGER);
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY, client_id TEXT, topic TEXT, data BLOB, qos INTEGER);
"""


class DurableSessions(BasePlugin[BrokerContext]):
    """Keeps durable subscriptions, retained messages and what waits for absent subscribers.

    amqtt's own plugin needs text payloads and never forgets what it delivered. Messages for a
    subscriber that is connected are not kept: the sender repeats them until the application's
    receipt comes.
    """

    @dataclass
    class Config:
        """Where the SQLite file is."""

        path: str = ""

    def __init__(self, context: BrokerContext) -> None:
        super().__init__(context)
        self._store = sqlite3.connect(self.config.path, isolation_level=None)
        self._store.execute("PRAGMA journal_mode = WAL")
        self._store.executescript(SCHEMA)

    async def on_broker_post_start(self) -> None:
        """Restore subscriptions and messages before anybody connects."""
        rows = self._store.execute("SELECT client_id, username, topic, qos FROM subscription")
        for client_id, username, topic, qos in rows.fetchall():
            await self.context.add_subscription(client_id, None, None)
            session = self.context.get_session(client_id)
            if session is not None:
                session.username, session.clean_session = username, False
            await self.context.add_subscription(client_id, topic, qos)
        await self._restore_messages()

    async def _restore_messages(self) -> None:
        for topic, data, qos in self._store.execute("SELECT topic, data, qos FROM retained"):
            message = RetainedApplicationMessage(None, topic, data, qos)
            self.context.retained_messages[topic] = message
        waiting = self._store.execute("SELECT client_id, topic, data, qos FROM waiting ORDER BY id")
        for client_id, topic, data, qos in waiting.fetchall():
            session = self.context.get_session(client_id)
            if session is not None:
                message = RetainedApplicationMessage(None, topic, data, qos)
                await session.retained_messages.put(message)

    async def on_broker_client_connected(self, client_id: str, client_session: Session) -> None:
        """Forget a session that starts afresh, and what is being delivered to it now."""
        self._store.execute("DELETE FROM waiting WHERE client_id = ?", (client_id,))
        if client_session.clean_session:
            self._store.execute("DELETE FROM subscription WHERE client_id = ?", (client_id,))

    async def on_broker_client_subscribed(self, client_id: str, topic: str, qos: int) -> None:
        """Keep a durable subscription."""
        session = self.context.get_session(client_id)
        if session is not None and not session.clean_session:
            row = (client_id, session.username, topic, qos)
            self._store.execute("INSERT OR REPLACE INTO subscription VALUES (?, ?, ?, ?)", row)

    async def on_broker_client_unsubscribed(self, client_id: str, topic: str) -> None:
        """Forget a subscription."""
        row = (client_id, topic)
        self._store.execute("DELETE FROM subscription WHERE client_id = ? AND topic = ?", row)

    async def on_broker_retained_message(
        self, *, client_id: str | None, retained_message: RetainedApplicationMessage
    ) -> None:
        """Keep the last message of a topic, or one that waits for an absent subscriber."""
        topic, data = retained_message.topic, bytes(retained_message.data or b"")
        if client_id is not None:
            row = (client_id, topic, data, retained_message.qos)
            self._store.execute(
                "INSERT INTO waiting (client_id, topic, data, qos) VALUES (?, ?, ?, ?)", row
            )
        elif data:
            kept = (topic, data, retained_message.qos)
            self._store.execute("INSERT OR REPLACE INTO retained VALUES (?, ?, ?)", kept)
        else:
            self._store.execute("DELETE FROM retained WHERE topic = ?", (topic,))

    async def close(self) -> None:
        """Close the file."""
        self._store.close()
