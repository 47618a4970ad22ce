"""Every number the service lives by, with its source.

"documented": AWS's feature specifications or API reference; "chosen": ours, with the reason.
Times are milliseconds unless the name says otherwise.
"""

from __future__ import annotations

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

MIB = 1024 * 1024

# Attachments
ATTACHMENTS_PER_CONTACT = 35  # documented: attachments per chat conversation
ATTACHMENT_SIZE = 20 * MIB  # documented default; configurable up to the next line
ATTACHMENT_SIZE_MAX = 100 * MIB  # documented: 104857600 bytes for chat
UPLOAD_URL_LIFETIME = (
    15 * MINUTE
)  # chosen: 100 MB on a slow line does not fit the sibling API's 300 s
STAGING_LIFETIME = DAY  # documented advice: expire the staging location after one day
DOWNLOAD_URL_LIFETIME_SECONDS = 300  # documented default of the sibling API GetAttachedFile
COMPLETION_LEASE = 30 * SECOND  # chosen: copying 100 MiB between two keys takes seconds at most
COMPLETION_PATIENCE = 2 * SECOND  # chosen: how long a second Complete waits for the first
SCAN_WITHIN_SECONDS = 60  # documented: what a scanner may take for a file
SCAN_HOLD = DAY  # chosen: an outage over night costs nobody a file; chats last 25 hours
SCAN_HOLD_MAX = 7 * DAY  # chosen: the longest chat; what is held at its end is nobody's
SCAN_HOLD_OF_AWS = MINUTE  # documented: then the file is rejected, or after
SCAN_TRIES_OF_AWS = 3  # documented

# What is inside a file
PICTURE_PIXELS = 256_000_000  # chosen: phones take pictures of 200 million; a flood has thousands
ARCHIVE_ENTRIES = 10_000  # chosen: ten times what the largest Office files were seen to have
ARCHIVE_DIRECTORY = 4 * MIB  # chosen: so many entries with names of 300 characters
ARCHIVE_EXPANDED = 1024 * MIB  # chosen: ten times the largest attachment
ARCHIVE_RATIO = 100  # chosen: sheets of equal rows come to 60
ARCHIVE_RATIO_FROM = 50 * MIB  # chosen: below it, a ratio does no harm
ARCHIVE_DEPTH = 3  # chosen: a sheet in a letter in an archive

# Connections
CONNECTION_LIFETIME = DAY  # documented: a connection token is good for one day
PARTICIPANT_TOKEN_LIFETIME = (
    7 * DAY
)  # chosen: the longest chat duration; ends with the contact anyway
WEBSOCKET_URL_LIFETIME = 100 * SECOND  # documented: connect within 100 s
WEBSOCKET_LIFETIME = HOUR  # observed: browser clients renew after 3540 s
WEBSOCKETS_PER_PARTICIPANT = 5  # documented: concurrent sockets of one participant
WEBSOCKET_SILENCE = 25 * SECOND  # chosen: clients send a heartbeat every 10 s

# Contacts
CHAT_DURATION = 25 * HOUR  # documented default
CONNECT_WINDOW = 5 * MINUTE  # documented: connect within five minutes of StartChatContact
ATTRIBUTES_BYTES = 32768  # documented: total of keys and values in UTF-8
CUSTOM_PARTICIPANTS = 1  # documented: custom participants (bots) per contact

RATE_BUCKETS = 100_000  # chosen: some 20 MB; no node has more people at a time

# Nodes that share a database
NODE_HEARTBEAT = 5 * SECOND  # chosen: how often a node says that it is there
NODE_LEASE = 20 * SECOND  # chosen: a node that is silent for so long counts as dead
CLOCK_TOLERANCE = 30 * SECOND  # chosen: a URL that lives for 100 s is still good on every node

# The wire
BODY_BYTES = 256 * 1024  # chosen: four times the largest modelled message
BEARER_CHARACTERS = 1000  # documented: length of both tokens
SIGNATURE_SKEW = 15 * MINUTE  # documented: how far a SigV4 date may be off

# Messages
TEXT_MESSAGE_CHARACTERS = 1024  # documented: text/plain and text/markdown
JSON_MESSAGE_CHARACTERS = 12000  # documented: application/json
INTERACTIVE_RESPONSE_CHARACTERS = 12288  # documented: interactive responses
PARTICIPANTS_WITH_RECEIPTS = 2  # documented: receipts are refused among more
TRANSCRIPT_PAGE = 10  # documented default of MaxResults

# The operator
RECORDS_PAGE = 100  # chosen: the most of a page, too; 1.6 MB of the longest messages
