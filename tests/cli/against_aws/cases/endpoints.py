"""Where the service is and in which region, from options, variables and profiles."""

from __future__ import annotations

from typing import Any

from tests.cli.against_aws.case import URL, Case, Cases, Differs, calling, uploading
from tests.cli.worlds import START, TOKEN

UNSIGNED = "--no-sign-request"
REGION = ("--region", "us-east-1", UNSIGNED)
ONLY_URL = ("--endpoint-url", URL, UNSIGNED)
OWN = "AWS_ENDPOINT_URL_CONNECTPARTICIPANT"
ANY = "AWS_ENDPOINT_URL"
IGNORE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
# Each source asks below a path of its own, which shows who was heard.
SERVICES = """
[default]
services = mine
endpoint_url = @URL@/profile
[services mine]
connectparticipant =
  endpoint_url = @URL@/section
other =
  endpoint_url = @URL@/other
"""
GENERAL = "[default]\nendpoint_url = @URL@/profile\n"
VARIABLES = {OWN: "@URL@/own", ANY: "@URL@/any"}


def _from_config(config: str, *words: str, **more: Any) -> Case:
    where = more.pop("where", REGION)
    return uploading(*words, where=where, files={".aws/config": config.encode()}, **more)


def _at(url: str, *words: str, **more: Any) -> Case:
    return calling(*START, *TOKEN, *words, "--endpoint-url", url, where=REGION, **more)


def _in(region: str) -> Case:
    return uploading(where=("--endpoint-url", URL, "--region", region, UNSIGNED))


CASES: Cases = {
    "port above all": _at(
        "http://127.0.0.1:99999",
        differs=Differs(
            "odd-ports",
            said='\nCould not connect to the endpoint URL: "http://127.0.0.1:99999/participant/'
            'start-attachment-upload"\n',
        ),
    ),
    "port that is no number": _at(
        "http://127.0.0.1:x",
        differs=Differs(
            "odd-ports",
            said="\nAn HTTP Client raised an unhandled exception: nonnumeric port: 'x'\n",
        ),
    ),
    "path that ends twice": _at("@URL@/base//"),
    "path with a blank": _at("@URL@/a b"),
    "path in other letters": _at("@URL@/é"),
    "path with escapes": _at("@URL@/a%2Fb/~c"),
    "option before variables": _at("@URL@/option", environ=VARIABLES),
    "option before a profile": _from_config(
        SERVICES, where=("--endpoint-url", "@URL@/option", *REGION)
    ),
    "own variable": uploading(where=REGION, environ=VARIABLES),
    "general variable": uploading(where=REGION, environ={ANY: "@URL@/any"}),
    "an empty own variable": uploading(where=REGION, environ={OWN: "", ANY: "@URL@/any"}),
    "general variable before a section": _from_config(SERVICES, environ={ANY: "@URL@/any"}),
    "section": _from_config(SERVICES),
    "profile": _from_config(GENERAL),
    "section without this service": _from_config(
        GENERAL + "services = mine\n[services mine]\nother =\n  endpoint_url = http://x\n"
    ),
    "section of another profile": _from_config(
        SERVICES.replace("[default]", "[profile p]"), "--profile", "p"
    ),
    "no such section": _from_config(GENERAL + "services = none\n"),
    "no such section, option": _from_config(
        "[default]\nservices = none\n", where=("--endpoint-url", URL, *REGION)
    ),
    "ignored, option": _at("@URL@/option", environ={**VARIABLES, IGNORE: "true"}),
    "ignored, in the profile": _from_config(
        SERVICES + "[profile i]\nignore_configured_endpoint_urls = true\n",
        *("--profile", "i"),
        where=("--endpoint-url", "@URL@/option", *REGION),
    ),
    "not ignored": uploading(where=REGION, environ={**VARIABLES, IGNORE: "false"}),
    "a path": _at("@URL@/base"),
    "a path with a slash": _at("@URL@/base/"),
    "a query": _at("@URL@/base?x=1"),
    "a fragment": _at("@URL@/base#x"),
    "a user": _at("http://user:word@@HOST@/"),
    "capitals": _at("HTTP://@HOST@"),
    "a path before a path": calling(
        *("describe-view", *TOKEN, "--view-token", "a/b", "--endpoint-url", "@URL@/base/"),
        where=REGION,
    ),
    "no scheme": _at("127.0.0.1:80"),
    "an empty word": _at(""),
    "a name alone": _at("localhost"),
    "no host": _at("http://"),
    "no host but a path": _at("http:///x"),
    "a blank in the host": _at("http://a b"),
    "another scheme": _at("ftp://127.0.0.1"),
    "an underscore in the host": _at("http://a_b:1"),
    "nobody there": _at("http://127.0.0.1:1"),
    "no region": uploading(
        where=ONLY_URL, differs=Differs("region-only-for-amazon", like="region from the variable")
    ),
    "no region and no endpoint": uploading(where=(UNSIGNED,)),
    "region from the variable": uploading(
        where=ONLY_URL, environ={"AWS_DEFAULT_REGION": "eu-west-1"}
    ),
    "region from the other variable": uploading(
        where=ONLY_URL,
        environ={"AWS_REGION": "eu-west-1"},
        differs=Differs("aws-region", like="region from the variable"),
    ),
    "region from the profile": _from_config("[default]\nregion = eu-west-1\n", where=ONLY_URL),
    "a bad region from the variable": uploading(
        where=ONLY_URL, environ={"AWS_DEFAULT_REGION": "x y"}
    ),
    "a bad region behind the option": uploading(environ={"AWS_DEFAULT_REGION": "x y"}),
    "a bad region from the profile": _from_config("[default]\nregion = x y\n", where=ONLY_URL),
    "an empty region": _in(""),
    "an empty region, no endpoint": uploading(where=("--region=", UNSIGNED)),
    "an unknown region": _in("mars-north-7"),
    "a region in capitals": _in("US-EAST-1"),
    "a region with a blank": _in("x y"),
    "a region of digits": _in("123"),
    "a region with a dot": _in("a.b"),
    "a region with a dash at its end": _in("a-"),
    "a region of 64 letters": _in("a" * 64),
    "a region of 63 letters": _in("a" * 63),
    "a region beyond ASCII": _in("é"),
}
