"""The command line: speaks HTTP like any stranger.

Start-up is a feature, so a module here imports only what its every use needs. `typing` and
`dataclasses` alone would double the time of a short command; `TYPE_CHECKING` is therefore spelled
as a constant, which type checkers understand.
"""
