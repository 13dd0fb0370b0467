"""Pages of imaging: the queue, a session, the quarantine, the devices."""
