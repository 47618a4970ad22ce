from __future__ import annotations


class Credits:
    """The memory that all uploads together may hold back before it is written, in bytes.

    Taken and given on the event loop only. Nobody waits for credits: who gets none writes what it
    has at once, so an upload that sits on its share slows nobody down.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.taken = 0

    def take(self, amount: int) -> bool:
        """Take `amount` if so much is left."""
        if self.taken + amount > self.total:
            return False
        self.taken += amount
        return True

    def give(self, amount: int) -> None:
        """Give back what was taken."""
        assert 0 <= amount <= self.taken
        self.taken -= amount
