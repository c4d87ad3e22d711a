"""torchaudio beside a torch without CUDA.

PyPI's Linux wheel of torchaudio carries libraries linked against CUDA and loads them on import whenever they
are there; beside a CPU torch that fails. Coqui needs only torchaudio's Python parts, and torchaudio runs
without the libraries where they are absent: so, and only where the plain import fails, its loader is replaced
by one that finds none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

_LOADER = "torchaudio._extension"


def import_torchaudio() -> None:
    """Import torchaudio, without its libraries where they cannot be loaded. Raises ImportError without it."""
    try:
        import_module("torchaudio")
    except OSError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        sys.modules[_LOADER] = _without_libraries()
        import_module("torchaudio")


def _without_libraries() -> ModuleType:
    module: Any = ModuleType(_LOADER)
    module._IS_TORCHAUDIO_EXT_AVAILABLE = False
    module._IS_ALIGN_AVAILABLE = False
    module._check_cuda_version = lambda: None
    module.fail_if_no_align = _absent
    found: ModuleType = module
    return found


def _absent(function: Callable[..., Any]) -> Callable[..., Any]:
    def missing(*_: object, **__: object) -> None:
        raise RuntimeError(f"torchaudio's libraries are not loaded: {function.__name__} needs them")

    return missing
