"""Banks of single notes, one for each voice: recordings, soundfonts, a distorted guitar and a singing voice made here.

A bank is a list of (midi note, audio at 44.1 kHz, split, free): split is 0 for training and 1 for held-out notes; free says
that the licence allows spectra of it to be stored in a weight file.
"""
import csv
import functools
import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, resample_poly, sosfilt

RATE = 44100
SUSTAINED = 2.8                                       # seconds to which sounds that can be held are looped
FLUID = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
MUSESCORE = "/usr/share/sounds/sf2/MuseScore_General_Full.sf2"
GMBANK = "/usr/share/sounds/sf2/sf_GMbank.sf2"

TARGETS = ("violin", "clarinet", "flute", "trumpet", "tenor_sax", "distorted_guitar", "female_voice", "organ")
# Heard in training as sources only.
OTHERS = ("alto_sax", "baritone_sax", "soprano_sax", "banjo", "bass_clarinet", "cor_anglais", "double_bass", "electric_bass",
          "electric_guitar_clean", "mandolin", "contrabassoon", "kalimba", "marimba")
# Never heard in training: the test.
UNSEEN = ("piano", "acoustic_guitar", "cello", "horn", "oboe", "bassoon", "trombone", "accordion", "vibraphone", "string_section")

PRESETS = {
    "violin": [(FLUID, 40), (MUSESCORE, 40), (GMBANK, 40)],
    "clarinet": [(FLUID, 71), (MUSESCORE, 71)],
    "flute": [(FLUID, 73), (MUSESCORE, 73)],
    "trumpet": [(FLUID, 56), (MUSESCORE, 56), (GMBANK, 56)],
    "tenor_sax": [(FLUID, 66), (MUSESCORE, 66)],
    "distorted_guitar": [(FLUID, 30), (MUSESCORE, 30)],
    "female_voice": [(FLUID, 53), (FLUID, 52), (MUSESCORE, 53)],
    "organ": [(FLUID, 16), (MUSESCORE, 16), (GMBANK, 16)],
    "accordion": [(FLUID, 21)],
    "string_section": [(FLUID, 48), (MUSESCORE, 48)],
}
RANGES = {"violin": (55, 96), "clarinet": (50, 90), "flute": (59, 94), "trumpet": (52, 86), "tenor_sax": (44, 80),
          "distorted_guitar": (38, 82), "female_voice": (52, 84), "organ": (36, 92),
          "accordion": (40, 90), "string_section": (40, 90)}
STRUCK = ("banjo", "electric_bass", "electric_guitar_clean", "mandolin", "kalimba", "marimba", "piano", "acoustic_guitar",
          "vibraphone", "distorted_guitar")
UNWANTED = ("phrase", "trill", "flutter", "stacc", "tremolo", "gliss", "percussive", "legno", "pizz", "mute", "harmonic", "tongu", "con-sord",
            "slap")


def trimmed(audio):
    """From 5 ms before the sound begins."""
    loud = np.flatnonzero(np.abs(audio) > 0.01 * np.abs(audio).max())
    return audio[max(0, loud[0] - 220):] if len(loud) else audio


def normal(audio):
    """The loudest 200 ms get a mean level of -20 dB."""
    size = min(int(0.2 * RATE), len(audio))
    total = np.concatenate([[0.0], np.cumsum(audio.astype(np.float64) ** 2)])
    power = (total[size:] - total[:-size]) / size
    return (0.1 * audio / np.sqrt(power.max() + 1e-12)).astype(np.float32)


def looped(audio, seconds=SUSTAINED):
    """Held on by repeating its middle, each time from where the wave fits best."""
    fade, want = int(0.04 * RATE), int(seconds * RATE)
    if len(audio) >= want or len(audio) < 0.35 * RATE:
        return audio
    first, last = int(0.35 * len(audio)), int(0.75 * len(audio))
    end = audio[last - fade:last]
    starts = np.arange(first, first + int(0.25 * (last - first)))
    scores = fftconvolve(audio[first:first + len(starts) + fade - 1], end[::-1], "valid")
    start = int(starts[np.argmax(scores[:len(starts)])])
    ramp = np.linspace(0, 1, fade, dtype=np.float32)
    body = audio[start + fade:last].copy()
    body[-fade:] = body[-fade:] * (1 - ramp) + audio[start:start + fade] * ramp
    joint = audio[:last].copy()
    joint[-fade:] = joint[-fade:] * (1 - ramp) + audio[start:start + fade] * ramp
    count = 1 + max(0, want - last) // len(body)
    return np.concatenate([joint] + [body] * count)[:want]


def load(path):
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    audio = audio.mean(1)
    if rate != RATE:
        audio = resample_poly(audio, RATE, rate).astype(np.float32)
    return audio


def recorded(data, wanted, sources=None, words=None):
    """(midi, audio, free, name) of the wanted class."""
    with open(Path(data) / "instruments" / "manifest.csv", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["class"] == wanted and r["midi_note"]]
    for r in rows:
        kind = r["articulation"].lower()
        if any(word in kind for word in UNWANTED) or float(r["seconds"]) < 0.3 or (sources and r["source"] not in sources):
            continue
        yield float(r["midi_note"]), load(Path(data) / "instruments" / r["file"]), "philharmonia" not in r["source"], r["source"]


def pianos(data, names=("splendid_steinway", "upright_kawai_kw", "salamander")):
    for name in names:
        with open(Path(data) / "pianos" / name / "manifest.csv", encoding="utf-8") as f:
            for r in csv.DictReader(f):
                if 36 <= int(r["midi_note"]) <= 92 and int(r["velocity_hi"]) > 60:
                    yield float(r["midi_note"]), load(Path(data) / "pianos" / name / r["file"])[:6 * RATE], False, name


def rendered(font, program, low, high, step=2):
    """Notes of a soundfont's preset."""
    spacing, held = 4.4, 3.4
    notes = list(range(low, high + 1, step))
    track = mido.MidiTrack([mido.Message("program_change", program=program, time=0)])
    for i, note in enumerate(notes):
        velocity = (70, 95, 115)[i % 3]
        track.append(mido.Message("note_on", note=note, velocity=velocity, time=0 if i == 0 else round((spacing - held) * 1000)))
        track.append(mido.Message("note_off", note=note, time=round(held * 1000)))
    with tempfile.TemporaryDirectory() as folder:
        middle, out = folder + "/notes.mid", folder + "/notes.wav"
        mido.MidiFile(tracks=[mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1000000)]), track], ticks_per_beat=1000).save(middle)
        subprocess.run(["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE), "-F", out, font, middle], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        audio = load(out)
    for i, note in enumerate(notes):
        piece = audio[int(i * spacing * RATE):int((i * spacing + held) * RATE)]
        if np.abs(piece).max() > 1e-3:
            yield float(note), piece, True, Path(font).stem


@functools.lru_cache(None)
def cabinet():
    return np.concatenate([butter(2, 90, "highpass", fs=RATE, output="sos"), butter(4, 5200, "lowpass", fs=RATE, output="sos")])


def distorted(rng, audio):
    """A guitar amplifier: drive, clipping that is not quite symmetric, cabinet, presence."""
    drive = rng.uniform(25, 90)
    tight = sosfilt(butter(1, 180, "highpass", fs=RATE, output="sos"), audio)
    wave = np.tanh(drive * tight + 0.25) - np.tanh(0.25)
    wave = sosfilt(cabinet(), wave)
    wave = wave + rng.uniform(0.4, 1.0) * sosfilt(butter(1, (1500, 3500), "bandpass", fs=RATE, output="sos"), wave)
    return wave.astype(np.float32)


VOWELS = {"a": (850, 1250, 2900, 3900, 4900), "e": (450, 2000, 2850, 3700, 4900), "o": (480, 850, 2800, 3700, 4900),
          "u": (360, 700, 2700, 3600, 4900), "i": (340, 2400, 3100, 3900, 4900)}
FORMANTS = ((1.0, 85), (0.55, 100), (0.28, 130), (0.22, 150), (0.07, 200))


def response(vowel, scale, hz):
    total = np.zeros_like(hz)
    for (gain, width), centre in zip(FORMANTS, VOWELS[vowel]):
        total += gain / np.sqrt(1 + ((hz - centre * scale) / width) ** 2)
    return total


def sung(rng, note, vowel, seconds=3.2):
    """A soprano's vowel: harmonics of a soft source under formants, vibrato, a little breath."""
    t = np.arange(int(seconds * RATE)) / RATE
    depth = rng.uniform(10, 45) * np.clip((t - 0.25) / 0.5, 0, 1)
    cents = depth * np.sin(2 * np.pi * rng.uniform(5, 6.3) * t + rng.uniform(0, 6))
    f0 = 440 * 2 ** ((note - 69) / 12 + cents / 1200)
    phase, wave, scale = 2 * np.pi * np.cumsum(f0) / RATE, np.zeros(len(t)), rng.uniform(0.94, 1.06)
    slope = rng.uniform(0.7, 1.1)
    for h in range(1, int(12000 / f0.min()) + 1):
        first = np.maximum(response(vowel, scale, h * f0), 1.0 if h == 1 and note > 72 else 0)
        wave += h ** -slope * first * np.sin(h * phase)
    breath = sosfilt(butter(2, (2500, 9000), "bandpass", fs=RATE, output="sos"), rng.standard_normal(len(t)))
    wave += rng.uniform(0.002, 0.015) * np.abs(wave).max() * breath
    return (wave * np.clip(t / rng.uniform(0.03, 0.12), 0, 1)).astype(np.float32)


def clips(data, wanted, split):
    """Real solo phrases (Medley-solos-DB), level brought to -20 dB."""
    folder = Path(data) / ("medley_solos_train" if split == 0 else "medley_solos_valid")
    with open(folder / "manifest.csv", encoding="utf-8") as f:
        names = [r["file"] for r in csv.DictReader(f) if r["class"] == wanted]
    return [normal(load(folder / name)) for name in names]


CLIPS = {name: name for name in TARGETS if name != "organ"} | {"distorted_guitar": "distorted_electric_guitar"}


def sources_of(data, name):
    """All (midi, audio, free, origin) of a voice."""
    rng = np.random.default_rng(sum(map(ord, name)))
    if name in PRESETS:
        for font, program in PRESETS[name]:
            yield from rendered(font, program, *RANGES[name])
    if name == "distorted_guitar":
        for midi, audio, free, origin in recorded(data, "electric_guitar_clean"):
            yield midi, distorted(rng, normal(trimmed(audio))), free, origin
    elif name == "female_voice":
        for note in range(50, 87, 2):
            for vowel in VOWELS:
                yield float(note), sung(rng, note, vowel), True, "sung"
    elif name in ("kalimba", "marimba", "vibraphone"):
        yield from recorded(data, "mallets", ["vcsl_" + name])
    elif name == "piano":
        yield from pianos(data)
    else:
        yield from recorded(data, name)


def build(data, folder, name):
    """Makes the bank CACHE/timbre/banks/NAME.npz."""
    table, parts, at = [], [], 0
    for i, (midi, audio, free, origin) in enumerate(sources_of(data, name)):
        audio = normal(trimmed(audio[:6 * RATE]))
        if name not in STRUCK:
            audio = looped(audio)
        table.append((at, len(audio), midi, i % 5 == 4, free))
        parts.append((np.clip(audio, -1, 1) * 32767).astype(np.int16))
        at += len(audio)
    Path(folder).mkdir(parents=True, exist_ok=True)
    np.savez(Path(folder) / (name + ".npz"), audio=np.concatenate(parts), table=np.array(table, np.float64))
    return len(table), at / RATE / 60


class Voice:
    def __init__(self, folder, name, split=0, free=False):
        stored = np.load(Path(folder) / (name + ".npz"))
        table = stored["table"]
        keep = (table[:, 3] == split) if split is not None else np.ones(len(table), bool)
        if free:
            keep &= table[:, 4] == 1
        self.name, self.audio, self.table = name, stored["audio"], table[keep]
        self.struck = name in STRUCK

    def choose(self, rng, midi):
        """A sample near a pitch: (midi, audio)."""
        distance = np.abs(self.table[:, 2] - midi)
        near = np.flatnonzero(distance <= distance.min() + 1.5)
        at, count, note = (self.table[rng.choice(near), i] for i in range(3))
        return note, self.audio[int(at):int(at) + int(count)].astype(np.float32) / 32767


if __name__ == "__main__":
    import argparse
    parser = argparse.ArgumentParser(description="Make the banks of single notes")
    parser.add_argument("--data", default="../shared/data")
    parser.add_argument("--cache", default="cache")
    args = parser.parse_args()
    for voice in TARGETS + OTHERS + UNSEEN:
        print("%-24s %5d notes, %5.1f minutes" % (voice, *build(args.data, args.cache + "/timbre/banks", voice)), flush=True)
