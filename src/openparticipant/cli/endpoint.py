"""Where a service is: its URL, the region it is in, and whom to trust there."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError, NoRegionError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.profile import Profile

# Host name before the region, by the name that settings use for the service.
_HOSTS = {"connectparticipant": "participant.connect", "connect": "connect"}
_SUFFIXES = (
    ("cn-", "amazonaws.com.cn"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("eusc-", "amazonaws.eu"),
)


class Endpoint:
    """A service's address.

    `trust` is a file of certificates, None for the system's, or False to believe anyone. `region`
    is None where nothing names one and the URL did not need it.
    """

    __slots__ = ("region", "trust", "url")

    def __init__(self, url: str, region: str | None, *, trust: str | bool | None) -> None:
        self.url = url
        self.region = region
        self.trust = trust


def resolve(
    service: str, options: GlobalOptions, environ: Mapping[str, str], profile: Profile
) -> Endpoint:
    """Find a service: by option, environment, profile, else at AWS in the region.

    Any environment variable beats any setting of the profile, as in the `aws` command. Unlike
    there, a region is needed only to find AWS. Raises CommandError.
    """
    region = _region(options, environ, profile)
    url = options.endpoint_url or _configured(service, environ, profile)
    if url is None:
        if region is None:
            raise NoRegionError
        suffixes = (suffix for start, suffix in _SUFFIXES if region.startswith(start))
        url = f"https://{_HOSTS[service]}.{region}.{next(suffixes, 'amazonaws.com')}"
    if not _is_valid(url):
        raise CommandError(f"Invalid endpoint: {url}")
    scheme = url.partition(":")[0].lower()
    if scheme not in {"http", "https"}:
        raise CommandError(
            f"An HTTP Client raised an unhandled exception: Not supported URL scheme {scheme}"
        )
    return Endpoint(url, region, trust=_trust(options, environ, profile))


def _region(options: GlobalOptions, environ: Mapping[str, str], profile: Profile) -> str | None:
    if options.region is not None:
        region: str | None = options.region
    else:
        variables = ("AWS_DEFAULT_REGION", "AWS_REGION")
        named = (environ[name] for name in variables if name in environ)
        region = next(named, profile.get("region"))
    if region is None:
        return None
    letters = region.replace("-", "a")
    fits = letters.isascii() and (letters.isalnum() or not letters) and len(region) < 64
    if not fits or region.isdecimal() or region != region.strip("-"):
        raise CommandError(f"Provided region_name '{region}' doesn't match a supported format.")
    return region


def _configured(service: str, environ: Mapping[str, str], profile: Profile) -> str | None:
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    for name in (f"AWS_ENDPOINT_URL_{service.upper()}", "AWS_ENDPOINT_URL"):
        if environ.get(name):
            return environ[name]
    return profile.service_endpoint(service) or profile.get("endpoint_url")


def _trust(
    options: GlobalOptions, environ: Mapping[str, str], profile: Profile
) -> str | bool | None:
    if not options.verify:
        return False
    if options.ca_bundle == "":
        # The `aws` command would now believe anyone, without a word.
        raise CommandError("Bad value for --ca-bundle: the name of the file is missing.")
    configured = environ.get("AWS_CA_BUNDLE") or profile.get("ca_bundle")
    return options.ca_bundle or configured or environ.get("REQUESTS_CA_BUNDLE") or None


def _is_valid(url: str) -> bool:
    if any(character in url for character in "\t\r\n"):
        return False
    host = _host(url)
    if host.startswith("[") and host.endswith("]"):
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 255 and all(_is_label(label) for label in labels)


def _host(url: str) -> str:
    authority = url.partition("//")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    host = authority.rpartition("@")[2]
    return (
        host
        if host.endswith("]")
        else host.partition("]:")[0] + "]"
        if "]:" in host
        else host.partition(":")[0]
    )


def _is_label(label: str) -> bool:
    letters = label.replace("-", "a")
    return (
        0 < len(label) < 64
        and letters.isascii()
        and letters.isalnum()
        and label == label.strip("-")
    )
