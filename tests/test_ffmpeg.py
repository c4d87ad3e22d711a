import stat
import sys

import pytest

from narrator import ffmpeg
from narrator.errors import MissingError, RenderError


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program of our own in ffmpeg's place."""

    def place(body):
        path = tmp_path / "ffmpeg"
        path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv(ffmpeg.VARIABLE, str(path))
        return path

    return place


@pytest.fixture
def stream(tmp_path):
    import ffmpeg as build

    sound = build.input("pipe:0", format="f32le", ar=44_100, ac=1)
    return sound.output(str(tmp_path / "out.wav"))


def test_the_bundled_ffmpeg_goes_before_the_system_s(monkeypatch):
    monkeypatch.delenv(ffmpeg.VARIABLE, raising=False)
    assert "imageio_ffmpeg" in ffmpeg.executable()
    assert ffmpeg.version()[0].isalnum()


def test_the_variable_goes_before_both(program):
    path = program("print('ffmpeg version 99.9-mine Copyright')")
    assert ffmpeg.executable() == str(path)
    assert ffmpeg.version() == "99.9-mine"


def test_a_variable_that_names_nothing_says_so(monkeypatch):
    monkeypatch.setenv(ffmpeg.VARIABLE, "/no/such/ffmpeg")
    with pytest.raises(MissingError, match="no/such") as caught:
        ffmpeg.executable()
    assert "Unset" in caught.value.hint


def test_a_program_that_is_not_ffmpeg_says_so(program):
    program("sys.exit(3)")
    with pytest.raises(MissingError):
        ffmpeg.version()


def test_a_machine_without_ffmpeg_says_what_to_type(monkeypatch):
    monkeypatch.delenv(ffmpeg.VARIABLE, raising=False)
    monkeypatch.setattr(ffmpeg, "_bundled", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError) as caught:
        ffmpeg.executable()
    assert "pip install" in caught.value.hint


def test_a_command_is_arguments_and_never_a_shell_s(stream, tmp_path):
    arguments = ffmpeg.command(stream)
    assert arguments[0] == ffmpeg.executable()
    assert str(tmp_path / "out.wav") in arguments
    assert {"-nostdin", "-y"} <= set(arguments)


def test_feeding_writes_what_was_fed(stream, tmp_path):
    with ffmpeg.feeding(stream, doing="to write") as feed:
        for _ in range(10):
            feed(bytes(4 * 4_410))
    assert (tmp_path / "out.wav").stat().st_size > 2 * 44_100


def test_a_failure_is_told_in_ffmpeg_s_last_words(program, stream):
    program("sys.stdin.buffer.read(); print('first\\nthe disk is full', file=sys.stderr); sys.exit(1)")
    with (
        pytest.raises(RenderError, match="to write: the disk is full"),
        ffmpeg.feeding(stream, doing="to write"),
    ):
        pass
    program("print('no such input', file=sys.stderr); sys.exit(1)")
    with pytest.raises(RenderError, match="to join: no such input"):
        ffmpeg.run(stream, doing="to join")


def test_a_child_that_dies_while_it_is_fed_is_told_too(program, stream):
    program("print('out of memory', file=sys.stderr); sys.exit(1)")

    def feed_much():
        with ffmpeg.feeding(stream, doing="to write") as feed:
            for _ in range(100):
                feed(bytes(1 << 16))

    with pytest.raises(RenderError, match="out of memory"):
        feed_much()


def test_a_block_that_fails_kills_the_child(program, stream):
    program("import time; sys.stdin.buffer.read(); time.sleep(30)")
    with pytest.raises(ZeroDivisionError), ffmpeg.feeding(stream, doing="to write"):
        raise ZeroDivisionError
