"""Profiles: settings, credentials, roles and sessions, as the environment and the configuration files give them."""
