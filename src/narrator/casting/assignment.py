"""Who gets which voice: gender and age first, then nobody like anybody in the same scene."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from narrator.book import NARRATOR, Age, Chapter, Character, CharacterId, Line, SceneBreak, Voice
from narrator.errors import CastError

_YEARS: Final[Mapping[Age, int]] = {"child": 0, "young": 2, "adult": 3, "old": 5}
"""Ages on a scale on which a child is far from everybody, and the old are far from the young."""


def cast_auto(
    chapters: Sequence[Chapter], characters: Sequence[Character], voices: Sequence[Voice]
) -> Mapping[CharacterId, str]:
    """A voice's name for every character, the same for the same arguments.

    A character that has a voice keeps it. The narrator chooses first, then those who say most. The best voice
    is of the right gender, and a child's only for a child; not the narrator's; not that of anybody in the
    same scene, or of as few scenes as possible; of the nearest age; the least used; the earliest in `voices`.
    Where a voice is missing in a scene but somebody there could take another, they do. Raises CastError
    where there is no voice at all.
    """
    if not voices:
        raise CastError("there is no voice to cast", hint="Put a sheet into voices/.")
    talk = _Talk.of(chapters)
    everybody = {character.id: character for character in characters}
    stage = _Stage(talk, everybody, tuple(voices), {c.id: c.voice for c in characters if c.voice})
    free = [character for character in characters if not character.voice]
    order = {character.id: place for place, character in enumerate(characters)}
    free.sort(key=lambda c: (c.id != NARRATOR, -talk.said[c.id], order[c.id]))
    movable: set[CharacterId] = set()
    for character in free:
        stage.choose(character)
        if character.id != NARRATOR:
            stage.make_room(character, movable)
            movable.add(character.id)
    return {character.id: stage.chosen[character.id] for character in characters}


@dataclass(frozen=True)
class _Talk:
    """How much each character says (letters), and in how many scenes two of them speak."""

    said: Counter[CharacterId]
    together: Mapping[CharacterId, Counter[CharacterId]]

    @classmethod
    def of(cls, chapters: Iterable[Chapter]) -> _Talk:
        said: Counter[CharacterId] = Counter()
        together: dict[CharacterId, Counter[CharacterId]] = {}
        for scene in _scenes(chapters):
            said.update(scene)
            for one in scene:
                together.setdefault(one, Counter()).update(other for other in scene if other != one)
        return cls(said, together)


def _scenes(chapters: Iterable[Chapter]) -> Iterator[Counter[CharacterId]]:
    """Letters by character, a scene each; a chapter's end ends a scene too."""
    for chapter in chapters:
        scene: Counter[CharacterId] = Counter()
        for element in chapter.elements:
            if isinstance(element, SceneBreak):
                yield scene
                scene = Counter()
            elif isinstance(element, Line):
                scene[element.character] += len(element.written)
        yield scene


@dataclass
class _Stage:
    """Voices given so far."""

    talk: _Talk
    everybody: Mapping[CharacterId, Character]
    voices: tuple[Voice, ...]
    chosen: dict[CharacterId, str]

    def choose(self, character: Character) -> None:
        uses = Counter(self.chosen.values())
        places = range(len(self.voices))
        best = min(places, key=lambda place: (*self._cost(character, self.voices[place], uses), place))
        self.chosen[character.id] = self.voices[best].name

    def make_room(self, character: Character, movable: set[CharacterId]) -> None:
        """Where the character shares a voice within a scene, let the others move, if they all can."""
        best = self.chosen[character.id]
        if not self._rivals(character.id, best):
            return
        for voice in self.voices:
            if _misfit(character, voice)[0] or voice.name == self.chosen.get(NARRATOR):
                continue
            moves = self._moves(character.id, voice.name, movable)
            if moves is not None:
                self.chosen |= moves
                self.chosen[character.id] = voice.name
                return

    def _moves(
        self, newcomer: CharacterId, voice: str, movable: set[CharacterId]
    ) -> dict[CharacterId, str] | None:
        """Other voices for all who would share `voice` with the newcomer; None where one of them has none."""
        before = dict(self.chosen)
        self.chosen[newcomer] = voice
        moves: dict[CharacterId, str] = {}
        for rival in self._rivals(newcomer, voice):
            free = [
                other.name
                for other in self.voices
                if rival in movable
                and not _misfit(self.everybody[rival], other)[0]
                and other.name not in (voice, self.chosen.get(NARRATOR))
                and not self._rivals(rival, other.name)
            ]
            if not free:
                self.chosen = before
                return None
            moves[rival] = self.chosen[rival] = free[0]
        self.chosen = before
        return moves

    def _rivals(self, character: CharacterId, voice: str) -> tuple[CharacterId, ...]:
        """Who speaks with `voice` in a scene of the character's."""
        together = self.talk.together.get(character, Counter())
        return tuple(other for other in together if self.chosen.get(other) == voice)

    def _cost(self, character: Character, voice: Voice, uses: Counter[str]) -> tuple[float, ...]:
        misfit, age = _misfit(character, voice)
        narrators = character.id != NARRATOR and self.chosen.get(NARRATOR) == voice.name
        together = self.talk.together.get(character.id, Counter())
        shared = sum(together[other] for other in self._rivals(character.id, voice.name))
        if character.id == NARRATOR:
            return (misfit, float(shared), age)
        return (misfit, float(narrators), float(shared), age, float(uses[voice.name]))


def _misfit(character: Character, voice: Voice) -> tuple[float, float]:
    """How wrong a voice is: whether it can be no voice of theirs, then the distance in age.

    A character without an age is an adult, as most in books are.
    """
    age, voiced = character.age or "adult", voice.age or "adult"
    unlike = None not in (character.gender, voice.gender) and character.gender != voice.gender
    childish = voiced == "child" and age != "child"
    return float(unlike + childish), float(abs(_YEARS[age] - _YEARS[voiced]))
