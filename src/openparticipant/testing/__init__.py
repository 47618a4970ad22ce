"""What builders test with: a real server in process, a settable clock, and the contract suites."""
