"""What plays of the collection of recorded notes (collection.py), unpacked as CACHE/npm/NAME.

Left out: the horn and the electric guitar, whose makers are also among what validation hears, and the saxophone, which is there already.
"""
import sys
from pathlib import Path

import numpy as np
import soundfile

sys.path.append(str(Path(__file__).resolve().parent.parent))
import collection  # noqa: E402

PREFIX, SECONDS = "tonejs-instrument-", 7
KINDS = {"trumpet-wav": "trumpet", "violin-wav": "violin", "flute-wav": "flute", "clarinet-mp3": "clarinet", "piano-wav": "piano", "cello-wav": "cello",
         "trombone-mp3": "trombone", "tuba-mp3": "tuba", "bassoon-mp3": "bassoon", "contrabass-wav": "double_bass", "harp-wav": "harp",
         "xylophone-wav": "mallets", "organ-mp3": "organ", "harmonium-mp3": "organ", "guitar-acoustic-wav": "acoustic_guitar",
         "guitar-nylon-mp3": "acoustic_guitar", "bass-electric-wav": "electric_bass"}
# Files whose pitch is not what they are called, as measured: an octave higher, or nothing that has one.
HIGHER = {("trumpet-wav", "C3"), ("trumpet-wav", "As3")}
UNUSABLE = {("cello-wav", "As4"), ("clarinet-mp3", "Fs6"), ("guitar-nylon-mp3", "D5")}


def read(folder, package):
    """[(audio, note, rate)] of a package, cut where the sound begins."""
    clips = []
    for path, name in collection.notes(Path(folder) / (PREFIX + package)):
        if (package, name) in UNUSABLE:
            continue
        audio, rate = soundfile.read(path, dtype="float32")
        audio = audio[max(0, int(np.argmax(np.abs(audio) > 0.02 * np.abs(audio).max())) - rate // 100):][:SECONDS * rate]
        clips.append((audio, float(collection.key_of(name) + 12 * ((package, name) in HIGHER)), rate))
    return clips


def banks(folder):
    """(name, kind, function that reads the clips) of every package."""
    for package, kind in KINDS.items():
        yield "tonejs/" + package, kind, lambda p=package: read(folder, p)
