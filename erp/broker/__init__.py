"""The embedded broker: a process of its own, which imports nothing of the product."""
