"""The piano net in plain PyTorch: its tensors, as they stand in the weight file, and its forward pass.

A frame's input is [3 windows, 300 bins] and two levels; its output [88 keys, 12]: onset logits for four deadlines, four
velocities / 127, the logits of sounding (the pedal extends it), held (key down) and pedal (mean over the keys), and the age:
the time from the onset to the end of the frame, in tenths of a second.
"""
import math

import torch
import torch.nn.functional as F

KEYS, POSITIONS, FIRST_KEY = 88, 100, 21
DEADLINES = (1, 3, 6, 8)
HARMONICS = (-24, -19, -12, -7, -1, 0, 1, 12, 19, 24, 28, 31, 34, 36, 38, 40, 43, 48)
INTERVALS = (-36, -31, -28, -24, -19, -12, -7, -5, -2, -1, 1, 2, 5, 7, 12, 19, 24, 28, 31, 36)
HEADS = 12
SHAPES = {
    "conv1.weight": (4, 7, 3, 32), "conv1.bias": (32,),
    "conv2.weight": (2, 3, 32, 32), "conv2.bias": (32,),
    "conv3.weight": (2, 3, 32, 32), "conv3.bias": (32,),
    "gather.weight": (18, 32, 48), "gather.global.weight": (34, 48), "gather.key_bias": (88, 48),
    "gru.input.weight": (48, 192), "gru.input.bias": (192,), "gru.state.weight": (64, 192), "gru.state.bias": (192,),
    "exchange.reduce.weight": (64, 16), "exchange.reduce.bias": (16,), "exchange.gather.weight": (20, 16, 48),
    "exchange.state.weight": (64, 48), "exchange.input.weight": (48, 48), "exchange.key_bias": (88, 48),
    "gru2.input.weight": (48, 192), "gru2.input.bias": (192,), "gru2.state.weight": (64, 192), "gru2.state.bias": (192,),
    "heads.weight": (48, HEADS), "heads.state.weight": (64, HEADS), "heads.bias": (HEADS,),
}


def initial(seed):
    """Random weights; the outputs start rare (onset -4, sounding and held -2)."""
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in SHAPES.items():
        if "bias" in name:
            weights[name] = torch.zeros(shape)
            continue
        fan = math.prod(shape[:-1])
        if name.startswith("exchange") and "reduce" not in name:
            fan = 20 * 16 + 64 + 48
        scale = 1 / math.sqrt(fan) if name.startswith(("gru", "heads")) else math.sqrt(2 / fan)
        weights[name] = torch.randn(shape, generator=generator) * scale
    weights["heads.bias"][:4] = -4
    weights["heads.bias"][4:8] = 0.45
    weights["heads.bias"][8:10] = -2
    weights["heads.bias"][11] = 0.4
    weights["heads.state.weight"][:] = 0              # so that a net of one recurrent layer may be continued
    return weights


def shifted(x, offset, first, count):
    """Rows first + offset ... of x [..., rows, channels], zero outside."""
    rows = x.shape[-2]
    low, high = first + offset, first + offset + count
    part = x[..., max(0, low):max(0, min(rows, high)), :]
    return F.pad(part, (0, 0, max(0, min(count, -low)), max(0, min(count, high - rows))))


def earlier(x, frames):
    """x [batch, time, ...] moved later by some frames, zero at the start."""
    return x if frames == 0 else torch.cat([torch.zeros_like(x[:, :frames]), x[:, :-frames]], 1)


def first_layer(w, values):
    """[batch, time, 3, 300] -> [batch, time, 100, 32]; before the first frame stands silence, outside the bins nothing."""
    batch, frames = values.shape[:2]
    past = torch.cat([torch.full_like(values[:, :1], -1.0).expand(-1, 3, -1, -1), values], 1)
    past = F.pad(past, (2, 2))
    kernel = w["conv1.weight"]                        # time, frequency, window, out
    total = w["conv1.bias"].view(1, 1, -1, 1)
    for t in range(4):
        x = past[:, t:t + frames].reshape(batch * frames, 3, -1)
        y = F.conv1d(x, kernel[t].permute(2, 1, 0).contiguous(), stride=3)
        total = total + y.view(batch, frames, 32, -1)
    return F.relu(total[..., :POSITIONS]).transpose(2, 3)


def convolution(w, name, x):
    kernel, total = w[name + ".weight"], w[name + ".bias"]
    for t in range(2):
        for f in range(3):
            total = total + shifted(earlier(x, 1 - t), f - 1, 0, POSITIONS) @ kernel[t, f]
    return F.relu(total)


def recurrent(w, name, x):
    """PyTorch's GRU over time for every key: [batch, time, 88, 48] -> [batch, time, 88, 64]."""
    gates = x @ w[name + ".input.weight"] + w[name + ".input.bias"]
    h = torch.zeros(x.shape[0], KEYS, 64, dtype=x.dtype)
    states = []
    for gate in gates.unbind(1):
        own = h @ w[name + ".state.weight"] + w[name + ".state.bias"]
        r = torch.sigmoid(gate[..., :64] + own[..., :64])
        z = torch.sigmoid(gate[..., 64:128] + own[..., 64:128])
        n = torch.tanh(gate[..., 128:] + r * own[..., 128:])
        h = (1 - z) * n + z * h
        states.append(h)
    return torch.stack(states, 1)


def forward(w, values, level, layers=None):
    """values [batch, time, 3, 300], level [batch, time, 2] -> [batch, time, 88, 12]. layers: dict to fill with activations."""
    c1 = first_layer(w, values)
    c2 = convolution(w, "conv2", c1)
    c3 = convolution(w, "conv3", c2)
    total = torch.cat([c3.mean(2), level], -1) @ w["gather.global.weight"]
    g = total.unsqueeze(2) + w["gather.key_bias"]
    for i, offset in enumerate(HARMONICS):
        g = g + shifted(c3, offset, 2, KEYS) @ w["gather.weight"][i]
    g = F.relu(g)
    h = recurrent(w, "gru", g)
    m = F.relu(h @ w["exchange.reduce.weight"] + w["exchange.reduce.bias"])
    e = h @ w["exchange.state.weight"] + g @ w["exchange.input.weight"] + w["exchange.key_bias"]
    for i, offset in enumerate(INTERVALS):
        e = e + shifted(m, offset, 0, KEYS) @ w["exchange.gather.weight"][i]
    e = F.relu(e)
    second = recurrent(w, "gru2", e)
    out = e @ w["heads.weight"] + second @ w["heads.state.weight"] + w["heads.bias"]
    if layers is not None:
        layers.update(conv1=c1, conv2=c2, conv3=c3, gather=g, gru=h, exchange=e, gru2=second, heads=out)
    return out
