"""Who talks to whom, and how much: read off the script's scenes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from narrator.book import NARRATOR, Chapter, CharacterId, Line, SceneBreak


@dataclass(frozen=True, slots=True)
class Talk:
    """said: letters by character. scenes: in how many scenes two of them speak. turns: how often one of two
    speaks right after the other, narration between them or not; with the narrator, how often a line of the
    one follows a line of the other. Both are symmetric."""

    said: Counter[CharacterId]
    scenes: Mapping[CharacterId, Counter[CharacterId]]
    turns: Mapping[CharacterId, Counter[CharacterId]]

    @classmethod
    def of(cls, chapters: Iterable[Chapter]) -> Talk:
        """The talk of a book. A chapter's end ends a scene too."""
        said: Counter[CharacterId] = Counter()
        scenes: dict[CharacterId, Counter[CharacterId]] = {}
        turns: dict[CharacterId, Counter[CharacterId]] = {}
        for lines in _scenes(chapters):
            speakers: Counter[CharacterId] = Counter()
            for line in lines:
                speakers[line.character] += len(line.written)
            said.update(speakers)
            for one in speakers:
                scenes.setdefault(one, Counter()).update(other for other in speakers if other != one)
            for one, other in _turns([line.character for line in lines]):
                turns.setdefault(one, Counter())[other] += 1
                turns.setdefault(other, Counter())[one] += 1
        return cls(said, scenes, turns)

    def shared(self, one: CharacterId, other: CharacterId) -> int:
        """Scenes in which both speak."""
        return self.scenes.get(one, Counter())[other]

    def met(self, one: CharacterId, other: CharacterId) -> int:
        """Times one of them speaks right after the other."""
        return self.turns.get(one, Counter())[other]


def _scenes(chapters: Iterable[Chapter]) -> Iterator[list[Line]]:
    for chapter in chapters:
        scene: list[Line] = []
        for element in chapter.elements:
            if isinstance(element, SceneBreak):
                yield scene
                scene = []
            elif isinstance(element, Line):
                scene.append(element)
        yield scene


def _turns(speakers: list[CharacterId]) -> Iterator[tuple[CharacterId, CharacterId]]:
    last: CharacterId | None = None  # who spoke last, the narrator apart
    before: CharacterId | None = None
    for speaker in speakers:
        if before is not None and speaker != before and NARRATOR in (speaker, before):
            yield before, speaker
        if speaker != NARRATOR:
            if last is not None and speaker != last:
                yield last, speaker
            last = speaker
        before = speaker
