"""The front end: 16 kHz mono to [frames, 3 windows, 300 bins]. Frame t sees samples < (t + 1) * 160.

All three windows end at the newest sample: the short one times the onset, the long one resolves the bass.
"""
import functools

import numpy as np
import scipy.fft
import scipy.sparse

RATE, HOP, BINS = 16000, 160, 300
WINDOWS = ((512, 96, 1024), (2048, 256, 4096), (8192, 512, 8192))          # length, fall, transform


def window(length, fall):
    """A slow rise and a fast fall over the newest samples, scaled so that a sine of amplitude 1 has peak 1."""
    rise = length - fall
    up = np.sin(np.pi / 2 * (np.arange(rise) + 0.5) / rise) ** 2
    down = np.cos(np.pi / 2 * (np.arange(fall) + 0.5) / fall) ** 2
    shape = np.concatenate([up, down])
    return (shape * 2 / shape.sum()).astype(np.float32)


def filterbank(size):
    """[300, size/2 + 1] triangles, 3 a semitone, bin 7 = A0, at least one transform bin wide on each side."""
    centre = 27.5 * 2.0 ** ((np.arange(-1, BINS + 1) - 7) / 36)
    step = RATE / size
    freq = np.arange(size // 2 + 1) * step
    rows = []
    for j in range(BINS):
        f = centre[j + 1]
        low, high = min(centre[j], f - step), max(centre[j + 2], f + step)
        rows.append(np.clip(np.minimum((freq - low) / (f - low), (high - freq) / (high - f)), 0, None))
    return np.array(rows, np.float32)


@functools.lru_cache(None)
def tables():
    return [(window(n, fall), scipy.sparse.csr_matrix(filterbank(size)), n, size) for n, fall, size in WINDOWS]


def features(audio):
    """Values 0..255 before rounding, float32 [frames, 3, 300]; input of the net = value / 64 - 1."""
    frames = len(audio) // HOP
    out = np.empty((frames, 3, BINS), np.float32)
    for w, (shape, bank, length, size) in enumerate(tables()):
        padded = np.concatenate([np.zeros(length - HOP, np.float32), np.asarray(audio[:frames * HOP], np.float32)])
        view = np.lib.stride_tricks.as_strided(padded, (frames, length), (padded.strides[0] * HOP, padded.strides[0]))
        for a in range(0, frames, 512):
            spectrum = scipy.fft.rfft(view[a:a + 512] * shape, size, axis=1)
            power = spectrum.real ** 2 + spectrum.imag ** 2
            band = (bank @ power.T).T
            out[a:a + 512, w] = np.clip((10 * np.log10(band + 1e-12) + 95) * (255 / 95), 0, 255)
    return out


def quantised(audio):
    return np.round(features(audio)).astype(np.uint8)


LEVEL_DECAY, LEVEL_START = 0.00126, -0.5


def levels(values, decay=LEVEL_DECAY, start=LEVEL_START):
    """l_t = loudest bin of the middle window, L_t = max(l_t, L_{t-1} - decay). values: net input [frames, 3, 300]."""
    now = values[:, 1].max(axis=1).astype(np.float64)
    ramp = decay * np.arange(len(now))
    slow = np.maximum.accumulate(np.maximum(now + ramp, start - decay)) - ramp
    return now.astype(np.float32), slow.astype(np.float32)
