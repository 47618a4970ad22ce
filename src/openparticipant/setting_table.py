"""The table of settings: the name of each, how text becomes its value, and what people are told."""

from __future__ import annotations

from pathlib import Path

from openparticipant import limits
from openparticipant import setting_values as values
from openparticipant.domain import rates
from openparticipant.domain.filetypes import CONTENT_TYPES
from openparticipant.master_key import MasterKey
from openparticipant.setting import Setting

SETTINGS: tuple[Setting, ...] = (
    Setting("host", str, "127.0.0.1", "address to listen on"),
    Setting("port", values.port, "8080", "port to listen on; 0 takes a free one"),
    Setting(
        "data-dir", values.directory, "./openparticipant-data", "where everything of this node lies"
    ),
    Setting(
        "database",
        values.scheme("sqlite:///", "postgresql://"),
        None,
        "sqlite:///PATH below the data directory, or postgresql://USER:PASSWORD@HOST/NAME",
        secret=True,
        unset="openparticipant.sqlite3 in the data directory",
    ),
    Setting(
        "no-migrate",
        values.switch,
        "off",
        "on: the schema is left to openparticipant migrate",
        switch=True,
    ),
    Setting(
        "master-key",
        MasterKey.read,
        None,
        "file with 32 bytes in base64 that seal the keys in a database elsewhere",
        secret=True,
        in_file=True,
        unset="none; SQLite needs none",
    ),
    Setting(
        "objects",
        values.scheme("file:///", "s3://"),
        None,
        "file:///DIR or s3://BUCKET/PREFIX for the bytes of attachments",
        unset="objects in the data directory",
    ),
    Setting(
        "verify-reads",
        values.switch,
        "off",
        "on: each download of the built-in store is hashed before its first byte goes out",
        switch=True,
    ),
    Setting(
        "bus",
        values.scheme("local:", "nats://", "tls://"),
        "local:",
        "how nodes tell each other of new items: local: or nats://HOST:PORT,…",
        secret=True,
    ),
    Setting(
        "scanner",
        values.scheme("none:", "clamd://", "http://", "https://", "exec:/"),
        "none:",
        "what looks at files: clamd://HOST:PORT, clamd:///SOCKET, https://HOOK, exec:/PATH; all must approve",
        repeatable=True,
        secret=True,
    ),
    Setting(
        "scan-timeout",
        values.scan_timeout,
        str(limits.SCAN_WITHIN_SECONDS),
        "seconds that a scanner may take for a file",
    ),
    Setting(
        "scan-hold",
        values.hold,
        str(limits.SCAN_HOLD // limits.SECOND),
        "seconds that a file waits for a scanner that does not answer, until it is rejected; or aws",
    ),
    Setting(
        "public-url",
        values.origin,
        None,
        "origin that clients reach this server by",
        unset="where the server listens",
    ),
    Setting(
        "objects-url",
        values.origin,
        None,
        "origin of upload and download URLs, if another",
        unset="the public URL, or the bucket's",
    ),
    Setting(
        "region", values.matching(r"[a-z0-9-]{1,32}", "a region name"), "us-east-1", "AWS region"
    ),
    Setting(
        "account", values.matching(r"[0-9]{12}", "12 digits"), "000000000000", "AWS account id"
    ),
    Setting("tls-cert", Path, None, "certificate chain, PEM"),
    Setting("tls-key", Path, None, "its private key, PEM"),
    Setting("tls", values.matching("auto", "auto"), None, "auto makes a CA of your own"),
    Setting(
        "admin-port",
        values.port,
        None,
        "loopback port of metrics and administration (8081)",
        unset="8081, or a free one",
    ),
    Setting(
        "workers",
        values.whole,
        "1",
        "processes; more than one need postgresql://, s3:// and nats://",
    ),
    Setting(
        "trusted-proxies",
        values.network,
        "",
        "proxies whose X-Forwarded-For is believed, as addresses or networks",
        repeatable=True,
        unset="none",
    ),
    Setting(
        "allowed-origins",
        values.allowed_origin,
        "*",
        "web origins that browsers may call from",
        repeatable=True,
    ),
    Setting(
        "trace-to",
        values.origin,
        None,
        "origin of an OpenTelemetry collector that takes traces over HTTP",
        unset="no traces",
    ),
    Setting(
        "trace-ratio", values.ratio, "1", "share of traces recorded, where the client is silent"
    ),
    Setting(
        "views",
        values.directory,
        None,
        "directory of views, one NAME.json each, that chats may show",
        unset="no views",
    ),
    Setting(
        "demo",
        values.switch,
        "off",
        "on: a chat page at /demo/, for browsers on this machine",
        switch=True,
    ),
    Setting(
        "max-connections",
        values.whole,
        None,
        "clients of one process connected at a time; then who is idle for longest is let go",
        unset="three quarters of its open files, ulimit -n",
    ),
    Setting(
        "drain-pause", values.seconds, "0", "seconds between not ready and closing, when ending"
    ),
    Setting("drain-timeout", values.seconds, "30", "seconds that running requests have to finish"),
    Setting(
        "instances",
        values.instance,
        "",
        "the only instances that exist",
        repeatable=True,
        unset="every instance",
    ),
    Setting(
        "instances-without-attachments",
        values.instance,
        "",
        "instances where nobody may attach files",
        repeatable=True,
        unset="none",
    ),
    Setting(
        "attachment-extensions",
        values.extension,
        ",".join(CONTENT_TYPES),
        "file types that may be attached",
        repeatable=True,
    ),
    Setting(
        "content-check",
        values.content_checks,
        "enforce",
        "enforce, warn or off: whether bytes must be what was announced; ,INSTANCE=MODE for others",
    ),
    Setting(
        "attachment-size", values.size, str(limits.ATTACHMENT_SIZE), "largest attachment in bytes"
    ),
    Setting(
        "attachments-per-contact",
        values.whole,
        str(limits.ATTACHMENTS_PER_CONTACT),
        "attachments that one contact may have",
    ),
    Setting(
        "attachment-bytes-per-contact",
        values.whole,
        None,
        "bytes that the attachments of one contact may have in all",
        unset="any number",
    ),
    Setting(
        "attachments-per-instance",
        values.whole,
        None,
        "attachments that all contacts of an instance may have, until they are removed",
        unset="any number",
    ),
    Setting(
        "attachment-bytes-per-instance",
        values.whole,
        None,
        "bytes that the attachments of an instance may have in all",
        unset="any number",
    ),
    Setting(
        "pending-uploads",
        values.whole,
        None,
        "attachments of one participant that may be started and not complete",
        unset="as many as the contact may have",
    ),
    Setting(
        "rates",
        rates.read,
        "",
        "request rates: aws, or token, participant, address or instance =PER_SECOND/BURST",
        repeatable=True,
        unset="none",
    ),
    Setting(
        "retention",
        values.whole,
        None,
        "days after its end until a contact is removed",
        unset="never",
    ),
    Setting(
        "attachment-retention",
        values.whole,
        None,
        "days after its approval until the bytes of an attachment are removed",
        unset="never",
    ),
    Setting(
        "upload-url-lifetime",
        values.up_to_a_day,
        str(limits.UPLOAD_URL_LIFETIME // limits.SECOND),
        "seconds until an upload URL expires",
    ),
    Setting(
        "abandoned-after",
        values.up_to_a_day,
        str(limits.STAGING_LIFETIME // limits.SECOND),
        "seconds until an upload that nobody completed vanishes",
    ),
)
