"""From words to hibari's phonemes: marks made plain, readings respected, long sentences cut at a breath."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from narrator.errors import EngineError
from narrator.speech.engine import Word
from narrator.speech.engines.tables import read_tagger

if TYPE_CHECKING:
    from hibari.g2p import G2P

LONGEST: Final = 220
"""Phonemes that the network sees at once (some 12 s). It takes more, but its memory grows with them."""

_DOUBLE_QUOTES: Final = re.compile(r"[“”„‟\"«»‹›]")
_SINGLE_QUOTES: Final = re.compile(r"(?<![^\W_])['‘’](?!(?i:cause)\b)|(?<=[.,!?…;:—–-])['’]|['’](?![^\W_])")
_DASHES: Final = re.compile(r"\s*(?:—|―|--+)\s*|\s+–\s+")
_DOTS: Final = re.compile(r"\s*(?:\.(?:\s?\.){2,}|…(?:\s?[….])*)")
_OPENING: Final = re.compile(r"^[\s—…,.;:-]+")
_BRACKETS: Final = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "_": " ", "*": " "})

SOUNDS: Final = {
    **dict.fromkeys(("sh", "shh", "shhh", "ssh"), "ʃːː"),
    **dict.fromkeys(("brr", "brrr"), "bɹːː"),
    **dict.fromkeys(("grr", "grrr"), "ɡɹːː"),
    "psst": "pˈɪst",
    "tsk": "tˈɪsk",
    "pfft": "pfː",
    "hmph": "hˈʌmf",
    "twas": "twˈʌz",
    "tis": "tˈɪz",
    "’em": "əm",
    "th’": "ðə",
    "o’": "ə",
}
"""Sounds and clipped words that hibari's front-end spells letter by letter or misreads."""

_SOUND: Final = re.compile(rf"(?<![^\W_])(?:{'|'.join(SOUNDS)})(?![^\W_]|’[^\W_])", re.IGNORECASE)

_IPA: Final = (
    *(("d͡ʒ", "ʤ"), ("dʒ", "ʤ"), ("t͡ʃ", "ʧ"), ("tʃ", "ʧ"), ("ts", "ʦ"), ("dz", "ʣ")),
    *(("eɪ", "A"), ("aɪ", "I"), ("oʊ", "O"), ("əʊ", "O"), ("aʊ", "W"), ("ɔɪ", "Y")),
    *(("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("r", "ɹ"), ("g", "ɡ"), ("ɫ", "l"), ("'", "ˈ"), (".", ""), ("͡", "")),
)
"""Common IPA, written the way hibari's model writes it: one letter a diphthong or an affricate."""

_RESPELLED: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_STRESSES: Final = re.compile("[ˈˌ]")

PRIVATE: Final = 0xE000
"""The first private-use letter of Unicode; there are 6,400, and no line has as many readings."""

STAND_IN: Final = re.compile("[\ue000-\uf8ff]")
_OWNED: Final = re.compile("([\ue000-\uf8ff])’?s(?![^\\W_])")


class Chunk(NamedTuple):
    """Phonemes to say at once, and whether a sentence ends with them (else it goes on after a breath)."""

    phonemes: str
    ends_sentence: bool


class Reader:
    """hibari's text front-end, once a process."""

    def __init__(self, assets: Path, alphabet: frozenset[str], *, british: bool = False) -> None:
        self._assets = assets
        self._british = british
        self._alphabet = alphabet

    def chunks(self, words: Sequence[Word]) -> tuple[Chunk, ...]:
        """The words as phonemes, none longer than LONGEST and no word lost.

        Raises EngineError for a reading with signs that hibari lacks, and for words that it cannot read.
        """
        from hibari import Hibari

        text = self.text(words)
        found: list[Chunk] = []
        for sentence in Hibari.split_sentences(text):
            parts = tuple(cut(self._g2p(sentence)))
            found += [Chunk(part, place == len(parts)) for place, part in enumerate(parts, 1)]
        said = tuple(chunk for chunk in found if any(sign.isalpha() for sign in chunk.phonemes))
        if not said:
            written = "".join(word.written for word in words)
            raise EngineError(
                f"the engine 'hibari' cannot read {written!r}", hint="Type {it|how it is said}."
            )
        return said

    def text(self, words: Sequence[Word]) -> str:
        """The words as hibari's text, readings as `[x](/phonemes/)`."""
        # A private-use letter stands in for each reading while the marks around it are made plain.
        readings: list[str] = []

        def stand_in(phonemes: str) -> str:
            readings.append(phonemes)
            return chr(PRIVATE + len(readings) - 1)

        def owned(match: re.Match[str]) -> str:
            phonemes = readings[ord(match.group(1)) - PRIVATE]
            return stand_in(phonemes + _ending(phonemes))

        text = ""
        for word in words:
            if word.phonemes is not None and self._can_say(word):
                text += stand_in(self._checked(word.phonemes))
            elif word.respelling is not None and _RESPELLED.fullmatch(word.respelling):
                text += stand_in(self._respelled(word.respelling))
            else:
                text += word.respelling or word.written
        text = _OWNED.sub(owned, text.replace("'", "’"))
        text = _SOUND.sub(lambda match: stand_in(SOUNDS[match.group().lower()]), text)
        return STAND_IN.sub(lambda match: f"[x](/{readings[ord(match.group()) - PRIVATE]}/)", plain(text))

    def _can_say(self, word: Word) -> bool:
        """Whether the phonemes are to be said: strange ones are not where the word has a respelling too."""
        return word.respelling is None or not self._strange(_own(word.phonemes or ""))

    def _strange(self, phonemes: str) -> list[str]:
        return sorted({sign for sign in phonemes if sign not in self._alphabet or sign in "()/"})

    def _checked(self, phonemes: str) -> str:
        phonemes = _own(phonemes)
        strange = self._strange(phonemes)
        if strange:
            raise EngineError(
                f"the engine 'hibari' has no sound for {' '.join(strange)} in /{phonemes}/",
                hint="Write the reading with English sounds.",
            )
        return phonemes

    def _respelled(self, respelling: str) -> str:
        """`VLAH-sof`: each syllable read alone, the stress on those in capitals."""
        syllables = respelling.split("-")
        read = [self._g2p(syllable.lower()) for syllable in syllables]
        if respelling.isupper() or not any(syllable.isupper() for syllable in syllables):
            return " ".join(read)
        stresses = ("ˈ" if syllable.isupper() else "" for syllable in syllables)
        return "".join(
            stress + _STRESSES.sub("", sound) for stress, sound in zip(stresses, read, strict=True)
        )

    @cached_property
    def _g2p(self) -> G2P:
        from hibari.g2p import G2P
        from hibari.g2p.lexicon import Lexicon
        from hibari.g2p.tagger import Tagger
        from hibari.g2p.tokenize import Tokenizer

        assets, british = self._assets, self._british

        class PackedG2P(G2P):  # type: ignore[misc]
            """hibari's own, but for how its tagger is held."""

            def __init__(self) -> None:
                exceptions = (assets / "tokenizer_exceptions.json").read_text(encoding="utf-8")
                english = "gb" if british else "us"
                names = (f"lexicon_{english}_{kind}.json.gz" for kind in ("gold", "silver"))
                lexicons = (json.loads(gzip.decompress((assets / name).read_bytes())) for name in names)
                self.lexicon = Lexicon(*lexicons, british)
                self.tokenizer = Tokenizer(json.loads(exceptions))
                self.tagger = Tagger(read_tagger(assets / "tagger.json.gz"))
                self._oov, self.unk, self.british = None, "", british

        return PackedG2P()


def plain(text: str) -> str:
    """Text without the marks that nobody hears: quotation marks go, dashes and dots become one kind."""
    text = _DOUBLE_QUOTES.sub("", text)
    text = _SINGLE_QUOTES.sub("", text)
    text = _DASHES.sub("—", text)
    text = _DOTS.sub("… ", text)
    return _OPENING.sub("", " ".join(text.translate(_BRACKETS).split()))


def cut(phonemes: str) -> Iterator[str]:
    """Phonemes in stretches of LONGEST at most: cut after a clause where there is one, else between words.

    Nothing but the white space at a cut is lost.
    """
    while len(phonemes) > LONGEST:
        breaths = (
            phonemes.rfind(mark, LONGEST // 3, LONGEST)
            for mark in (", ", "; ", ": ", "… ", "—", ".", "!", "?")
        )
        at = max(breaths) + 1 or phonemes.rfind(" ", 1, LONGEST + 1)
        at = at if at > 0 else LONGEST
        yield phonemes[:at].strip()
        phonemes = phonemes[at:].strip()
    if phonemes:
        yield phonemes


def _own(phonemes: str) -> str:
    for common, own in _IPA:
        phonemes = phonemes.replace(common, own)
    return phonemes


def _ending(phonemes: str) -> str:
    """The sound of a plural's or an owner's s after a word."""
    last = phonemes.rstrip("ː")[-1:]
    if last in "szʃʒʧʤʦʣ":
        return "ᵻz"
    return "s" if last in "ptkfθ" else "z"
