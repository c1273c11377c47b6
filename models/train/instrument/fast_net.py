"""The streaming hybrid of nets.py for training: its first convolutions with their pooling on the kernels of kernels_first.c (needs AVX-512),
three times as fast; the second ones in bfloat16.
"""
import ctypes
import subprocess
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F

import nets

BLOCK, WIDTH, SPARE = 5, 96, 16                                          # SPARE: floats that may be read after the last column
PADDED = {5: 8, 3: 4, 36: 48}                                            # weights of a run as the kernel adds them


class First(ctypes.Structure):
    _fields_ = ([(name, ctypes.c_int32) for name in ("count", "frames", "width", "runs", "length", "rows", "pool", "channels")]
                + [(name, ctypes.c_void_p) for name in ("x", "offset", "weight", "pooled", "place", "gradient", "weight_gradient")]
                + [("padded", ctypes.c_int32), ("threads", ctypes.c_int32)])


def load():
    """Compile and load the kernels."""
    path = Path(tempfile.mkdtemp()) / "kernels_first.so"
    subprocess.run(["gcc", "-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC", "-o", str(path), str(Path(__file__).parent / "kernels_first.c")],
                   check=True)
    return ctypes.CDLL(str(path))


def roomy(x):
    """x in memory that may be read a little beyond its end."""
    room = torch.zeros(x.numel() + SPARE)
    room[:x.numel()] = x.reshape(-1)
    return room[:x.numel()].view(x.shape)


class Pooled(torch.autograd.Function):
    """Roomy x [n, frames, 96], weight [out, in, bins, frames] -> pooled convolution [n, out, rows, blocks], without bias."""

    @staticmethod
    def forward(ctx, library, x, weight, first_bins, rows, pool):
        out, ins, bins, frames = weight.shape
        n, blocks = len(x), (x.shape[1] - frames + 1) // BLOCK
        offset = torch.tensor([t * WIDTH + first_bins[i] for i in range(ins) for t in range(frames)], dtype=torch.int32)
        flat = weight.permute(1, 3, 2, 0).reshape(-1, out).contiguous()
        pooled, place = torch.empty(n, rows, blocks, out), torch.empty(n, rows, blocks, out, dtype=torch.uint8)
        call = First(n, x.shape[1], WIDTH, len(offset), bins, rows, pool, out, x.data_ptr(), offset.data_ptr(), flat.data_ptr(), pooled.data_ptr(),
                     place.data_ptr(), None, None, PADDED[bins], torch.get_num_threads())
        library.first_forward(ctypes.byref(call))
        ctx.library, ctx.call, ctx.kept = library, call, (x, offset, place, weight.shape)
        return pooled.permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx, gradient):
        x, offset, place, (out, ins, bins, frames) = ctx.kept
        gradient, call = gradient.permute(0, 2, 3, 1).float().contiguous(), ctx.call
        sums = torch.empty(call.threads, out, ins, frames, call.padded)
        call.gradient, call.weight_gradient = gradient.data_ptr(), sums.data_ptr()
        ctx.library.first_backward(ctypes.byref(call))
        return None, None, sums.sum(0)[..., :bins].permute(0, 1, 3, 2), None, None, None


def first(library, branch, x):
    if isinstance(branch, nets.Spiral):
        weight, bias = branch.weights()
        return Pooled.apply(library, x, weight, nets.SPIRAL, 7, 3) + bias[:, None, None]
    begin, rows, pool = ((nets.ONE_D.start,), 1, 1) if isinstance(branch, nets.OneD) else ((0,), 30, 3)
    return Pooled.apply(library, x, branch.first.weight, begin, rows, pool) + branch.first.bias[:, None, None]


def blocks(library, branch, x, half):
    """As Branch.blocks: [n, values, blocks]."""
    joined = F.leaky_relu(branch.norms[0](first(library, branch, x)), nets.SLOPE)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=half):
        second = branch.second(joined)
    return nets.pooled(second.float(), (branch.pool[0], 1), branch.norms[1]).flatten(1, 2)


def scores(library, net, x, half=True):
    """As Streaming.scores, of roomy columns [n, frames, 96]; half: the second convolutions in bfloat16."""
    return net.score(torch.cat([blocks(library, b, x, half) for b in net.branches], 1).transpose(1, 2).contiguous())
