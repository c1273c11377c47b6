"""Instruments without samples: a singing voice (source and filter), a bowed string, a brass, a piano, and speech for `other`.

A wavetable with the harmonics of the source follows a pitch contour; what body or vocal tract and loudness make of it is
multiplied in short-time spectra.
"""
import subprocess

import numpy as np
import soundfile
from scipy.signal import lfilter, resample_poly

RATE = 44100
CONTROL = 256                                                            # samples from one spectrum to the next
FREQ = np.fft.rfftfreq(1024, 1 / RATE)
FREQ_SAFE = np.maximum(FREQ, 30.0)
# Formants (Hz) of sung vowels of a female voice: a, e, i, o, u, open o, schwa, oe.
VOWELS = np.array([(850, 1350, 2900, 3900, 4950), (500, 2050, 2900, 3950, 4950), (330, 2650, 3200, 4000, 4950), (480, 880, 2850, 3800, 4950),
                   (360, 780, 2750, 3700, 4950), (650, 1050, 2850, 3850, 4950), (580, 1600, 2800, 3850, 4950), (480, 1550, 2500, 3700, 4950)], float)
BREADTH = np.array((90, 110, 150, 220, 300), float)


def contours(rng, notes, seconds, vibrato_cents, vibrato_share, glide, attack, release):
    """Per control frame: pitch in MIDI keys, loudness, index of the note (-1 in rests)."""
    frames = int(seconds * RATE / CONTROL) + 1
    t = np.arange(frames) * CONTROL / RATE
    key, loud, which = np.full(frames, notes[0][2]), np.zeros(frames), np.full(frames, -1)
    rate, depth = rng.uniform(4.6, 6.8), rng.uniform(*vibrato_cents) / 100
    wave = np.zeros(frames)
    for i, (onset, length, note, level) in enumerate(notes):
        on = (t >= onset) & (t < onset + length)
        key[t >= onset] = note
        which[on] = i
        into, left = t[on] - onset, onset + length - t[on]
        swell = 1 + rng.uniform(-0.3, 0.5) * np.sin(np.pi * into / max(length, 0.05))
        loud[on] = level * np.clip(into / attack + 0.05, 0, 1) * np.clip(left / release + 0.02, 0, 1) * swell
        if rng.random() < vibrato_share and length > 0.25:
            late = rng.uniform(0.0, 0.35)
            wave[on] = depth * rng.uniform(0.5, 1.2) * np.clip((into - late) / 0.2, 0, 1) * np.sin(
                2 * np.pi * rate * rng.uniform(0.95, 1.05) * into + rng.uniform(0, 6))
    pole = np.exp(-CONTROL / RATE / glide)
    key = lfilter([1 - pole], [1, -pole], key, zi=[pole * key[0]])[0]
    drift = lfilter([0.02], [1, -0.98], rng.normal(0, 1, frames)) * rng.uniform(0.1, 0.6)
    soft = np.exp(-CONTROL / RATE / 0.012)
    return key + wave + drift, lfilter([1 - soft], [1, -soft], loud), which, wave


def excite(rng, key, seconds, harmonic_levels):
    """Audio of a source whose harmonics have the levels, at the pitch contour."""
    count = int(seconds * RATE)
    hz = 440 * 2 ** ((np.interp(np.arange(count), np.arange(len(key)) * CONTROL, key) - 69) / 12)
    hz *= 1 + 0.0015 * lfilter([0.05], [1, -0.95], rng.normal(0, 1, count))
    top = int(max(3, min(len(harmonic_levels), 17500 / hz.max())))
    spectrum = np.zeros(1025, complex)
    spectrum[1:top + 1] = harmonic_levels[:top] * np.exp(2j * np.pi * rng.random(top))
    table = np.fft.irfft(spectrum) * 1024
    phase = np.cumsum(hz / RATE) % 1 * 2048
    at = phase.astype(np.int64)
    return (table[at] + (phase - at) * (np.roll(table, -1)[at] - table[at])).astype(np.float32)


def shape(audio, gains):
    """Short-time spectra of the audio times gains [frames, 513]."""
    window = np.hanning(1025)[:-1]
    padded = np.concatenate([np.zeros(512), audio, np.zeros(1536)])
    frames = min(len(gains), (len(padded) - 1024) // CONTROL + 1)
    view = np.lib.stride_tricks.as_strided(padded, (frames, 1024), (padded.strides[0] * CONTROL, padded.strides[0]))
    pieces = np.fft.irfft(np.fft.rfft(view * window, axis=1) * gains[:frames], axis=1) * window
    out = np.zeros(frames * CONTROL + 1024)
    for part in range(4):                                                # four overlapping combs of pieces
        rows = pieces[part::4]
        out[part * CONTROL:part * CONTROL + rows.size] += rows.ravel()
    return (out[512:512 + len(audio)] / 1.5).astype(np.float32)


def peaks(centres, breadths, heights):
    """Gain over FREQ of resonances."""
    f = FREQ_SAFE[:, None]
    return np.sum(heights * breadths / np.sqrt((f - centres) ** 2 + breadths ** 2), axis=1)


def syllables(rng, which, scale, brightness):
    """Gains [frames, 513] of the vocal tract, and a level of consonant noise per frame."""
    heights = np.array((1, 0.7 * rng.uniform(0.6, 1.6), 0.45 * brightness, 0.3 * brightness, 0.15))
    kinds = rng.choice(8, rng.integers(1, 6), replace=False)
    bank = np.array([peaks(VOWELS[v] * scale * rng.uniform(0.95, 1.06, 5), BREADTH * rng.uniform(0.7, 1.5), heights) for v in kinds])
    chosen, noise = np.zeros((len(which), len(kinds))), np.zeros(len(which))
    vowel, last = int(rng.integers(len(kinds))), -1
    for frame, note in enumerate(which):
        if note != last:
            if note >= 0 and rng.random() < 0.6:
                vowel = int(rng.integers(len(kinds)))
                if rng.random() < 0.45:
                    length = int(rng.integers(5, 20))
                    noise[max(0, frame - length):frame + 2] = rng.uniform(0.1, 1)
            last = note
        chosen[frame, vowel] = 1
    smooth = np.exp(-CONTROL / RATE / rng.uniform(0.015, 0.05))
    return lfilter([1 - smooth], [1, -smooth], chosen, axis=0) @ bank, noise


def voice(rng, notes, seconds, scale=1.0):
    """A singer; scale multiplies the formants (about 0.84 for a man)."""
    key, loud, which, _ = contours(rng, notes, seconds, (0, 110), rng.uniform(0.2, 1), rng.uniform(0.012, 0.07), rng.uniform(0.02, 0.12),
                                   rng.uniform(0.03, 0.15))
    trained = rng.random() < 0.5                                         # a singer's formant about 3 kHz
    tract, consonant = syllables(rng, which, scale * rng.uniform(0.92, 1.1), rng.uniform(1.5, 4) if trained else rng.uniform(0.4, 1.5))
    tilt = rng.uniform(0.9, 1.9)
    source = excite(rng, key, seconds, np.arange(1, 400) ** -tilt * np.where(np.arange(1, 400) == 1, rng.uniform(0.7, 2), 1))
    bright = FREQ_SAFE[None, :] / 1000.0
    gains = tract * loud[:, None] * np.maximum(bright, 0.3) ** (0.8 * (loud[:, None] - 0.6))
    sung = shape(source, gains)
    air = shape(rng.normal(0, 1, len(source)), tract * (loud ** 0.7)[:, None] * np.sqrt(np.maximum(bright, 0.2)))
    corner = rng.uniform(1500, 6000)
    hiss = shape(rng.normal(0, 1, len(source)), consonant[:, None] / (1 + (corner / FREQ_SAFE[None, :]) ** 4))
    unit = np.sqrt(np.mean(sung ** 2)) + 1e-9
    return sung + air * unit / (np.std(air) + 1e-9) * 10 ** rng.uniform(-2.6, -1.2) + hiss * unit / (np.std(hiss) + 1e-9) * 10 ** rng.uniform(-2, -0.8)


def bowed(rng, notes, seconds, low=196.0):
    """A bowed string instrument whose body begins to sound about `low` Hz."""
    key, loud, which, wave = contours(rng, notes, seconds, (5, 60), rng.uniform(0.3, 1), rng.uniform(0.004, 0.04), rng.uniform(0.02, 0.12),
                                      rng.uniform(0.02, 0.12))
    number = int(rng.integers(14, 28))
    centres = np.concatenate([np.array((1.4, 2.35, 2.75)) * low * rng.uniform(0.93, 1.07, 3), np.exp(rng.uniform(np.log(3 * low), np.log(9000), number))])
    heights = rng.uniform(0.2, 1.2, len(centres)) * np.where(centres > 3500, (3500 / centres) ** rng.uniform(0.8, 2), 1)
    hill = 1 + rng.uniform(0.2, 2) * np.exp(-np.log2(FREQ_SAFE / rng.uniform(2000, 3200)) ** 2 / 0.25)
    body = peaks(centres, centres * rng.uniform(0.02, 0.09, len(centres)), heights) * hill / (1 + (0.8 * low / FREQ_SAFE) ** 4)
    dips = np.ones(len(loud))                                            # bow changes
    for frame in np.flatnonzero(np.diff(which)):
        dips[max(0, frame - 2):frame + 4] *= rng.uniform(0.3, 1)
    position = rng.uniform(0.06, 0.2)
    harmonics = np.arange(1, 120)
    source = excite(rng, key, seconds, harmonics ** -rng.uniform(0.8, 1.2) * (0.3 + np.abs(np.sin(np.pi * position * harmonics))))
    force = loud * dips * (1 + 2 * rng.uniform(0, 0.6) * wave)
    tilt = np.maximum(FREQ_SAFE / 1000, 0.3)[None, :] ** (0.9 * (np.clip(loud, 0, 1) - 0.7))[:, None]
    tone = shape(source, body[None, :] * force[:, None] * tilt)
    noise = shape(rng.normal(0, 1, len(source)), body[None, :] * (loud * dips)[:, None] * np.sqrt(np.maximum(FREQ_SAFE / 1000, 0.3))[None, :])
    return tone + noise * (np.std(tone) + 1e-9) / (np.std(noise) + 1e-9) * 10 ** rng.uniform(-2.2, -1.1)


def brass(rng, notes, seconds, centre=1200.0):
    """A brass whose spectrum opens with loudness around a formant at `centre` Hz."""
    key, loud, which, _ = contours(rng, notes, seconds, (0, 35), rng.uniform(0, 0.6), rng.uniform(0.003, 0.02), rng.uniform(0.015, 0.07), rng.uniform(0.02, 0.09))
    for frame in np.flatnonzero(np.diff(which)):                         # the lips find the pitch
        length = min(int(rng.integers(3, 9)), len(key) - frame - 1)
        key[frame:frame + length] -= rng.uniform(0, 0.6) * np.linspace(1, 0, length)
    source = excite(rng, key, seconds, np.arange(1, 100) ** -rng.uniform(0.1, 0.5))
    muted = rng.random() < 0.35
    middle = centre * rng.uniform(0.8, 1.3) * (rng.uniform(1.4, 2.2) if muted else 1)
    octaves = np.log2(FREQ_SAFE / middle)[None, :]
    opened = lfilter([0.25], [1, -0.75], np.clip(loud, 0, 1.2))[:, None]
    fall = rng.uniform(1.6, 2.4) - rng.uniform(0.7, 1.1) * opened
    gains = np.exp2(-np.maximum(octaves, 0) * 1.7 * fall - np.maximum(-octaves, 0) * (1.2 if muted else rng.uniform(0.2, 0.7)))
    tone = shape(source, gains * loud[:, None] ** 1.3)
    air = shape(rng.normal(0, 1, len(source)), gains * loud[:, None])
    return tone + air * (np.std(tone) + 1e-9) / (np.std(air) + 1e-9) * 10 ** rng.uniform(-2.8, -1.7)


def organ(rng, notes, seconds):
    """Chords of steady tones with drawbar harmonics."""
    out = np.zeros(int(seconds * RATE) + RATE)
    harmonics, levels = np.array((0.5, 1, 1.5, 2, 3, 4, 5, 6, 8)), rng.random(9) ** 2 * (rng.random(9) < 0.6)
    levels[1] += 0.3
    attack = rng.uniform(0.003, 0.05)
    for onset, length, key, _ in notes:
        t = np.arange(int(min(length, seconds) * RATE)) / RATE
        if onset < 0 or len(t) < 2000:
            continue
        hz = 440 * 2 ** ((key - 69) / 12)
        phase = 2 * np.pi * hz * t
        sound = sum(level * np.sin(h * phase + h) for h, level in zip(harmonics, levels) if level and h * hz < 16000)
        sound = sound * np.clip(t / attack, 0, 1) * np.clip((t[-1] - t) / 0.03, 0, 1)
        at = int(onset * RATE)
        if at + len(sound) < len(out):
            out[at:at + len(sound)] += sound
    out = out[:int(seconds * RATE)]
    return (out * (1 + rng.uniform(0, 0.3) * np.sin(2 * np.pi * rng.uniform(0.7, 7) * np.arange(len(out)) / RATE))).astype(np.float32)


def struck(rng, notes, seconds):
    """A piano: stiff strings, two or three to a note, that fall in two stages; hammer and soundboard."""
    time = np.arange(int(seconds * RATE), dtype=np.float32) / RATE
    stiff, hammer, place = rng.uniform(-8.8, -7.2), np.exp(rng.uniform(np.log(500), np.log(3500))), rng.uniform(0.09, 0.15)
    spread = rng.uniform(0.2, 1.5) if rng.random() < 0.6 else rng.uniform(3, 25)
    ring, late, dull, strings = rng.uniform(0.3, 1.5), rng.uniform(0.05, 0.4), rng.uniform(1500, 8000), int(rng.integers(2, 4))
    board = peaks(np.exp(rng.uniform(np.log(80), np.log(6000), 14)), 250.0, rng.uniform(0.1, 1, 14)) + 0.15
    out = np.zeros(len(time), np.float32)
    for onset, length, key, loud in notes:
        t, sound = time[:int(length * RATE)], 0
        hz, inharmonic = 440 * 2 ** ((key - 69) / 12), np.exp(stiff + 0.085 * max(key - 60, -12))
        for k in range(1, 36):
            f = k * hz * np.sqrt(1 + inharmonic * k * k)
            if f > 12000:
                break
            level = abs(np.sin(np.pi * k * place)) * np.exp(-(f / (hammer * (0.6 + loud))) ** 0.7) * np.interp(f, FREQ, board)
            fall = ring * (260 / hz) ** 0.5 / (1 + f / dull)
            envelope = level * ((1 - late) * np.exp(-t / fall) + late * np.exp(-t / (5 * fall)))
            cents = rng.normal(0, spread, strings)
            sound = sound + envelope * sum(np.sin(np.float32(2 * np.pi * f * 2 ** (c / 1200)) * t + np.float32(rng.uniform(0, 6))) for c in cents)
        knock = lfilter([0.1], [1, -0.9], rng.normal(0, 1, len(t))) * np.exp(-t / rng.uniform(0.01, 0.05))
        sound = sound + knock * np.abs(sound).max() * rng.uniform(0, 0.3)
        at = int(onset * RATE)
        out[at:at + len(t)] += sound[:len(out) - at]
    return out


def speech(rng, seconds):
    """Somebody talking: eSpeak with random voices and syllables."""
    words = " ".join("".join(rng.choice(("ba", "ro", "ti", "shen", "ka", "lo", "mi", "stra", "te", "vu", "ne", "ling", "po", "da", "fer")) for _ in range(rng.integers(1, 4)))
                     for _ in range(14))
    name = "%s+%s" % (rng.choice(("en-us", "en-gb", "de", "fr", "it", "es")), rng.choice(("m1", "m3", "m5", "m7", "f1", "f2", "f3", "f5")))
    done = subprocess.run(["espeak-ng", "-v", name, "-s", str(rng.integers(110, 200)), "-p", str(rng.integers(25, 75)), "--stdout", words],
                          capture_output=True, check=True)
    from io import BytesIO
    audio, rate = soundfile.read(BytesIO(done.stdout), dtype="float32")
    audio = resample_poly(audio, 2, 1) if rate == 22050 else audio
    return np.resize(audio, int(seconds * RATE)).astype(np.float32)
