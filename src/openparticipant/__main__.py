"""`python -m openparticipant` is the command `openparticipant`."""

import sys

from openparticipant.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
