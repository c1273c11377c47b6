"""Statistics around the pitch: the columns as seen from the strongest pitch of each, so that a bin is a harmonic whatever is played.

A comb over harmonics 1 to 8 finds the pitch; one octave below it to four above it are looked at: level, deviation, how each bin follows
the loudness and its changes, what rises, what falls, and how it ripples at the rates of modulation.py. As there, everything is a mean over
time, to which a block of five columns adds.
"""
import functools

import numpy as np
import torch
from torch.nn import functional as F

BELOW, ABOVE, PITCHES, LAGS, REGISTER = 12, 48, 67, 3, 6                 # bins seen; pitches from 55 Hz on; bins of a register
BINS = BELOW + 1 + ABOVE
BETWEEN = {-5: -0.35, 5: -0.3, 7: -0.5, 17: -0.3, 21: -0.35}             # bins from the pitch where a lower pitch would have harmonics
REST = PITCHES // REGISTER + 1 + 5 + 6
PARTS = 6                                                                # values of a bin, and as many ripples as there are rates


@functools.lru_cache(None)
def comb():
    """Weights of the bins from BELOW under the pitch to three octaves above it."""
    k = np.zeros(BELOW + 37, np.float32)
    for h in range(1, 9):
        k[BELOW + round(12 * np.log2(h))] += 0.85 ** (h - 1)
    for offset, weight in BETWEEN.items():
        k[BELOW + offset] += weight
    return torch.from_numpy(k)


def values(rates):
    return BINS * (PARTS + rates) + REST


def around(wide, index):
    """Bins around the pitch of wide [n, frames, BELOW + 96 + ABOVE]."""
    return torch.gather(wide, 2, index)


def moved(step):
    """How far the pitch went, step [n, frames]: [n, frames, 6]."""
    return torch.stack([step == 0, step == 1, step == 2, (step > 2) & (step < 8), step > 7, step == 12], 2).float()


def columns(x, ripples):
    """x [n, frames, 96] scaled, moduli of ripples [n, frames, rates, 96] -> [n, frames, values]."""
    wide = F.pad(x + 1, (BELOW, ABOVE))                                  # silence is 0
    salience = wide[:, :, :PITCHES + len(comb()) - 1].unfold(2, len(comb()), 1) @ comb()
    height, pitch = salience.max(2)
    index = pitch[:, :, None] + torch.arange(BINS)
    a = around(wide, index)
    change = a - around(F.pad(wide, (0, 0, LAGS, 0))[:, :-LAGS], index)
    loud, louder = a.mean(2, keepdim=True), change.mean(2, keepdim=True)
    parts = [a, a * a, a * loud, a * louder, torch.relu(change), torch.relu(-change)]
    parts += [around(F.pad(ripples[:, :, r], (BELOW, ABOVE)), index) for r in range(ripples.shape[2])]
    place = pitch / 30.0 - 1
    height = height / 5
    whole = torch.stack([place, place ** 2, height, height ** 2, salience.mean(2)], 2)
    step = (pitch - F.pad(pitch, (LAGS, 0))[:, :-LAGS]).abs()
    return torch.cat(parts + [F.one_hot(pitch // REGISTER, PITCHES // REGISTER + 1).float(), whole, moved(step)], 2)


def finish(mean):
    """Means of columns [..., values] -> statistics: deviations, covariances with the loudness and its change, logarithms."""
    level, square, loud, louder, rest, whole = torch.split(mean, (BINS,) * 4 + (mean.shape[-1] - 4 * BINS - REST, REST), -1)
    change = (rest[..., :BINS] - rest[..., BINS:2 * BINS]).mean(-1, keepdim=True)
    return torch.cat([level, torch.sqrt(torch.clamp(square - level ** 2, min=0) + 1e-4), loud - level * level.mean(-1, keepdim=True),
                      louder - level * change, torch.log(rest + 0.02), whole], -1)
