"""An open, self-hostable Amazon Connect Participant Service."""

__version__ = "0.1.0"
