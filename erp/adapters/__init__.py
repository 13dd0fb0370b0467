"""Ports made real: object storage, MQTT, DICOM codecs."""
