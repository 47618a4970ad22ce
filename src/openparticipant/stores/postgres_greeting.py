"""Whether a PostgreSQL is at an address: asked in one packet, before the driver believes anything.

A stranger's bytes can hold the driver's reader for ever, with the whole event loop. Every release of
PostgreSQL answers the question whether it would speak TLS with one letter.
"""

from __future__ import annotations

import asyncio
import struct

# Length, and a number that stands where others have the version of the protocol.
_QUESTION = struct.pack("!ii", 8, 80877103)
_ANSWERS = (b"S", b"N", b"E")


async def greets(host: str, port: int) -> bool:
    """Tell whether what answers may be a PostgreSQL. Raises OSError where nothing does."""
    if host.startswith("/"):
        connecting = asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    else:
        connecting = asyncio.open_connection(host, port)
    reader, writer = await connecting
    try:
        writer.write(_QUESTION)
        return await reader.read(1) in _ANSWERS
    finally:
        writer.close()
