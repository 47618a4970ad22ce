"""AWS Signature Version 4, both ways: make and check pre-signed URLs and signed requests.

Pure functions over values that are passed in, the time included (integer milliseconds since the
epoch, UTC). What a check refuses is always a `Refused`; it answers in the words of the AWS service
it stands for, because SDKs and people's scripts match on them.
"""

from openparticipant.sigv4.canonical import encode, encode_path, host_of
from openparticipant.sigv4.credentials import Credentials, Lookup
from openparticipant.sigv4.presigned import Presigned, verify_presigned
from openparticipant.sigv4.presigning import LONGEST, presign
from openparticipant.sigv4.refused import Refused
from openparticipant.sigv4.signed import verify
from openparticipant.sigv4.signing import sign
from openparticipant.sigv4.stamps import moment

__all__ = [
    "LONGEST",
    "Credentials",
    "Lookup",
    "Presigned",
    "Refused",
    "encode",
    "encode_path",
    "host_of",
    "moment",
    "presign",
    "sign",
    "verify",
    "verify_presigned",
]
