"""Why files of a release are stale though no chapter is: a tag, the cover, the order, a file that is gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from narrator.build.releases.binding import File
from narrator.build.releases.ledger import Ledger, stamp
from narrator.release import Tags
from narrator.report import count


def release_reasons(files: Sequence[File], before: Ledger, unmade: Collection[str]) -> tuple[str, ...]:
    """What makes these files others than those of the last release, in a few words: `cover`, `title`,
    `chapter order`, `The Book.m4b is missing`. Facts come before files, each once.

    unmade: the encoded files of chapters that are stale themselves, with reasons of their own. Empty where
    nothing was released yet.
    """
    if not before.files:
        return ()
    facts: list[str] = []
    places: list[str] = []
    for file in files:
        places += _of_the_file(file, before)
        known = _last(file, before)
        if known is not None:
            facts += _of_what_it_is_made_of(known, _plain(file.facts), unmade)
        elif file.path not in before.files and _sound(file.facts) not in unmade:
            places.append(f"{file.path.name} was never released")
    if not {"title", "author"}.isdisjoint(facts):
        facts = [fact for fact in facts if fact != "credits"]  # they begin with both
    return tuple(dict.fromkeys((*facts, *places)))


def _of_the_file(file: File, before: Ledger) -> Iterator[str]:
    if file.path in before.files:
        now, (_, left) = stamp(file.path), before.files[file.path]
        if not now:
            yield f"{file.path.name} is missing"
        elif now != left:
            yield f"{file.path.name} is not as it was left"


def _last(file: File, before: Ledger) -> Mapping[str, Any] | None:
    """What the file was made of, or another that it takes the place of: under another title it has another
    name."""
    if file.path in before.facts:
        return before.facts[file.path]
    alike = [
        facts
        for path, facts in before.facts.items()
        if path.parent == file.path.parent and facts["kind"] == file.facts["kind"]
    ]
    if sound := _sound(file.facts):
        alike = [facts for facts in alike if _sound(facts) == sound]
    return alike[0] if alike else None


def _sound(facts: Mapping[str, Any]) -> str:
    """The encoded chapter that a file of one chapter is made of; empty for other files."""
    match _plain(facts):
        case {"kind": "single", "made_of": [_, _, [str(sound), _]]}:
            return sound
        case {"made_of": [[str(sound), str()]]}:
            return sound
    return ""


def _of_what_it_is_made_of(
    was: Mapping[str, Any], now: Mapping[str, Any], unmade: Collection[str]
) -> Iterator[str]:
    if was.get("text") != now.get("text"):
        yield "credits"
    for name, old, new in zip(Tags.__slots__, was.get("tags", ()), now.get("tags", ()), strict=False):
        if old != new:
            yield name
    if was.get("cover") != now.get("cover"):
        yield "cover"
    if was.get("revision") != now.get("revision"):
        yield f"release's revision {was['revision']} became {now['revision']}"
    match was.get("made_of"), now.get("made_of"):
        case [int(number), int(total), [sound, title]], [int(number_now), int(total_now), [sound_now, name]]:
            yield from _more(total, total_now)
            if sound == sound_now:
                yield from _chapters([(sound, title)], [(sound, name)], unmade)
                if (number, total) != (number_now, total_now) and total == total_now:
                    yield "chapter order"
        case [[str(), str()], *_] as old, [[str(), str()], *_] as new:
            yield from _chapters(old, new, unmade)


def _chapters(
    was: Sequence[tuple[str, str]], now: Sequence[tuple[str, str]], unmade: Collection[str]
) -> Iterator[str]:
    """Chapters that came, went, were moved, were given another title, or were made since."""
    old, new = dict(was), dict(now)
    yield from _more(len(was), len(now))
    if [sound for sound, _ in was if sound in new] != [sound for sound, _ in now if sound in old]:
        yield "chapter order"
    for sound, title in new.items():
        if sound in old and old[sound] != title:
            yield f"chapter title “{title}”"
        elif sound not in old and sound not in unmade and len(was) == len(now):
            yield f"“{title}” was made since"


def _more(was: int, now: int) -> Iterator[str]:
    if was != now:
        yield f"{count(abs(now - was), 'chapter')} {'more' if now > was else 'fewer'}"


def _plain(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Facts as JSON gives them back: lists, no tuples."""
    value: Mapping[str, Any] = json.loads(json.dumps(facts))
    return value
