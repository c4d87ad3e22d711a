"""The cover: drawn, or the producer's own."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from narrator.errors import SheetError
from narrator.release import draw_cover, load_cover
from narrator.release.lettering import break_lines, length, spell


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def saved(path: Path, image: Image.Image, **options) -> Path:
    image.save(path, **options)
    return path


def test_a_drawn_cover_is_a_square_jpeg_and_the_same_each_time() -> None:
    one = draw_cover("The Lamp", "Ana Šulc")
    image = opened(one)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (2_400, 2_400))
    assert len(one) < 1_000_000
    assert one == draw_cover("The Lamp", "Ana Šulc")


@pytest.mark.parametrize("title", ["word " * 40, "w" * 200, "🎧 Война"])
def test_any_title_can_be_drawn_and_stays_within_its_margin(title: str) -> None:
    image = opened(draw_cover(title, "A"))
    edge = np.asarray(image.convert("L"), np.int16)[60:1_100, -60:]
    # A sky is even from left to right; a letter would not be.
    assert np.ptp(edge, axis=1).max() < 24


def test_the_title_is_on_the_cover() -> None:
    sky = np.asarray(opened(draw_cover("I", "")).convert("L"), np.int16)[:1_000]
    assert np.ptp(sky, axis=1).max() > 60


def test_names_keep_their_accents_and_other_scripts_are_left_out() -> None:
    assert spell("  Zoë\n Šubić ") == "Zoe\u0308 S\u030cubic\u0301"
    assert spell("Łódź—ß") == "L\u0337o\u0301dz\u0301 - ss"
    assert spell("Война") is None
    assert spell("🎧") is None


def test_lines_are_even_and_lose_nothing() -> None:
    text = "a quiet road beside the long grey water in the morning"
    lines = break_lines(text, 100, 1_000)
    assert " ".join(lines) == text
    assert all(length(line, 100) <= 1_000 for line in lines)
    assert min(length(line, 100) for line in lines) > 500
    cut = break_lines("x" * 50, 100, 1_000)
    assert "".join(cut) == "x" * 50
    assert all(length(line, 100) <= 1_000 for line in cut)


def test_a_plain_jpeg_is_taken_as_it_is(tmp_path: Path) -> None:
    path = saved(tmp_path / "cover.jpg", Image.new("RGB", (60, 40), "teal"))
    assert load_cover(path) == path.read_bytes()


def test_a_transparent_png_stands_on_white(tmp_path: Path) -> None:
    image = opened(load_cover(saved(tmp_path / "cover.png", Image.new("RGBA", (60, 40), (0, 0, 0, 0)))))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (60, 40))
    assert image.getpixel((30, 20)) == (255, 255, 255)


def test_a_lying_photograph_is_stood_up_and_a_large_one_made_smaller(tmp_path: Path) -> None:
    photograph = Image.new("RGB", (4_000, 1_000), "teal")
    exif = photograph.getexif()
    exif[0x0112] = 6
    image = opened(load_cover(saved(tmp_path / "cover.jpg", photograph, exif=exif)))
    assert image.size == (750, 3_000)


def png_of(width: int, height: int) -> bytes:
    """A PNG that is nothing but the claim to be so large."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"<svg/>", "not a JPEG or PNG"),
        (b"", "not a JPEG or PNG"),
        (b"GIF89a" + bytes(40), "not a JPEG or PNG"),
        (png_of(40, 40), "not a JPEG or PNG"),
        (png_of(10_001, 10_000), "100,000,000 pixels"),
        (png_of(60_000, 60_000), "100,000,000 pixels"),
    ],
)
def test_what_is_no_cover_is_refused(tmp_path: Path, data: bytes, complaint: str) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(data)
    with pytest.raises(SheetError, match=complaint) as caught:
        load_cover(path)
    assert caught.value.where == str(path)


def test_a_cover_that_is_cut_short_or_missing_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    path = saved(tmp_path / "cover.jpg", Image.fromarray(noise))
    path.write_bytes(path.read_bytes()[:-2_000])
    with pytest.raises(SheetError, match="not a JPEG or PNG"):
        load_cover(path)
    with pytest.raises(SheetError, match="cannot be read"):
        load_cover(tmp_path / "none.jpg")
