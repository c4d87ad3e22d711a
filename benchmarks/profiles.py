"""Measure the voices that come with narrator and write what casting knows of them.

    python benchmarks/profiles.py [--engine hibari] [--dnsmos sig_bak_ovr.onnx]

Rewrites src/narrator/casting/profiles.json: every house voice, and Kokoro's where that pack is installed (8
seconds of one core each); `--engine` leaves the others as they are. Quality is the overall score of DNSMOS
P.835, whose model is Microsoft's and not part of this repository; without it, known scores are kept.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from narrator import casting, speech
from narrator.audio import Audio
from narrator.book import Voice
from narrator.casting.profiles import settings_key

TABLE = Path(__file__).parents[1] / "src" / "narrator" / "casting" / "profiles.json"
RATE, WINDOW = 16_000, round(9.01 * 16_000)
OVERALL = (-0.06766283, 1.11546468, 0.04602535)
"""From the model's raw output to the scale of 1 to 5, as DNSMOS publishes it."""


def spoken(voice: Voice) -> Audio:
    words = speech.words(casting.TEXT, speech.Lexicon({}))
    return speech.record(speech.open_voice(voice), words, delivery="", pace=voice.pace, seed=0)


def judge(model: str) -> Callable[[Audio], float]:
    """DNSMOS overall: the mean of windows of 9 s, a second apart."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])

    def score(audio: Audio) -> float:
        sound = np.clip(soxr.resample(audio.samples, audio.rate, RATE), -1, 1).astype(np.float32)
        sound = np.tile(sound, -(-WINDOW // len(sound)))
        starts = range(0, len(sound) - WINDOW + 1, RATE)
        raw = [session.run(None, {"input_1": sound[None, n : n + WINDOW]})[0][0][2] for n in starts]
        return round(float(np.mean([np.polyval(OVERALL, value) for value in raw])), 2)

    return score


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=("hibari", "kokoro"))
    parser.add_argument("--dnsmos", metavar="MODEL")
    asked = parser.parse_args()
    before: dict[str, dict[str, Any]] = (
        json.loads(TABLE.read_text(encoding="utf-8")) if TABLE.exists() else {}
    )
    score = judge(asked.dnsmos) if asked.dnsmos else None
    table = dict(before)
    for name, voice in {**casting.house_voices(), **casting.pack_voices()}.items():
        if asked.engine not in (None, voice.engine):
            continue
        audio = spoken(voice)
        profile = casting.measure(audio)
        if profile is None:
            raise SystemExit(f"{name} has no pitch")
        quality = score(audio) if score else before.get(name, {}).get("quality")
        table[name] = {"key": settings_key(voice), **replace(profile, quality=quality).as_facts()}
        print(name, table[name]["pitch"], table[name]["pace"], quality, flush=True)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in table.items())
    TABLE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
