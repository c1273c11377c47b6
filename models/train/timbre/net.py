"""The denoising band autoencoder: whitened bands with past frames, LSTM, a decoder that knows the target, gains out.

Tensors are stored as the weight file has them: [inputs, outputs]. src/timbre computes the same, frame by frame.
"""
import numpy as np
import torch

import bands

CONTEXT, HIDDEN, UNITS, LATENT, WIDE = 4, 256, 128, 16, 256
RANGE, SLOPE, LIMIT = 4.6, 2.5, 5.2                   # g = RANGE * tanh(o / SLOPE); the sum of gains is held to +-LIMIT nepers
BASIS, TAPER = torch.from_numpy(bands.basis()), torch.from_numpy(bands.taper())


def initial(targets, seed, options=()):
    rng = np.random.default_rng(seed)
    wide = LATENT + (UNITS if "no-lstm" not in options else HIDDEN)
    shapes = {"encode": (CONTEXT * bands.BANDS, HIDDEN), "lstm.input": (HIDDEN, 4 * UNITS), "lstm.state": (UNITS, 4 * UNITS),
              "decode1": (wide, WIDE), "decode2": (WIDE, bands.BANDS)}
    w = {}
    for name, (inputs, outputs) in shapes.items():
        deviation = 0.01 if name == "decode2" else (1 / np.sqrt(UNITS) / np.sqrt(3) if "lstm" in name else np.sqrt(1.6 / inputs))
        w[name + ".weight"] = torch.from_numpy(rng.normal(0, deviation, (inputs, outputs)).astype(np.float32))
        w[name + ".bias"] = torch.zeros(outputs)
    w["lstm.input.bias"][UNITS:2 * UNITS] = 1         # remember, at first
    w["targets"] = torch.from_numpy(rng.normal(0, 0.5, (targets, LATENT)).astype(np.float32))
    return {k: v.requires_grad_() for k, v in w.items()}


def envelope(l):
    return (l.clamp(min=bands.CLIP) @ BASIS * TAPER) @ BASIS.T


def whiten(l):
    """Levels without their envelope, of unit energy."""
    w = l - envelope(l)
    return w - 0.5 * torch.logsumexp(2 * w, -1, keepdim=True)


class Product(torch.autograd.Function):
    """x @ w with bfloat16 factors: ten times faster where the processor has tiles (AMX)."""

    @staticmethod
    def forward(ctx, x, w):
        shape, x = x.shape, x.reshape(-1, x.shape[-1]).bfloat16()
        w = w.bfloat16()
        ctx.save_for_backward(x, w)
        return (x @ w).float().reshape(*shape[:-1], w.shape[1])

    @staticmethod
    def backward(ctx, d):
        x, w = ctx.saved_tensors
        flat = d.reshape(-1, d.shape[-1]).bfloat16()
        dx = (flat @ w.T).float().reshape(*d.shape[:-1], w.shape[0]) if ctx.needs_input_grad[0] else None
        return dx, (x.T @ flat).float()


def product(x, w):
    """Half the digits in training, all of them in use."""
    return Product.apply(x, w) if w.requires_grad and torch.is_grad_enabled() else x @ w


class Recurrence(torch.autograd.Function):
    """The LSTM's loop over time, with its own way back: one product for the gradient of the weights instead of one a step."""

    @staticmethod
    def forward(ctx, drive, weight):
        count, steps, _ = drive.shape
        h, c = torch.zeros(count, UNITS), torch.zeros(count, UNITS)
        gates = torch.empty(steps, count, 4 * UNITS)
        cells, hidden = torch.zeros(steps + 1, count, UNITS), torch.zeros(steps + 1, count, UNITS)
        for t in range(steps):
            a = torch.addmm(drive[:, t], h, weight, out=gates[t])
            a[:, :2 * UNITS].sigmoid_()
            a[:, 2 * UNITS:3 * UNITS].tanh_()
            a[:, 3 * UNITS:].sigmoid_()
            i, f, g, o = a.chunk(4, 1)
            c = torch.addcmul(f * c, i, g, out=cells[t + 1])
            h = torch.mul(o, c.tanh(), out=hidden[t + 1])
        ctx.save_for_backward(gates, cells, hidden, weight)
        return hidden[1:].transpose(0, 1)

    @staticmethod
    def backward(ctx, dout):
        gates, cells, hidden, weight = ctx.saved_tensors
        steps, count, _ = gates.shape
        curved = cells[1:].tanh()
        dgates = torch.empty_like(gates)
        back, dh, dc = weight.T.contiguous(), torch.zeros(count, UNITS), torch.zeros(count, UNITS)
        i, f, g, o = gates.chunk(4, 2)
        slope_i, slope_f, slope_g, slope_o = g * i * (1 - i), cells[:-1] * f * (1 - f), i * (1 - g * g), curved * o * (1 - o)
        through = o * (1 - curved * curved)
        for t in range(steps - 1, -1, -1):
            dh = dh + dout[:, t]
            dc = torch.addcmul(dc, dh, through[t])
            d = dgates[t]
            torch.mul(dc, slope_i[t], out=d[:, :UNITS])
            torch.mul(dc, slope_f[t], out=d[:, UNITS:2 * UNITS])
            torch.mul(dc, slope_g[t], out=d[:, 2 * UNITS:3 * UNITS])
            torch.mul(dh, slope_o[t], out=d[:, 3 * UNITS:])
            dh, dc = d @ back, dc * f[t]
        flat = dgates.reshape(-1, 4 * UNITS)
        return dgates.transpose(0, 1), hidden[:-1].reshape(-1, UNITS).T @ flat


def lstm(w, x):
    """x [batch, time, inputs]; gates in the order input, forget, cell, output (PyTorch's)."""
    drive = product(x, w["lstm.input.weight"]) + (w["lstm.input.bias"] + w["lstm.state.bias"])
    return Recurrence.apply(drive, w["lstm.state.weight"])


def forward(w, flat, z, options=(), parts=None):
    """Gain g [batch, time, bands] over the whitened levels `flat` [batch, time, bands]; z [batch, LATENT]."""
    x = (flat.clamp(-10, 0) + 3.5) / 2
    first = torch.full_like(x[:, :1], -3.25)
    past = [torch.cat([first] * k + [x[:, :x.shape[1] - k]], 1) if k else x for k in range(CONTEXT)]
    if "no-context" in options:
        past = [x] * CONTEXT
    leaky = torch.nn.functional.leaky_relu
    h = leaky(product(torch.cat(past, 2), w["encode.weight"]) + w["encode.bias"], 0.1)
    s = h if "no-lstm" in options else lstm(w, h)
    d = torch.cat([s, z[:, None].expand(-1, s.shape[1], -1)], 2)
    d = leaky(product(d, w["decode1.weight"]) + w["decode1.bias"], 0.1)
    g = RANGE * torch.tanh((product(d, w["decode2.weight"]) + w["decode2.bias"]) / SLOPE)
    if parts is not None:
        parts.update(encode=h, lstm=s, decode=d, gain=g)
    return g


def shaped(l, g, flat, options=()):
    """Levels after the gain, of unit energy."""
    gain = (g + (flat if "no-whitening" not in options else l) - l).clamp(-LIMIT, LIMIT)
    out = l + gain
    return out - 0.5 * torch.logsumexp(2 * out, -1, keepdim=True), gain
