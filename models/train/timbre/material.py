"""What training hears: phrases and clips in disguise; and how far a result is from what it should be."""
from pathlib import Path

import numpy as np
import torch

import bands
import net
import voices

KNOTS = np.arange(bands.BANDS)


class Data:
    """Band levels of the phrases by every voice, and of real solo clips."""

    def __init__(self, cache, targets, data, limit=None):
        self.targets, self.seen, self.folder = list(targets), set(), Path(cache) / "timbre" / "phrases"
        self.names, self.levels, self.energy = [], [], []
        self.clips = {t: [] for t in targets}
        self.limit = limit
        self.rescan()
        for t in targets:
            for audio in voices.clips(data, voices.CLIPS[t], 0) if data and t in voices.CLIPS else []:
                for shift in (-2, 0, 2):
                    at = np.arange(0, len(audio) - 1, 2 ** (shift / 12))
                    l, e = bands.levels(bands.frames(np.interp(at, np.arange(len(audio)), audio).astype(np.float32)))
                    self.clips[t].append((l.astype(np.float16), np.log(e + 1e-9).astype(np.float16)))

    def rescan(self):
        for path in sorted(self.folder.glob("[0-9]*.npz"))[:self.limit]:
            if path.name not in self.seen and not path.name.endswith(".tmp.npz"):
                self.seen.add(path.name)
                stored = np.load(path)
                self.names.append(list(stored["names"]))
                self.levels.append(stored["levels"])
                self.energy.append(stored["energy"])

    def phrase(self, rng):
        return int(rng.integers(len(self.levels)))


def colours(rng, count, strength=1.0):
    """Random equalisers [count, 1, bands] in nepers: broad curves, tilt, ripples."""
    eq = np.zeros((count, bands.BANDS), np.float32)
    k = np.arange(1, 15)
    eq += (rng.normal(0, 1, (count, 14)) * 7 / np.sqrt(k) * rng.uniform(0, 1.5, (count, 1))) @ np.cos(np.pi * k[:, None] * (KNOTS + 0.5) / 160)
    eq += rng.normal(0, 3, (count, 1)) * (np.log2(bands.centres() / 1000)).clip(-3, 4)[None]
    for step, most in ((3, 5), (8, 4)):
        points = rng.normal(0, 1, (count, 160 // step + 2)) * rng.uniform(0, most, (count, 1))
        eq += np.stack([np.interp(KNOTS / step, np.arange(points.shape[1]), p) for p in points])
    return torch.from_numpy((strength * eq / 8.686)[:, None].astype(np.float32))


def noisy(rng, l):
    """A floor of noise of some colour, and unit energy again."""
    count = len(l)
    floor = rng.uniform(-105, -55, (count, 1)) + rng.uniform(-4, 1, (count, 1)) * np.log2(bands.centres() / 1000).clip(-3, 4)[None]
    floor = torch.from_numpy((floor / 8.686).astype(np.float32))[:, None] + 0.3 * torch.randn(l.shape)
    l = torch.logaddexp(2 * l, 2 * floor) / 2
    return l - 0.5 * torch.logsumexp(2 * l, -1, keepdim=True)


def pick(rng, data, frames, options):
    """(source levels, target levels, weight per frame, whether to disguise, target's number)."""
    t = int(rng.integers(len(data.targets)))
    target, kind = data.targets[t], rng.random()
    paired = 0.0 if "no-pairs" in options else 0.6
    if kind < 0.15 and data.clips[target]:
        l, e = data.clips[target][rng.integers(len(data.clips[target]))]
        first = int(rng.integers(0, len(l) - frames))
        l, e = l[first:first + frames], e[first:first + frames]
        return l, l, e > e.max() - 6.9, True, t
    p = data.phrase(rng)
    names = data.names[p]
    row = names.index(target)
    other = row
    if kind > 1 - paired:
        other = int(rng.integers(len(names)))
    first = int(rng.integers(0, 512 - frames))
    span = slice(first, first + frames)
    a, b = data.energy[p][other], data.energy[p][row]
    good = (a[span] > a.max() - 6.3) & (b[span] > b.max() - 6.3)
    return data.levels[p][other][span], data.levels[p][row][span], good, other == row, t


def batch(rng, data, count, frames, options):
    rows = [pick(rng, data, frames, options) for _ in range(count)]
    source = torch.from_numpy(np.stack([r[0] for r in rows]).astype(np.float32))
    target = torch.from_numpy(np.stack([r[1] for r in rows]).astype(np.float32))
    good = torch.from_numpy(np.stack([r[2] for r in rows]).astype(np.float32))
    number = torch.tensor([r[4] for r in rows])
    if "no-disguise" in options:
        return source, target, good, number
    own = np.array([r[3] for r in rows])
    replaced = own & (rng.random(count) < 0.75)
    eq = colours(rng, count)
    strength = np.where(replaced, 0.4, np.where(own, 1.0, 0.35)).astype(np.float32)
    eq = eq * torch.from_numpy(strength)[:, None, None]
    decay = (rng.random(count) < 0.3) * rng.uniform(0, 0.12, count)
    ramp = np.maximum(0, np.log2(bands.centres() / 500))[None, None] * np.arange(frames)[None, :, None] / 86 * 8
    eq = eq - torch.from_numpy((decay[:, None, None] * ramp).astype(np.float32))
    if replaced.any():
        others = []
        for _ in range(int(replaced.sum())):
            p = data.phrase(rng)
            first = int(rng.integers(0, 512 - frames))
            others.append(data.levels[p][rng.integers(len(data.names[p]))][first:first + frames])
        where = torch.from_numpy(np.flatnonzero(replaced))
        source[where] = net.whiten(source[where]) + net.envelope(torch.from_numpy(np.stack(others).astype(np.float32)))
    return noisy(rng, source + eq), target, good, number


def compressed(l):
    return torch.log1p(3000 * l.exp())


def moments(coefficients, good):
    total = good.sum(1, keepdim=True).clamp(min=1)
    mean = (coefficients * good[:, :, None]).sum(1) / total
    spread = ((coefficients - mean[:, None]).square() * good[:, :, None]).sum(1) / total
    return mean, (spread + 1e-4).sqrt()


def loss_of(out, target, good):
    a, b = compressed(out), compressed(target)
    share = good / good.sum().clamp(min=1)
    bins = ((a - b).abs().mean(2) * share).sum()
    ca, cb = a @ net.BASIS * net.TAPER, b @ net.BASIS * net.TAPER
    shape = ((ca - cb).abs().sum(2) / 160 * share).sum()
    (ma, sa), (mb, sb) = moments(ca, good), moments(cb, good)
    enough = (good.sum(1) > 8).float()[:, None]
    over = (((ma - mb).abs() + (sa - sb).abs())[:, 1:] * enough).sum(1).mean() / 160
    return bins + 0.3 * shape + 0.5 * over * WEIGHT_MOMENTS, bins


WEIGHT_MOMENTS = 4.0
