from erp.core.settings import Settings


def test_people_open_this_machine_on_the_port_that_is_served(monkeypatch):
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    monkeypatch.setenv("WEB_PORT", "8123")
    assert Settings(_env_file=None).public_url == "http://localhost:8123"


def test_people_open_the_address_that_was_set(monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://erp.example.com")
    monkeypatch.setenv("WEB_PORT", "8123")
    assert Settings(_env_file=None).public_url == "https://erp.example.com"
