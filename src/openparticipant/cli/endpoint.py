"""Where a service is, and how it is to be spoken to."""

from __future__ import annotations

from openparticipant.cli import region
from openparticipant.cli.reach import Reach
from openparticipant.cli.refusal import CommandError, NoRegionError
from openparticipant.cli.retries import configured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.profile import Profile
    from openparticipant.cli.retries import Retries


class Endpoint:
    """A service's address, how far to go for its answer, and how often to ask.

    `region` is None where nothing names one and the URL did not need it.
    """

    __slots__ = ("reach", "region", "retries", "url")

    def __init__(self, url: str, region: str | None, reach: Reach, retries: Retries) -> None:
        self.url = url
        self.region = region
        self.reach = reach
        self.retries = retries


def resolve(
    service: str, options: GlobalOptions, environ: Mapping[str, str], profile: Profile
) -> Endpoint:
    """Find a service: by option, environment, profile, else at AWS in the region.

    Any environment variable beats any setting of the profile, as in the `aws` command. Unlike
    there, a region is needed only to find AWS. Of several mistakes the first in the order of that
    command is named. Raises CommandError.
    """
    place = region.find(options, environ, profile)
    url = options.endpoint_url or _configured(service, environ, profile)
    if url is None:
        if place.name is None:
            raise NoRegionError
        url = region.url(service, place)
    retries = configured(environ, profile)
    if not _is_valid(url):
        raise CommandError(f"Invalid endpoint: {url}")
    reach = Reach(options, environ, trust=_trust(options, environ, profile))
    return Endpoint(url, place.name, reach, retries)


def _configured(service: str, environ: Mapping[str, str], profile: Profile) -> str | None:
    if region.is_on("ignore_configured_endpoint_urls", environ, profile):
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
