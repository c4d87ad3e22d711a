"""The http engine against a server on this machine that behaves, and misbehaves in every way we know."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import soundfile

from narrator import speech
from narrator.audio import Audio
from narrator.book import Voice
from narrator.errors import CastError, EngineError, MissingError, NarratorError
from narrator.speech import reading
from narrator.speech.engines import server as servers
from narrator.testing import EngineContract

RATE = 24_000
KEY = "s3cr3t-key-of-mine"
MODELS = {
    "data": [
        {"id": "tts", "root": "tts-large", "owned_by": "us", "created": 1, "permission": [{"id": "p-1"}]}
    ]
}


def tone(text: str, speed: float = 1.0) -> np.ndarray:
    seconds = 0.07 * sum(map(str.isalnum, text)) / speed
    time_ = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * np.sin(2 * np.pi * 180 * time_)).astype(np.float32)


def file(samples: np.ndarray, kind: str = "WAV", **more: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format=kind, **more)
    return buffer.getvalue()


def piped(samples: np.ndarray) -> bytes:
    """A WAV as a server streams it: its sizes are not known."""
    wav = bytearray(file(samples))
    wav[4:8] = wav[40:44] = b"\xff\xff\xff\xff"
    return bytes(wav)


class Stub(BaseHTTPRequestHandler):
    """Answers as the server's `mood` says."""

    protocol_version = "HTTP/1.1"
    server: StubServer

    def log_message(self, *told: object) -> None:
        self.server.log.append(" ".join(map(str, told)))

    def do_GET(self) -> None:
        if self.server.mood == "wordless":
            self.give(404, "text/html", b"<h1>Not here</h1>")
        elif self.server.mood == "garbled list":
            self.give(200, "application/json", b"{")
        else:
            self.give(200, "application/json", json.dumps(self.server.models).encode())

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        self.server.keys.append(self.headers.get("Authorization", ""))
        samples = tone(request["input"], request.get("speed", 1.0))
        self.answer(self.server.mood, samples, len(self.server.requests))

    def answer(self, mood: str, samples: np.ndarray, nth: int) -> None:
        sounds = {
            "flac": ("audio/flac", lambda: file(samples, "FLAC")),
            "mp3": ("audio/mpeg", lambda: file(samples, "MP3")),
            "opus": ("audio/ogg", lambda: file(samples, "OGG", subtype="OPUS")),
            "stereo": ("audio/wav", lambda: file(np.stack([samples, samples], 1))),
            "streamed": ("audio/wav", lambda: piped(samples)),
            "pcm": ("audio/pcm", lambda: (samples * 32_768).astype("<i2").tobytes()),
            "odd pcm": ("audio/pcm", lambda: b"\0" * 12_001),
            "cut": ("audio/wav", lambda: file(samples)[:-2_000]),
            "rubbish": ("application/octet-stream", lambda: b"\x17" * 5_000),
            "empty": ("audio/wav", lambda: b""),
            "silence": ("audio/wav", lambda: file(0 * samples)),
            "page": ("text/html", lambda: b"<h1>Welcome</h1>"),
            "json": ("application/json; charset=utf-8", lambda: b'{"error": "no"}'),
        }
        if mood in sounds:
            kind, make = sounds[mood]
            self.give(200, kind, make())
        elif mood == "breaks" or (mood == "broken once" and nth == 1):
            self.give(200, "audio/wav", file(samples), promise=1_000_000)
        elif mood in ("chunks", "breaks a chunk"):
            self.chunks(file(samples), whole=mood == "chunks")
        elif mood == "hangs up":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif mood == "locked":
            self.give(401, "application/json", json.dumps({"error": f"bad key {KEY}"}).encode())
        elif mood == "lost":
            told = f"no voice\n for {KEY} \a here"
            self.give(404, "text/plain; charset=utf-8", told.encode())
        elif mood == "moved":
            self.give(302, "text/html", b"", Location="http://localhost:1/elsewhere")
        elif mood == "overloaded" or (mood == "busy" and nth < 3):
            self.give(503, "text/plain", b"come back later")
        elif mood in ("endless", "dripping"):
            self.endless(1 << 20 if mood == "endless" else 1, 0 if mood == "endless" else 0.3)
        elif mood == "asleep":
            self.server.awake.wait(20)
            self.close_connection = True
        else:
            self.give(200, "audio/wav", file(samples))

    def chunks(self, body: bytes, *, whole: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), 5_000):
            part = body[start : start + 5_000]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        if whole:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = not whole

    def endless(self, size: int, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while not self.server.awake.wait(pause):
                self.wfile.write(b"\0" * size)
        except OSError:
            self.server.log.append("the other side had enough")

    def give(self, status: int, kind: str, body: bytes, promise: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(promise or len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = promise is not None


class StubServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Stub)
        self.mood = ""
        self.models: object = MODELS
        self.requests: list[dict[str, object]] = []
        self.keys: list[str] = []
        self.log: list[str] = []
        self.awake = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        self.log.append("a connection broke")


def serving() -> Iterator[StubServer]:
    server = StubServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.awake.set()
    server.shutdown()
    thread.join()
    server.server_close()


stub = pytest.fixture(serving)
shared = pytest.fixture(serving, scope="class")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "BACKOFF", 0)


def voice(stub: StubServer, **settings: str | float) -> Voice:
    return Voice("vox", "http", {"url": stub.url, "model": "tts", "voice": "nova", **settings})


def speak(
    voice: Voice, text: str = "Seven boats were late.", *, delivery: str = "", pace: float = 1.0
) -> Audio:
    actor = speech.open_voice(voice)
    return speech.record(actor, speech.words(text, speech.Lexicon()), delivery=delivery, pace=pace, seed=0)


class TestContract(EngineContract):
    engine = speech.engine("http")

    @pytest.fixture(autouse=True)
    def _served(self, shared: StubServer) -> None:
        type(self).voice = voice(shared)


def test_what_is_asked(stub: StubServer) -> None:
    speak(voice(stub), "“Hold them—” he turned.", pace=1.25)
    assert stub.requests == [
        {
            "model": "tts",
            "voice": "nova",
            "input": "Hold them, he turned.",
            "response_format": "wav",
            "speed": 1.25,
        }
    ]
    speak(voice(stub, instructions="A tired old man.", format="flac"), delivery="whispering")
    assert stub.requests[1]["instructions"] == "A tired old man. whispering"
    assert stub.requests[1]["response_format"] == "flac"
    assert "speed" not in stub.requests[1]


@pytest.mark.parametrize("suffix", ["/", "/v1", "/v1/", "/v1/audio/speech"])
def test_an_address_may_say_more_or_less(stub: StubServer, suffix: str) -> None:
    assert speak(voice(stub, url=stub.url + suffix)).seconds > 1


@pytest.mark.parametrize(
    "mood", ["", "flac", "mp3", "opus", "stereo", "streamed", "chunks", "pcm", "busy", "broken once"]
)
def test_every_kind_of_sound_is_understood(stub: StubServer, mood: str) -> None:
    stub.mood = mood
    said = speak(voice(stub, format="pcm") if mood == "pcm" else voice(stub))
    wanted = tone("Seven boats were late.")
    assert said.seconds == pytest.approx(len(wanted) / RATE, abs=0.06)
    assert np.sqrt(np.mean(said.samples**2)) == pytest.approx(np.sqrt(np.mean(wanted**2)), rel=0.1)


def test_a_long_line_is_asked_for_in_parts(stub: StubServer) -> None:
    text = " ".join(
        f"In week {week} the water came up again, and nobody in the mill slept." for week in range(40)
    )
    speak(voice(stub), text)
    assert " ".join(str(request["input"]) for request in stub.requests) == reading.said(text)
    assert max(len(str(request["input"])) for request in stub.requests) <= 1_000


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        ("cut", "ends 2,000 bytes early"),
        ("rubbish", "nothing that can be decoded"),
        ("empty", "nothing that can be decoded"),
        ("silence", "returned silence"),
        ("page", "answered with text/html in place of sound"),
        ("json", "answered with application/json in place of sound"),
        ("breaks", "the connection broke off"),
        ("breaks a chunk", "the connection broke off"),
        ("hangs up", "the connection broke off"),
        ("locked", r"wants a key, or another one \(401\)"),
        ("lost", "answered 404: no voice for … here"),
        ("moved", "answered 302"),
        ("overloaded", "answered 503: come back later"),
    ],
)
def test_a_hostile_answer_is_one_sentence(
    stub: StubServer, monkeypatch: pytest.MonkeyPatch, mood: str, says: str
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    stub.mood = mood
    with pytest.raises(EngineError, match=says) as caught:
        speak(voice(stub, api_key_variable="MY_KEY"))
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.hint


def test_bare_samples_must_be_bare(stub: StubServer) -> None:
    for stub.mood in ("odd pcm", ""):
        with pytest.raises(EngineError, match="no bare 16-bit samples"):
            speak(voice(stub, format="pcm"))


def test_an_answer_without_end_is_cut(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "MOST", 3 << 20)
    stub.mood = "endless"
    with pytest.raises(EngineError, match="sends more than 3 MB"):
        speak(voice(stub))


def test_a_server_that_drips_is_given_up(stub: StubServer) -> None:
    stub.mood, began = "dripping", time.monotonic()
    with pytest.raises(EngineError, match="did not finish within 4 s"):
        speak(voice(stub, timeout=1))
    assert time.monotonic() - began < 8


def test_a_server_that_sleeps_is_given_up(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "RETRIES", 1)
    stub.mood = "asleep"
    with pytest.raises(EngineError, match="no answer in time"):
        speak(voice(stub, timeout=1))
    assert len(stub.requests) == 2


def test_the_key_is_sent_and_kept_nowhere(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    keyed = voice(stub, api_key_variable="MY_KEY", timeout=60)
    speak(keyed)
    assert stub.keys == [f"Bearer {KEY}"]
    facts = {**speech.voice_facts(keyed), **speech.heard_settings(keyed)}
    assert facts == {**speech.voice_facts(voice(stub)), **speech.heard_settings(voice(stub))}
    assert KEY not in repr((speech.open_voice(keyed), facts))


def test_its_fingerprint_is_what_the_server_says(stub: StubServer) -> None:
    def facts(**settings: str | float) -> Mapping[str, str]:
        return speech.voice_facts(voice(stub, **settings))

    assert json.loads(facts()["server"]) == {"id": "tts", "owned_by": "us", "root": "tts-large"}
    stub.models = {"data": [{"id": "tts", "root": "tts-small"}]}
    assert json.loads(facts()["server"])["root"] == "tts-small"
    assert facts(model="other")["server"] == "nothing"
    for stub.mood in ("wordless", "garbled list"):
        assert facts()["server"] == "nothing"
    for stub.models in ([], {"data": 7}, {"data": [None]}, "x"):
        stub.mood = ""
        assert facts()["server"] == "nothing"


def nowhere() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_no_server_is_told_before_anything_is_spoken(stub: StubServer) -> None:
    with pytest.raises(MissingError, match=r"no speech server answers at .*the connection was refused"):
        speech.voice_facts(voice(stub, url=nowhere()))
    assert speech.voice_facts(voice(stub, url=nowhere(), revision="november"))["server"] == "as revision says"
    with pytest.raises(EngineError, match="the connection was refused"):
        speak(voice(stub, url=nowhere()))


@pytest.mark.parametrize(
    ("settings", "kind", "says"),
    [
        ({"url": ""}, CastError, "names no url"),
        ({"model": ""}, CastError, "names no model"),
        ({"voice": ""}, CastError, "names no voice"),
        ({"url": "localhost:8880"}, CastError, "no address"),
        ({"url": "http://me:pw@host/"}, CastError, "holds a name, a password"),
        ({"url": "http://host/?key=7"}, CastError, "a query"),
        ({"format": "aac"}, CastError, "none of wav"),
        ({"timeout": 0.0}, CastError, "not a number from 1"),
        ({"rate": "fast"}, CastError, "not a number from 8000"),
        ({"model": 7.0}, CastError, "not text"),
        ({"api_key": KEY}, CastError, "no setting 'api_key'"),
        ({"api_key_variable": KEY}, CastError, "no name of an environment variable"),
        ({"api_key_variable": "NOT_SET_ANYWHERE"}, MissingError, "NOT_SET_ANYWHERE is not set"),
    ],
)
def test_a_mistake_is_one_sentence(
    stub: StubServer, settings: dict[str, str | float], kind: type[NarratorError], says: str
) -> None:
    for ask in (speech.voice_facts, speech.open_voice):
        with pytest.raises(kind, match=says) as caught:
            ask(voice(stub, **settings))
        assert KEY not in str(caught.value)
        assert "\n" not in str(caught.value)
    assert stub.requests == []


def test_a_missing_library_says_what_to_type(stub: StubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("narrator.speech.engines.http.find_spec", lambda name: None)
    with pytest.raises(MissingError, match=r"pip install 'narrator\[http\]'"):
        speech.open_voice(voice(stub))
