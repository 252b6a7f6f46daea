"""Token bucket: how much may come, and how long to wait (threats 27). Pure: the clock is handed in, in seconds."""


class TokenBucket:
    """Starts full with `burst` tokens, refilled by `per_s`."""

    def __init__(self, per_s: float, burst: float, now: float) -> None:
        self.per_s = per_s
        self.burst = burst
        self._tokens = burst
        self._at = now

    def take(self, now: float, count: float = 1.0) -> float:
        """0.0 when `count` tokens were there and are taken; otherwise the seconds until they would be."""
        self._tokens = min(self.burst, self._tokens + max(0.0, now - self._at) * self.per_s)
        self._at = max(self._at, now)
        if self._tokens >= count:
            self._tokens -= count
            return 0.0
        return (count - self._tokens) / self.per_s
