"""Who speaks in which space: followed through a chapter, cue by cue."""

from __future__ import annotations

from narrator.book import NARRATOR, Cue
from narrator.mixing.catalogue import NONE
from narrator.mixing.cues import cue_name, space_who


class Placing:
    """The spaces in force at one place of a chapter.

    `[space hall]` holds for everybody in the story, but not for the narrator, who tells it from outside;
    `[space telephone who=anna]` for her alone, before any other. Each lasts until the next of its kind,
    `[space none]` ends them all.
    """

    def __init__(self) -> None:
        self._everybody = ""
        self._each: dict[str, str] = {}

    def follow(self, cue: Cue) -> None:
        """Take a space cue into account."""
        name, who = cue_name(cue), space_who(cue)
        space = "" if name == NONE else name
        if who:
            self._each[who] = space
        else:
            self._everybody = space
            if not space:
                self._each.clear()

    def of(self, character: str) -> str:
        """The space in which this character is heard, empty for none."""
        return self._each.get(character, "" if character == NARRATOR else self._everybody)
