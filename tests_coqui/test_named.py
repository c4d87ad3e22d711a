"""Models by Coqui's own names: fetched ones are in its caches, filled here with ours. Nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from conftest import take, voice
from narrator import speech
from narrator.errors import MissingError

XTTS = """
from narrator import speech
from narrator.book import Voice
settings = {"model": "tts_models/multilingual/multi-dataset/xtts_v2", "speaker": "Ann Weir", "language": "en"}
words = speech.words("The river is high.", speech.Lexicon())
actor = speech.open_voice(Voice("test", "coqui", settings))
print(len(actor.speak(words, delivery="", pace=1.0, seed=0).samples))
"""


def test_a_model_of_many_speakers_by_its_name(
    trio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "tts" / "tts_models--en--vctk--vits"
    shutil.copytree(trio, cache)
    (cache / "model.pth").rename(cache / "model_file.pth")
    monkeypatch.setenv("TTS_HOME", str(tmp_path))
    named = {"model": "tts_models/en/vctk/vits", "speaker": "ann"}
    by_name, by_path = take(named, "Nobody crosses."), take({**named, "model": str(trio)}, "Nobody crosses.")
    assert np.array_equal(by_name.samples, by_path.samples)
    assert speech.engine("coqui").fingerprint(voice(named))["model"] == named["model"]


def test_a_worker_waits_while_another_fetches(
    joe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's folder is there before its files are: without waiting, this would be a broken download."""
    name = "tts_models--en--ljspeech--vits"
    cache = tmp_path / "tts" / name
    cache.mkdir(parents=True)
    monkeypatch.setenv("TTS_HOME", str(tmp_path))

    begun = threading.Event()

    def fetch() -> None:
        with FileLock(cache.with_name(f".{name}.lock")):
            begun.set()
            time.sleep(1)
            shutil.copytree(joe, cache, dirs_exist_ok=True)

    other = threading.Thread(target=fetch)
    other.start()
    begun.wait()
    try:
        speech.open_voice(voice({"model": "tts_models/en/ljspeech/vits"}))
    finally:
        other.join()


def test_a_download_that_broke_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "tts" / "tts_models--en--jenny--jenny"
    cache.mkdir(parents=True)
    monkeypatch.setenv("TTS_HOME", str(tmp_path))
    with pytest.raises(MissingError, match=f"cannot be fetched .* delete {cache}"):
        speech.open_voice(voice({"model": "tts_models/en/jenny/jenny"}))


def test_xtts_by_its_name(xtts: Path, tmp_path: Path) -> None:
    """From a cache of the hub, in a process of its own: the hub's library reads its settings once."""
    hub = tmp_path / "hub" / "models--tts-hub--XTTS-v2"
    shutil.copytree(xtts, hub / "snapshots" / "0")
    (hub / "refs").mkdir()
    (hub / "refs" / "main").write_text("0")
    places = {"HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1", "TTS_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", XTTS],
        capture_output=True,
        text=True,
        env={**os.environ, **places, "COQUI_TOS_AGREED": "1"},
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 0


@pytest.mark.parametrize("place", ["", "TTS_HOME", "XDG_DATA_HOME"])
def test_an_answer_to_coquis_question_is_found_where_coqui_keeps_it(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """We look there without loading Coqui, which takes seconds."""
    from trainer.io import get_user_data_dir

    from narrator.speech.engines.coqui_files import _fetched

    for name in ("TTS_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    if place:
        monkeypatch.setenv(place, str(tmp_path / "here"))
    assert _fetched("tts_models/en/vctk/vits") == get_user_data_dir("tts") / "tts_models--en--vctk--vits"


def test_coquis_own_list_says_what_a_model_may_be_used_for() -> None:
    coqui = speech.engine("coqui")
    assert coqui.licence(voice({"model": "tts_models/en/vctk/vits"})).lower() == "apache 2.0"
    assert coqui.licence(voice({"model": "tts_models/multilingual/multi-dataset/xtts_v2"})) == "CPML"
