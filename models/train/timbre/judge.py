"""Judges of single notes: which instrument (MFCC statistics), which pitch, how loud."""
from pathlib import Path

import numpy as np
import torch

import bands
import voices

RATE, SIZE, HOP = 44100, 2048, 512
CLASSES = voices.TARGETS + voices.UNSEEN


def mel_bank(count=40, low=50, high=12000):
    edges = bands.hertz(np.linspace(bands.mel(low), bands.mel(high), count + 2))
    hz = np.arange(SIZE // 2 + 1) * RATE / SIZE
    rise = (hz[None] - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - hz[None]) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


BANK = mel_bank()
DCT = (np.sqrt(2 / 40) * np.cos(np.pi * np.arange(1, 20)[:, None] * (np.arange(40) + 0.5)[None] / 40)).astype(np.float32)
HANN = np.hanning(SIZE + 1)[:-1].astype(np.float32)


def spectra(audio, hop=HOP):
    count = max(1, 1 + (len(audio) - SIZE) // hop)
    audio = np.pad(audio, (0, max(0, SIZE - len(audio))))
    index = np.arange(count)[:, None] * hop + np.arange(SIZE)[None]
    return np.abs(np.fft.rfft(audio[index] * HANN, axis=1)) ** 2


def statistics(audio):
    """Mean and deviation of 19 MFCCs over the frames within 40 dB of the loudest."""
    power = spectra(audio)
    total = power.sum(1)
    power = power[total > total.max() * 1e-4]
    mel = np.log(power @ BANK.T + 1e-7 * power.sum(1, keepdims=True) + 1e-12)
    c = mel @ DCT.T
    return np.concatenate([c.mean(0), c.std(0)]).astype(np.float32)


def nsdf(frame, longest):
    """Normalised square difference function (McLeod and Wyvill 2005) up to a lag."""
    size = len(frame)
    spectrum = np.fft.rfft(frame, 2 * size)
    r = np.fft.irfft(np.abs(spectrum) ** 2)[:longest]
    squares = np.concatenate([[0], np.cumsum(frame ** 2)])
    lags = np.arange(longest)
    m = squares[size - lags] + squares[size] - squares[lags]
    return 2 * r / np.maximum(m, 1e-20)


def pitch_of(frame, low=55, high=1400):
    """f0 in Hz, 0 where there is none."""
    longest = int(RATE / low) + 2
    n = nsdf(frame.astype(np.float64), longest)
    below = np.flatnonzero(n < 0)
    if len(below) == 0:
        return 0.0
    peaks = [i for i in range(max(below[0], int(RATE / high)), longest - 1) if n[i] > n[i - 1] and n[i] >= n[i + 1] and n[i] > 0]
    if not peaks:
        return 0.0
    best = max(n[i] for i in peaks)
    i = next(i for i in peaks if n[i] >= 0.9 * best)
    if n[i] < 0.4:
        return 0.0
    bend = n[i - 1] - 2 * n[i] + n[i + 1]
    return RATE / (i + (0.5 * (n[i - 1] - n[i + 1]) / bend if bend else 0))


def track(audio, hop=1024, size=4096):
    return np.array([pitch_of(audio[i:i + size]) for i in range(0, len(audio) - size + 1, hop)])


def cents(a, b):
    return 1200 * np.log2(np.maximum(a, 1e-3) / np.maximum(b, 1e-3))


def level(audio):
    return 10 * np.log10(np.mean(audio ** 2) + 1e-15)


def note(rng, voice, midi, seconds):
    """A note as it was recorded, moved to the pitch from the nearest."""
    from phrases import cubic
    origin, audio = voice.choose(rng, midi)
    step = 2 ** ((midi - origin) / 12)
    count = min(int(seconds * RATE), int((len(audio) - 3) / step))
    sound = cubic(audio, np.arange(count) * step)
    tail = min(count, int(0.05 * RATE))
    sound[count - tail:] *= np.linspace(1, 0, tail)
    return sound.astype(np.float32)


def coloured(rng, audio):
    """Another microphone: a slight tilt and two broad bells."""
    spectrum = np.fft.rfft(audio)
    octave = np.log2(np.maximum(np.arange(len(spectrum)) * RATE / max(1, len(audio)), 20) / 1000)
    gain = rng.normal(0, 0.7) * octave
    for _ in range(2):
        gain = gain + rng.normal(0, 1.5) * np.exp(-0.5 * ((octave - rng.uniform(-3, 4)) / 0.8) ** 2)
    return np.fft.irfft(spectrum * 10 ** (gain / 20), len(audio)).astype(np.float32)


def examples(folder, split, count, seed):
    rng = np.random.default_rng([seed, split])
    x, y = [], []
    for k, name in enumerate(CLASSES):
        voice = voices.Voice(folder / "banks", name, split=split)
        for _ in range(count):
            midi = float(np.clip(rng.choice(voice.table[:, 2]) + rng.integers(-2, 3), 45, 86))
            sound = note(rng, voice, midi, rng.uniform(0.7, 1.3))
            if len(sound) < 0.2 * RATE:
                continue
            if split == 0:
                sound = coloured(rng, sound)
            floor = 10 ** (rng.uniform(-95, -70) / 20)
            x.append(statistics(sound + floor * rng.standard_normal(len(sound)).astype(np.float32)))
            y.append(k)
    return np.stack(x), np.array(y)


class Judge:
    """Two hidden layers on the statistics; also keeps the examples for a nearest neighbour."""

    def __init__(self, folder):
        self.path = Path(folder) / "judge.pt"
        if not self.path.exists():
            self.learn(Path(folder))
        stored = torch.load(self.path)
        self.mean, self.scale, self.net, self.accuracy = stored["mean"], stored["scale"], stored["net"], stored["accuracy"]
        self.x, self.y = stored["x"], stored["y"]

    def learn(self, folder):
        torch.manual_seed(5)
        x, y = examples(folder, 0, 320, 1)
        tx, ty = examples(folder, 1, 60, 2)
        mean, scale = x.mean(0), x.std(0) + 1e-6
        layers = torch.nn.Sequential(torch.nn.Linear(38, 128), torch.nn.ReLU(), torch.nn.Dropout(0.3), torch.nn.Linear(128, 64),
                                     torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(64, len(CLASSES)))
        optimiser = torch.optim.Adam(layers.parameters(), 2e-3, weight_decay=1e-4)
        a, b = torch.from_numpy((x - mean) / scale), torch.from_numpy(y)
        for epoch in range(60):
            for part in torch.randperm(len(a)).split(128):
                loss = torch.nn.functional.cross_entropy(layers(a[part]), b[part], label_smoothing=0.05)
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
        layers.eval()
        said = layers(torch.from_numpy((tx - mean) / scale)).argmax(1).numpy()
        target = ty < len(voices.TARGETS)
        accuracy = {"all": float((said == ty).mean()), "targets": float((said == ty)[target].mean()),
                    "by_class": {c: float((said == ty)[ty == k].mean()) for k, c in enumerate(CLASSES)}}
        torch.save({"mean": mean, "scale": scale, "net": layers, "accuracy": accuracy, "x": (x - mean) / scale, "y": y}, self.path)

    def names(self, rows):
        """(by the net, by the nearest neighbour, by the net if it must be one of the targets) class numbers of statistics [n, 38]."""
        a = (np.stack(rows) - self.mean) / self.scale
        with torch.no_grad():
            scores = self.net(torch.from_numpy(a.astype(np.float32))).numpy()
        distance = (a ** 2).sum(1)[:, None] + (self.x ** 2).sum(1)[None] - 2 * a @ self.x.T
        return scores.argmax(1), self.y[distance.argmin(1)], scores[:, :len(voices.TARGETS)].argmax(1)


if __name__ == "__main__":
    import sys
    judge = Judge(sys.argv[1])
    print(judge.accuracy)
