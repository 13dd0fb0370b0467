"""MQTT 3.1.1 from the `amqtt` wheel, with passwords and a branch of topics per device."""

import json
import os
import sys
from pathlib import Path

import paho.mqtt.client as mqtt
from argon2 import PasswordHasher
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from erp.embedded.credentials import Credentials, locked
from erp.embedded.process import Service

BACKEND = "vantage"
PROJECT = Path(__file__).resolve().parents[2]
PLUGINS = "erp.broker.access"
ANSWER_SECONDS = 3.0
# Accounts have long random passwords, which need no stretching: a slow hash would cost the
# listener and the broker 100 ms per device and guard nothing.
HASHER = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)


class MqttBroker(Service):
    """A broker for one machine; production uses mosquitto or EMQX.

    The backend may use every topic below `vis/`. A device signs in as `site/device` and
    may only use its own branch `vis/v1/site/device`.
    """

    name = "mqtt"

    def __init__(self, data_dir: Path, credentials: Credentials) -> None:
        super().__init__(data_dir)
        self._credentials = credentials

    @property
    def password_file(self) -> Path:
        """Lines of `user:argon2 hash`; the running broker notices changes."""
        return self.home / "passwords"

    def url(self) -> str:
        """Return the backend's address."""
        password = self._credentials.secret("mqtt_password")
        return f"mqtt://{BACKEND}:{password}@127.0.0.1:{self._credentials.port(self.name)}"

    def set_password(self, user: str, password: str) -> None:
        """Let this user sign in with this password from now on."""
        self.home.mkdir(parents=True, exist_ok=True)
        with locked(self.home / "passwords.lock"):
            known = self.password_file.read_text() if self.password_file.exists() else ""
            others = [line for line in known.splitlines() if not line.startswith(f"{user}:")]
            draft = self.password_file.with_suffix(".new")
            draft.touch(mode=0o600)
            lines = [*others, f"{user}:{HASHER.hash(password)}"]
            draft.write_text("\n".join(lines) + "\n")
            draft.replace(self.password_file)

    def prepare(self) -> None:
        """Write the configuration and the backend's password."""
        self.home.mkdir(parents=True, exist_ok=True)
        if not self.password_file.exists():
            self.set_password(BACKEND, self._credentials.secret("mqtt_password"))
        address = f"127.0.0.1:{self._credentials.port(self.name)}"
        configuration = {
            "listeners": {"default": {"type": "tcp", "bind": address}},
            "plugins": {
                f"{PLUGINS}.PasswordFile": {"path": str(self.password_file)},
                f"{PLUGINS}.DeviceBranches": {"backend": BACKEND},
                "erp.broker.memory.DurableSessions": {"path": str(self.home / "sessions.sqlite")},
            },
        }
        (self.home / "broker.json").write_text(json.dumps(configuration, indent=2))

    def command(self) -> list[str]:
        """Return the broker's own runner."""
        return [sys.executable, "-m", "erp.broker.serving", str(self.home / "broker.json")]

    def child_environment(self) -> dict[str, str]:
        """Let the broker find this package from its own directory."""
        return dict(os.environ) | {"PYTHONPATH": str(PROJECT)}

    def answers(self) -> bool:
        """Tell whether the backend can sign in."""
        verdict: list[bool] = []
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="vantage-probe")
        client.username_pw_set(BACKEND, self._credentials.secret("mqtt_password"))

        def connected(
            _client: mqtt.Client,
            _userdata: object,
            _flags: mqtt.ConnectFlags,
            reason: ReasonCode,
            _properties: object,
        ) -> None:
            verdict.append(not reason.is_failure)

        client.on_connect = connected
        try:
            client.connect("127.0.0.1", self._credentials.port(self.name), keepalive=10)
        except OSError:
            return False
        while not verdict and client.loop(timeout=ANSWER_SECONDS) == mqtt.MQTT_ERR_SUCCESS:
            continue
        client.disconnect()
        return verdict == [True]
