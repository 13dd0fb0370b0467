"""Carriers of messages to people outside."""

from erp.adapters.messages.over_http import HttpCarrier
from erp.adapters.messages.smtp import SmtpCarrier
from erp.core.settings import get_settings
from erp.services.messaging import Carrier, Channel, ChannelNotSetUp

__all__ = ["carrier_of"]


def carrier_of(channel: str) -> Carrier:
    """Return what carries messages of a channel here.

    Raises:
        ChannelNotSetUp: Nothing does.
    """
    settings = get_settings()
    if channel == Channel.EMAIL and settings.smtp_url:
        return SmtpCarrier(settings.smtp_url.get_secret_value(), settings.mail_from)
    if channel == Channel.SMS and settings.sms_url:
        return HttpCarrier("SMS", settings.sms_url, settings.sms_key.get_secret_value())
    if channel == Channel.WHATSAPP and settings.whatsapp_url:
        key = settings.whatsapp_key.get_secret_value()
        return HttpCarrier("WhatsApp", settings.whatsapp_url, key)
    raise ChannelNotSetUp(f"Nothing carries messages by {channel} here.")
