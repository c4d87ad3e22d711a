"""Kokoro 82M: 28 English voices of one model, from an installed pack; hibari's front-end reads for it.

Settings: `voice` ("af_heart"), and `blend` with `blend_share` (0 to 1) to mix in a second one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from narrator.audio import Audio
from narrator.errors import CastError, MissingError
from narrator.packs import Pack, packs
from narrator.speech.engine import Word
from narrator.speech.engines import kokoro_graph
from narrator.speech.engines.chunks import CLAUSE_PAUSE, SENTENCE_PAUSE, joined
from narrator.speech.engines.front import assets, front_digest
from narrator.speech.engines.hibari import PACES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from narrator.audio import Samples
    from narrator.book import Voice
    from narrator.speech.engines.reading import Reader

REVISION: Final = "3"
"""Raised when this adapter would say the same words differently."""

RATE: Final = 24_000
MODEL: Final = "kokoro-v1.0.int8.onnx"
STYLES: Final = 510
"""A voice has a style for every number of tokens up to this; the model takes no more."""

_SETTINGS: Final = ("voice", "blend", "blend_share")


class KokoroEngine:
    """The voices of the pack."""

    name = "kokoro"
    languages = frozenset({"en"})

    def fingerprint(self, voice: Voice) -> Mapping[str, str]:
        """Digests of model, styles and front-end, as the pack was published."""
        asked = _Asked.of(voice)
        pack = _pack()
        facts = {"adapter": REVISION, "threads": "1", "model": pack.files[MODEL]}
        facts["graph"] = kokoro_graph.REVISION
        facts |= {"voice": pack.files[_file(asked.voice)], "front": front_digest(british=asked.british)}
        return facts | ({"blend": pack.files[_file(asked.blend)]} if asked.blend else {})

    def open(self, voice: Voice) -> KokoroActor:
        """The voice, on the one model of this process."""
        asked = _Asked.of(voice)
        styles = _styles(asked.voice)
        if asked.blend:
            styles = (1 - asked.share) * styles + asked.share * _styles(asked.blend)
        return KokoroActor(_model(), _reader(asked.british), styles)

    def pronounced(self, voice: Voice, words: Sequence[Word]) -> str:
        """The phonemes that the model gets for these words. Raises EngineError as `Reader.chunks` does."""
        return " ".join(chunk.phonemes for chunk in _reader(_Asked.of(voice).british).chunks(words))


@dataclass(frozen=True, slots=True)
class _Asked:
    voice: str
    blend: str
    share: float

    @classmethod
    def of(cls, voice: Voice) -> _Asked:
        """Raises CastError for a setting that is wrong, MissingError without the pack."""
        settings, pack = voice.settings, _pack()
        for key in settings:
            if key not in _SETTINGS:
                raise CastError(
                    f"the kokoro voice {voice.name!r} has no setting {key!r}",
                    hint=f"It takes {', '.join(_SETTINGS)}.",
                )
        named, blend = (str(settings.get(key, "")).removeprefix("kokoro/") for key in ("voice", "blend"))
        asked = cls(named, blend, _share(voice))
        for name in filter(None, (asked.voice or "none", asked.blend)):
            if _file(name) not in pack.files:
                raise CastError(
                    f"Kokoro has no voice {name!r}", hint="Type `narrator voices list` to see what it has."
                )
        return asked

    @property
    def british(self) -> bool:
        return self.voice.startswith("b")


def _share(voice: Voice) -> float:
    share = voice.settings.get("blend_share", 0.5)
    if not isinstance(share, int | float) or not 0 <= share <= 1:
        raise CastError(
            f"blend_share = {share!r} of voice {voice.name!r} is not a number from 0 to 1", hint="Try 0.3."
        )
    return float(share)


@dataclass(frozen=True)
class KokoroActor:
    """A voice of the model. Deliveries do nothing; a seed other than 0 moves the pace a little."""

    model: Any
    reader: Reader
    styles: NDArray[np.float32]
    name = KokoroEngine.name

    def speak(self, words: Sequence[Word], *, delivery: str, pace: float, seed: int) -> Audio:
        """Say the words, 24 kHz."""
        import numpy as np

        # The model draws no lots: a further take of a line is the same one, a little faster or slower.
        varied = pace * (1 + 0.06 * np.random.default_rng(seed).uniform(-1, 1)) if seed else pace
        speed = min(max(varied, PACES[0]), PACES[1])
        chunks = self.reader.chunks(words)
        said = [self._say(chunk.phonemes, speed) for chunk in chunks]
        pauses = [SENTENCE_PAUSE if chunk.ends_sentence else CLAUSE_PAUSE for chunk in chunks[:-1]]
        return Audio(joined(said, [pause / speed for pause in pauses], RATE), RATE)

    def _say(self, phonemes: str, speed: float) -> Samples:
        import numpy as np

        ids = [number for sign in phonemes if (number := _alphabet().get(sign)) is not None]
        style = self.styles[min(len(ids), STYLES - 1)][None]
        given = {
            "tokens": np.asarray([[0, *ids, 0]], np.int64),
            "style": style.astype(np.float32),
            "speed": np.asarray([speed], np.float32),
        }
        samples: Samples = self.model.run(None, given)[0].reshape(-1)
        return samples


def _file(voice: str) -> str:
    return f"voices/{voice}.bin"


def _pack() -> Pack:
    pack = packs()["kokoro"]
    if not pack.installed:
        raise MissingError(
            "the Kokoro voices are not installed",
            hint=f"Type `narrator voices install kokoro` ({pack.size} MB).",
        )
    if find_spec("onnx") is None:
        raise MissingError(
            "the engine kokoro needs the package onnx", hint="Type pip install 'narrator[kokoro]'."
        )
    return pack


def _styles(voice: str) -> NDArray[np.float32]:
    """Shape (STYLES, 256): row n for a text of n tokens."""
    import numpy as np

    return np.fromfile(_pack().folder / _file(voice), "<f4").reshape(STYLES, 256)


@cache
def _alphabet() -> Mapping[str, int]:
    """Phoneme -> token: hibari was distilled from Kokoro and speaks its alphabet."""
    numbers: dict[str, int] = json.loads((assets() / "vocab.json").read_text(encoding="utf-8"))
    return numbers


@cache
def _reader(british: bool) -> Reader:
    from narrator.speech.engines.reading import Reader

    return Reader(assets(), frozenset(_alphabet()), british=british)


@cache
def _model() -> Any:  # noqa: ANN401  onnxruntime is untyped to us
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(kokoro_graph.fast(_pack().folder / MODEL)), options, providers=["CPUExecutionProvider"]
    )
