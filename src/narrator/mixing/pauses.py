"""How long the silence between two lines is, and why."""

from __future__ import annotations

from dataclasses import dataclass

from narrator.book import Element, Heading, Line, ParagraphBreak, SceneBreak

_ENDS = frozenset(".!?…:")
_DASHES = frozenset("—–-")
_CLOSING = frozenset("”’\"'»›)]}*_ ")


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds of silence, by what stands between two lines. The largest that applies counts, never a sum.

    within: a line interrupts a sentence (a tag between two halves of a speech). speaker: another character
    goes on. heading: after the spoken heading. head, tail: before the first and after the last line.
    beat: a line without a word in it (“…”). before, after: at the least before the first and after the last
    effect or music, where a spec asks for that quiet. The others are named after what they follow. The
    defaults' reasons are in docs/sound.md.
    """

    within: float = 0.12
    sentence: float = 0.35
    speaker: float = 0.45
    paragraph: float = 0.75
    scene: float = 2.0
    heading: float = 1.3
    head: float = 0.75
    tail: float = 3.0
    beat: float = 1.0
    before: float = 0.0
    after: float = 0.0

    def between(self, before: Line | Heading, elements: tuple[Element, ...], after: Line | Heading) -> float:
        """Seconds between two spoken elements, `elements` being what stands between them.

        A wordless line in between is a beat. Cues are not looked at: `[pause]` replaces this answer.
        """
        found = [0.0]
        if isinstance(before, Heading) or isinstance(after, Heading):
            found.append(self.heading)
        if any(isinstance(element, SceneBreak) for element in elements):
            found.append(self.scene)
        if any(isinstance(element, ParagraphBreak) for element in elements):
            found.append(self.paragraph)
        if any(isinstance(element, Line) for element in elements):
            found.append(self.beat)
        if isinstance(before, Line) and isinstance(after, Line):
            found.append(self._joining(before, after))
        return max(found)

    def _joining(self, before: Line, after: Line) -> float:
        """The pause two neighbours of one paragraph ask for."""
        if interrupts(before, after):
            return self.within
        return self.speaker if before.character != after.character else self.sentence


def interrupts(before: Line, after: Line) -> bool:
    """Whether one sentence runs on from `before` into `after`, whoever speaks.

    It does where the first stops without an end mark, where the two are glued by a dash, or where the second
    goes on in lower case (“Who is it?” she asked).
    """
    first = next((letter for letter in after.written if letter.isalnum()), "")
    if first.islower():
        return True
    end = before.written.rstrip("".join(_CLOSING))[-1:]
    if end in _DASHES:
        return before.glued
    return not before.verse and end not in _ENDS
