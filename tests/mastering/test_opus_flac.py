"""Chapters in Opus and FLAC: as long as their mix, as loud as their spec, the same bytes every time."""

import av
import numpy as np
import pytest

from narrator.audio import DRY, GRID
from narrator.errors import MasterError
from narrator.mastering import SPECS, check, decoded, encoder_facts, master, opus
from narrator.mastering.opus import samples_at_opus_rate

HOUSE = SPECS["house"]


@pytest.fixture(scope="module")
def mastered(chapter, blocks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mastered")
    outputs = {kind: folder / f"chapter.{kind}" for kind in ("opus", "flac")}
    facts = master(blocks(chapter(25.0)), HOUSE, outputs=outputs, scratch=folder)
    return outputs, facts


@pytest.mark.parametrize(("kind", "rate"), [("opus", 48_000), ("flac", 44_100)])
def test_it_meets_its_spec(mastered, kind, rate):
    outputs, facts = mastered
    hearing = check(outputs[kind], kind, HOUSE, facts.samples)
    assert hearing.misses == ()
    assert (hearing.facts["samples"], hearing.facts["rate"]) == (facts.samples, rate)
    assert abs(hearing.facts["loudness"] - HOUSE.loudness) < 0.25
    short = check(outputs[kind], kind, HOUSE, facts.samples + GRID)
    assert short.misses == (f"it decodes to -{GRID} samples beside its mix",)


def test_both_are_the_same_sound(mastered):
    outputs, facts = mastered
    opus, flac = (np.concatenate(list(decoded(outputs[kind], kind))) for kind in ("opus", "flac"))
    assert len(opus) == len(flac) == facts.samples
    assert np.std(opus - flac) < 0.1 * np.std(flac)


def test_the_same_mix_gives_the_same_bytes(mastered, chapter, blocks, tmp_path):
    outputs, _ = mastered
    again = {kind: tmp_path / path.name for kind, path in outputs.items()}
    master(blocks(chapter(25.0), 5 * GRID), HOUSE, outputs=again, scratch=tmp_path)
    assert all(again[kind].read_bytes() == path.read_bytes() for kind, path in outputs.items())


@pytest.mark.parametrize("kind", ["opus", "flac"])
def test_stereo_stays_stereo(chapter, blocks, tmp_path, kind):
    mono = chapter(3.0)
    both = np.stack([mono, 0.25 * mono], axis=1)
    path = tmp_path / "chapter"
    facts = master(blocks(both), HOUSE, outputs={kind: path}, scratch=tmp_path, channels=2)
    heard = np.concatenate(list(decoded(path, kind, 2)))
    assert heard.shape == (facts.samples, 2)
    assert np.std(heard[:, 0]) == pytest.approx(4 * np.std(heard[:, 1]), rel=0.1)
    with pytest.raises(MasterError, match="2 channels where 1"):
        list(decoded(path, kind))
    assert "stereo" in encoder_facts(kind, HOUSE, 2)["arguments"]


def test_resampling_neither_adds_nor_drops():
    for grids in range(1, 200):
        there = samples_at_opus_rate(grids * GRID)
        assert there * 147 // 160 == grids * GRID


@pytest.mark.parametrize("channels", [1, 2])
def test_however_loud_a_chapter_begins_its_first_packets_are_silent(tmp_path, channels):
    """Two after the priming: then nothing of the chapter before is heard in it."""
    loud = np.random.default_rng(0).uniform(-0.8, 0.8, (GRID * 3, channels)).astype(np.float32)
    loud[:DRY] = loud[-DRY:] = 0
    path = tmp_path / "chapter.opus"
    with opus.writing(path, 64_000, channels) as write:
        for start in range(0, len(loud), 700):
            write(loud[start : start + 700, 0] if channels == 1 else loud[start : start + 700])
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(audio=0)]
    silent = bytes([0xF8 if channels == 1 else 0xFC, 0xFF, 0xFE])
    assert packets[:3] == [silent] * 3
    assert packets[3] != silent
