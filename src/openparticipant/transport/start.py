from __future__ import annotations


class StartError(Exception):
    """The server cannot start as it was told to; the text is one line for the person who did."""
