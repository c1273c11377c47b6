"""The front end: 44.1 kHz mono to [frames, 96] columns, one every 882 samples (20 ms).

Constant-Q magnitudes, 12 bins per octave from 55 Hz, whose Hann windows all end at the newest sample: frame t sees samples
< (t + 1) * 882. Low octaves come from one long transform a hop, high ones from several short ones whose powers are averaged,
so that no sound between the short windows is missed. Brown & Puckette 1992 (kernels in the spectrum), A-weighting as IEC 61672.
"""
import functools

import numpy as np
import scipy.fft
import scipy.sparse

RATE, HOP, BINS, LOWEST = 44100, 882, 96, 55.0
Q = 1 / (2 ** (1 / 12) - 1)
GROUPS = ((0, 36, 16384, 1), (36, 60, 2048, 2), (60, 96, 512, 6))        # first bin, end bin, transform, transforms a hop
REACH = 3.0                                                              # lobes of a kernel kept on each side
FLOOR, DECAY_SECONDS, GAIN = 2e-4, 3.0, 1000.0
DECAY = float(np.exp(-HOP / RATE / DECAY_SECONDS))


def frequencies():
    return LOWEST * 2.0 ** (np.arange(BINS) / 12)


def a_weights():
    """Amplitude factors, 1 at 1 kHz."""
    def curve(f):
        f2 = f * f
        return 12194.217 ** 2 * f2 * f2 / ((f2 + 20.598997 ** 2) * np.sqrt((f2 + 107.65265 ** 2) * (f2 + 737.86223 ** 2)) * (f2 + 12194.217 ** 2))
    return curve(frequencies()) / curve(np.array(1000.0))


def kernel(f, size):
    """(first bin, values): conjugate spectrum of a Hann window of Q periods at the end of `size` samples; a sine of 1 gives 1."""
    length = int(round(Q * RATE / f))
    centre, lobe = f * size / RATE, size / length
    first, last = max(0, int(np.ceil(centre - REACH * lobe))), min(size // 2, int(np.floor(centre + REACH * lobe)))
    j = np.arange(first, last + 1)
    theta = 2 * np.pi * (f / RATE - j / size)

    def dirichlet(x):
        half = x / 2
        near = np.abs(np.sin(half)) < 1e-12
        return np.exp(1j * half * (length - 1)) * np.where(near, length, np.sin(length * half) / np.where(near, 1, np.sin(half)))
    step = 2 * np.pi / length
    value = 2 / length * (dirichlet(theta) - 0.5 * dirichlet(theta + step) - 0.5 * dirichlet(theta - step))
    return first, np.conj(value * np.exp(2j * np.pi * j * length / size)) / size


@functools.lru_cache(None)
def tables():
    result = []
    for begin, end, size, count in GROUPS:
        matrix = scipy.sparse.lil_matrix((end - begin, size // 2 + 1), dtype=np.complex64)
        for row, f in enumerate(frequencies()[begin:end]):
            first, values = kernel(f, size)
            matrix[row, first:first + len(values)] = values
        result.append((begin, end, size, count, matrix.tocsr()))
    return result


def magnitudes(audio):
    """A-weighted constant-Q magnitudes [frames, 96], float32."""
    frames = len(audio) // HOP
    power = np.zeros((frames, BINS), np.float32)
    for begin, end, size, count, matrix in tables():
        step = HOP // count
        padded = np.concatenate([np.zeros(size - step, np.float32), np.asarray(audio[:frames * HOP], np.float32)])
        view = np.lib.stride_tricks.as_strided(padded, (frames * count, size), (padded.strides[0] * step, padded.strides[0]))
        for a in range(0, frames * count, 256):
            value = (matrix @ scipy.fft.rfft(view[a:a + 256], axis=1).T).T
            square = value.real ** 2 + value.imag ** 2
            np.add.at(power[:, begin:end], np.arange(a, a + len(square)) // count, square / count)
    return np.sqrt(power) * a_weights().astype(np.float32)


def levels(magnitude, start=FLOOR):
    """The level that columns are divided by: follows upwards at once, falls with 3 s, never under the floor."""
    now = np.sqrt(np.sum(magnitude.astype(np.float64) ** 2, axis=1))
    out, level = np.empty(len(now)), start
    for t, e in enumerate(now):
        level = max(e, level * DECAY, FLOOR)
        out[t] = level
    return out


def columns(magnitude):
    """log1p(1000 m / L): 0..6.9; a column never changes later, so nets may keep what they made of it."""
    return np.log1p(GAIN * magnitude / levels(magnitude)[:, None]).astype(np.float32)


STORED = 36.0                                                            # stored value = column * 36, 8 bits


def quantised(audio):
    return np.round(columns(magnitudes(audio)) * STORED).clip(0, 255).astype(np.uint8)


def scaled(column):
    """Input of the nets."""
    return (column - 1.5) / 1.5
