"""Stock: lots, movements, deliveries, expiry, value."""
