"""Imaging: device sessions, the objects they deliver, their review and their reports."""
