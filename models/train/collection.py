"""Recorded notes of N. Brosowsky's collection (CC BY 3.0): packages of npm, `npm pack NAME` each, unpacked in a folder of their own."""
import re
from pathlib import Path


def key_of(name):
    """MIDI note of a name such as As3."""
    letter, sharp, octave = re.fullmatch("([A-G])(s?)([0-9])", name).groups()
    return 12 * (int(octave) + 1) + (0, 2, 4, 5, 7, 9, 11)["CDEFGAB".index(letter)] + len(sharp)


def notes(folder):
    """[(path, name of the note)] of a package; some notes are there twice: "F2", "F2 v2"."""
    files = sorted(path for path in Path(folder).glob("*.*") if path.suffix in (".wav", ".mp3"))
    if not files:
        raise FileNotFoundError("%s: no notes there; run npm pack %s and unpack it" % (folder, Path(folder).name))
    return [(path, path.stem.split(" ")[0]) for path in files]
