"""Modulation statistics: how the columns ripple in time and along the frequency axis, and their cepstra.

40 Gaussian filters of a rate (Hz) and a scale (cycles per octave), their modulus averaged over time and over bands of eight bins
(Chi, Ru & Shamma 2005; Lostanlen's joint scattering is the same idea), plus means and deviations of 24 bands and of 25 cepstra and
their differences. Everything is a mean over time of something that a block of five columns adds to: windows of any length follow
from sums of blocks, so that a stream never computes anything twice.
"""
import functools

import numpy as np
import torch

import cqt
import pitched

BLOCK = 5
RATES, SCALES = (1.5, 3.0, 6.0, 12.0), (0.5, 1.0, 2.0, 4.0)
TIME_TAPS, BIN_TAPS, STRIDE, BANDS, WIDE_BANDS, CEPSTRA = 45, 33, 2, 12, 24, 25
POSITIONS = cqt.BINS // STRIDE
SILENCE = float(cqt.scaled(0.0))                                         # columns before the first
LAGS = 3                                                                 # columns between the ends of a difference


def gaussian(taps, sigma, aligned):
    """At the end of the taps (newest last) or in their middle."""
    support = min(taps, 2 * int(round(2 * sigma)) + 1)
    at = np.arange(taps) - (taps - 1 - support // 2 if aligned else taps // 2)
    return np.exp(-0.5 * (at / sigma) ** 2) * (np.abs(at) <= support // 2), at


@functools.lru_cache(None)
def time_filters():
    """[9, TIME_TAPS] newest last: a smoother, then real and imaginary part of each rate."""
    window, _ = gaussian(TIME_TAPS, 4.0, True)
    rows = [window / window.sum()]
    for rate in RATES:
        sigma = 0.33 / rate * cqt.RATE / cqt.HOP
        window, at = gaussian(TIME_TAPS, sigma, True)
        wave = window * np.exp(2j * np.pi * rate * cqt.HOP / cqt.RATE * at)
        wave -= window * wave.sum() / window.sum()
        wave /= np.abs(wave).sum()
        rows += [wave.real, wave.imag]
    return np.array(rows, np.float32)


@functools.lru_cache(None)
def bin_filters():
    """Complex [9, BIN_TAPS]: scale 0, then every scale up and down."""
    window, _ = gaussian(BIN_TAPS, 1.5, False)
    rows = [window / window.sum() + 0j]
    for scale in SCALES:
        window, at = gaussian(BIN_TAPS, min(8.0, 0.45 / scale * 12), False)
        wave = window * np.exp(2j * np.pi * scale / 12 * at)
        wave -= window * wave.sum() / window.sum()
        wave /= np.abs(wave).sum()
        rows += [wave, np.conj(wave)]
    return np.array(rows, np.complex64)


def spread(filters):
    """Filters [n, channels, BIN_TAPS] as a matrix [channels * 96, n * POSITIONS] over all positions, edges padded with zeros."""
    n, channels, taps = filters.shape
    out = np.zeros((channels, cqt.BINS, n, POSITIONS), np.float32)
    for p in range(POSITIONS):
        for tap in range(taps):
            b = p * STRIDE + tap - taps // 2
            if 0 <= b < cqt.BINS:
                out[:, b, :, p] = filters[:, :, tap].T
    return torch.from_numpy(out.reshape(channels * cqt.BINS, n * POSITIONS))


@functools.lru_cache(None)
def weights():
    """(time [9, TIME_TAPS], still [96, 9 * 48], moving [192, 18 * 48], cosine [25, 96]) for torch."""
    f = bin_filters()
    still = np.stack([f[0].real] + [g for s in range(4) for g in (f[1 + 2 * s].real, f[1 + 2 * s].imag)])
    moving = np.zeros((18, 2, BIN_TAPS), np.float32)
    moving[0::2, 0], moving[0::2, 1] = f.real, -f.imag
    moving[1::2, 0], moving[1::2, 1] = f.imag, f.real
    n = np.arange(cqt.BINS)
    cosine = np.cos(np.pi * np.outer(np.arange(CEPSTRA), n + 0.5) / cqt.BINS) * np.sqrt(2 / cqt.BINS)
    return torch.from_numpy(time_filters()), spread(still.astype(np.float32)[:, None]), spread(moving), torch.from_numpy(cosine.astype(np.float32))


def modulations(x):
    """x [n, frames, 96] -> [n, frames, 41, 12], and moduli of the rates [n, frames, 4, 96]; columns before the first are silent."""
    time, still, moving, _ = weights()
    n, frames, bins = x.shape
    toeplitz = torch.zeros(9, frames, frames + TIME_TAPS - 1)
    for t in range(frames):
        toeplitz[:, t, t:t + TIME_TAPS] = time
    before = SILENCE * toeplitz[:, :, :TIME_TAPS - 1].sum(2).reshape(9 * frames, 1)
    toeplitz = toeplitz[:, :, TIME_TAPS - 1:].reshape(9 * frames, frames)
    ripples = (toeplitz @ x.permute(1, 0, 2).reshape(frames, -1) + before).reshape(9, frames, n, bins).permute(2, 1, 0, 3)
    calm = (ripples[:, :, 0] @ still).reshape(n, frames, -1, POSITIONS)
    out = [calm[:, :, :1].abs(), torch.sqrt(calm[:, :, 1::2] ** 2 + calm[:, :, 2::2] ** 2)]
    for r in range(len(RATES)):
        y = (ripples[:, :, 1 + 2 * r:3 + 2 * r].reshape(n * frames, 2 * bins) @ moving).reshape(n, frames, -1, POSITIONS)
        out.append(torch.sqrt(y[:, :, 0::2] ** 2 + y[:, :, 1::2] ** 2))
    rates = torch.sqrt(ripples[:, :, 1::2] ** 2 + ripples[:, :, 2::2] ** 2)
    return torch.cat(out, 2).reshape(n, frames, FILTERS, BANDS, POSITIONS // BANDS).mean(-1), rates


FILTERS = 1 + len(SCALES) + len(RATES) * (1 + 2 * len(SCALES))
OF_BANDS = FILTERS * BANDS + 2 * WIDE_BANDS + 4 * CEPSTRA
VALUES = OF_BANDS + pitched.values(len(RATES))


def difference(c, before):
    """c[t] - c[t - LAGS] of [n, frames, values], whose values before the first are `before`."""
    padded = torch.cat([before.expand(c.shape[0], LAGS, c.shape[2]), c], 1)
    return padded[:, LAGS:] - padded[:, :-LAGS]


def blocks(x):
    """x [n, frames, 96] -> means over blocks of BLOCK columns [n, frames // BLOCK, VALUES]."""
    n, frames, _ = x.shape
    x = x[:, :frames // BLOCK * BLOCK]
    cosine = weights()[3]
    bands = x.reshape(n, x.shape[1], WIDE_BANDS, -1).mean(-1)
    cepstra = x @ cosine.T
    first = difference(cepstra, SILENCE * cosine.sum(1))
    second = difference(first, torch.zeros(1))
    modulated, rates = modulations(x)
    whole = torch.cat([modulated.flatten(2), bands, bands ** 2, cepstra, cepstra ** 2, first ** 2, second ** 2, pitched.columns(x, rates)], 2)
    return whole.reshape(n, -1, BLOCK, VALUES).mean(2)


def silence():
    """What a silent block is made into."""
    return blocks(torch.full((1, 60, cqt.BINS), SILENCE))[0, -1]


def stream(x, piece=20 * BLOCK, before=9 * BLOCK):
    """As blocks() of one long x [frames, 96], piece by piece, each with all columns before that its filters see."""
    count = len(x) // BLOCK * BLOCK
    x = torch.cat([torch.full((before, cqt.BINS), SILENCE), x[:count], torch.zeros(-count % piece, cqt.BINS)])
    parts = [blocks(x[None, a:a + before + piece])[0, before // BLOCK:] for a in range(0, len(x) - before, piece)]
    return torch.cat(parts)[:count // BLOCK]


def finish(mean):
    """Mean of blocks [..., VALUES] -> statistics [..., VALUES]: logarithms of modulations, means and deviations of the rest."""
    mean, harmonic = mean[..., :OF_BANDS], mean[..., OF_BANDS:]
    m, w, c = FILTERS * BANDS, WIDE_BANDS, CEPSTRA
    ripple, bands, squares, cepstra, cepstra2, first, second = torch.split(mean, (m, w, w, c, c, c, c), -1)

    def root(v):
        return torch.sqrt(torch.clamp(v, min=0) + 1e-4)
    return torch.cat([torch.log(ripple + 0.01), bands, root(squares - bands ** 2), cepstra, root(cepstra2 - cepstra ** 2), root(first), root(second),
                      pitched.finish(harmonic)], -1)
