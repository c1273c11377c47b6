"""A synthetic piano: stiff strings in twos and threes, a hammer, a soundboard; every instance draws its own parameters.

Partials are sums of decaying phasors. A block of samples is a matrix product, [blocks, partials] x [partials, block],
which makes hundreds of partials cheap. Inharmonicity f_n = n f0 sqrt(1 + B n^2) and two-stage decay after
Fletcher & Rossing, The Physics of Musical Instruments, chapter 12.
"""
import numpy as np
from scipy.signal import butter, sosfilt

from features import RATE

PRE_ROLL = 0.005
BLOCK = 256


class Additive:
    def __init__(self, rng):
        u = rng.uniform
        self.rng, self.cache, self.name = rng, {}, "additive"
        self.slope = u(35, 60)
        self.cents = u(-15, 15)
        self.stiff = (u(-4.1, -3.6), u(0.036, 0.05), u(-3.9, -3.3), u(0.03, 0.06))
        self.stretch = u(0.3, 1.3)
        self.strike = u(0.09, 0.16)
        self.tilt = u(0.3, 1.2)
        self.bright = (u(350, 1100), u(22, 40), u(0.0, 0.35))
        self.decay = (u(3, 11), u(14, 24), u(0.2, 1.2))
        self.prompt = (u(0.6, 0.93), u(2.0, 6.0))
        self.detune = u(0.15, 1.6)
        self.board = (np.geomspace(30, 8000, 24), rng.normal(0, u(1, 5), 24), u(35, 110), u(0.5, 2.5))
        self.ripple = u(1, 6)
        self.knock = (10 ** (u(-34, -14) / 20), u(0.008, 0.04), u(150, 900), u(1.5, 5))
        self.thump = (10 ** (u(-36, -16) / 20), u(0.03, 0.12), u(50, 160))
        self.rise = u(0.0003, 0.0025)
        self.key_gain = rng.normal(0, u(0.3, 2.5), 128)

    def partials(self, key, velocity, rng):
        """Frequencies, amplitudes and decay rates (1/s) of the partials of a key."""
        a, b, c, d = self.stiff
        stiffness = 10 ** (a + (key - 45) * b) + 10 ** (c - (key - 21) * d)
        stretch = self.stretch * (0.00035 * (key - 64) ** 3 / 10)
        f0 = 440 * 2.0 ** ((key - 69 + (self.cents + stretch + rng.normal(0, 1.2)) / 100) / 12)
        n = np.arange(1, 221)
        freq = n * f0 * np.sqrt(1 + stiffness * n * n)
        keep = freq < 7600
        n, freq = n[keep], freq[keep]
        strike = self.strike * min(1.0, 1.2 - 0.006 * (key - 21))
        level = np.abs(np.sin(np.pi * n * strike)) + 0.05
        cut = self.bright[0] * 2.0 ** (velocity / self.bright[1]) * (f0 / 200) ** self.bright[2]
        level = level * n ** -self.tilt / (1 + (freq / cut) ** 2)
        points, gains, low, order = self.board
        board = np.interp(np.log(freq), np.log(points), gains) + rng.normal(0, self.ripple, len(n))
        level = level * 10 ** (board / 20) * (freq / (freq + low)) ** order
        slow = self.decay[0] * 2.0 ** (-(key - 30) / self.decay[1])
        rate = (1 + self.decay[2] * (freq / 1000) ** 1.1) / max(0.12, slow) * np.exp(rng.normal(0, 0.3, len(n)))
        return freq, level, rate

    def sound(self, key, velocity):
        """Audio that begins PRE_ROLL before the onset, and its gain."""
        name = (key, int(velocity) // 10)
        if name not in self.cache:
            self.cache[name] = self.make(key, velocity)
        gain = self.slope * np.log10(velocity / 127) + self.key_gain[int(key)]
        return self.cache[name], 10 ** (gain / 20)

    def make(self, key, velocity):
        rng = np.random.default_rng([int(key), self.rng.integers(1 << 30)])
        freq, level, rate = self.partials(key, velocity, np.random.default_rng([int(key), 7]))
        level = level / np.sqrt(np.sum(level ** 2))
        strings = 1 if key < 32 else 2 if key < 44 else 3
        parts = []
        for s in range(strings):
            cents = rng.normal(0, self.detune)
            share = rng.uniform(0.6, 1.0) / strings
            parts.append((freq * 2.0 ** (cents / 1200), level * share * self.prompt[0], rate * self.prompt[1]))
            cents += rng.normal(0, 0.3 * self.detune)
            parts.append((freq * 2.0 ** (cents / 1200), level * share * (1 - self.prompt[0]), rate))
        freq, level, rate = (np.concatenate(x) for x in zip(*parts))
        seconds = float(np.clip(6.5 / np.min(rate), 0.4, 8.0))
        audio = phasors(freq, level, rate, rng.uniform(0, 2 * np.pi, len(freq) // len(parts)), seconds)
        t = np.arange(len(audio)) / RATE
        audio *= 1 - np.exp(-t / (self.rise * (1 + max(0, 60 - key) / 30)))
        audio += self.hammer(rng, velocity, key, len(audio))
        return np.concatenate([np.zeros(int(PRE_ROLL * RATE), np.float32), audio.astype(np.float32)])

    def hammer(self, rng, velocity, key, count):
        """Knock of hammer and key bed."""
        n = min(count, RATE // 2)
        t = np.arange(n) / RATE
        gain, fall, centre, width = self.knock
        band = butter(1, [centre / width ** 0.5, min(7500, centre * width)], "bandpass", fs=RATE, output="sos")
        noise = sosfilt(band, rng.standard_normal(n)) * np.exp(-t / fall) * gain * 2
        deep = np.sin(2 * np.pi * self.thump[2] * t) * np.exp(-t / self.thump[1]) * self.thump[0]
        out = np.zeros(count)
        out[:n] = (noise + deep) * (1 + max(0, key - 70) / 20) * rng.uniform(0.6, 1.4)
        return out


def phasors(freq, level, rate, phase, seconds):
    """Sum of level * exp(-rate t) * sin(2 pi freq t + phase); phases repeat over the strings."""
    blocks = int(seconds * RATE / BLOCK) + 1
    spin = 2j * np.pi * freq - rate
    start = level * np.exp(1j * np.tile(phase, len(freq) // len(phase)))
    t_block = np.arange(blocks) * BLOCK / RATE
    inner = np.exp(np.outer(spin, np.arange(BLOCK) / RATE)).astype(np.complex64)
    outer = (np.exp(np.outer(t_block, spin)) * start).astype(np.complex64)
    return (outer @ inner).imag.reshape(-1)
