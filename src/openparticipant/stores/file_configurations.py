"""What instances decided on attached files: read as a whole, written one by one."""

from __future__ import annotations

import json

from openparticipant.domain.audit import Event
from openparticipant.domain.file_configuration import FileConfiguration, Scope
from openparticipant.request_context import RequestContext
from openparticipant.stores import audit
from openparticipant.stores.write import Row, Write

_COLUMNS = "instance_id, scope, largest, extensions, modified_at"
SELECT = f"SELECT {_COLUMNS} FROM file_configurations"  # noqa: S608 - the constant above
# One statement, so that of two changes at once neither undoes the other.
_CHANGE = f"""
    INSERT INTO file_configurations AS f ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (instance_id, scope) DO UPDATE SET
        largest = coalesce(excluded.largest, f.largest),
        extensions = coalesce(excluded.extensions, f.extensions),
        modified_at = CASE WHEN f.modified_at < excluded.modified_at
            THEN excluded.modified_at ELSE f.modified_at + 1 END
    RETURNING {_COLUMNS}
"""  # noqa: S608 - as above


def configuration(row: Row) -> FileConfiguration:
    """Read a row."""
    instance_id, scope, largest, extensions, modified_at = row
    return FileConfiguration(
        instance_id,
        Scope(scope),
        largest,
        None if extensions is None else tuple(json.loads(extensions)),
        modified_at,
    )


def change(wanted: FileConfiguration, by: RequestContext) -> Write[FileConfiguration]:
    """Record what was decided; see `ContactStore.configure_files`."""
    extensions = None if wanted.extensions is None else json.dumps(wanted.extensions)
    (row,) = yield (
        _CHANGE,
        (wanted.instance_id, wanted.scope.value, wanted.largest, extensions, wanted.modified_at),
    )
    changed = configuration(row)
    yield audit.entry(Event.CONFIGURATION_CHANGED, changed.modified_at, by, detail=wanted.told)
    return changed
