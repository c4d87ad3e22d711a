"""Keeping the store: what in it is used, what is damaged, and its takes carried to a colleague."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from narrator.build.holding import alone
from narrator.build.loading import Book, load
from narrator.build.plan import ENCODING_OF, plan
from narrator.build.recording import takes
from narrator.build.releases.covers import drawn_facts
from narrator.build.releases.releasing import last_released
from narrator.errors import NarratorError, ProductionError, RenderError
from narrator.production import Production
from narrator.store import Kind, Record, Store, digest, key
from narrator.whole import replacing

_ENCODINGS: Final = tuple(dict.fromkeys(ENCODING_OF.values()))

SUFFIXES: Final[dict[Kind, tuple[str, ...]]] = {
    "takes": (takes.SUFFIX,),
    "mixes": (),
    "chapters": tuple(f".{encoding}" for encoding in _ENCODINGS),
    "covers": (".jpg",),
    "proofs": (),
    "sounds": (".wav",),
    "voices": (),
    "parts": (".bin",),
}
"""What files an artefact may have beside its record."""

COLLECTED: Final[tuple[Kind, ...]] = ("takes", "mixes", "chapters", "covers", "proofs")
"""What grows with every edit. Measured voices, their files and decoded sounds are few, and stay."""


@dataclass(frozen=True, slots=True)
class Damage:
    """An artefact whose file is not what was put there. where: the first line that uses it, empty for none.
    remade: whether a render makes it again by itself."""

    kind: Kind
    key: str
    where: str
    remade: bool


def verify(production: Production) -> tuple[int, tuple[Damage, ...]]:
    """How many artefacts the store holds, and which are damaged: each is read and its checksum compared.

    Where the script itself cannot be read, damaged takes are named by their keys alone.
    """
    store = production.store
    used = _places(production)
    checked, damaged = 0, []
    for kind in SUFFIXES:
        for address in store.keys(kind):
            checked += 1
            suffixes = [s for s in SUFFIXES[kind] if store.path(kind, address, s).exists()]
            whole = all(store.sound(kind, address, s) for s in suffixes) and (suffixes or not SUFFIXES[kind])
            if not whole or not _readable(store, kind, address):
                where, chosen = used.get(address, ("", False))
                damaged.append(Damage(kind, address, where, not chosen))
    return checked, tuple(damaged)


def _readable(store: Store, kind: Kind, address: str) -> bool:
    """Whether the record can be read and is the one of this key; and the sound, of a take from before
    checksums were kept."""
    try:
        record = store.record(kind, address)
        if key(record.facts) != address:
            return False
        if kind == "takes" and "sha256" not in record.made:
            takes.read(store.path(kind, address, takes.SUFFIX))
    except RenderError:
        return False
    return True


def _places(production: Production) -> dict[str, tuple[str, bool]]:
    """Where each take is used first, and whether it was chosen."""
    found: dict[str, tuple[str, bool]] = {}
    try:
        plans = plan(load(production), ())
    except NarratorError:  # a mistake in the script is `narrator check`'s to tell
        return found
    for request in (request for p in plans for request in p.takes.values()):
        found.setdefault(request.key, (request.where, request.chosen))
    return found


@dataclass(frozen=True, slots=True)
class Collected:
    """What a collection took away, or would. files, bytes: of all of it; takes: how many of them were takes.
    kept: takes that stay."""

    files: int
    bytes: int
    takes: int
    kept: int


def collect(production: Production, *, dry: bool) -> Collected:
    """Take away what nothing uses any more: no line or choice of any cast, and no release that stands.

    Recordings made by people stay in any case: nothing could make them again. Of a shared store only the
    copies on this machine go. dry: only say what would go.
    Raises the script's first mistake: what is used cannot be known then; RenderError as `alone`.
    """
    store = production.store.local  # what others share is not this production's to take away
    with alone(production, "collecting what is unused in"):
        used = _used(production)
        gone: list[Path] = list(store.unfinished())
        lost = kept = 0
        for kind in COLLECTED:
            for address in store.keys(kind):
                if address in used[kind] or (kind == "takes" and _by_a_person(store, address)):
                    kept += kind == "takes"
                    continue
                lost += kind == "takes"
                gone += [store.path(kind, address, s) for s in (".json", *SUFFIXES[kind])]
        gone = [path for path in gone if path.exists()]
        size = sum(path.stat().st_size for path in gone)
        for path in () if dry else gone:
            path.unlink(missing_ok=True)
    return Collected(len(gone), size, lost, kept)


def _by_a_person(store: Store, address: str) -> bool:
    """Whether a take is a person's recording. One whose record cannot be read might be."""
    try:
        return "recording" in store.record("takes", address).facts
    except RenderError:
        return True


def _used(production: Production) -> dict[Kind, set[str]]:
    """The keys of all that the production's lines, choices and releases use, with every cast it has."""
    used: dict[Kind, set[str]] = {kind: set() for kind in COLLECTED}
    for version in production.casts():
        book = load(version)
        for chapter in plan(book, _ENCODINGS):
            used["takes"].update(request.key for request in chapter.takes.values())
            used["takes"].update(choice.key for choice in book.choices if choice.key)
            used["mixes"].add(key(chapter.mix))
            used["chapters"].update(address for address, _ in chapter.encodings.values())
        used["covers"].add(key(drawn_facts(book.sheet.title, book.sheet.author)))
        _add_released(version, used)
    store = production.store.local
    for address in store.keys("proofs"):
        if (
            store.has("proofs", address)
            and store.record("proofs", address).facts["chapter"] in used["chapters"]
        ):
            used["proofs"].add(address)
    return used


def _add_released(production: Production, used: dict[Kind, set[str]]) -> None:
    for address in (a for keys in last_released(production).values() for a in keys.values()):
        used["chapters"].add(address)
        if production.store.has("chapters", address):
            record = production.store.record("chapters", address)
            used["mixes"].add(str(record.facts["mix"]))
            used["takes"].update(line[3] for line in record.made["lines"])


@dataclass(frozen=True, slots=True)
class Carried:
    """Takes that went into or came out of a file. there: those that the store had already."""

    takes: int
    there: int
    bytes: int


def export(book: Book, path: Path) -> Carried:
    """Write every take that the script uses, and every chosen one, into a tar file at `path`, whole or not
    at all. Takes that are not recorded yet are left out. Raises RenderError, also for a damaged take."""
    store = book.production.store
    wanted = {request.key for p in plan(book, ()) for request in p.takes.values()}
    wanted |= {choice.key for choice in book.choices if choice.key}
    there = sorted(k for k in wanted if store.has("takes", k, takes.SUFFIX))
    with replacing(path) as part, tarfile.open(part, "w", format=tarfile.PAX_FORMAT) as archive:
        for address in there:
            if not store.sound("takes", address, takes.SUFFIX):
                raise RenderError(
                    "a take in the store is damaged.",
                    where=str(store.path("takes", address, takes.SUFFIX)),
                    hint="Type `narrator store verify`.",
                )
            sound = store.path("takes", address, takes.SUFFIX).read_bytes()
            record = store.record("takes", address)
            made = {**record.made, "sha256": digest(sound)}  # older records have none
            for suffix, data in ((".json", Record(record.facts, made).encoded()), (takes.SUFFIX, sound)):
                entry = tarfile.TarInfo(f"takes/{address}{suffix}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    return Carried(len(there), 0, path.stat().st_size)


_LARGEST: Final[dict[str, int]] = {".json": 1 << 20, takes.SUFFIX: 1 << 28}
"""Bytes of a record and of a take above which a file is not what `export` wrote: hours of speech."""


def bring(production: Production, path: Path) -> Carried:
    """Put the takes of an exported file into the store; those that are there already stay.

    Every take must be what its name and its checksum say. Raises ProductionError where the file is not such
    an export: what came before the fault is kept, since it was sound.
    """
    came = there = size = 0
    try:
        with alone(production, "importing takes into"), tarfile.open(path, "r:") as archive:
            for address, record, sound in _pairs(archive, path):
                size += len(record) + len(sound)
                if production.store.sound("takes", address, takes.SUFFIX):
                    there += 1
                    continue
                with production.store.adding("takes", address, takes.SUFFIX) as part:
                    part.write_bytes(sound)
                value = json.loads(record)
                production.store.finish("takes", address, Record(value["facts"], value["made"]))
                came += 1
    except (tarfile.TarError, EOFError) as error:
        raise _no_export(path, "it is no tar file, or is cut short") from error
    except FileNotFoundError as error:
        raise ProductionError("there is no such file.", where=str(path)) from error
    except OSError as error:
        raise ProductionError(f"cannot be read ({error.strerror or error}).", where=str(path)) from error
    return Carried(came, there, size)


def _pairs(archive: tarfile.TarFile, path: Path) -> Iterator[tuple[str, bytes, bytes]]:
    """A take's key, record and sound, one after the other, each checked."""
    members = iter(archive)
    for first in members:
        record_file = _content(archive, first, ".json", path)
        second = next(members, None)
        if second is None or second.name != first.name.removesuffix(".json") + takes.SUFFIX:
            raise _no_export(path, f"{first.name} stands without its sound")
        sound = _content(archive, second, takes.SUFFIX, path)
        address = first.name.removeprefix("takes/").removesuffix(".json")
        try:
            value = json.loads(record_file)
            named, same = key(value["facts"]) == address, value["made"]["sha256"] == digest(sound)
            complete = {"measure", "seconds"} <= set(value["made"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise _no_export(path, f"{first.name} is no record of a take") from error
        if not (named and same and complete and sound[:4] == b"RIFF"):
            raise _no_export(path, f"{first.name} is not what it says it is")
        yield address, record_file, sound


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, suffix: str, path: Path) -> bytes:
    name = member.name
    stem = name.removeprefix("takes/").removesuffix(suffix)
    plain = len(stem) == 64 and set(stem) <= set("0123456789abcdef") and name == f"takes/{stem}{suffix}"
    file: IO[bytes] | None = archive.extractfile(member) if member.isreg() and plain else None
    if file is None or member.size > _LARGEST[suffix]:
        raise _no_export(path, f"“{name[:80]!r}” does not belong there")
    return file.read()


def _no_export(path: Path, why: str) -> ProductionError:
    return ProductionError(
        f"this is not what `narrator store export` writes: {why}.", where=str(path), hint="Ask for it again."
    )
