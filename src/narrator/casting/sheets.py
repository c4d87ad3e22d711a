"""A voice's sheet: the TOML of a file in voices/, already parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final, cast, get_args

from narrator.book import Age, Gender, Variant, Voice
from narrator.errors import SheetError

FORMAT: Final = 1
"""The newest format of voice sheets that this version reads."""

PACES: Final = (0.5, 2.0)
"""Slower and faster than half and double is no longer speech."""

LEVELS: Final = (-24.0, 24.0)
"""dB; more is a voice that is not levelled at all."""

PATIENCES: Final = (0.1, 3_600.0)
"""Seconds; an hour is more than any line needs."""

CORES: Final = (0.1, 1_024.0)
GPUS: Final = (0.0, 64.0)
"""What a worker may hold of a cluster's node; a GPU can be shared by several."""

_TEXTS: Final = ("description", "language", "accent", "licence", "source", "consent")
_NUMBERS: Final = ("pace", "level", "patience", "cores", "gpus")
_KEYS: Final = ("format", "engine", "gender", "age", "listen", "settings", "delivery", *_NUMBERS, *_TEXTS)
_VARIANT: Final = ("pace", "level", "settings")


def voice_from_sheet(name: str, sheet: Mapping[str, object]) -> Voice:
    """The voice that a sheet describes.

    `settings` are checked by the engine. Raises SheetError, with `name` as its place, for a key that is
    unknown, missing or of the wrong kind, and for a format newer than FORMAT.
    """
    _refuse_unknown(name, "a voice", sheet, _KEYS)
    _check_format(name, sheet)
    texts = {key: _text(name, sheet, key) for key in _TEXTS}
    engine = _text(name, sheet, "engine")
    if not engine:
        raise SheetError("the voice names no engine", where=name, hint='Add engine = "hibari".')
    return Voice(
        name=name,
        engine=engine,
        settings=_settings(name, sheet.get("settings", {})),
        pace=_number(name, "pace", sheet.get("pace", 1.0), PACES),
        level=_number(name, "level", sheet.get("level", 0.0), LEVELS),
        listen=_listen(name, sheet.get("listen")),
        patience=_number(name, "patience", sheet.get("patience", 60.0), PATIENCES),
        gender=cast("Gender | None", _choice(name, "gender", sheet.get("gender"), get_args(Gender))),
        age=cast("Age | None", _choice(name, "age", sheet.get("age"), get_args(Age))),
        language=texts["language"] or "en",
        description=texts["description"],
        licence=texts["licence"],
        accent=texts["accent"],
        source=texts["source"],
        consent=texts["consent"],
        deliveries=_deliveries(name, sheet.get("delivery", {})),
        cores=_number(name, "cores", sheet["cores"], CORES) if "cores" in sheet else None,
        gpus=_number(name, "gpus", sheet["gpus"], GPUS) if "gpus" in sheet else None,
    )


def _refuse_unknown(name: str, what: str, table: Mapping[str, object], known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            close = get_close_matches(key, known, 1)
            hint = f"Did you mean {close[0]}?" if close else f"It takes {', '.join(known)}."
            raise SheetError(f"{what} has no key {key!r}", where=name, hint=hint)


def _deliveries(name: str, tables: object) -> Mapping[str, Variant]:
    if not isinstance(tables, Mapping) or not all(isinstance(table, Mapping) for table in tables.values()):
        raise SheetError(
            "delivery is not a table of tables",
            where=name,
            hint="Write [delivery.whispering] above its keys.",
        )
    variants: dict[str, Variant] = {}
    for words, table in tables.items():
        if not any(map(str.isalnum, words)):
            raise SheetError("a delivery has no words", where=name, hint="Write [delivery.whispering].")
        _refuse_unknown(name, f"the delivery {words!r}", table, _VARIANT)
        if not table:
            raise SheetError(f"the delivery {words!r} changes nothing", where=name, hint="Add pace = 0.9.")
        pace, level = table.get("pace"), table.get("level")
        variants[words] = Variant(
            pace=None if pace is None else _number(name, f"{words}.pace", pace, PACES),
            level=None if level is None else _number(name, f"{words}.level", level, LEVELS),
            settings=_settings(name, table.get("settings", {})),
        )
    return variants


def _check_format(name: str, sheet: Mapping[str, object]) -> None:
    number = sheet.get("format")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise SheetError("the sheet does not say its format", where=name, hint=f"Add format = {FORMAT}.")
    if number > FORMAT:
        raise SheetError(
            f"format {number} is newer than this narrator reads", where=name, hint="Update narrator."
        )


def _text(name: str, sheet: Mapping[str, object], key: str) -> str:
    value = sheet.get(key, "")
    if not isinstance(value, str):
        raise SheetError(f"{key} = {value!r} is not text", where=name, hint=f'Write {key} = "…".')
    return value


def _number(name: str, key: str, value: object, limits: tuple[float, float]) -> float:
    low, high = limits
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SheetError(f"{key} = {value!r} is not a number from {low:g} to {high:g}", where=name)
    return float(value)


def _listen(name: str, value: object) -> bool | str | None:
    if value is None or isinstance(value, bool | str):
        return value
    raise SheetError(f"listen = {value!r} is neither true nor false", where=name, hint="Write listen = true.")


def _choice(name: str, key: str, value: object, choices: tuple[str, ...]) -> str | None:
    if value is None or (isinstance(value, str) and value in choices):
        return value
    raise SheetError(f"{key} = {value!r} is none of {', '.join(choices)}", where=name)


def _settings(name: str, value: object) -> Mapping[str, str | float]:
    if not isinstance(value, Mapping):
        raise SheetError("settings is not a table", where=name, hint="Write them under [settings].")
    settings: dict[str, str | float] = {}
    for key, setting in value.items():
        if isinstance(setting, bool) or not isinstance(setting, str | int | float):
            raise SheetError(f"the setting {key} = {setting!r} is neither number nor text", where=name)
        settings[str(key)] = setting if isinstance(setting, str) else float(setting)
    return settings
