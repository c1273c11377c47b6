"""A sampled piano made into one that nobody sampled: every partial of every key gets a gain of its own, even partials against odd
ones too, and another piano may sound along with it. A few banks are too few pianos: what a key's partials weigh is what tells
octaves apart."""
import numpy as np
from scipy.signal import fftconvolve

from features import RATE
from rooms import minimum_phase

SIZE, TAPS, PARTIALS = 4096, 2048, 24


class Altered:
    """Over one or two pianos of the same interface. rng is used now, and not by sound()."""

    def __init__(self, rng, first, second=None):
        self.first, self.second, self.cache = first, second, {}
        self.share = 10 ** (rng.uniform(-12, 3) / 20)
        depth = rng.uniform(1, 6)
        self.all_keys = rng.normal(0, 0.6 * depth, PARTIALS)
        self.own = rng.normal(0, 0.8 * depth, (128, PARTIALS))
        self.own += np.outer(rng.normal(0, 0.5 * depth, 128), np.cos(np.pi * np.arange(1, PARTIALS + 1)))
        self.name = "altered"

    def filter(self, key):
        f0 = 440 * 2.0 ** ((key - 69) / 12)
        number = np.arange(SIZE // 2 + 1) * RATE / SIZE / f0
        gains = np.concatenate([[0], (self.all_keys + self.own[int(key)]), [0, 0]])
        return minimum_phase(np.interp(number, [0.5, *range(1, PARTIALS + 1), PARTIALS + 1, 1e6], gains), TAPS)

    def sound(self, key, velocity):
        """Audio that begins PRE_ROLL before the onset, and its gain."""
        sound, gain = self.first.sound(key, velocity)
        name = (key, id(sound))
        if name not in self.cache:
            self.cache[name] = fftconvolve(sound, self.filter(key))[:len(sound)].astype(np.float32)
        sound = self.cache[name]
        if self.second is None:
            return sound, gain
        other, other_gain = self.second.sound(key, velocity)
        count = min(len(sound), len(other))
        return sound[:count] + other[:count] * (self.share * other_gain / gain), gain
