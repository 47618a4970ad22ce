"""The same words for AWS's own command line and for ours, in front of the same server.

What `aws` does is recorded (`make record`) in `recordings/`; ours is held against that. Where ours
differs on purpose, the case names the row of docs/cli-differences.md and states how.
"""
