"""narrator: the build tool for audiobooks."""

__version__ = "0.1.0"
