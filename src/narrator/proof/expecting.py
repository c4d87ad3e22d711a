"""Words that are expected and not there: the script laid under the sound, word by word.

A transcriber that may choose writes a word that the sentence needs, whether it hears it or not. Asked how
likely the script is with the word, and how likely without it, it tells the two apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from narrator.audio import RATE
from narrator.proof import ear
from narrator.proof.findings import Finding
from narrator.proof.lengths import usually
from narrator.proof.spelling import letters, plain
from narrator.proof.words import alike_in_length, otherwise

if TYPE_CHECKING:
    from narrator.audio import Samples
    from narrator.proof.ear import HeardWord
    from narrator.proof.layout import Spoken

DOUBTED: Final = -1.5
"""The logarithm of how likely a word is, or the next one, under which it is looked at (natural; 1 in 4.5)."""

WITHOUT: Final = 1.0
"""By how much the line must be likelier without a word for it to be missing (natural logarithms): of 655
sound lines of two books the highest is -0.1 (“cairn”, which the model does not know) and the next -1.7; four
of five words that were cut out are over it."""

SHORT, IF_SHORT = 0.78, -4.0
"""How many times as long as its voice takes a line may last and count as short, and the bar for it then: one
sound line in a hundred is that short, and one in sixty over that bar."""

CONTENT: Final = 4
"""Letters from which on a word counts: shorter ones are slurred by good readers."""

LONGEST: Final = 28 * RATE
"""Samples of sound that are looked at at once."""

_MARKS: Final = str.maketrans(
    {"“": "", "”": "", '"': "", "’": "'", "‘": "'", "—": " ", "–": " ", "…": "...", ":": ",", ";": ","}
)
"""Marks as a transcriber writes them: no quotation marks, and a comma where a voice cannot tell a colon."""


_BEHIND: Final = ".,!?"
_TITLE: Final = 4
_OWN: Final = ("I", "I'")
"""What a sentence writes large too."""


def doubtful(
    samples: Samples, run: Sequence[Spoken], heard: Sequence[HeardWord]
) -> Mapping[int, tuple[int, ...]]:
    """By line, the places of its words that may be missing. run: lines that follow one another. heard: what
    was heard of them; a word that was heard as another is not missing."""
    texts = [_expected(line) for line in run]
    if run[-1].end - run[0].start > LONGEST or not any(texts):
        return {}
    (likely,) = ear.weigh(samples, run[0].start, run[-1].end, [[word for text in texts for word in text]])
    said = otherwise(run, heard)
    found: dict[int, tuple[int, ...]] = {}
    at = 0
    for line, text in zip(run, texts, strict=True):
        own = likely[at : at + len(text)]
        at += len(text)
        places = [
            place
            for place in range(len(text) - 1)
            if letters(text[place]) >= CONTENT
            and min(own[place : place + 2], default=0.0) < DOUBTED
            and (line.line, plain(text[place])) not in said
        ]
        if places:
            found[line.line] = tuple(places)
    return found


def unsaid(
    samples: Samples, line: Spoken, places: Sequence[int], pace: Mapping[str, tuple[float, float]]
) -> Iterator[Finding]:
    """Of the words at these places, the one without which the line is likelier. pace: see `paces`."""
    text = _expected(line)
    others = [_without(text, place) for place in places]
    whole, *without = (sum(each) for each in ear.weigh(samples, line.start, line.end, [text, *others]))
    gain, place = max((each - whole, place) for each, place in zip(without, places, strict=True))
    usual = usually(line, pace)
    short = usual is not None and (line.end - line.start) / RATE < SHORT * usual
    if gain > (IF_SHORT if short else WITHOUT):
        yield Finding(
            "word-missing",
            line.line,
            line.start / RATE,
            line.end / RATE,
            f"“{text[place].strip('.,;:!?')}” is not heard",
            "Listen to it; order a retake of this line.",
        )


def _without(text: Sequence[str], place: int) -> list[str]:
    """The text without a word. The mark behind it stays, and so does a capital: what is asked is whether the
    word was said, not how the sentence is written."""
    before, after = list(text[:place]), list(text[place + 1 :])
    word = text[place].rstrip(_BEHIND)
    mark = text[place][len(word) :]
    if before and mark:
        last = before[-1].rstrip(_BEHIND)
        before[-1] = last + max(mark, before[-1][len(last) :], key=len)
    if not before and after:
        after[0] = after[0][:1].upper() + after[0][1:]
    return before + after


def fits(samples: Samples, line: Spoken, heard: Sequence[str]) -> bool:
    """Whether the script, laid under the sound, explains what was heard in a line but for one strange word.

    A transcriber writes a name that it does not know as words that it does (“Glass off” for Vlasov). Then
    that name alone is unlikely where it stands, and what follows is where the script has it. Where a word was
    added, the words beside it are heard as they are, or more is heard than the name is long.
    """
    text = _expected(line)
    if line.end - line.start > LONGEST or not text:
        return False
    (likely,) = ear.weigh(samples, line.start, line.end, [text])
    said, ears = ([plain(word) for word in each] for each in (text, heard))
    changes = SequenceMatcher(a=said, b=ears, autojunk=False).get_opcodes()
    other = [(start, end, "".join(ears[i:j])) for change, start, end, i, j in changes if change != "equal"]
    strange = [place for place, each in enumerate(likely) if each < DOUBTED]
    if len(strange) != 1 or any(start == end for start, end, _ in other):
        return False
    return any(
        start <= strange[0] < end and alike_in_length("".join(said[start:end]), instead)
        for start, end, instead in other
    )


def _expected(line: Spoken) -> list[str]:
    """The words of a line as a transcriber would write them: a title is said as a sentence is."""
    text = [word for word in line.text.translate(_MARKS).split() if letters(word)]
    capitals = sum(word[0].isupper() for word in text)
    if len(text) < _TITLE or capitals <= len(text) / 2:
        return text
    return [text[0], *(word if word[:2] in _OWN else word.lower() for word in text[1:])]
