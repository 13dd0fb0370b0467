"""The register of suppliers' bills."""
