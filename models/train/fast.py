"""The piano net on the kernels of kernels.c: forward and backward pass over [batch, frames] in bfloat16 (needs AMX or AVX-512 BF16)."""
import ctypes
import subprocess
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F

from net import HARMONICS, HEADS, INTERVALS, KEYS, POSITIONS

MAX_VIEWS = 6
PATCH, OUT = 96, 16                                   # padded widths of the first and the last layer


class View(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("rows", ctypes.c_int32), ("channels", ctypes.c_int32), ("stride", ctypes.c_int32),
                ("dt", ctypes.c_int32)]


HEAD = [(name, ctypes.c_int32) for name in ("batch", "frames", "views", "chunks", "out_rows", "n")]


class Taps(ctypes.Structure):
    _fields_ = HEAD + [("view", View * MAX_VIEWS), ("chunk", ctypes.c_void_p), ("weight", ctypes.c_void_p), ("bias", ctypes.c_void_p),
                       ("bias_stride", ctypes.c_int32), ("relu", ctypes.c_int32), ("frame_add", ctypes.c_void_p),
                       ("mask", ctypes.c_void_p), ("out", ctypes.c_void_p), ("out_float", ctypes.c_void_p)]


class Grads(ctypes.Structure):
    _fields_ = HEAD + [("view", View * MAX_VIEWS), ("chunk", ctypes.c_void_p), ("dy", ctypes.c_void_p), ("dy_stride", ctypes.c_int32),
                       ("key_bias", ctypes.c_int32), ("dw", ctypes.c_void_p), ("db", ctypes.c_void_p)]


def load(folder=None):
    """Compile and load the kernels."""
    here = Path(__file__).parent
    path = Path(folder or tempfile.mkdtemp()) / "kernels.so"
    subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC", "-o", str(path),
                    str(here / "kernels.c"), str(here / "kernels_data.c"), str(here / "kernels_fit.c"), "-lm"], check=True)
    library = ctypes.CDLL(str(path))
    if library.kernels_init() != 0:
        raise OSError("this processor or kernel offers no AMX")
    return library


def address(tensor):
    return None if tensor is None else ctypes.c_void_p(tensor.data_ptr())


def pack(blocks):
    """[chunks, 32, n] -> bfloat16 in pair order [chunks, n/16, 16, 16, 2]."""
    chunks, _, n = blocks.shape
    return blocks.view(chunks, 16, 2, n // 16, 16).permute(0, 3, 1, 4, 2).to(torch.bfloat16).contiguous()


class Group:
    """Taps that share a source: weights [taps, channels, n], each at a (dt, row offset)."""

    def __init__(self, source, channels, places):
        self.source, self.channels, self.places = source, channels, places


class Layer:
    """A layer as taps over sources; `groups` in the order of `weights`."""

    def __init__(self, rows, n, groups):
        self.rows, self.n, self.groups = rows, n, groups
        self.views, chunks = [], []
        for g in groups:
            for dt, offset in g.places:
                if (g.source, dt) not in self.views:
                    self.views.append((g.source, dt))
                view = self.views.index((g.source, dt))
                chunks += [(view, offset, c, min(32, g.channels - c)) for c in range(0, g.channels, 32)]
        self.chunks = torch.tensor(chunks, dtype=torch.int32)

    def blocks(self, weights):
        """Weights of the groups as [chunks, 32, n]."""
        return torch.cat([F.pad(w, (0, 0, 0, -w.shape[1] % 32)).reshape(-1, 32, self.n) for w in weights])

    def unblocks(self, blocks):
        parts, at = [], 0
        for g in self.groups:
            count = len(g.places) * ((g.channels + 31) // 32)
            parts.append(blocks[at:at + count].reshape(len(g.places), -1, self.n)[:, :g.channels])
            at += count
        return parts


def mirrored(places):
    return [(-dt, -offset) for dt, offset in places]


TIME3 = [(1, -1), (1, 0), (1, 1), (0, -1), (0, 0), (0, 1)]
HARMONIC = [(0, 2 + o) for o in HARMONICS]
INTERVAL = [(0, o) for o in INTERVALS]
HERE = [(0, 0)]


class FastNet:
    def __init__(self, library, batch, frames, train=True):
        self.c, self.batch, self.frames, self.train = library, batch, frames, train
        self.threads = torch.get_num_threads()
        n = batch * frames
        shapes = {"p": (POSITIONS, PATCH), "c1": (POSITIONS, 32), "c2": (POSITIONS, 32), "c3": (POSITIONS, 32), "g": (KEYS, 48),
                  "gx": (KEYS, 192), "h": (KEYS, 64), "m": (KEYS, 16), "e": (KEYS, 48), "gx2": (KEYS, 192), "h2": (KEYS, 64)}
        if train:
            shapes.update(saved=(KEYS, 256), saved2=(KEYS, 256), dh2=(KEYS, 64), dlogit=(KEYS, OUT), de=(KEYS, 48), dm=(KEYS, 16), dh=(KEYS, 64), dg=(KEYS, 48),
                          dc3=(POSITIONS, 32), dc2=(POSITIONS, 32), dc1=(POSITIONS, 32))
        self.x = {name: torch.zeros((n,) + shape, dtype=torch.bfloat16) for name, shape in shapes.items()}
        self.logit = torch.zeros(n, KEYS, OUT)
        self.layers = {
            "conv1": Layer(POSITIONS, 32, [Group("p", PATCH, HERE)]),
            "conv2": Layer(POSITIONS, 32, [Group("c1", 32, TIME3)]),
            "conv3": Layer(POSITIONS, 32, [Group("c2", 32, TIME3)]),
            "gather": Layer(KEYS, 48, [Group("c3", 32, HARMONIC)]),
            "gru": Layer(KEYS, 192, [Group("g", 48, HERE)]),
            "state": Layer(KEYS, 192, [Group("h", 64, [(1, 0)])]),
            "reduce": Layer(KEYS, 16, [Group("h", 64, HERE)]),
            "exchange": Layer(KEYS, 48, [Group("m", 16, INTERVAL), Group("h", 64, HERE), Group("g", 48, HERE)]),
            "gru2": Layer(KEYS, 192, [Group("e", 48, HERE)]),
            "state2": Layer(KEYS, 192, [Group("h2", 64, [(1, 0)])]),
            "heads": Layer(KEYS, OUT, [Group("e", 48, HERE), Group("h2", 64, HERE)]),
            "dh2": Layer(KEYS, 64, [Group("dlogit", OUT, HERE)]),
            "de": Layer(KEYS, 48, [Group("dlogit", OUT, HERE), Group("gx2", 192, HERE)]),
            "dm": Layer(KEYS, 16, [Group("de", 48, mirrored(INTERVAL))]),
            "dh": Layer(KEYS, 64, [Group("dm", 16, HERE), Group("de", 48, HERE)]),
            "dg": Layer(KEYS, 48, [Group("gx", 192, HERE), Group("de", 48, HERE)]),
            "dc3": Layer(POSITIONS, 32, [Group("dg", 48, mirrored(HARMONIC))]),
            "dc2": Layer(POSITIONS, 32, [Group("dc3", 32, mirrored(TIME3))]),
            "dc1": Layer(POSITIONS, 32, [Group("dc2", 32, mirrored(TIME3))]),
        }

    def views(self, layer, struct):
        for i, (source, dt) in enumerate(layer.views):
            x = self.x[source]
            struct.view[i] = View(x.data_ptr(), x.shape[1], x.shape[2], x.shape[2], dt)
        struct.batch, struct.frames, struct.views = self.batch, self.frames, len(layer.views)
        struct.chunks, struct.out_rows, struct.n = len(layer.chunks), layer.rows, layer.n
        struct.chunk = layer.chunks.data_ptr()

    def run(self, name, weights, out, bias=None, relu=0, add=None, mask=None):
        layer, p = self.layers[name], Taps()
        self.views(layer, p)
        packed = pack(layer.blocks(weights))
        p.weight, p.relu = packed.data_ptr(), relu
        p.bias, p.bias_stride = address(bias), 0 if bias is None or bias.dim() == 1 else layer.n
        p.frame_add, p.mask = address(add), address(None if mask is None else self.x[mask])
        p.out, p.out_float = (None, address(out)) if out.dtype == torch.float32 else (address(out), None)
        self.c.taps_forward(ctypes.byref(p))

    def gradient(self, name, dy, key_bias=False):
        """Gradients of a layer's weights (per group) and of its bias."""
        layer, p = self.layers[name], Grads()
        self.views(layer, p)
        dw = torch.zeros(self.threads, len(layer.chunks), 32, layer.n)
        db = torch.zeros((self.threads, KEYS, layer.n) if key_bias else (self.threads, layer.n))
        p.dy, p.dy_stride, p.key_bias = dy.data_ptr(), dy.shape[2], int(key_bias)
        p.dw, p.db = dw.data_ptr(), db.data_ptr()
        self.c.taps_gradient(ctypes.byref(p))
        return layer.unblocks(dw.sum(0)), db.sum(0)

    def row_sums(self, x):
        out = torch.empty(x.shape[0], x.shape[2])
        self.c.row_sums(x.shape[0], x.shape[1], x.shape[2], address(x), address(out))
        return out

    def forward(self, w, values, level):
        """values float [batch, frames, 3, 300], level [batch, frames, 2] -> logits [batch * frames, 88, 16] (12 used)."""
        x, frames = self.x, self.frames
        self.c.patches(self.batch, frames, address(values), address(x["p"]))
        self.run("conv1", [F.pad(w["conv1.weight"].reshape(1, 84, 32), (0, 0, 0, PATCH - 84))], x["c1"], w["conv1.bias"], 1)
        self.run("conv2", [w["conv2.weight"].reshape(6, 32, 32)], x["c2"], w["conv2.bias"], 1)
        self.run("conv3", [w["conv3.weight"].reshape(6, 32, 32)], x["c3"], w["conv3.bias"], 1)
        self.whole = torch.cat([self.row_sums(x["c3"]) / POSITIONS, level.reshape(-1, 2)], 1)
        add = self.whole @ w["gather.global.weight"]
        self.run("gather", [w["gather.weight"]], x["g"], w["gather.key_bias"], 1, add)
        self.recurrent(w, "gru", "")
        self.run("reduce", [w["exchange.reduce.weight"].unsqueeze(0)], x["m"], w["exchange.reduce.bias"], 1)
        self.run("exchange", [w["exchange.gather.weight"], w["exchange.state.weight"].unsqueeze(0),
                              w["exchange.input.weight"].unsqueeze(0)], x["e"], w["exchange.key_bias"], 1)
        self.recurrent(w, "gru2", "2")
        wide = (0, OUT - HEADS)
        self.run("heads", [F.pad(w["heads.weight"], wide).unsqueeze(0), F.pad(w["heads.state.weight"], wide).unsqueeze(0)], self.logit,
                 F.pad(w["heads.bias"], wide))
        return self.logit

    def recurrent(self, w, name, suffix):
        x = self.x
        self.run(name, [w[name + ".input.weight"].unsqueeze(0)], x["gx" + suffix], w[name + ".input.bias"])
        state = pack(w[name + ".state.weight"].reshape(2, 32, 192))
        self.c.gru_forward(self.batch, self.frames, address(x["gx" + suffix]), address(state), address(w[name + ".state.bias"]),
                           address(x["h" + suffix]), address(x.get("saved" + suffix)), None)

    def recurrent_backward(self, w, name, suffix, d):
        x = self.x
        state = pack(w[name + ".state.weight"].t().contiguous().view(6, 32, 64))
        self.c.gru_backward(self.batch, self.frames, address(x["dh" + suffix]), address(x["h" + suffix]), address(x["saved" + suffix]),
                            address(x["gx" + suffix]), address(state))
        (dw,), d[name + ".state.bias"] = self.gradient("state" + suffix, x["saved" + suffix])
        d[name + ".state.weight"] = dw[0]
        (dw,), d[name + ".input.bias"] = self.gradient(name, x["gx" + suffix])
        d[name + ".input.weight"] = dw[0]

    def backward(self, w):
        """Gradients of all tensors for x["dlogit"]."""
        x, d = self.x, {}
        (a, b), db = self.gradient("heads", x["dlogit"])
        d["heads.weight"], d["heads.state.weight"], d["heads.bias"] = a[0, :, :HEADS], b[0, :, :HEADS], db[:HEADS]
        wide = (0, OUT - HEADS)
        self.run("dh2", [F.pad(w["heads.state.weight"], wide).t().unsqueeze(0)], x["dh2"])
        self.recurrent_backward(w, "gru2", "2", d)
        self.run("de", [F.pad(w["heads.weight"], wide).t().unsqueeze(0), w["gru2.input.weight"].t().unsqueeze(0)], x["de"], mask="e")
        (a, b, c), d["exchange.key_bias"] = self.gradient("exchange", x["de"], True)
        d["exchange.gather.weight"], d["exchange.state.weight"], d["exchange.input.weight"] = a, b[0], c[0]
        self.run("dm", [w["exchange.gather.weight"].transpose(1, 2)], x["dm"], mask="m")
        (dw,), d["exchange.reduce.bias"] = self.gradient("reduce", x["dm"])
        d["exchange.reduce.weight"] = dw[0]
        self.run("dh", [w["exchange.reduce.weight"].t().unsqueeze(0), w["exchange.state.weight"].t().unsqueeze(0)], x["dh"])
        self.recurrent_backward(w, "gru", "", d)
        self.run("dg", [w["gru.input.weight"].t().unsqueeze(0), w["exchange.input.weight"].t().unsqueeze(0)], x["dg"], mask="g")
        (d["gather.weight"],), d["gather.key_bias"] = self.gradient("gather", x["dg"], True)
        total = self.row_sums(x["dg"])
        d["gather.global.weight"] = self.whole.t() @ total
        add = (total @ w["gather.global.weight"][:32].t()) / POSITIONS
        self.run("dc3", [w["gather.weight"].transpose(1, 2)], x["dc3"], add=add.contiguous(), mask="c3")
        for name, dy, dx, mask in (("conv3", "dc3", "dc2", "c2"), ("conv2", "dc2", "dc1", "c1")):
            (dw,), d[name + ".bias"] = self.gradient(name, x[dy])
            d[name + ".weight"] = dw
            self.run(dx, [w[name + ".weight"].reshape(6, 32, 32).transpose(1, 2)], x[dx], mask=mask)
        (dw,), d["conv1.bias"] = self.gradient("conv1", x["dc1"])
        d["conv1.weight"] = dw[0, :84]
        return {name: d[name].reshape(w[name].shape) for name in w}
