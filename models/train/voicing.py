"""How pianists weigh voices: the melody well above what accompanies it, sometimes the bass or an inner voice instead.

In performances on a computer-controlled grand the melody is 10 to 25 velocities louder than what sounds with it (Goebl, "Melody lead in
piano performance", JASA 110, 2001; Repp, "Patterns of note onset asynchronies", JASA 100, 1996); the songs of the corpora have half of that.
"""
import numpy as np

TOGETHER = 0.03                     # s; struck at once


def covered(notes, above=True):
    """Whether a higher note (or a lower one) is struck with each note, or sounds when it is struck."""
    onset, end, key = notes[:, 0], notes[:, 1], notes[:, 2]
    at = onset[:, None]
    sounds = (onset <= at + TOGETHER) & ((end > at + 0.02) | (np.abs(onset - at) <= TOGETHER))
    return np.any(sounds & (key > key[:, None] if above else key < key[:, None]), axis=1)


def voice(rng, notes):
    """Bring out one voice of notes sorted by onset, keep their mean, and let single notes scatter. Changes the velocities in place."""
    draw, depth = rng.random(), rng.uniform(2, 26)
    under = covered(notes, above=draw < 0.85)
    if 0.7 <= draw < 0.85:          # a voice inside: between the highest and the lowest
        under = ~(under & covered(notes, above=False))
    change = -depth * under * rng.uniform(0.7, 1.2, len(notes)) + rng.normal(0, rng.uniform(0, 6), len(notes))
    change += rng.normal(1.5, 2.5) * (notes[:, 2] - 60) / 12
    notes[:, 3] += change - change.mean()


def shorten(rng, notes):
    """Detached playing. Changes the releases in place."""
    share = rng.uniform(0.15, 0.6)
    length = (notes[:, 1] - notes[:, 0]) * share * rng.uniform(0.8, 1.2, len(notes))
    notes[:, 1] = notes[:, 0] + np.clip(length, 0.07, None)
