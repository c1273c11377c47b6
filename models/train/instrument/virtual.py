"""Banks that nobody recorded: samples of a bank as another maker of sound fonts might have cut, filtered, looped and played them."""
import numpy as np
from scipy.signal import butter, sosfilt

import effects
import lofi

RATE = 44100
PARTIALS = 60


def partials(audio, hz, rate, begin):
    """Levels of the harmonics of a sample from `begin` (s) on, over eight periods or more; None where it is silent."""
    count = int(max(8 * rate / hz, 2048))
    piece = audio[int(begin * rate):][:count]
    if len(piece) < count or np.abs(piece).max() < 0.01:
        return None
    spectrum = np.abs(np.fft.rfft(piece * np.hanning(count), 4 * count))
    number = int(min(PARTIALS, 0.48 * rate / hz))
    width = max(1, int(2.5 * 4))
    at = (np.arange(1, number + 1) * hz * 4 * count / rate).astype(int)
    return np.array([spectrum[max(0, a - width):a + width + 1].max() for a in at]) / count


def cycle(rng, levels, hz, rate):
    """A few periods of a tone with these levels of harmonics, to be repeated, at 0.25 root mean square."""
    periods = int(rng.integers(1, 4))
    length = int(round(periods * rate / hz))
    spectrum = np.zeros(length // 2 + 1, complex)
    usable = [k for k in range(len(levels)) if (k + 1) * periods < len(spectrum)]
    for k in usable:
        spectrum[(k + 1) * periods] = levels[k] * np.exp(2j * np.pi * rng.random())
    out = np.fft.irfft(spectrum, length)
    return (0.25 * out / (np.sqrt(np.mean(out ** 2)) + 1e-9)).astype(np.float32)


def chorus(rng, audio):
    """One to three copies whose delay sways."""
    t, out = np.arange(len(audio)) / RATE, audio.copy()
    for _ in range(int(rng.integers(1, 4))):
        delay = rng.uniform(0.004, 0.025) + rng.uniform(0.0003, 0.003) * np.sin(2 * np.pi * rng.uniform(0.2, 3) * t + rng.uniform(0, 6))
        out += rng.uniform(0.3, 0.9) * np.interp(t - delay, t, audio)
    return out.astype(np.float32)


class Virtual(lofi.Sparse):
    """A bank of which every sample is changed in the same way. `partner` (or None) is a bank of the same kind whose spectra may be mixed in;
    `mute` (or None) is called with a generator and every sample."""

    def __init__(self, rng, bank, struck, partner=None, mute=None):
        super().__init__(rng, bank, struck, rng.uniform(1, 10))
        self.mute, self.seed = mute, mute and int(rng.integers(1 << 31))
        self.rng, self.partner, self.made = rng, partner, {}
        self.looped = rng.random() < 0.6
        self.colour = effects.minimum_phase(effects.smooth_curve(rng, rng.uniform(1.5, 7)))
        self.uneven = rng.uniform(0, 3)                                  # dB, from sample to sample
        self.parity = rng.choice((-1, 1)) * rng.uniform(0.1, 0.7) if rng.random() < 0.3 else 0
        self.tabled = not struck and rng.random() < 0.3
        self.mixed = rng.uniform(0, 1)
        self.bent = rng.normal(0, 4, PARTIALS) if rng.random() < 0.6 else np.zeros(PARTIALS)
        self.low_rate = np.exp(rng.uniform(np.log(9000), np.log(24000))) if rng.random() < 0.4 else 0
        self.coarse = 2.0 ** -rng.integers(6, 9) if rng.random() < 0.2 else 0
        self.attack = np.exp(rng.uniform(np.log(0.002), np.log(0.15))) if not struck and rng.random() < 0.5 else 0
        self.decay, self.sustain = np.exp(rng.uniform(np.log(0.05), np.log(1.5))), 1.0 if rng.random() < 0.4 else 10 ** (-rng.uniform(1, 14) / 20)
        if struck and rng.random() < 0.5:                                # dies away sooner than the sample
            self.decay, self.sustain = np.exp(rng.uniform(np.log(0.3), np.log(2.5))), 0.0
        self.corner = np.exp(rng.uniform(np.log(700), np.log(9000))) if rng.random() < 0.5 else 0
        self.closes = rng.uniform(0, 1)                                  # of what lies above the corner goes away with the decay
        self.remains = rng.uniform(0, 0.6)                               # and what never leaves

    def note(self, rng, key):
        away = np.abs(self.rows[:, 2] - key)
        i = int(np.argmin(away))
        if away[i] > 9:
            return None
        if i not in self.made:
            self.made[i] = self.make(*self.rows[i])
        audio, rate = self.made[i]
        return audio, rate / RATE * 2 ** ((key - self.rows[i, 2]) / 12)

    def make(self, start, count, note, rate):
        audio, hz = self.audio[int(start):int(start + count)].astype(np.float32) / 32768, 440 * 2 ** ((note - 69) / 12)
        audio = self.table(audio, hz, note, rate) if self.tabled else self.loop(audio, hz, rate)
        if self.parity:                                                  # half a period later once more: odd harmonics fall or rise
            half = 0.5 * rate / hz
            at = np.arange(len(audio))
            audio = audio + self.parity * np.interp(at - half, at, audio).astype(np.float32)
        if self.mute:
            audio = self.mute(np.random.default_rng(self.seed), audio)
        audio = effects.convolve(audio, self.colour)
        if self.uneven > 1:
            audio = effects.convolve(audio, effects.minimum_phase(effects.smooth_curve(self.rng, self.uneven)))
        audio = self.shaped(audio, rate)
        if self.low_rate and self.low_rate < rate:
            audio, rate = np.interp(np.arange(0, len(audio) - 1, rate / self.low_rate), np.arange(len(audio)), sosfilt(
                butter(4, 0.42 * self.low_rate, fs=rate, output="sos"), audio)), self.low_rate
        audio = audio / (np.abs(audio).max() + 1e-9) * 0.7
        if self.coarse:
            audio = np.round(audio / self.coarse) * self.coarse
        return audio.astype(np.float32), rate

    def table(self, audio, hz, note, rate):
        """The beginning of the sample, then a cycle with the spectrum that follows, bent or mixed with the partner's."""
        levels = partials(audio, hz, rate, self.begin)
        if levels is None:
            return self.loop(audio, hz, rate)
        if self.partner is not None:
            begin, count, other, other_rate = self.partner.rows[np.argmin(np.abs(self.partner.rows[:, 2] - note))]
            found = partials(self.partner.audio[int(begin):int(begin + count)].astype(np.float32) / 32768, 440 * 2 ** ((other - 69) / 12), other_rate, 0.3)
            if found is not None:
                number = min(len(found), len(levels))
                levels = (levels[:number] / levels.max() + 1e-4) ** (1 - self.mixed) * (found[:number] / found.max() + 1e-4) ** self.mixed
        levels = levels * 10 ** (self.bent[:len(levels)] / 20)
        head, fade = audio[:int(self.begin * rate)].copy(), int(0.04 * rate)
        tail = cycle(self.rng, levels, hz, rate)
        tail = np.tile(tail, 1 + int(3 * rate) // len(tail))
        if len(head) <= fade:
            return tail
        tail *= np.sqrt(np.mean(head[-fade:] ** 2)) / 0.25
        mix = np.linspace(0, 1, fade, dtype=np.float32)
        tail[:fade] = head[-fade:] * (1 - mix) + tail[:fade] * mix
        return np.concatenate([head[:-fade], tail])

    def shaped(self, audio, rate):
        """Attack, decay and a low-pass that closes, as the envelopes of a sound font."""
        t = np.arange(len(audio)) / rate
        falling = np.exp(-t / self.decay)
        if self.corner and self.corner < 0.45 * rate:
            dark = sosfilt(butter(2, self.corner, fs=rate, output="sos"), audio)
            audio = dark + (audio - dark) * (self.remains + (1 - self.remains) * (1 - self.closes + self.closes * falling))
        audio = audio * (self.sustain + (1 - self.sustain) * falling)
        return audio * np.clip(t / self.attack, 0, 1) if self.attack else audio


class Made:
    """What Virtual takes for a bank: notes of a synthetic instrument every few semitones, all by the same random body and player."""

    def __init__(self, rng, kind, play, low, high, seconds=1.8):
        self.kind, self.name, self.low, self.high = kind, "synthetic/" + kind, low, high
        seed, size, clips = int(rng.integers(1 << 31)), int(seconds * RATE), []
        keys = np.arange(low + rng.uniform(0, 4), high, rng.uniform(3, 8))
        loud = rng.uniform(0.5, 1)
        for key in keys:
            audio = play(np.random.default_rng(seed), [(0.02, seconds - 0.1, float(key), loud)], seconds)[:size]
            clips.append(np.round(audio / (np.abs(audio).max() + 1e-9) * 22000).astype(np.int16))
        self.audio = np.concatenate(clips)
        self.rows = np.array([(i * size, size, key, RATE) for i, key in enumerate(keys)], float)
