"""A producer's own sounds: found beside the script, checked, and brought into the store once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from narrator import ffmpeg, mixing
from narrator.book import Chapter, Cue
from narrator.errors import NarratorError, ScriptError
from narrator.store import Facts, Record, Store, key

if TYPE_CHECKING:
    from narrator.mixing.sounds import Sound
    from narrator.production import Production

SUFFIX = ".wav"

_PORTION = 1 << 20


@dataclass(frozen=True, slots=True)
class SoundFile:
    """A file in sounds/ that a chapter plays. name: as its cue names it. digest: SHA-256 of its bytes."""

    name: str
    path: Path
    digest: str


def sounds_of(
    production: Production, chapter: Chapter, where: str, mistakes: list[NarratorError]
) -> tuple[SoundFile, ...]:
    """The sound files that a chapter's cues name, each once. What is wrong with them goes to `mistakes`."""
    found: dict[str, SoundFile] = {}
    for number, name in _named(chapter):
        if name not in found:
            try:
                found[name] = _file(production, name)
            except (NarratorError, OSError) as error:
                mistakes.append(_placed(error, name, f"{where}:{number}"))
    return tuple(found.values())


class SoundCheck:
    """Whether the sounds of a production can be mixed. One that is not in the store yet is decoded once to
    find out, and not kept."""

    def __init__(self, store: Store, *, beds: bool) -> None:
        """beds: whether any bed is heard."""
        self._store, self._beds = store, beds
        self._samples: dict[str, Sound | NarratorError] = {}

    def refusals(self, chapter: Chapter, where: str, files: Sequence[SoundFile]) -> Iterator[ScriptError]:
        """What a mix would refuse of a chapter's sounds: silence, and beds that are too short; each once."""
        by_name, told = {file.name: file for file in files}, set[str]()
        for number, name in _named(chapter):
            if name not in by_name or name in told:
                continue
            cue = chapter.elements[number - 1]
            try:
                sound = self._tried(by_name[name])
                if self._beds and isinstance(cue, Cue) and cue.name == "bed":
                    mixing.refuse_short(name, sound)
            except NarratorError as error:
                told.add(name)
                yield _placed(error, name, f"{where}:{number}")

    def _tried(self, file: SoundFile) -> Sound:
        if file.digest not in self._samples:
            self._samples[file.digest] = self._decoded(file)
        known = self._samples[file.digest]
        if isinstance(known, NarratorError):
            raise known
        return known

    def _decoded(self, file: SoundFile) -> Sound | NarratorError:
        try:
            if self._store.has("sounds", key(_facts(file)), SUFFIX):
                return brought(self._store, file)
            with TemporaryDirectory() as folder:
                return mixing.bring(file.path, Path(folder) / f"sound{SUFFIX}")
        except NarratorError as error:
            return error


def _facts(file: SoundFile) -> Facts:
    return {"kind": "sound", "digest": file.digest, "revision": mixing.SOUND_REVISION}


def _named(chapter: Chapter) -> Iterator[tuple[int, str]]:
    for number, element in enumerate(chapter.elements, 1):
        if isinstance(element, Cue) and (name := mixing.cue_file(element)):
            yield number, name


def _file(production: Production, name: str) -> SoundFile:
    path = production.inside(name, production.sounds, where="")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while portion := file.read(_PORTION):
            digest.update(portion)
    ffmpeg.probe_sound(path)
    return SoundFile(name, path, digest.hexdigest())


def _placed(error: NarratorError | OSError, name: str, where: str) -> ScriptError:
    if isinstance(error, FileNotFoundError):
        return ScriptError(
            f"there is no sound file sounds/{name}.", where=where, hint="Put it there, or correct its name."
        )
    if isinstance(error, OSError):
        return ScriptError(f"sounds/{name} cannot be read ({error.strerror}).", where=where)
    what = error.what if error.what.startswith("sounds/") else f"sounds/{name}: {error.what}"
    return ScriptError(what, where=where, hint=error.hint)


def brought(store: Store, file: SoundFile) -> Sound:
    """The sound as the mix reads it, from the store; decoded into it first where it is not there.

    Raises RenderError where it cannot be decoded or holds nothing to hear.
    """
    facts = _facts(file)
    address = key(facts)
    if not store.has("sounds", address, SUFFIX):
        with store.adding("sounds", address, SUFFIX) as part:
            made = mixing.bring(file.path, part)
        store.finish("sounds", address, Record(facts, made.as_facts()))
    return mixing.sound(store.path("sounds", address, SUFFIX), store.record("sounds", address).made)
