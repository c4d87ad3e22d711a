"""The embedded engine: hibari, a small model on the processor, one thread, the same bytes in every process.

All of its voices are one model, loaded once a process; what makes them different people is in `shaping`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from narrator.audio import Audio
from narrator.speech.engine import Word
from narrator.speech.engines.chunks import CLAUSE_PAUSE, SENTENCE_PAUSE, joined
from narrator.speech.engines.front import assets, front_digest, package

if TYPE_CHECKING:
    import numpy as np

    from narrator.audio import Samples
    from narrator.book import Voice
    from narrator.speech.engines.delivery import Manner
    from narrator.speech.engines.reading import Reader
    from narrator.speech.engines.shaping import Frames, Shape

REVISION: Final = "1"
"""Raised when this adapter would say the same words differently: its reading, its deliveries, its pauses."""

RATE: Final = 24_000
PACES: Final = (0.5, 2.0)
"""What the model's own speed takes."""

LOUDEST: Final = 0.9
"""No take peaks above this; the mix levels the voices anyway."""


class HibariEngine:
    """Voices of the built-in model. Settings: see `shaping.Shape`."""

    name = "hibari"
    reshapes = True
    languages = frozenset({"en"})

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """Digests of the model and of its text front-end, the thread count, the revisions of this adapter."""
        from narrator.speech.engines import shaping

        shaping.shape_from_settings(voice.settings, voice.name)
        return {**_digests(), "threads": "1", "adapter": REVISION, "shaping": str(shaping.REVISION)}

    def open(self, voice: Voice) -> HibariActor:
        """A voice ready to speak; the model is loaded with the first."""
        from narrator.speech.engines.shaping import shape_from_settings

        return HibariActor(shape_from_settings(voice.settings, voice.name), _model())

    def pronounced(self, voice: Voice, words: Sequence[Word]) -> str:
        """The phonemes that the model gets for these words. Raises EngineError as `Reader.chunks` does."""
        return " ".join(chunk.phonemes for chunk in _reader().chunks(words))


@dataclass(frozen=True)
class HibariActor:
    """One shape of the model."""

    shape: Shape
    model: _Model
    name = HibariEngine.name

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say the words: 24 kHz, the model's own silence at both edges.

        The model itself knows no second take: a seed other than 0 moves pace, pitch and melody a little.
        """
        import numpy as np

        from narrator.speech.engines.delivery import manner, said_so

        rng = np.random.default_rng(seed)
        how = _varied(manner(delivery), rng) if seed else manner(delivery)
        shape = said_so(self.shape, how)
        speed = min(max(pace * how.pace, PACES[0]), PACES[1])
        chunks = self.model.reader.chunks(words)
        said = [self.model.say(chunk.phonemes, speed, shape, rng) for chunk in chunks]
        pauses = [SENTENCE_PAUSE if chunk.ends_sentence else CLAUSE_PAUSE for chunk in chunks[:-1]]
        samples = joined(said, [pause / speed for pause in pauses], RATE)
        peak = np.abs(samples).max()
        # A deep voice has more harmonics in the same envelope, and would clip in a file of whole numbers.
        return Audio(samples if peak <= LOUDEST else samples * (LOUDEST / peak), RATE)


class _Model:
    """The network and its text front-end."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # The bytes differ between one thread and two. Without its arena the runtime gives memory back after a
        # long sentence instead of keeping the longest one's for good.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "hibari.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._ids = _ids()
        self.reader: Reader = _reader()

    def say(self, phonemes: str, speed: float, shape: Shape, rng: np.random.Generator) -> Samples:
        """Samples at RATE."""
        from narrator.speech.engines.shaping import shaped
        from narrator.speech.engines.synthesis import synthesised

        return synthesised(shaped(self._frames(phonemes, speed), shape, rng), rng)

    def _frames(self, phonemes: str, speed: float) -> Frames:
        import numpy as np

        from narrator.speech.engines.shaping import Frames

        ids = [0, *(self._ids[sign] for sign in phonemes if sign in self._ids), 0]
        given = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([speed], np.float32)}
        return Frames(*(output[0] for output in self._session.run(None, given)))


def _varied(how: Manner, rng: np.random.Generator) -> Manner:
    pace, pitch, excursion = 1 + rng.uniform(-1, 1, 3) * (0.05, 0.025, 0.2)
    return replace(how, pace=how.pace * pace, pitch=how.pitch * pitch, excursion=how.excursion * excursion)


@cache
def _ids() -> dict[str, int]:
    """The model's numbers of the phonemes."""
    ids: dict[str, int] = json.loads((assets() / "vocab.json").read_text(encoding="utf-8"))
    return ids


@cache
def _reader() -> Reader:
    from narrator.speech.engines.reading import Reader

    return Reader(assets(), frozenset(_ids()))


@cache
def _model() -> _Model:
    return _Model(assets())


@cache
def _digests() -> Mapping[str, str]:
    """sha256 of the model, of what makes its phonemes, and of what makes sound of its output."""
    files = {"model": assets() / "hibari.onnx", "sound": package() / "dsp.py"}
    digests = {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    return {**digests, "front": front_digest()}
