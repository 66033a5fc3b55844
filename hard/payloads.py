"""Pickles that would create a file, and containers that bring them where whorl reads.

None of them does harm: what they run makes one empty file, whose absence is looked at afterwards.
"""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np


class Calls:
    """Something whose pickle calls a function when it is loaded."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.called = (function, arguments)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.called


class Sets:
    """Something whose pickle calls a function to set its state (the last item of six)."""

    def __init__(self, function: Callable[..., Any], argument: Any) -> None:
        self.function, self.argument = function, argument

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, iter([Calls(self.function, self.argument)])


def payloads(canary: Path) -> Iterator[tuple[str, Any]]:
    """Yield objects, each by its name, whose pickle creates the canary when it is loaded."""
    import os
    import runpy
    import subprocess

    code = f"open({str(canary)!r}, 'w').close()"
    yield "os.system", Calls(os.system, f"touch '{canary}'")
    yield "exec", Calls(exec, code)
    yield "eval", Calls(eval, code)
    yield "subprocess", Calls(subprocess.call, ["touch", str(canary)])
    yield "os.open", Calls(os.open, str(canary), os.O_CREAT | os.O_WRONLY)
    yield "Path.touch", Calls(Path.touch, canary)
    yield "runpy", Calls(runpy._run_code, code, {})  # type: ignore[attr-defined]
    yield "within a list", Sets(os.system, f"touch '{canary}'")


def pickled(payload: Any, protocol: int) -> bytes:
    """Return a payload's pickle."""
    return pickle.dumps(payload, protocol)


def torch_zip(content: bytes) -> bytes:
    """Return a file as torch writes it, with another pickle in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", content)
        archive.writestr("archive/version", "3\n")
        archive.writestr("archive/byteorder", "little")
    return buffer.getvalue()


def torch_legacy(content: bytes) -> bytes:
    """Return a file as torch wrote it before version 1.6, with another pickle in it."""
    magic, protocol = 0x1950A86A20F9469CFC6C, 1001
    sizes = {"protocol_version": protocol, "little_endian": True, "type_sizes": {}}
    return b"".join(pickle.dumps(part, 2) for part in (magic, protocol, sizes)) + content


def object_array(content: bytes) -> bytes:
    """Return an ``.npy`` file of objects, whose values are a pickle."""
    buffer = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": (1,)}
    np.lib.format.write_array_header_1_0(buffer, header)
    return buffer.getvalue() + content


def archive_of(**members: bytes) -> bytes:
    """Return a zip of some members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def skops_states(canary: Path) -> Iterator[tuple[str, bytes]]:
    """Yield states as skops writes them, whose schemas name what would run when rebuilt."""
    name = str(canary)
    text = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode"}
    string = {**text, "content": json.dumps(name), "is_json": True}
    arguments = {
        "__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode",
        "content": [string], "__id__": 7,
    }  # fmt: skip
    functions = (("os", "system"), ("builtins", "exec"), ("builtins", "eval"), ("os", "mkdir"),
                 ("subprocess", "Popen"), ("pathlib", "Path"), ("builtins", "open"))  # fmt: skip
    for module, function in functions:
        for loader in ("FunctionNode", "TypeNode", "ObjectNode", "ReduceNode", "MethodNode",
                       "PartialNode", "OperatorFuncNode", "ListNode", "DictNode", "JsonNode",
                       "NdArrayNode", "RandomStateNode", "TreeNode"):  # fmt: skip
            node = {
                "__class__": function, "__module__": module, "__loader__": loader, "__id__": 3,
                "content": {"module_path": module, "function": function, "obj": string,
                            "func": function, "args": arguments},
                "attrs": arguments, "args": arguments, "kwds": {}, "type": "numpy",
                "file": "3.npy", "reduce": {"args": arguments}, "key_types": arguments,
                "constructor": {"__class__": function, "__module__": module},
            }  # fmt: skip
            yield f"{loader} of {module}.{function}", _skops({"classifier": node})


def _skops(content: dict[str, Any]) -> bytes:
    """Return a state whose one value is a node."""
    types = {"__class__": "list", "__module__": "builtins", "__loader__": "ListNode"}
    schema = {
        "__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "__id__": 1,
        "content": content, "protocol": 2, "_skops_version": "0.11.0",
        "key_types": {**types, "content": [], "__id__": 2},
    }  # fmt: skip
    return archive_of(**{"schema.json": json.dumps(schema).encode(), "3.npy": b"\x93NUMPY"})


def headers_of_safetensors() -> Iterator[tuple[str, bytes]]:
    """Yield safetensors files with headers that lie."""

    def file(header: Any, data: bytes = bytes(16), length: int | None = None) -> bytes:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return (len(text) if length is None else length).to_bytes(8, "little") + text + data

    def tensor(**fields: Any) -> dict[str, Any]:
        return {"weight": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16], **fields}}

    yield "a header longer than the file", file(tensor(), length=2**40)
    yield "a header of 2^64-1 bytes", file(tensor(), length=2**64 - 1)
    yield "an empty header", file(b"")
    yield "a header that is no JSON", file(b"{'weight': 1}")
    yield "a header cut short", file(b'{"weight": {"dtype": "F3')
    yield "a list for a header", file([1, 2])
    yield "offsets beyond the end", file(tensor(data_offsets=[0, 1600], shape=[400]))
    yield "offsets below zero", file(tensor(data_offsets=[-16, 0]))
    yield "offsets the wrong way", file(tensor(data_offsets=[16, 0]))
    yield "an unknown type", file(tensor(dtype="PICKLE"))
    yield "a shape below zero", file(tensor(shape=[-4]))
    yield "a shape that overflows", file(tensor(shape=[2**62, 4]))
    yield "a shape of fractions", file(tensor(shape=[4.5]))
    yield "overlapping tensors", file({**tensor(), "bias": tensor()["weight"]})
    yield "deep nesting", file(b'{"weight":' + b"[" * 50_000 + b"]" * 50_000 + b"}")
    yield "values that are no JSON", file({"__metadata__": {"whorl": "__import__('os')"}})
    yield "values that nest deeply", file({"__metadata__": {"whorl": "[" * 50_000}})
