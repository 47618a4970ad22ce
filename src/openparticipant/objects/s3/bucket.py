"""Which bucket, where it is called, and under which origin clients see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from openparticipant.domain.attachment import KEPT_BELOW, STAGED_BELOW
from openparticipant.objects.s3.partitions import regional_endpoint
from openparticipant.sigv4 import encode_path, host_of

# As S3 has it, and what older buckets and other stores allow beside.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
_PREFIX = re.compile(r"(?!\.)[A-Za-z0-9!_.*'()-]+(?:/(?!\.)[A-Za-z0-9!_.*'()-]+)*")
_LONGEST_PREFIX = 200
_OURS = "connect/"
_STAGED = re.compile(f"(connect/[^/]+){KEPT_BELOW}(.+)", re.DOTALL)
_REGION = re.compile(r"[a-z0-9-]{1,32}")
# Those that let nobody in beside the two accounts; a staged file is nobody else's to read.
_ACLS = frozenset({"bucket-owner-full-control", "bucket-owner-read", "private"})
_ENCRYPTIONS = frozenset({"AES256", "aws:kms", "aws:kms:dsse"})
_KMS_KEY = re.compile(r"[A-Za-z0-9:/_-]{1,256}")  # an id, an alias or an ARN
_PARAMETERS = frozenset({"acl", "endpoint", "region", "sse", "sse-kms-key-id", "style"})
_OUR_ACL = "x-amz-acl"


class BucketError(ValueError):
    """The address of a bucket is wrong; the text says what, in one line."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket as settings name it.

    `origin` is where the server calls it, `root` the path below which its objects lie, with a slash
    at both ends. `prefix` is empty or ends in a slash. `given_headers` replace those of the same
    name on every PUT and copy; None takes one away.
    """

    name: str
    prefix: str
    region: str
    origin: str
    root: str
    given_headers: Mapping[str, str | None]

    @property
    def staging_prefix(self) -> str:
        """Where all staged objects lie, and nothing else: what a lifecycle rule can name."""
        return f"{self.prefix}staging/"

    def key(self, key: str) -> str:
        """Return the bucket's key for one of ours.

        Staged ones have `/staging/` in their middle, as AWS's do; a lifecycle rule knows beginnings only.
        """
        before, staged, after = key.partition(STAGED_BELOW)
        if not staged:
            return self.prefix + key
        return f"{self.staging_prefix}{before}{KEPT_BELOW}{after}"

    @property
    def beginnings(self) -> tuple[str, str]:
        """How the bucket's keys of all our objects begin: the final ones, and those staged."""
        return self.prefix + _OURS, self.staging_prefix + _OURS

    def our_key(self, name: str) -> str | None:
        """Return our key for one of the bucket's, None where none of ours is kept by that name."""
        if not name.startswith(self.staging_prefix):
            key = name.removeprefix(self.prefix)
            return key if self.key(key) == name else None
        found = _STAGED.fullmatch(name.removeprefix(self.staging_prefix))
        return found[1] + STAGED_BELOW + found[2] if found else None

    def path(self, key: str) -> str:
        """Return the path of one of our keys, not encoded."""
        return self.root + self.key(key)

    def copy_source(self, key: str) -> str:
        """Return one of our keys as `x-amz-copy-source` has it."""
        return encode_path(f"{self.name}/{self.key(key)}")

    def headers(self, asked: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of a PUT with those that the settings give."""
        every = {**asked, **self.given_headers}
        return {name: value for name, value in every.items() if value is not None}


def read_bucket(address: str, *, region: str) -> Bucket:
    """Read `s3://BUCKET/PREFIX?endpoint=…&region=…&style=…&acl=…&sse=…&sse-kms-key-id=…`.

    `region` holds where the address names none. Raises BucketError.
    """
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise BucketError("the address cannot be read") from None
    if "@" in parts.netloc:
        raise BucketError("credentials do not belong in the address; see the usual chain of AWS")
    if not _NAME.fullmatch(parts.netloc):
        raise BucketError("the address needs the name of a bucket: s3://BUCKET/PREFIX")
    prefix = parts.path.strip("/")
    if (
        parts.fragment
        or (prefix and not _PREFIX.fullmatch(prefix))
        or len(prefix) > _LONGEST_PREFIX
    ):
        raise BucketError("the prefix has characters or a length that S3 does not take everywhere")
    given = dict(pairs)
    unknown = sorted(given.keys() - _PARAMETERS)
    if unknown:
        raise BucketError(f"there is no parameter {unknown[0]!r}")
    if len(given) != len(pairs):
        raise BucketError("a parameter is given twice")
    region = given.get("region", region)
    if not _REGION.fullmatch(region):
        raise BucketError("region must be the name of a region")
    origin, root = _place(parts.netloc, given, region)
    return Bucket(
        name=parts.netloc,
        prefix=f"{prefix}/" if prefix else "",
        region=region,
        origin=origin,
        root=root,
        given_headers=_headers(given),
    )


def _place(name: str, given: Mapping[str, str], region: str) -> tuple[str, str]:
    endpoint = given.get("endpoint", "").removesuffix("/")
    # A certificate for *.s3.… covers one label, so names with dots only work in the path.
    style = given.get("style") or ("path" if endpoint or not _is_label(name) else "virtual")
    if style not in {"path", "virtual"}:
        raise BucketError("style must be path or virtual")
    if "endpoint" not in given:
        endpoint = regional_endpoint(region)
    try:
        host_of(endpoint)
    except ValueError:
        raise BucketError("endpoint must be an origin, such as https://s3.example.org") from None
    if style == "path":
        return endpoint, f"/{name}/"
    scheme, _, host = endpoint.partition("://")
    return f"{scheme}://{name}.{host}", "/"


def _is_label(name: str) -> bool:
    return re.fullmatch(r"[a-z0-9-]+", name) is not None


def _headers(given: Mapping[str, str]) -> dict[str, str | None]:
    headers: dict[str, str | None] = {}
    acl, sse, key = given.get("acl"), given.get("sse"), given.get("sse-kms-key-id")
    if acl is not None:
        if acl not in _ACLS and acl != "none":
            raise BucketError(f"acl must be none or one of {', '.join(sorted(_ACLS))}")
        headers[_OUR_ACL] = None if acl == "none" else acl
    if sse is not None:
        if sse not in _ENCRYPTIONS:
            raise BucketError(f"sse must be one of {', '.join(sorted(_ENCRYPTIONS))}")
        headers["x-amz-server-side-encryption"] = sse
    if key is not None:
        if not (sse or "").startswith("aws:kms") or not _KMS_KEY.fullmatch(key):
            raise BucketError("sse-kms-key-id must be a key of KMS, and needs sse=aws:kms")
        headers["x-amz-server-side-encryption-aws-kms-key-id"] = key
    return headers
