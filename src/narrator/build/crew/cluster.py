"""A Ray cluster, joined or started: what `--on ray` means."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from types import ModuleType
from typing import Any, Final

from narrator.build.crew.hands import Hands
from narrator.build.crew.nodes import Head
from narrator.errors import MissingError, RenderError

_KNOCK: Final = 10.0
"""Seconds in which a cluster must answer a knock."""

_CLIENTS: Final = ":10001"
"""How an address ends that is Ray's client server's, which Ray's own addresses name by a scheme."""

_OBJECTS: Final = 128 * 1024 * 1024
"""Bytes of shared memory of a cluster that is started here: what is said over it is small."""


@contextmanager
def cluster(address: str, size: int) -> Iterator[Hands]:
    """Workers of the cluster at `address`; empty for one of `size` cores that is started here and ends with
    the block. It listens on the loopback alone, has no dashboard and reports to nobody.

    Raises MissingError without Ray, RenderError where the cluster does not answer.
    """
    ray = _ray(address)
    already = ray.is_initialized()
    with redirect_stdout(sys.stderr):  # Ray tells of dead workers on stdout, which is for results
        if not already:
            _connect(ray, address, size)
        hands = Hands(
            ray, Head(f"ray://{address}" if address else "ray", partial(_knock, _door(ray, address)))
        )
        try:
            yield hands
        finally:
            hands.stop()
            if not already:
                ray.shutdown()


def _ray(address: str) -> ModuleType:
    # Whoever wants Ray's usage statistics sent may say so himself.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not address:
        # Without this Ray takes the machine's own address for the loopback's, and its servers hear everybody.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import ray
    except ImportError as error:
        raise MissingError(
            "Ray is not installed.", where="--on ray", hint="Type `pip install 'narrator[ray]'`."
        ) from error
    module: ModuleType = ray
    return module


def _knock(address: str) -> None:
    """Raise OSError where nothing listens at HOST:PORT, ValueError where that is no address."""
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK):
        pass


def _door(ray: ModuleType, address: str) -> str:
    """HOST:PORT at which the head node is asked whatever is asked."""
    return address if address.endswith(_CLIENTS) else str(ray.get_runtime_context().gcs_address)


def _connect(ray: ModuleType, address: str, size: int) -> None:
    """Join the cluster."""
    options: dict[str, Any] = {"namespace": "narrator", "log_to_driver": False, "configure_logging": False}
    if address.endswith(_CLIENTS):
        options["address"] = f"ray://{address}"
    elif address:
        options["address"] = address
    else:
        # "local": without it Ray would join whatever cluster it last heard of on this machine.
        options |= {"address": "local", "num_cpus": size, "include_dashboard": False}
        options["object_store_memory"] = _OBJECTS
        options["_node_ip_address"] = "127.0.0.1"
    try:
        if address not in ("", "auto"):
            _knock(address)  # Ray itself would try for minutes, and then end the process
        ray.init(**options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        why = str(error).strip().splitlines() or [type(error).__name__]
        raise RenderError(
            f"this Ray cluster does not answer ({why[0]}).",
            where=f"ray://{address}" if address else "ray",
            hint="On one of its nodes type --on ray://auto; else ray://HOST:10001, its client server.",
        ) from error
