"""The organisation's names and branches."""
