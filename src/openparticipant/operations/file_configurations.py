"""Describe, List and UpdateAttachedFilesConfiguration: which files an instance lets in."""

from __future__ import annotations

import re

from openparticipant.domain.attachment import FileRules
from openparticipant.domain.file_configuration import FileConfiguration, Scope
from openparticipant.errors import InvalidParameterException
from openparticipant.operations.instances import named_instance
from openparticipant.ports import Ports
from openparticipant.wire import connect as wire
from openparticipant.wire import next_token

_EXTENSION = re.compile(r"[A-Za-z0-9_-]{1,10}")
_SCOPES = tuple(Scope)


async def describe_attached_files_configuration(
    ports: Ports, request: wire.DescribeAttachedFilesConfigurationRequest
) -> wire.DescribeAttachedFilesConfigurationResponse:
    """Tell what holds for one scope, whether it was decided or stands in the settings."""
    instance = named_instance(ports.policy, request.instance_id, InvalidParameterException)
    scope = Scope(request.attachment_scope)
    await ports.file_rules.look()  # another node may just have been told otherwise
    rules = ports.file_rules.rules(instance, scope)
    return wire.DescribeAttachedFilesConfigurationResponse(
        attached_files_configuration=wire.AttachedFilesConfiguration(
            instance_id=instance,
            attachment_scope=request.attachment_scope,
            maximum_size_limit_in_bytes=rules.largest,
            extension_configuration=_extensions(rules),
            last_modified_time=_modified(ports, instance, scope),
        )
    )


async def list_attached_files_configurations(
    ports: Ports, request: wire.ListAttachedFilesConfigurationsRequest
) -> wire.ListAttachedFilesConfigurationsResponse:
    """Tell the same for all scopes, by pages."""
    instance = named_instance(ports.policy, request.instance_id, InvalidParameterException)
    question = f"file configurations of {instance}"
    begin = 0
    if request.next_token is not None:
        place = next_token.read(request.next_token, question, 1)
        if place is None:
            raise InvalidParameterException("NextToken is not one that this list gave.")
        (begin,) = place
    await ports.file_rules.look()
    end = begin + (request.max_results or len(_SCOPES))
    found = [(scope, ports.file_rules.rules(instance, scope)) for scope in _SCOPES[begin:end]]
    return wire.ListAttachedFilesConfigurationsResponse(
        attached_files_configurations=[
            wire.AttachedFilesConfigurationSummary(
                instance_id=instance,
                attachment_scope=scope.value,
                maximum_size_limit_in_bytes=rules.largest,
                extension_configuration=_extensions(rules),
            )
            for scope, rules in found
        ],
        next_token=next_token.write(question, end) if end < len(_SCOPES) else None,
    )


async def update_attached_files_configuration(
    ports: Ports, request: wire.UpdateAttachedFilesConfigurationRequest
) -> wire.UpdateAttachedFilesConfigurationResponse:
    """Decide on size, extensions or both; uploads that were started before go on."""
    policy = ports.policy
    instance = named_instance(policy, request.instance_id, InvalidParameterException)
    scope = Scope(request.attachment_scope)
    largest = request.maximum_size_limit_in_bytes
    if largest is not None and largest > policy.largest_file:
        raise InvalidParameterException(
            f"MaximumSizeLimitInBytes must be at most {policy.largest_file}: the scanner of this "
            "server takes no larger files."
        )
    extensions = _wanted(request.extension_configuration)
    if largest is None and extensions is None:
        raise InvalidParameterException(
            "MaximumSizeLimitInBytes or ExtensionConfiguration is required."
        )
    await ports.file_rules.change(
        FileConfiguration(instance, scope, largest, extensions, ports.clock.now())
    )
    rules = ports.file_rules.rules(instance, scope)
    return wire.UpdateAttachedFilesConfigurationResponse(
        instance_id=instance,
        attachment_scope=request.attachment_scope,
        maximum_size_limit_in_bytes=rules.largest,
        extension_configuration=_extensions(rules),
        last_modified_time=_modified(ports, instance, scope),
    )


def _wanted(configuration: wire.ExtensionConfiguration | None) -> tuple[str, ...] | None:
    if configuration is None:
        return None
    wanted = [each.extension for each in configuration.allowed_extensions]
    for each in wanted:
        if not _EXTENSION.fullmatch(each):
            raise InvalidParameterException(
                "Extension must have 1 to 10 letters, digits, - and _, without a dot."
            )
    return tuple(sorted({each.lower() for each in wanted}))


def _extensions(rules: FileRules) -> wire.ExtensionConfiguration:
    return wire.ExtensionConfiguration(
        allowed_extensions=[
            wire.AllowedExtension(extension=each) for each in sorted(rules.extensions)
        ]
    )


def _modified(ports: Ports, instance: str, scope: Scope) -> float | None:
    at = ports.file_rules.modified_at(instance, scope)
    return None if at is None else at / 1000
