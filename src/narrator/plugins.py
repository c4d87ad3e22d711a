"""Plug-ins: what other packages bring along under an entry point, found by its name."""

from __future__ import annotations

from importlib.metadata import entry_points

from narrator.errors import MissingError


def plugin_names(group: str) -> tuple[str, ...]:
    """The names of what is installed under an entry point group, sorted."""
    return tuple(sorted(entry.name for entry in entry_points(group=group)))


def plugin(group: str, name: str, noun: str) -> object:
    """What is installed as `name`: the entry's value, called without arguments.

    noun: what it should be, for a sentence: "engine". Raises MissingError where none is called so, or where
    it lacks a module. Whether it is what it should be, the caller looks.
    """
    entry = next(iter(entry_points(group=group, name=name)), None)
    if entry is None:
        installed = ", ".join(plugin_names(group)) or "none"
        raise MissingError(f"no {noun} {name!r} is installed", hint=f"Installed: {installed}.")
    try:
        return entry.load()()
    except ImportError as error:
        raise MissingError(
            f"the {noun} {name!r} cannot start, because {error}", hint="Install what it needs."
        ) from error
