"""Coqui TTS (the maintained fork `coqui-tts`): VITS, one speaker or many, and XTTS v2 with cloned voices.

Settings of a voice:

    model      a name ("tts_models/en/vctk/vits"), or a path: a folder, or the weights in it
    config     the model's config.json, where it does not lie beside the weights
    speaker    one of the model's own
    language   where the model has several ("en")
    reference  a recording to clone, XTTS only
    device     "cpu", "cuda", "cuda:1" or "mps"; without it, the GPU where CUDA has one

A relative path starts at the folder of the voice's sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from narrator.audio import Audio
from narrator.errors import CastError, EngineError, MissingError
from narrator.speech.engine import Word
from narrator.speech.engines.chunks import chunks, joined, pause_after, plain
from narrator.speech.engines.coqui_files import Source, facts

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.book import Voice
    from narrator.speech.engines.coqui_models import Speaker

REVISION: Final = "2"
"""Raised when this adapter would say the same words differently."""

SHORTEST: Final = 40
"""Characters below which a stretch is not cut again, when the model finds no end to it."""

_SETTINGS: Final = ("model", "config", "speaker", "language", "reference", "device")
_DEVICE: Final = re.compile(r"cpu|mps|cuda(:\d+)?")


class CoquiEngine:
    """Voices of Coqui's models."""

    name = "coqui"
    files = frozenset({"model", "config", "reference"})
    """Settings that name files: their content is in the fingerprint, their place in no key."""
    unheard = frozenset({"device"})
    """Settings that are no part of a take's key: which processor speaks is not."""

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """Digests of weights, config and reference; a model known by name is told by its name.

        Raises CastError for a wrong setting, MissingError for a file that is not there and for a licence that
        nobody has accepted: it is asked when a render is planned, before anything is loaded or said.
        """
        asked = _Asked.of(voice)
        asked.source.require_accepted()
        return {"adapter": REVISION, **facts(asked.source, asked.reference)}

    def licence(self, voice: Voice) -> str:
        """What Coqui's list of models says, CPML for every XTTS; empty for other files. Raises as above."""
        return _Asked.of(voice).source.licence()

    def carries(self, voice: Voice) -> Mapping[str, Sequence[Path]]:
        """The weights with config and tables, the config, the reference; nothing of a model known by name."""
        asked = _Asked.of(voice)
        files = {"model": asked.source.files, "reference": (asked.reference,) if asked.reference else ()}
        if "config" in voice.settings and asked.source.config:
            files["config"] = (asked.source.config,)
        return {setting: parts for setting, parts in files.items() if parts}

    def hallucinates(self, voice: Voice) -> bool:
        """XTTS does: it repeats, drops and adds words at a few lines in a hundred."""
        return _Asked.of(voice).source.is_xtts

    def open(self, voice: Voice) -> CoquiActor:
        """The voice, its model loaded once a process.

        Raises CastError for a speaker or language that the model lacks and for a reference that it cannot
        use; MissingError without Coqui, the weights, the GPU asked for, or an accepted licence.
        """
        asked = _Asked.of(voice)
        from narrator.speech.engines.coqui_loading import load

        model = load(asked.source, asked.device)
        return CoquiActor(model.speaker(voice.name, asked.speaker, asked.language, asked.reference))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a voice's sheet asks for, checked as far as that goes without the model."""

    source: Source
    speaker: str
    language: str
    reference: Path | None
    device: str

    @classmethod
    def of(cls, voice: Voice) -> _Asked:
        """Raises CastError for a wrong or missing setting, MissingError for a file that is absent."""
        given = _texts(voice)
        if not given["model"]:
            raise CastError(
                f"the coqui voice {voice.name!r} names no model",
                hint='Add model = "tts_models/en/vctk/vits", or a path, under [settings].',
            )
        if given["device"] and not _DEVICE.fullmatch(given["device"]):
            raise CastError(
                f"device = {given['device']!r} of voice {voice.name!r} is no device",
                hint='Write "cpu", "cuda", "cuda:1" or "mps", or delete it.',
            )
        if given["reference"] and given["speaker"]:
            raise CastError(
                f"the coqui voice {voice.name!r} names both a speaker and a reference",
                hint="Delete one of them.",
            )
        base = Path(voice.folder)
        reference = base / given["reference"] if given["reference"] else None
        if reference and not reference.is_file():
            raise MissingError(
                f"the reference recording {given['reference']!r} of voice {voice.name!r} is not there",
                hint="Put it beside the voice's sheet, or correct its name.",
            )
        source = Source.of(voice.name, given["model"], given["config"], base)
        return cls(source, given["speaker"], given["language"], reference, given["device"])


def _texts(voice: Voice) -> Mapping[str, str]:
    """Every setting, empty where the sheet does not have it. Raises CastError for one that is no text."""
    for key, value in voice.settings.items():
        if key not in _SETTINGS:
            raise CastError(
                f"the coqui voice {voice.name!r} has no setting {key!r}",
                hint=f"It takes {', '.join(_SETTINGS)}.",
            )
        if not isinstance(value, str):
            raise CastError(
                f"{key} = {value:g} of voice {voice.name!r} is not text", hint=f'Write {key} = "{value:g}".'
            )
    return {key: str(voice.settings.get(key, "")) for key in _SETTINGS}


@dataclass(frozen=True)
class CoquiActor:
    """A speaker of a loaded model."""

    speaker: Speaker
    name = CoquiEngine.name

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say the words at the model's own rate. Phonemes fall back to the respelling, or what is
        written; of a delivery the pace is taken.

        Raises EngineError where nothing of the line can be said, or the model finds no end.
        """
        from narrator.speech.engines.delivery import manner

        text = plain("".join(word.respelling or word.written for word in words))
        if not any(map(str.isalnum, text)):
            raise EngineError("the line has nothing that this model can say", hint="Give it words.")
        speed = pace * manner(delivery).pace
        stretches, said = zip(*self._say(text, self.speaker.longest, speed, seed), strict=True)
        pauses = [pause_after(stretch) / speed for stretch in stretches[:-1]]
        return Audio(joined(said, pauses, self.speaker.rate), self.speaker.rate)

    def _say(self, text: str, most: int, pace: float, seed: int) -> Iterator[tuple[str, Samples]]:
        """Stretches of the text and their sound; one that is too much for the model is cut again."""
        for stretch in chunks(text, most):
            samples = self.speaker.say(stretch, pace, seed)
            if samples is not None:
                yield stretch, samples
            elif len(stretch) > SHORTEST:
                yield from self._say(stretch, max(SHORTEST, len(stretch) * 2 // 3), pace, seed)
            else:
                raise EngineError(
                    f"the model finds no end to “{stretch}”", hint="Reword or respell the line."
                )
