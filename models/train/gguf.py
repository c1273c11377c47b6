"""Write and read GGUF v3 weight files: little-endian, F32 or F16 tensors, 32-byte aligned."""
import hashlib
import struct
from pathlib import Path

import numpy as np

MAGIC, VERSION, ALIGNMENT = 0x46554747, 3, 32
U32, I32, F32, STRING, ARRAY = 4, 5, 6, 8, 9
FORMATS = {U32: "<I", I32: "<i", F32: "<f"}


def text(value):
    raw = value.encode("utf-8")
    return struct.pack("<Q", len(raw)) + raw


def value(kind, content):
    """kind: U32, I32, F32, STRING, or (ARRAY, element kind)."""
    if isinstance(kind, tuple):
        head = struct.pack("<IIQ", ARRAY, kind[1], len(content))
        return head + b"".join(payload(kind[1], x) for x in content)
    return struct.pack("<I", kind) + payload(kind, content)


def payload(kind, content):
    return text(content) if kind == STRING else struct.pack(FORMATS[kind], content)


def padded(data):
    return data + b"\0" * (-len(data) % ALIGNMENT)


def write(path, metadata, tensors):
    """metadata: list of (key, kind, content). tensors: list of (name, float array; float16 is kept); dimensions are stored reversed."""
    head = struct.pack("<IIQQ", MAGIC, VERSION, len(tensors), len(metadata))
    head += b"".join(text(key) + value(kind, content) for key, kind, content in metadata)
    offset, body = 0, []
    for name, array in tensors:
        half = np.asarray(array).dtype == np.float16
        array = np.ascontiguousarray(array, np.float16 if half else np.float32)
        head += text(name) + struct.pack("<I", array.ndim) + struct.pack("<%dQ" % array.ndim, *array.shape[::-1])
        head += struct.pack("<IQ", int(half), offset)
        body.append(padded(array.tobytes()))
        offset += len(body[-1])
    with open(path, "wb") as f:
        f.write(padded(head) + b"".join(body))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        result = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return result[0] if len(result) == 1 else result

    def string(self):
        count = self.take("<Q")
        self.at += count
        return self.data[self.at - count:self.at].decode("utf-8")

    def value(self, kind):
        if kind == ARRAY:
            element, count = self.take("<I"), self.take("<Q")
            return [self.value(element) for _ in range(count)]
        return self.string() if kind == STRING else self.take(FORMATS[kind])


def read(path):
    """(metadata, tensors) of a file that this module wrote."""
    reader = Reader(open(path, "rb").read())
    magic, version, count, keys = reader.take("<IIQQ")
    if magic != MAGIC or version != VERSION:
        raise ValueError("%s: not a GGUF v3 file" % path)
    metadata = {}
    for _ in range(keys):
        key = reader.string()
        metadata[key] = reader.value(reader.take("<I"))
    entries = []
    for _ in range(count):
        name, dims = reader.string(), reader.take("<I")
        shape = [reader.take("<Q") for _ in range(dims)]
        half, offset = reader.take("<I"), reader.take("<Q")
        entries.append((name, shape[::-1], offset, np.float16 if half else np.float32))
    base = reader.at + -reader.at % ALIGNMENT
    return metadata, {name: np.frombuffer(reader.data, kind, int(np.prod(shape)), base + offset).reshape(shape).astype(np.float32)
                      for name, shape, offset, kind in entries}


def pin(path):
    """The file's line of SHA256SUMS beside it."""
    path, sums = Path(path), Path(path).with_name("SHA256SUMS")
    lines = [x for x in sums.read_text().splitlines() if not x.endswith("  " + path.name)] if sums.exists() else []
    lines.append("%s  %s" % (hashlib.sha256(path.read_bytes()).hexdigest(), path.name))
    sums.write_text("\n".join(sorted(lines, key=lambda x: x[66:])) + "\n")
