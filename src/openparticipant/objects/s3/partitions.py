"""Under which name a region's S3 is reached."""

from __future__ import annotations

# Documented: AWS's partitions by the beginning of their regions' names, and where their hosts end.
_SUFFIXES = (
    ("cn-", "amazonaws.com.cn"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
)


def regional_endpoint(region: str) -> str:
    """Return the origin of S3 in a region; never the global one, which redirects."""
    suffix = next((end for start, end in _SUFFIXES if region.startswith(start)), "amazonaws.com")
    return f"https://s3.{region}.{suffix}"
