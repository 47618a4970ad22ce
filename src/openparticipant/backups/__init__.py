"""A directory that holds all of a server at one moment, and the way back."""
