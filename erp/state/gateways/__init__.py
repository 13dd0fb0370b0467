"""Payment gateways on the screen."""
