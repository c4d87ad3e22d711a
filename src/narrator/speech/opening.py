"""A voice, opened: its engine's actor, with what narrator itself adds around every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from narrator.audio import Audio
from narrator.book import Voice
from narrator.errors import NarratorError
from narrator.speech.engine import Actor, Engine, Word, engine
from narrator.speech.recording import died, record
from narrator.speech.reshaping import RANGES, Reshaping, require, reshaped


def voice_facts(voice: Voice) -> Mapping[str, str]:
    """Every fact that changes the voice's sound, except its settings: its engine's, and narrator's own.

    Raises what `engine` and the engine's `fingerprint` raise, and CastError for a wrong pitch or formant.
    """
    found = engine(voice.engine)
    how, plain = _apart(found, voice)
    return {**found.fingerprint(plain), **how.facts()}


def heard_settings(voice: Voice) -> Mapping[str, str | float]:
    """The settings that belong into a take's key: not files, whose content the engine's facts tell, and not
    what nobody hears."""
    found = engine(voice.engine)
    left_out = {*getattr(found, "files", ()), *getattr(found, "unheard", ())}
    return {name: value for name, value in voice.settings.items() if name not in left_out}


def voice_files(voice: Voice) -> Mapping[str, Sequence[Path]]:
    """By setting, the files that the voice is made from: what another machine lacks. Raises as
    `voice_facts`."""
    found = engine(voice.engine)
    told = getattr(found, "carries", None)
    if told:
        return dict(told(voice))
    named = {name: Path(voice.folder) / str(voice.settings.get(name, "")) for name in file_settings(voice)}
    return {name: (path,) for name, path in named.items() if path.is_file()}


def file_settings(voice: Voice) -> tuple[str, ...]:
    """The voice's settings that name files, or may."""
    files = getattr(engine(voice.engine), "files", ())
    return tuple(name for name in voice.settings if name in files)


def model_licence(voice: Voice) -> str:
    """The licence of the model behind the voice, where its engine knows that better than a sheet can; empty
    elsewhere. Raises as `voice_facts`."""
    found = engine(voice.engine)
    told = getattr(found, "licence", None)
    return str(told(voice)) if told else ""


def open_voice(voice: Voice) -> Actor:
    """The voice, ready to speak in this process; slow, since its engine may load a model.

    Raises what `engine` and the engine's `open` raise, EngineError where the engine died, and MissingError
    where pitch or formant are asked for without the package that does them.
    """
    found = engine(voice.engine)
    how, plain = _apart(found, voice)
    if how:
        require()
    try:
        actor = found.open(plain)
    except NarratorError:
        raise
    except Exception as error:  # third-party code, as in `record`
        raise died(voice.engine, error) from error
    return _Reshaped(actor, how, found.name) if how else actor


def _apart(found: Engine, voice: Voice) -> tuple[Reshaping, Voice]:
    """What narrator does to the voice's sound, and the voice without it; nothing where the engine does it."""
    if getattr(found, "reshapes", False):
        return Reshaping(), voice
    rest = {name: value for name, value in voice.settings.items() if name not in RANGES}
    return Reshaping.of(voice.settings, voice.name), replace(voice, settings=rest)


@dataclass(frozen=True, slots=True)
class _Reshaped:
    """An actor whose takes are reshaped."""

    actor: Actor
    how: Reshaping
    name: str

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        # Checked before: what is not sound at all would fail here, and not in the engine's name.
        take = record(self.actor, words, delivery=delivery, pace=pace, seed=seed)
        return reshaped(take, self.how)
