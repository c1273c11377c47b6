"""Front end of the hybridizer: frames of 2048 samples at 44.1 kHz, 160 bands, whitening. src/timbre computes the same."""
import functools

import numpy as np

RATE, SIZE, HOP, BANDS = 44100, 2048, 512, 160
FLOOR = 1e-9                                          # of a band's share of the energy
CLIP = -9.2                                           # what the envelope sees of an empty band, nepers
COSINES, FULL = 24, 16                                # of the envelope; those from FULL on are tapered


def mel(hz):
    return 2595 * np.log10(1 + np.asarray(hz) / 700)


def hertz(m):
    return 700 * (10 ** (np.asarray(m) / 2595) - 1)


def spread(step):
    centres, bin_hz = [40.0], RATE / SIZE
    while len(centres) < BANDS:
        centres.append(max(centres[-1] + bin_hz, float(hertz(mel(centres[-1]) + step))))
    return centres


@functools.lru_cache(None)
def centres():
    """Equal steps in mel from 40 Hz to 20 kHz, but at least one bin apart."""
    low, high = 1.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if spread(middle)[-1] < 20000 else (low, middle)
    return np.array(spread(low))


@functools.lru_cache(None)
def weights(rate=RATE, size=SIZE):
    """[bands, bins]: triangles to the neighbouring centres, at least one bin wide; open at both ends."""
    f, bin_hz, hz = centres(), rate / size, np.arange(size // 2 + 1) * rate / size
    gap = np.maximum(np.diff(f), bin_hz)
    below, above = np.concatenate([[np.inf], gap]), np.concatenate([gap, [np.inf]])
    distance = hz[None, :] - f[:, None]
    share = np.where(distance < 0, 1 + distance / below[:, None], 1 - distance / above[:, None])
    return np.maximum(share, 0).astype(np.float32)


@functools.lru_cache(None)
def window(fall=HOP, size=SIZE):
    """Analysis: root of a Hann window that rises over size - fall samples and falls over the last ones."""
    rise = np.sin(np.pi / 2 * (np.arange(size - fall) + 0.5) / (size - fall))
    return np.concatenate([rise, np.cos(np.pi / 2 * (np.arange(fall) + 0.5) / fall)]).astype(np.float32)


@functools.lru_cache(None)
def synthesis(fall=HOP, size=SIZE):
    """For the last 2 * fall samples; its product with the analysis window is a Hann window of that length."""
    ramp = np.sin(np.pi / 2 * (np.arange(fall) + 0.5) / fall) ** 2
    return (np.concatenate([ramp, ramp[::-1]]) / window(fall, size)[-2 * fall:]).astype(np.float32)


def frames(audio, fall=HOP, hop=HOP):
    """Spectra [n, bins] of frames that end at hop, 2 * hop, ... (silence before the first sample)."""
    count = len(audio) // hop
    padded = np.concatenate([np.zeros(SIZE, np.float32), audio.astype(np.float32)])
    index = (np.arange(1, count + 1) * hop)[:, None] + np.arange(SIZE)[None, :]
    return np.fft.rfft(padded[index] * window(fall), axis=1).astype(np.complex64)


def levels(spectra):
    """Band levels l [n, bands] in nepers, relative to the energy of the frame, and that energy's root e [n]."""
    power = np.abs(spectra) ** 2
    energy = power.sum(1)
    shares = power / np.maximum(energy, 1e-20)[:, None]
    return 0.5 * np.log(shares @ weights().T + FLOOR), np.sqrt(energy)


@functools.lru_cache(None)
def basis():
    """[bands, cosines], orthonormal."""
    k, b = np.arange(COSINES)[None, :], np.arange(BANDS)[:, None]
    table = np.sqrt(2 / BANDS) * np.cos(np.pi * k * (b + 0.5) / BANDS)
    table[:, 0] = np.sqrt(1 / BANDS)
    return table.astype(np.float32)


@functools.lru_cache(None)
def taper():
    """How much of each cosine belongs to the envelope."""
    t = np.ones(COSINES, np.float32)
    t[FULL:] = np.linspace(1, 0.1, COSINES - FULL)
    return t
