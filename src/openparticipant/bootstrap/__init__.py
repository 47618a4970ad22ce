"""The composition root: settings become a node that can serve. Only this room names back ends."""

from openparticipant.bootstrap.assembly import assemble, claim_data_dir
from openparticipant.bootstrap.backing_up import back_up
from openparticipant.bootstrap.engines import check
from openparticipant.bootstrap.foundation import Foundation
from openparticipant.bootstrap.membership import own_clock
from openparticipant.bootstrap.migration import migrate, missing
from openparticipant.bootstrap.node import Node
from openparticipant.bootstrap.objects import set_up_bucket
from openparticipant.bootstrap.stopped import stopped
from openparticipant.bootstrap.verification import verification

__all__ = [
    "Foundation",
    "Node",
    "assemble",
    "back_up",
    "check",
    "claim_data_dir",
    "migrate",
    "missing",
    "own_clock",
    "set_up_bucket",
    "stopped",
    "verification",
]
