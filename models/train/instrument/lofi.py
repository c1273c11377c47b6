"""What a small sound font does to an instrument: few samples, each played far from its pitch, and short loops of them."""
import numpy as np

RATE = 44100


class Sparse:
    """A bank of which only a note every few semitones is left, most of them looped; a stand-in for banks of few bytes."""

    def __init__(self, rng, bank, struck, spacing=None):
        self.kind, self.name, self.low, self.high = bank.kind, bank.name, bank.low, bank.high
        self.audio, self.struck = bank.audio, struck
        spacing, start = spacing or rng.uniform(3, 10), rng.uniform(0, 6)
        place = np.floor((bank.rows[:, 2] - bank.low + start) / spacing)
        chosen = [rng.choice(np.flatnonzero(place == p)) for p in np.unique(place)]
        self.rows = bank.rows[chosen]
        self.looped = rng.random() < 0.7
        self.periods = int(np.exp(rng.uniform(0, np.log(80))))           # of a loop, at most 0.4 s
        self.begin = rng.uniform(0.05, 0.6)
        self.fall = np.exp(rng.uniform(np.log(0.25), np.log(2.5)))

    def note(self, rng, key):
        """As Bank.note, of the nearest sample at any distance up to nine semitones."""
        away = np.abs(self.rows[:, 2] - key)
        start, count, note, rate = self.rows[np.argmin(away)]
        if away.min() > 9:
            return None
        audio = self.audio[int(start):int(start + count)].astype(np.float32) / 32768
        return self.loop(audio, 440 * 2 ** ((note - 69) / 12), rate), rate / RATE * 2 ** ((key - note) / 12)

    def loop(self, audio, hz, rate):
        begin = int(self.begin * rate)
        length = int(round(min(self.periods, max(1, int(0.4 * hz))) * rate / hz))
        fade = max(1, length // 5)
        if not self.looped or length < 8 or begin + length + fade > len(audio):
            return audio
        piece = audio[begin:begin + length].copy()
        mix = np.linspace(0, 1, fade, dtype=np.float32)
        piece[-fade:] = piece[-fade:] * (1 - mix) + audio[begin - fade:begin] * mix if begin >= fade else piece[-fade:]
        if np.abs(piece).max() < 0.01:                                   # nothing left to repeat
            return audio
        out = np.concatenate([audio[:begin], np.tile(piece, 1 + int(3 * rate) // length)])
        if self.struck:
            out *= np.exp(-np.maximum(np.arange(len(out)) - begin, 0) / (self.fall * rate)).astype(np.float32)
        return out
