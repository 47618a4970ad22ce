"""Which region is meant, and where AWS is in it."""

from __future__ import annotations

from openparticipant.cli.refusal import CommandError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from openparticipant.cli.global_options import GlobalOptions
    from openparticipant.cli.profile import Profile


class Region:
    """A region's name, None where nothing names one, and which of its endpoints are wanted."""

    __slots__ = ("dualstack", "fips", "name")

    def __init__(self, name: str | None, *, fips: bool, dualstack: bool) -> None:
        self.name = name
        self.fips = fips
        self.dualstack = dualstack


def find(options: GlobalOptions, environ: Mapping[str, str], profile: Profile) -> Region:
    """Return the region by option, environment, else profile; raises CommandError for a bad name.

    `fips-` before a name, or `-fips` behind it, asks for the FIPS endpoint.
    """
    fips = is_on("use_fips_endpoint", environ, profile)
    dualstack = is_on("use_dualstack_endpoint", environ, profile)
    named = _named(options, environ, profile)
    if named is None:
        return Region(None, fips=fips, dualstack=dualstack)
    letters = named.replace("-", "a")
    fits = letters.isascii() and (letters.isalnum() or not letters) and len(named) < 64
    if not fits or named.isdecimal() or named != named.strip("-"):
        raise CommandError(f"Provided region_name '{named}' doesn't match a supported format.")
    name = named.replace("fips-", "").replace("-fips", "")
    return Region(name, fips=fips or name != named, dualstack=dualstack)


def url(service: str, region: Region) -> str:
    """Return the URL of AWS's own service in a region that has a name; raises CommandError."""
    from openparticipant.cli import endpoint_table  # noqa: PLC0415 - few servers are AWS's

    assert region.name is not None
    hosts = endpoint_table.BY_NAME.get(region.name) or next(
        (row for start, row in endpoint_table.BY_START.items() if _follows(start, region.name)),
        endpoint_table.ELSEWHERE,
    )
    host = hosts[2 * region.dualstack + region.fips]
    if host is None:
        variants = ["dualstack", "fips"] if region.fips else ["dualstack"]
        raise CommandError(
            f"Unable to construct a modeled endpoint with the following variant(s) {variants}: "
        )
    return f"https://{host.format(service=endpoint_table.SERVICES[service], region=region.name)}"


def is_on(setting: str, environ: Mapping[str, str], profile: Profile) -> bool:
    """Tell whether a switch is on, in the environment or, where that is silent, in the profile."""
    value = environ.get(f"AWS_{setting.upper()}", profile.get(setting))
    return value is not None and value.lower() == "true"


def _named(options: GlobalOptions, environ: Mapping[str, str], profile: Profile) -> str | None:
    if options.region is not None:
        return options.region
    for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        if variable in environ:
            return environ[variable]
    return profile.get("region")


def _follows(start: str, region: str) -> bool:
    word, hyphen, number = region.removeprefix(start).partition("-")
    return region.startswith(start) and bool(word and hyphen) and number.isdigit()
