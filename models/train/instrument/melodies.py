"""What is played: random melodies and chords, as notes (onset s, duration s, MIDI key, loudness 0..1)."""
import numpy as np

ARTICULATIONS = (("legato", 0.33), ("staccato", 0.10), ("long", 0.22), ("mixed", 0.20), ("fast", 0.15))
CHORDS = ((0, 4, 7), (0, 3, 7), (0, 5, 7), (0, 4, 7, 11), (0, 3, 7, 10), (0, 7), (0, 7, 12), (0, 4, 7, 12), (0, 3, 8), (0, 5, 9))


def duration(rng, style):
    if style == "mixed":
        style = ("legato", "staccato", "long", "fast")[rng.integers(4)]
    low, high = {"legato": (0.2, 0.8), "staccato": (0.12, 0.4), "long": (0.7, 2.5), "fast": (0.07, 0.2)}[style]
    return np.exp(rng.uniform(np.log(low), np.log(high))), {"staccato": rng.uniform(0.25, 0.5), "legato": rng.uniform(0.95, 1.1)}.get(style, rng.uniform(0.8, 1.05))


def melody(rng, low, high, seconds, slowest=None):
    """A random walk in a band of 10 to 28 semitones of [low, high]."""
    low, high = int(np.ceil(low)), int(np.floor(high))
    width = min(high - low, int(rng.integers(10, 29)))
    base = low + int(rng.integers(0, high - low - width + 1))
    style = slowest or rng.choice([a for a, _ in ARTICULATIONS], p=[p for _, p in ARTICULATIONS])
    scale = np.array((0, 2, 4, 5, 7, 9, 11) if rng.random() < 0.5 else (0, 2, 3, 5, 7, 8, 10)) if rng.random() < 0.8 else np.arange(12)
    key, now, notes = base + int(rng.integers(0, width + 1)), rng.uniform(-0.6, 0.3), []
    loud, rest = rng.uniform(0.3, 1.0), rng.uniform(0, 0.15)
    pulse = None if rng.random() < 0.4 else rng.uniform(0.1, 0.3)
    while now < seconds:
        step, held = duration(rng, style)
        if pulse:
            step = max(1, round(step / pulse)) * pulse
        loud = np.clip(loud + rng.normal(0, 0.1), 0.15, 1.0)
        notes.append((now, step * held, float(key), loud))
        now += step + (rng.exponential(0.4) if rng.random() < rest else 0)
        key += int(round(rng.normal(0, 3.2))) if rng.random() < 0.9 else 0
        key = base + abs((key - base) % (2 * width) - width) if width else base
        if (key % 12 - base) % 12 not in scale and rng.random() < 0.8:
            key += 1 if key < base + width else -1
    return notes


def polyphony(rng, low, high, seconds):
    """Chords, two voices or broken chords: what keyboards and guitars play."""
    kind = rng.choice(("chords", "voices", "broken", "both"), p=(0.35, 0.2, 0.25, 0.2))
    if kind == "voices":
        split = (low + high) / 2
        return melody(rng, low, split + 4, seconds) + melody(rng, split - 4, high, seconds)
    notes, now = [], rng.uniform(-0.6, 0.2)
    centre = rng.uniform(low + 6, max(low + 7, high - 14))
    step = np.exp(rng.uniform(np.log(0.15), np.log(1.6)))
    while now < seconds:
        root = int(np.clip(round(rng.normal(centre, 4)), low, high - 12))
        chord = [root + i for i in CHORDS[rng.integers(len(CHORDS))]]
        if rng.random() < 0.3:
            chord = [chord[0] - 12] + chord
        loud, broken = rng.uniform(0.3, 1), kind == "broken"
        spread = step / len(chord) if broken else rng.uniform(0, 0.03)
        for i, key in enumerate(chord):
            if low - 3 <= key <= high + 3:
                notes.append((now + i * spread, step * rng.uniform(0.5, 1.2), float(key), np.clip(loud + rng.normal(0, 0.08), 0.1, 1)))
        now += step
    if kind == "both":
        notes += melody(rng, min(centre + 7, high - 11), high, seconds)
    return notes
