"""Coqui TTS (the maintained fork `coqui-tts`): VITS, one speaker or many, and XTTS v2 with cloned voices.

Settings of a voice:

    model      a name ("tts_models/en/vctk/vits") or a path: a folder, or the weights beside their config.json
    speaker    one of the model's own
    language   where the model has several ("en")
    reference  a recording to clone, XTTS only
    device     "cpu" or "cuda"; without it, the GPU where there is one

A relative path starts at the folder of the voice's sheet.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from narrator.audio import Audio
from narrator.errors import CastError, EngineError, MissingError
from narrator.speech.engine import Word
from narrator.speech.engines.chunks import chunks, joined, plain

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.book import Voice

REVISION: Final = "1"
"""Raised when this adapter would say the same words differently."""

TAIL: Final = 10_000
"""Zero samples that Coqui puts after everything it says."""

LONGEST: Final = {"en": 230, "de": 230, "fr": 250, "es": 220, "it": 195, "pt": 185, "pl": 205, "ru": 165}
"""Characters that XTTS takes well at once, by language: a little under its own warnings."""
LONGEST_ELSE, LONGEST_VITS = 65, 400
"""The same for other languages, and for models without such a limit (their memory grows with the text)."""

JOIN: Final = 0.15
"""Seconds between stretches of a line that was cut."""

_SETTINGS: Final = ("model", "speaker", "language", "reference", "device")
_SAMPLE: Final = 1 << 20


class CoquiEngine:
    """Voices of Coqui's models."""

    name = "coqui"
    files = frozenset({"model", "reference"})
    """Settings that name files: their content is in the fingerprint, their place in no key."""

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """Digests of model, config and reference; a model known by name is told by its name."""
        asked = _Asked.of(voice)
        facts = {"adapter": REVISION, "threads": "1"}
        if asked.folder is None:
            facts["model"] = asked.model
        else:
            facts["model"] = _digest(_weights(asked.folder))
            facts["config"] = _digest(_config(asked.folder))
        if asked.reference:
            facts["reference"] = _digest(asked.reference)
        return facts

    def open(self, voice: Voice) -> CoquiActor:
        """The voice, its model loaded once a process."""
        asked = _Asked.of(voice)
        _refuse_unaccepted_licence(asked)
        model = _model(asked.model if asked.folder is None else str(asked.folder), asked.device)
        return CoquiActor(model, asked.chosen(model.tts))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a voice's sheet asks for, checked as far as that goes without the model."""

    voice: str
    model: str
    folder: Path | None
    speaker: str
    language: str
    reference: Path | None
    device: str

    @classmethod
    def of(cls, voice: Voice) -> _Asked:
        """Raises CastError for a wrong or missing setting, MissingError for a file that is absent."""
        settings = voice.settings
        for key in settings:
            if key not in _SETTINGS:
                raise CastError(
                    f"the coqui voice {voice.name!r} has no setting {key!r}",
                    hint=f"It takes {', '.join(_SETTINGS)}.",
                )
        model = str(settings.get("model", ""))
        if not model:
            raise CastError(
                f"the coqui voice {voice.name!r} names no model",
                hint='Add model = "tts_models/en/vctk/vits", or a path, under [settings].',
            )
        base = Path(voice.folder)
        reference = base / str(settings["reference"]) if "reference" in settings else None
        if reference and not reference.is_file():
            raise MissingError(
                f"the reference recording {settings['reference']!r} of voice {voice.name!r} is not there",
                hint="Put it beside the voice's sheet, or correct its name.",
            )
        return cls(
            voice.name,
            model,
            None if model.startswith("tts_models/") else _folder(base / model, voice.name),
            str(settings.get("speaker", "")),
            str(settings.get("language", "")),
            reference,
            str(settings.get("device", "")),
        )

    def chosen(self, tts: Any) -> Mapping[str, str]:  # noqa: ANN401  Coqui is untyped to us
        """What to tell the model with every text. Raises CastError for a speaker or language it lacks."""
        chosen: dict[str, str] = {}
        speakers, languages = list(tts.speakers or ()), list(tts.languages or ())
        if self.reference:
            if not _is_xtts(tts):
                raise CastError(
                    f"the model of voice {self.voice!r} cannot clone a recording",
                    hint="Delete reference, or use XTTS.",
                )
            chosen["speaker_wav"] = str(self.reference)
        elif speakers or tts.is_multi_speaker:
            chosen["speaker"] = self._one_of("speaker", self.speaker, speakers)
        elif self.speaker:
            raise CastError(
                f"the model of voice {self.voice!r} has one speaker only",
                hint="Delete speaker from the sheet.",
            )
        if tts.is_multi_lingual:
            chosen["language"] = self._one_of("language", self.language, languages)
        elif self.language:
            raise CastError(
                f"the model of voice {self.voice!r} has one language only",
                hint="Delete language from the sheet.",
            )
        return chosen

    def _one_of(self, what: str, wanted: str, there: Sequence[str]) -> str:
        if wanted in there:
            return wanted
        some = ", ".join(name.strip() for name in there[:6]) + (" …" if len(there) > 6 else "")
        said = f"has no {what} {wanted!r}" if wanted else f"has several {what}s, and the sheet names none"
        raise CastError(f"the model of voice {self.voice!r} {said}", hint=f"There are {some}.")


@dataclass(frozen=True)
class CoquiActor:
    """A speaker of a loaded model."""

    model: _Model
    chosen: Mapping[str, str]
    name = CoquiEngine.name

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say the words. Phonemes fall back to what is written; deliveries do nothing here."""
        text = plain("".join(word.respelling or word.written for word in words))
        said = [
            self.model.say(chunk, self.chosen, pace, seed)
            for chunk in chunks(text, self.model.longest(self.chosen))
        ]
        if not said:
            raise EngineError("the line has nothing that this model can say", hint="Give it words.")
        return Audio(joined(said, [JOIN / pace] * (len(said) - 1), self.model.rate), self.model.rate)


class _Model:
    """A model of Coqui's, loaded. Not thread-safe: seeding is global."""

    def __init__(self, tts: Any) -> None:  # noqa: ANN401
        self.tts = tts
        self.rate = int(tts.synthesizer.output_sample_rate)
        self._xtts = _is_xtts(tts)

    def longest(self, chosen: Mapping[str, str]) -> int:
        """Characters to say at once."""
        return LONGEST.get(chosen.get("language", ""), LONGEST_ELSE) if self._xtts else LONGEST_VITS

    def say(self, text: str, chosen: Mapping[str, str], pace: float, seed: int) -> Samples:
        """Samples of one stretch, without Coqui's own tail and its own sentence splitting."""
        import numpy as np
        import torch

        more: dict[str, float] = {}
        if self._xtts:
            more["speed"] = pace
        else:
            self.tts.synthesizer.tts_model.length_scale = self._length / pace
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            wave = self.tts.tts(text=text, split_sentences=False, **chosen, **more)
        samples = np.asarray(wave, np.float32)
        return samples[:-TAIL] if not samples[-TAIL:].any() else samples

    @property
    def _length(self) -> float:
        """The length scale that the model was trained to; Coqui keeps what we set, so it is read from its
        config."""
        return float(getattr(self.tts.synthesizer.tts_config.model_args, "length_scale", 1.0))


@cache
def _model(model: str, device: str) -> _Model:
    """Load a model. Raises MissingError without Coqui, or without weights that it can load."""
    for package, what in (("TTS", "coqui-tts"), ("torch", "torch"), ("torchaudio", "torchaudio")):
        if find_spec(package) is None:
            raise MissingError(
                f"the engine coqui needs the package {what}",
                hint="Type pip install 'narrator[coqui]'; docs/coqui.md says how for CPU and GPU.",
            )
    from narrator.speech.engines.pure_torchaudio import import_torchaudio

    import_torchaudio()
    import torch

    torch.set_num_threads(1)  # parallelism is processes: two threads of two workers wait for each other
    try:
        from TTS.api import TTS

        if model.startswith("tts_models/"):
            tts = TTS(model_name=model, progress_bar=False)
        else:
            weights = Path(model) if _is_xtts_folder(Path(model)) else _weights(Path(model))
            tts = TTS(model_path=str(weights), config_path=str(_config(Path(model))), progress_bar=False)
    except ImportError as error:
        raise MissingError(
            f"the engine coqui cannot start ({error})", hint="docs/coqui.md says what it needs."
        ) from error
    except (OSError, EOFError, KeyError, ValueError) as error:
        raise MissingError(
            f"the coqui model {model!r} cannot be had ({_first_line(error)})",
            hint="Check its name, your connection, and that espeak-ng is installed (docs/coqui.md).",
        ) from error
    return _Model(tts.to(device or ("cuda" if torch.cuda.is_available() else "cpu")))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0][:160]


def _is_xtts(tts: Any) -> bool:  # noqa: ANN401
    return type(tts.synthesizer.tts_model).__name__ == "Xtts"


def _folder(path: Path, voice: str) -> Path:
    folder = path if path.is_dir() else path.parent
    if not path.exists() or not _config(folder).is_file():
        raise MissingError(
            f"the model of the coqui voice {voice!r} is not at {path.name!r}",
            hint="model is a name (tts_models/…), or a folder with config.json and the weights.",
        )
    return folder


def _config(folder: Path) -> Path:
    return folder / "config.json"


def _weights(folder: Path) -> Path:
    """The weights in a model's folder: `model.pth`, or the only .pth there is."""
    named, others = folder / "model.pth", sorted(folder.glob("*.pth"))
    if named.is_file() or len(others) != 1:
        if not named.is_file():
            raise MissingError(
                f"the folder {folder.name!r} holds no model.pth", hint="Put the weights there."
            )
        return named
    return others[0]


def _is_xtts_folder(folder: Path) -> bool:
    try:
        config = json.loads(_config(folder).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(config, dict) and config.get("model") == "xtts"


def _refuse_unaccepted_licence(asked: _Asked) -> None:
    """XTTS is licensed for non-commercial use. Whether that holds is for the user to say, never for us."""
    xtts = "xtts" in asked.model if asked.folder is None else _is_xtts_folder(asked.folder)
    if xtts and os.environ.get("COQUI_TOS_AGREED") != "1":
        raise MissingError(
            "XTTS may be used for non-commercial purposes only (Coqui Public Model License), and nobody has "
            "accepted that here",
            hint="Read https://coqui.ai/cpml; if you agree, set COQUI_TOS_AGREED=1 yourself.",
        )


@cache
def _digest(path: Path) -> str:
    """What a file holds, quickly: its size and three megabytes of it; weights may be 2 GB."""
    digest = sha256()
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest.update(str(size).encode())
        for start in (0, size // 2, size - _SAMPLE):
            file.seek(max(0, start))
            digest.update(file.read(_SAMPLE))
    return digest.hexdigest()
