#!/usr/bin/python3
"""Which programs of the later sound fonts have samples that are also in an unseen font: what sources.SHARED was made with.

Two samples are the same when runs of 64 signs of the waveform's slope are, which survives a change of level but no resampling;
therefore a sample of the same name counts too, whatever it sounds like.
"""
import re
import struct

import numpy as np

from sources import FONTS, LATER_FONTS, OTHER_PRESETS, PRESETS, UNSEEN_FONTS

RUN, CHANGES, SHARE = 64, 14, 0.05                                       # signs in a run, at least so many changes; runs found of all
INSTRUMENT, SAMPLE = 41, 53                                              # generators


def chunks(data, at, end):
    while at + 8 <= end:
        size = struct.unpack_from("<I", data, at + 4)[0]
        yield data[at:at + 4], at + 8, size
        at += 8 + size + size % 2


def records(found, name, layout):
    return list(struct.iter_unpack("<" + layout, found[name]))


def read(path):
    """(samples int16, [(name, begin, end)], {program: indices of the samples that it plays}) of bank 0."""
    data, found = path.read_bytes(), {}
    for kind, at, size in chunks(data, 12, len(data)):
        if kind == b"LIST":
            found |= {name: data[a:a + n] for name, a, n in chunks(data, at + 4, at + size)}
    headers = [(h[0].split(b"\0")[0].decode("latin1"), h[1], h[2]) for h in records(found, b"shdr", "20sIIIIIBbHH")]
    presets, instruments = records(found, b"phdr", "20sHHHIII"), records(found, b"inst", "20sH")
    zones = [([z[0] for z in records(found, bags, "HH")], records(found, generators, "HH")) for bags, generators in ((b"pbag", b"pgen"), (b"ibag", b"igen"))]

    def targets(which, first, last, kind):
        bags, generators = zones[which]
        return [value for operator, value in generators[bags[first]:bags[last]] if operator == kind]
    programs = {}
    for this, following in zip(presets, presets[1:]):
        if this[2] == 0:
            used = targets(0, this[3], following[3], INSTRUMENT)
            programs[this[1]] = {s for i in used for s in targets(1, instruments[i][1], instruments[i + 1][1], SAMPLE)}
    return np.frombuffer(found[b"smpl"], "<i2"), headers, programs


def runs(audio):
    """Runs of slope signs as 64-bit words, of those that change often enough to tell samples apart."""
    signs = (np.diff(audio.astype(np.int32)) > 0).astype(np.uint64)
    count = len(signs) - RUN + 1
    if count <= 0:
        return np.zeros(0, np.uint64)
    words = np.zeros(count, np.uint64)
    for i in range(RUN):
        words = words << np.uint64(1) | signs[i:i + count]
    changes = np.concatenate([[0], np.cumsum(np.abs(np.diff(signs.astype(np.int8))))])
    return words[changes[RUN - 1:] - changes[:count] >= CHANGES]


def plain(name):
    return re.sub(r"[^\w#]|_", "", name.lower())


def main():
    unseen = [read(FONTS[name]) for name in UNSEEN_FONTS]
    known = np.unique(np.concatenate([runs(samples) for samples, _, _ in unseen]))
    names = {plain(header[0]) for _, headers, _ in unseen for header in headers}
    wanted = {p for b, p, *_ in PRESETS + OTHER_PRESETS if b == 0}
    for font in LATER_FONTS:
        samples, headers, programs = read(FONTS[font])
        same = set()
        for i, (name, begin, end) in enumerate(headers):
            words = runs(samples[begin:end])
            heard = len(words) >= 50 and np.mean(known[np.minimum(np.searchsorted(known, words), len(known) - 1)] == words) > SHARE
            if heard or plain(name) in names:
                same.add(i)
        print(font, sorted(p for p, used in programs.items() if p in wanted and used & same))


if __name__ == "__main__":
    main()
