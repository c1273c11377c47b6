"""Scattering of the constant-Q columns, and bags of features: the study's baselines beside the convolutional nets.

Columns are opened to linear magnitudes first. 1-d: Morlet wavelets over time on every bin (Anden & Mallat 2014). 2-d: over time and
log-frequency jointly. Spiral: over time, along the turns of the pitch spiral (log-frequency) and across them (octaves) (Lostanlen & Mallat
2015). Each: modulus, mean over time and over bands, logarithm. The columns, 50 a second, take the place of the first-order wavelets.
"""
import functools

import numpy as np
import torch

import cqt

RATES = (0.75, 1.5, 3.0, 6.0, 12.0, 20.0)                                # Hz
SCALES = (0.5, 1.0, 2.0, 4.0)                                            # cycles per octave
TAPS, BIN_TAPS = 65, 33


def morlet(taps, cycles):
    """Complex Morlet wavelet of `cycles` per sample (Q of 1 octave), zero mean, unit L1, in the middle of the taps."""
    at = np.arange(taps) - taps // 2
    window = np.exp(-0.5 * (at * cycles / 0.45) ** 2)
    wave = window * np.exp(2j * np.pi * cycles * at)
    wave -= window * wave.sum() / window.sum()
    return wave / np.abs(wave).sum()


def toeplitz(filters, size):
    """[n, taps] -> [n, size, size]: same-length filtering with zeros outside."""
    n, taps = filters.shape
    out = np.zeros((n, size, size), np.complex64)
    for a in range(size):
        for b in range(max(0, a - taps // 2), min(size, a + taps // 2 + 1)):
            out[:, a, b] = filters[:, taps // 2 + a - b]
    return torch.from_numpy(out)


@functools.lru_cache(None)
def tables(frames):
    time = toeplitz(np.stack([morlet(TAPS, r * cqt.HOP / cqt.RATE) for r in RATES]), frames)
    waves = [morlet(BIN_TAPS, s / 12) for s in SCALES]
    smooth = np.exp(-0.5 * ((np.arange(BIN_TAPS) - BIN_TAPS // 2) / 1.5) ** 2)
    bins = toeplitz(np.stack([smooth / smooth.sum() + 0j] + [w for wave in waves for w in (wave, np.conj(wave))]), cqt.BINS)
    low, high = np.array([0.25, 0.5, 0.25], complex), np.array([-0.25j, 0.5, 0.25j])
    octaves = torch.from_numpy(np.stack([low, high, np.conj(high)]).astype(np.complex64))
    return time, bins, octaves


def first(x):
    """Mean of every bin."""
    return x.mean(1)


def over_time(x):
    """x [n, frames, 96] -> complex [n, rates, frames, 96]."""
    return torch.einsum("rab,nbf->nraf", tables(x.shape[1])[0], x.to(torch.complex64))


def bands(x, size):
    """Means of the last axis over bands of `size`, flattened from the second axis on."""
    return x.reshape(*x.shape[:-1], -1, size).mean(-1).flatten(1)


def scatter_1d(x):
    return torch.cat([first(x), bands(over_time(x).abs().mean(2), 2)], 1)


def along_bins(x):
    """Complex [n, 1 + rates, scales, frames, 96]: the first is the mean over time, which has one frame's worth of ripples only."""
    bins = tables(x.shape[1])[1]
    moving = torch.einsum("sfg,nrag->nrsaf", bins, over_time(x))
    still = torch.einsum("sfg,nag->nsaf", bins, x.to(torch.complex64))
    return torch.cat([still[:, None], moving], 1)


def scatter_2d(x):
    return torch.cat([first(x), bands(along_bins(x).abs().mean(3), 8)], 1)


def scatter_spiral(x):
    y = along_bins(x)
    n, r, s, t, _ = y.shape
    turns = y.reshape(n, r, s, t, 8, 12)
    padded = torch.nn.functional.pad(torch.view_as_real(turns), (0, 0, 0, 0, 1, 1))
    turns = torch.view_as_complex(padded.contiguous())
    out = []
    for kernel in tables(x.shape[1])[2]:
        z = sum(kernel[i] * turns[..., i:i + 8, :] for i in range(3))
        out.append(z.abs().mean(3).mean(-1).flatten(1))
    return torch.cat([first(x)] + out, 1)


def cepstra(x):
    """DCT of log columns, c0 .. c19."""
    n = np.arange(cqt.BINS)
    cosine = torch.from_numpy((np.cos(np.pi * np.outer(np.arange(20), n + 0.5) / cqt.BINS) * np.sqrt(2 / cqt.BINS)).astype(np.float32))
    return torch.log1p(x) @ cosine.T


def bag_of_cepstra(x):
    c = cepstra(x)
    return torch.cat([c.mean(1), c.std(1)], 1)


def bag_of_features(x):
    """Cepstra with first and second differences, and centroid, spread, flatness, flux: means and deviations."""
    c = cepstra(x)
    d = c[:, 2:] - c[:, :-2]
    dd = d[:, 2:] - d[:, :-2]
    weight = x / (x.sum(2, keepdim=True) + 1e-3)
    n = torch.arange(cqt.BINS, dtype=torch.float32)
    centroid = (weight * n).sum(2)
    spread = torch.sqrt((weight * (n - centroid[..., None]) ** 2).sum(2))
    flatness = torch.log(x + 1e-2).mean(2) - torch.log(x.mean(2) + 1e-2)
    flux = torch.nn.functional.pad(torch.relu(x[:, 1:] - x[:, :-1]).sum(2), (1, 0))
    shape = torch.stack([centroid, spread, flatness, torch.log1p(flux)], 2)
    return torch.cat([f(v) for v in (c, d, dd, shape) for f in (lambda v: v.mean(1), lambda v: v.std(1))], 1)


KINDS = {"scatter-1d": scatter_1d, "scatter-2d": scatter_2d, "scatter-spiral": scatter_spiral, "cepstra": bag_of_cepstra, "features": bag_of_features}


def compute(kind, stored, frames=124, batch=16):
    """u8 [n, frames, 96] -> features; scatterings as logarithms."""
    out = []
    for a in range(0, len(stored), batch):
        x = torch.expm1(torch.from_numpy(stored[a:a + batch, -frames:].astype(np.float32) / cqt.STORED)) / 100
        with torch.no_grad():
            y = KINDS[kind](x)
            out.append((torch.log(y + 1e-3) if kind.startswith("scatter") else y).numpy())
    return np.concatenate(out)
