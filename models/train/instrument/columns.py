"""Rendered columns: reading the cache, and changes of them that stand for other pitches, tempi, colours, levels and noise."""
from pathlib import Path

import numpy as np

import cqt


class Set:
    """All phrases of a set of the cache: x u8 [frames, 96], starts [phrases + 1], labels, groups."""

    def __init__(self, cache, name, only=None):
        paths = [only] if only else sorted(Path(cache).glob(name + "-[0-9][0-9][0-9].npz"))
        parts = [np.load(p) for p in paths]
        if not parts:
            raise FileNotFoundError("%s: no set %s; run render_phrases.py" % (cache, name))
        self.x = np.concatenate([p["x"] for p in parts])
        lengths = np.concatenate([np.diff(p["starts"]) for p in parts])
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        self.labels = np.concatenate([p["labels"] for p in parts])
        self.groups = np.concatenate([p["groups"] for p in parts])

    def __len__(self):
        return len(self.labels)

    def phrase(self, i):
        return self.x[self.starts[i]:self.starts[i + 1]]


def opened(stored):
    """Stored bytes to columns, float32."""
    return stored.astype(np.float32) / cqt.STORED


def colour(rng, count, size_db):
    """[count, 96] smooth random gains in dB."""
    knots = rng.normal(0, size_db, (count, 9)).astype(np.float32)
    at = np.linspace(0, 8, cqt.BINS)
    low = np.minimum(at.astype(int), 7)
    x = (at - low).astype(np.float32)
    x = x * x * (3 - 2 * x)
    return knots[:, low] * (1 - x) + knots[:, low + 1] * x


def change(rng, x):
    """x: columns [count, frames, 96]; each row gets its own pitch, colour, level and noise."""
    count, frames, bins = x.shape
    shift = rng.integers(-2, 3, count)
    index = np.clip(np.arange(bins)[None, :] + shift[:, None], 0, bins - 1)
    x = np.take_along_axis(x, index[:, None, :], axis=2)
    level = rng.uniform(-28, 8, (count, 1)) * (rng.random((count, 1)) < 0.7)     # a louder sound before lets the level fall slowly only
    decibels = colour(rng, count, 4.0) * (rng.random((count, 1)) < 0.8) + level
    m = np.expm1(x) * 10 ** (decibels / 20)[:, None, :].astype(np.float32)
    noisy = rng.random(count) < 0.5
    floor = cqt.GAIN * 10 ** (rng.uniform(-70, -25, count) / 20) * noisy
    hiss = np.abs(rng.standard_normal((count, frames, bins), dtype=np.float32) + 1j * rng.standard_normal((count, frames, bins), dtype=np.float32))
    tint = 10 ** (colour(rng, count, 8.0) / 20) * 0.3
    m = np.sqrt(m ** 2 + (hiss * (floor[:, None] * tint)[:, None, :].astype(np.float32)) ** 2)
    return np.log1p(m).astype(np.float32)


def tempo(rng, x, frames):
    """[frames, 96] out of one phrase x [n, 96]: a random stretch of it, at a random tempo, or looped where it is short."""
    ratio = np.exp(rng.uniform(np.log(0.85), np.log(1.2))) if rng.random() < 0.7 else 1.0
    need = int(np.ceil(frames * ratio)) + 2
    if len(x) < need:
        ratio, need = len(x) / (frames + 2), len(x)
    begin = rng.integers(0, len(x) - need + 1)
    at = begin + np.arange(frames) * ratio
    low = np.minimum(at.astype(int), len(x) - 2)
    part = (at - low).astype(np.float32)[:, None]
    return x[low] * (1 - part) + x[low + 1] * part
