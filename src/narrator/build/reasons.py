"""Why something is stale: the facts of what was made last, held against those of what is wanted now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from narrator.build.plan import ChapterPlan, Encoding, TakeRequest
from narrator.errors import RenderError
from narrator.report import count
from narrator.store import Facts, Kind, Record, Store

_ROOMS = {"take": "speech", "mix": "mixing", "chapter": "mastering"}
"""Whose revision number stands in which facts."""


@dataclass(frozen=True, slots=True)
class _Last:
    """A chapter as it was last made, as far as the store still knows: its record, the facts of its mix."""

    record: Record
    mix: Facts | None


def reasons(plan: ChapterPlan, last: Mapping[Encoding, str], store: Store) -> tuple[str, ...]:
    """Why the chapter is not what was last released, the most telling first: `line 41: text`,
    `12 lines: lexicon Vlasov`, `[bed gusts]`. last: the keys of what was, by encoding."""
    known = _last(plan, last, store)
    if known is None:
        return ("never rendered",)
    found = [*_take_reasons(plan, known, store), *_mix_reasons(plan, known), *_encoding_reasons(plan, known)]
    if not found:
        found = [f"{encoding}: not encoded yet" for encoding in plan.encodings if encoding not in last]
    return tuple(found) or ("what was made of it is no longer in the store",)


def _last(plan: ChapterPlan, last: Mapping[Encoding, str], store: Store) -> _Last | None:
    for encoding in (*plan.encodings, *last):
        if encoding in last and store.has("chapters", last[encoding]):
            record = _record(store, "chapters", last[encoding])
            if record:
                mix = _record(store, "mixes", str(record.facts["mix"]))
                return _Last(record, mix.facts if mix else None)
    return None


def _record(store: Store, kind: Kind, key: str) -> Record | None:
    """A record, or None where it is gone or damaged: a reason is then missing, nothing else."""
    try:
        return store.record(kind, key)
    except RenderError:
        return None


def _take_reasons(plan: ChapterPlan, known: _Last, store: Store) -> Iterator[str]:
    was = known.record.made["lines"]
    requests = list(plan.takes.items())
    now = [request.key for _, request in requests]
    lines: dict[str, list[int]] = {}
    gone = new = 0
    matcher = SequenceMatcher(None, [line[3] for line in was], now, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            continue
        pairs = min(i2 - i1, j2 - j1)
        for old, (number, request) in zip(was[i1 : i1 + pairs], requests[j1 : j1 + pairs], strict=True):
            lines.setdefault(_difference(old[3], request, store), []).append(number)
        new += j2 - j1 - pairs
        gone += i2 - i1 - pairs
    for difference, numbers in sorted(lines.items(), key=lambda item: (len(item[1]), item[1])):
        which = f"line {numbers[0]}" if len(numbers) == 1 else count(len(numbers), "line")
        yield f"{which}: {difference}"
    if new:
        yield f"{count(new, 'line')} more"
    if gone:
        yield f"{count(gone, 'line')} fewer"


def _difference(old: str, request: TakeRequest, store: Store) -> str:
    """What makes a line's take another than the old one, in a few words."""
    record = _record(store, "takes", old)
    if not request.facts:
        return "a recording was chosen"
    if record is None or "words" not in record.facts:
        return "another take"
    was, now = record.facts, request.facts
    if _written(was) != _written(now):
        return "text"
    if was["take"] != now["take"]:
        return f"take {now['take']} was chosen"
    differing = [
        *_readings(was["words"], now["words"]),
        *(["delivery"] if was["delivery"] != now["delivery"] else []),
        *(f"voice {request.voice.name}: {name}" for name in _voice_facts(was, now)),
        *_revisions(was, now),
    ]
    return ", ".join(differing) or "another take"


def _written(facts: Facts) -> str:
    return "".join(word[0] for word in facts["words"])


def _readings(was: Sequence[Any], now: Sequence[Any]) -> Iterator[str]:
    """The words that are said otherwise than before."""
    old = Counter(tuple(w) for w in was if w[1] or w[2])
    new = Counter(tuple(w) for w in now if w[1] or w[2])
    for word in dict.fromkeys(w[0] for w in [*(new - old), *(old - new)]):
        yield f"lexicon {word}"


def _voice_facts(was: Facts, now: Facts) -> Iterator[str]:
    for group in ("engine", "settings"):
        names = [n for n in {**was[group], **now[group]} if was[group].get(n) != now[group].get(n)]
        yield from (f"engine {name}" if group == "engine" else name for name in sorted(names))
    if was["pace"] != now["pace"]:
        yield "pace"


def _mix_reasons(plan: ChapterPlan, known: _Last) -> Iterator[str]:
    if known.mix is None:
        return
    was, now = known.mix, plan.mix
    yield from _event_reasons(was["events"], now["events"])
    for name in sorted({*was, *now} - {"events", "revision", "kind"}):
        if was.get(name) != now.get(name):
            yield from _named_difference(name, was.get(name), now.get(name))
    yield from _revisions(was, now)


def _event_reasons(was: Sequence[Any], now: Sequence[Any]) -> Iterator[str]:
    """Cues and breaks that came or went, and lines that lie otherwise; takes are told of elsewhere."""
    old, new = ([json.dumps(_without_take(e), ensure_ascii=False) for e in events] for events in (was, now))
    moved = Counter[str]()
    for what, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            moved.update(_event(json.loads(e)) for e in (*old[i1:i2], *new[j1:j2]))
    for name, times in moved.items():
        if name:
            yield name if times == 1 else f"{name} ({times})"


def _without_take(event: Sequence[Any]) -> Sequence[Any]:
    """An event by what the mix makes of it; a line's words and take have their own reasons."""
    return [event[0], *event[3:]] if event[0] == "line" else event[:1] if event[0] == "heading" else event


def _event(event: Sequence[Any]) -> str:
    match event:
        case ["cue", *words]:
            said = ("=".join(map(str, word)) if isinstance(word, list) else str(word) for word in words)
            return f"[{' '.join(said)}]"
        case ["paragraph" | "scene", *_]:
            return f"{event[0]} break"
    return ""


def _encoding_reasons(plan: ChapterPlan, known: _Last) -> Iterator[str]:
    was = known.record.facts
    for encoding, (_, now) in plan.encodings.items():
        if now["encoder"].get("encoder") == was["encoder"].get("encoder"):
            yield from _named_difference("spec", was["spec"], now["spec"])
            yield from _named_difference(f"{encoding} encoder", was["encoder"], now["encoder"])
            yield from _revisions(was, now)
            return


def _named_difference(name: str, was: object, now: object) -> Iterator[str]:
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for part in sorted({*was, *now}):
            if was.get(part) != now.get(part):
                yield f"{name}: {part}"
    elif was != now:
        yield f"{name}"


def _revisions(was: Facts, now: Facts) -> Iterator[str]:
    if was["revision"] != now["revision"]:
        yield f"{_ROOMS[now['kind']]}'s revision {was['revision']} became {now['revision']}"
