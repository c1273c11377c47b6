"""Phrases of a class: which bank or synthetic instrument plays, how its notes are joined, what amplifier follows."""
import numpy as np

import effects
import lofi
import melodies
import synths
import virtual
from sources import CLASSES, LATER_FONTS, LATEST_FONT, LATEST_NOTES, OTHER_RECORDED, TARGETS

RATE, SECONDS = 44100, 5.2
# How the thin classes get their variety: (share, what plays).
RECIPES = {
    "violin": ((0.50, "own"), (0.18, ("cello", 9, 16)), (0.32, "bowed")),
    "trumpet": ((0.55, "own"), (0.12, ("trombone", 9, 13)), (0.33, "brass")),
    "female_voice": ((0.33, "own"), (0.67, "voice")),
    "tenor_sax": ((0.62, "own"), (0.23, ("alto_sax", -6, -4)), (0.15, ("baritone_sax", 5, 7.5))),
    "distorted_electric_guitar": ((0.25, "own"), (0.75, ("electric_guitar_clean", 0, 0))),
    "clarinet": ((1.0, "own"),), "flute": ((1.0, "own"),), "piano": ((1.0, "own"),),
}
# The same for the set `varied`.
VARIED = RECIPES | {
    "violin": ((0.62, "own"), (0.14, ("cello", 9, 16)), (0.24, "bowed")),
    "trumpet": ((0.66, "own"), (0.08, ("trombone", 9, 13)), (0.26, "brass")),
    "female_voice": ((0.45, "own"), (0.55, "voice")),
    "tenor_sax": ((0.70, "own"), (0.18, ("alto_sax", -6, -4)), (0.12, ("baritone_sax", 5, 7.5))),
    "distorted_electric_guitar": ((0.35, "own"), (0.65, ("electric_guitar_clean", 0, 0))),
}
# And for the set `virtual`, whose synthetic instruments are sampled as well.
SAMPLED = {"sampled_violin": (synths.bowed, 55, 96), "sampled_trumpet": (synths.brass, 53, 84), "sampled_voice": (synths.voice, 57, 84),
           "sampled_piano": (synths.struck, 32, 96)}
VIRTUAL = RECIPES | {
    "violin": ((0.68, "own"), (0.07, ("cello", 9, 16)), (0.10, "bowed"), (0.15, "sampled_violin")),
    "trumpet": ((0.70, "own"), (0.05, ("trombone", 9, 13)), (0.10, "brass"), (0.15, "sampled_trumpet")),
    "female_voice": ((0.50, "own"), (0.35, "voice"), (0.15, "sampled_voice")),
    "tenor_sax": ((0.76, "own"), (0.14, ("alto_sax", -6, -4)), (0.10, ("baritone_sax", 5, 7.5))),
    "distorted_electric_guitar": ((0.40, "own"), (0.60, ("electric_guitar_clean", 0, 0))),
    "piano": ((0.88, "own"), (0.12, "sampled_piano")),
}
# And for the set `recorded`: the classes of which there are newly recorded notes.
RECORDED = VARIED | {"violin": ((0.85, "own"), (0.15, ("cello", 9, 16))), "trumpet": ((0.85, "own"), (0.15, ("trombone", 9, 13)))}
RANGE = {"violin": (55, 98), "trumpet": (53, 86), "female_voice": (55, 86), "tenor_sax": (43, 78), "clarinet": (49, 93), "flute": (59, 97),
         "piano": (24, 105), "distorted_electric_guitar": (38, 86)}
PLUCKED = {"piano", "acoustic_guitar", "electric_guitar_clean", "distorted_electric_guitar", "banjo", "mandolin", "mallets", "sitar", "organ", "harp"}
STRUCK = {"drums", "percussion"}
ALL = ("wide", "stopped")                                                # manners that know all banks


def cubic(audio, positions):
    """Catmull-Rom interpolation at fractional positions."""
    at = positions.astype(np.int64)
    x = (positions - at).astype(np.float32)
    padded = np.concatenate([audio[:1], audio, np.zeros(3, np.float32)])
    p0, p1, p2, p3 = (padded[at + i] for i in range(4))
    return p1 + 0.5 * x * (p2 - p0 + x * (2 * p0 - 5 * p1 + 4 * p2 - p3 + x * (3 * (p1 - p2) + p3 - p0)))


def drums(rng, bank):
    out, now = np.zeros(int(SECONDS * RATE), np.float32), rng.uniform(0, 0.2)
    step = rng.uniform(0.09, 0.35)
    kit = rng.choice(len(bank.rows), min(len(bank.rows), int(rng.integers(2, 8))), replace=False)
    while now < SECONDS:
        if rng.random() < 0.8:
            start, count, _, rate = bank.rows[rng.choice(kit)]
            audio = bank.audio[int(start):int(start + count)].astype(np.float32) / 32768
            at = int(now * RATE)
            out[at:at + len(audio)] += audio[:len(out) - at] * rng.uniform(0.2, 1)
        now += step * rng.choice((1, 1, 1, 2, 0.5))
    return out


def place(out, at, sound):
    if at < 0:
        sound, at = sound[-at:], 0
    room = len(out) - at
    if room > 0:
        out[at:at + len(sound)] += sound[:room]


class Player:
    """One bank in one take: its detuning, attack, vibrato. `mistuned` (cents) is how far apart its notes are out of tune."""

    def __init__(self, rng, bank, shift, plucked, mistuned=0.0):
        self.rng, self.bank, self.shift, self.plucked = rng, bank, shift, plucked
        self.cents, self.mistuned = rng.uniform(-30, 30), rng.normal(0, mistuned, 128) if mistuned else np.zeros(128)
        self.attack, self.release = rng.uniform(0.003, 0.03), rng.uniform(0.03, 0.15) if not plucked else rng.uniform(0.05, 0.4)
        self.rate, self.depth = rng.uniform(4.5, 7), rng.uniform(0, 0.30)
        self.tremolo = rng.uniform(0, 0.25)
        self.slope = rng.uniform(0, 1.5)
        self.late, self.often = 0.0, 0.5                                 # of vibrato: seconds until it begins, share of the notes
        if isinstance(bank, virtual.Virtual):                            # a sound font's oscillator: on every note or none
            self.late, self.often = rng.uniform(0, 0.5), rng.choice((0.0, 1.0))
            self.depth *= rng.uniform(0.2, 1)

    def note(self, key, length, loud, slide):
        rng, found = self.rng, self.bank.note(self.rng, key - self.shift)
        if not found:
            return None
        audio, ratio = found
        count = int((length + self.release) * RATE)
        steps = np.full(count, ratio * 2 ** ((self.cents + self.mistuned[int(key) % 128]) / 1200))
        t = np.arange(count) / RATE
        if not self.plucked and rng.random() < self.often:
            steps *= 2 ** (self.depth / 12 * np.clip((t - self.late) / 0.3, 0, 1) * np.sin(2 * np.pi * self.rate * t + rng.uniform(0, 6)))
        if slide:
            steps *= 2 ** (slide / 12 * np.exp(-t / rng.uniform(0.02, 0.08)))
        begin = rng.uniform(0.02, 0.1) * RATE * ratio if not self.plucked and rng.random() < 0.3 and len(audio) > 20000 else 0
        positions = begin + np.cumsum(steps) - steps[0]
        positions = positions[positions < len(audio) - 3]
        sound = cubic(audio, positions)
        t, tail = t[:len(sound)], min(len(sound), int(self.release * RATE))
        sound[len(sound) - tail:] *= np.linspace(1, 0, tail) ** 1.5
        if not self.plucked:
            sound *= np.clip(t / self.attack, 0, 1) * (1 + self.tremolo * np.sin(2 * np.pi * self.rate * t))
        return sound * loud ** self.slope

    def play(self, notes):
        out = np.zeros(int(SECONDS * RATE), np.float32)
        previous = None
        for onset, length, key, loud in notes:
            near = previous is not None and 0 < abs(previous - key) < 5
            slide = previous - key if not self.plucked and near and self.rng.random() < 0.12 else 0
            sound = self.note(key, length, loud, slide)
            if sound is not None:
                place(out, int(onset * RATE), sound)
            previous = key
        return out


def from_bank(rng, bank, kind, low, high, shift=0.0, mistuned=0.0):
    if kind in STRUCK:
        return drums(rng, bank)
    low, high = max(low, bank.low + shift - 2), min(high, bank.high + shift + 2)
    if high - low < 5:
        low, high = bank.low + shift - 2, bank.high + shift + 3
    many = kind in PLUCKED and rng.random() < 0.75 or kind in ("other", "string_section") and rng.random() < 0.45
    notes = melodies.polyphony(rng, low, max(high, low + 15), SECONDS) if many else melodies.melody(rng, low, high, SECONDS)
    audio = Player(rng, bank, shift, kind in PLUCKED or kind == "other" and rng.random() < 0.5, mistuned).play(notes)
    if isinstance(bank, virtual.Virtual):
        if rng.random() < 0.12:                                          # a second layer, a little out of tune
            audio += rng.uniform(0.3, 1) * Player(rng, bank, shift, kind in PLUCKED, mistuned).play(notes)
        if rng.random() < 0.12:
            audio = virtual.chorus(rng, audio)
    return audio


def out_of_tune(rng, audio, cents, most):
    """With a copy of itself beside it, some cents away, as a honky-tonk piano."""
    positions = np.arange(len(audio) - 4) * 2 ** (rng.uniform(-cents, cents) / 1200)
    audio[:len(audio) - 4] += rng.uniform(0.5, most) * cubic(audio, np.clip(positions, 0, len(audio) - 4))
    return audio


class Studio:
    """All banks of training, or all of validation; or those alone whose names begin with `only`.

    The manner `varied`: the later fonts count more, a third of all banks is thinned out as in a small font, more pianos are out of tune,
    more trumpets muted. `virtual`: nearly every bank becomes one that nobody recorded. `muted`: the same, and four trumpets in five are muted
    before their samples are cut and looped. `recorded`: the notes of tonejs.py alone, half of the time changed as in `virtual`, with partners among
    all others. `wide`: as `virtual`, of all there is. `stopped`: the same, and four trumpets in five have a mute, mostly one
    that takes the formant out.
    """

    def __init__(self, banks, unseen, only="", manner="plain"):
        self.unseen, self.manner = unseen, manner
        left_out = {"plain": (*LATER_FONTS, LATEST_FONT), "varied": (LATEST_FONT,)}.get(manner, ())
        self.by_kind, self.partners = {}, {}
        for bank in banks:
            if bank.unseen != unseen or bank.name.startswith(left_out):
                continue
            latest = bank.name.startswith(LATEST_NOTES)
            if bank.name.startswith(only) and (manner in ALL or latest == (manner == "recorded")):
                self.by_kind.setdefault(bank.kind, []).append(bank)
            if bank.name.startswith(only) and (manner in ALL or not latest):
                self.partners.setdefault(bank.kind, []).append(bank)
        self.other = sorted(k for k in OTHER_RECORDED if k in self.by_kind)
        self.recipes = {"plain": RECIPES, "varied": VARIED, "recorded": RECORDED}.get(manner, VIRTUAL)
        if unseen:                                                       # samples of its own alone, but for the voice and the guitar
            own = {name: ((1.0, "own"),) for name in TARGETS}
            self.recipes = own | {"female_voice": ((0.5, "own"), (0.5, "voice")), "distorted_electric_guitar": RECIPES["distorted_electric_guitar"]}

    def bank(self, rng, kind):
        """Recorded sources count as much as all fonts together."""
        banks = self.by_kind[kind]
        fonts = ("fluid", "musescore", "timgm", "gmbank", "freepats")
        weight = np.array([1.0 if b.name.split("/")[0] in fonts else 2.5 for b in banks])
        return self.changed(rng, banks[rng.choice(len(banks), p=weight / weight.sum())])

    def changed(self, rng, bank):
        """The bank, or what the manner makes of it."""
        if self.manner == "plain" or bank.kind in STRUCK:
            return bank
        plucked = bank.kind in PLUCKED
        if self.manner == "varied":
            return lofi.Sparse(rng, bank, plucked) if rng.random() < 0.35 else bank
        if rng.random() < (0.5 if self.manner == "recorded" else 0.15):
            return bank
        alike = self.partners.get(bank.kind, [])
        partner = alike[rng.integers(len(alike))] if bank.kind != "other" and alike and rng.random() < 0.6 else None
        mute = None
        if bank.kind == "trumpet" and rng.random() < {"muted": 0.8, "stopped": 0.8, "recorded": 0.4, "wide": 0.3}.get(self.manner, 0):
            mute = effects.mute if rng.random() < 0.6 else effects.cup
            mute = effects.stem if self.manner == "stopped" and rng.random() < 0.7 else mute
        return virtual.Virtual(rng, bank, plucked, partner, mute)

    def target(self, rng, name):
        low, high = RANGE[name]
        recipe, varied = self.recipes[name], self.manner != "plain"
        what = recipe[rng.choice(len(recipe), p=[share for share, _ in recipe])][1]
        if what in ("bowed", "brass", "voice"):
            notes = melodies.melody(rng, low, high, SECONDS, "long" if rng.random() < 0.25 else None)
            if what == "bowed":
                audio = synths.bowed(rng, notes, SECONDS)
                if rng.random() < 0.12:                                  # double stops
                    audio = audio + synths.bowed(rng, [(o, d, max(55.0, k - rng.choice((3, 4, 5, 7, 8))), v) for o, d, k, v in notes], SECONDS)
                return audio
            if what == "brass":
                return synths.brass(rng, notes, SECONDS)
            return synths.voice(rng, notes, SECONDS, rng.choice((0.9, 1.12)) if self.unseen else 1.0)
        kind, shift = (name, 0.0) if what == "own" or what in SAMPLED else (what[0], rng.uniform(what[1], what[2]))
        bank = virtual.Virtual(rng, virtual.Made(rng, name, *SAMPLED[what]), name in PLUCKED) if what in SAMPLED else self.bank(rng, kind)
        audio = from_bank(rng, bank, kind, low, high, shift, rng.uniform(0, 12) if varied and name == "piano" else 0.0)
        if name == "piano" and not self.unseen and rng.random() < (0.4 if varied else 0.15):
            audio = out_of_tune(rng, audio, 40 if varied else 30, 1)
        if name == "trumpet" and varied and rng.random() < 0.25:
            audio = effects.mute(rng, audio)
        if name == "distorted_electric_guitar" and (what != "own" or rng.random() < 0.3):
            audio = effects.amplifier(rng, audio)
        return audio

    def other_sound(self, rng):
        dice = rng.random()
        if dice < 0.40 or self.manner == "recorded":
            kind = rng.choice(self.other)
            return from_bank(rng, self.bank(rng, kind), kind, 24, 100)
        if dice < 0.72:
            banks = self.by_kind["other"]
            return from_bank(rng, self.changed(rng, banks[rng.integers(len(banks))]), "other", 30, 96)
        if dice < 0.80:
            return synths.speech(rng, SECONDS)
        if dice < 0.87:
            return synths.voice(rng, melodies.melody(rng, 38, 62, SECONDS), SECONDS, 0.84)
        if dice < 0.91 and rng.random() < 0.5:
            return synths.organ(rng, melodies.polyphony(rng, 36, 84, SECONDS), SECONDS)
        if dice < 0.91:
            return synths.bowed(rng, melodies.melody(rng, 36, 58, SECONDS), SECONDS, 98.0)
        mix = 0                                                          # a band
        for _ in range(int(rng.integers(3, 6))):
            part = self.target(rng, rng.choice(TARGETS)) if rng.random() < 0.5 else from_bank(rng, *self.some(rng), 30, 96)
            mix = mix + part / (np.std(part) + 1e-6) * 10 ** rng.uniform(-0.3, 0)
        return mix

    def some(self, rng):
        kind = rng.choice(self.other)
        return self.bank(rng, kind), kind

    def phrase(self, rng, name):
        """SECONDS of the class as a microphone heard it."""
        if name == "none":
            return nothing(rng)
        for _ in range(20):
            audio = self.other_sound(rng) if name == "other" else self.target(rng, name)
            if np.mean(np.abs(audio) > 1e-4) > 0.3:
                return effects.recorded(rng, audio)
        raise RuntimeError("no sound for " + name)


def nothing(rng):
    """Silence, dither, room noise, hum, bumps."""
    count = int(SECONDS * RATE)
    level = 10 ** (-rng.uniform(5, 95) / 20)
    audio = effects.noise(rng, count) * level
    if rng.random() < 0.12:
        audio = audio * (level < 0.01)
    if rng.random() < 0.4:
        audio = audio + effects.noise(rng, count) * level * rng.uniform(0, 1)
    if rng.random() < 0.3:                                               # slow swells
        t = np.arange(0, SECONDS + 1, 0.5)
        audio = audio * np.interp(np.arange(count) / RATE, t, 10 ** rng.uniform(-1, 0, len(t)))
    if rng.random() < 0.25:                                              # begins late
        audio[:int(rng.uniform(0.2, 3.5) * RATE)] *= rng.choice((0.0, 0.01))
    if rng.random() < 0.4:
        audio = effects.convolve(audio, effects.minimum_phase(effects.smooth_curve(rng, 5)))
    return np.clip(audio, -1, 1).astype(np.float32)


def variant(rng, clip):
    """A recorded clip, otherwise: pitch, room, colour, noise, level."""
    ratio = 2 ** (rng.uniform(-2.4, 2.4) / 12)
    positions = np.arange(int((len(clip) - 4) / ratio)) * ratio
    return effects.recorded(rng, cubic(clip.astype(np.float32), positions), 0.6)


assert set(RECIPES) == set(TARGETS) and CLASSES[8:] == ("other", "none")
