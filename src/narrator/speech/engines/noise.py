"""The random numbers inside an ONNX model, made an input: the runtime's own cannot be seeded a take."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from narrator.audio import Samples

NAME: Final = "narrator_noise"
"""The input that a model is given."""

LENGTH: Final = 1 << 20
"""Numbers before they repeat: at the 192 a frame of a VITS model that is 63 s of speech."""


@lru_cache(maxsize=4)
def noise_of(seed: int) -> Samples:
    """LENGTH normally distributed numbers, the same for the same seed."""
    import numpy as np

    return np.random.default_rng(seed).standard_normal(LENGTH, np.float32)


def with_noise_as_input(path: Path) -> bytes:
    """The model with every RandomNormalLike replaced by numbers from the input NAME, in their order.

    A model without any comes back as it was, without that input. Raises ValueError for what is no model.
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import TensorProto, helper

    try:
        model = onnx.load(str(path))
    except DecodeError as error:
        raise ValueError("it is no ONNX model") from error
    graph = model.graph
    nodes: list[Any] = []
    places = 0
    for node in graph.node:
        if node.op_type == "RandomNormalLike":
            nodes += _taken(node.input[0], node.output[0], places)
            places += 1
        else:
            nodes.append(node)
    if not places:
        return path.read_bytes()
    del graph.node[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info(NAME, TensorProto.FLOAT, [LENGTH]))
    # Each place starts elsewhere: the rhythm's noise and the sound's are not to be the same numbers.
    numbers = {"one": 1, "length": LENGTH, **{f"start{k}": k * (LENGTH // 3) for k in range(places)}}
    for name, number in numbers.items():
        graph.initializer.append(helper.make_tensor(f"{NAME}_{name}", TensorProto.INT64, [], [number]))
    given: bytes = model.SerializeToString()
    return given


def _taken(like: str, output: str, place: int) -> list[Any]:
    """Nodes that fill the shape of `like` with the noise from this place's start on, from its beginning again
    where it ends."""
    from onnx import helper

    def name(step: str) -> str:
        return f"{NAME}_{step}{place}"

    start, one, length = f"{NAME}_start{place}", f"{NAME}_one", f"{NAME}_length"
    return [
        helper.make_node("Size", [like], [name("size")]),
        helper.make_node("Add", [start, name("size")], [name("end")]),
        helper.make_node("Range", [start, name("end"), one], [name("counted")]),
        helper.make_node("Mod", [name("counted"), length], [name("index")]),
        helper.make_node("Gather", [NAME, name("index")], [name("flat")], axis=0),
        helper.make_node("Shape", [like], [name("shape")]),
        helper.make_node("Reshape", [name("flat"), name("shape")], [output]),
    ]
