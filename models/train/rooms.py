"""What stands between the piano and the microphone: room, distance, colour, noise, dynamics, level."""
import numpy as np
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from features import RATE


def coloured(rng, count, kind):
    """One unit of noise power of a kind."""
    white = rng.standard_normal(count).astype(np.float32)
    if kind == "white":
        noise = white
    elif kind == "pink":
        noise = lfilter([0.049922, -0.095993, 0.050613, -0.004409], [1, -2.494956, 2.017266, -0.522189], white)
    elif kind == "fan":
        noise = lfilter([1], [1, -0.985], white) + 0.1 * white
        t = np.arange(count) / RATE
        noise += 1.5 * np.sin(2 * np.pi * rng.uniform(80, 260) * t + np.sin(2 * np.pi * 0.7 * t))
    elif kind == "hum":
        t = np.arange(count) / RATE
        base = rng.choice([50, 60])
        noise = 0.2 * white + sum(rng.uniform(0, 1) * np.sin(2 * np.pi * base * k * t + rng.uniform(0, 6)) for k in range(1, 9))
    else:                                             # talk-like: band noise with syllables
        low = rng.uniform(150, 400)
        noise = sosfilt(butter(2, [low, low * rng.uniform(4, 9)], "bandpass", fs=RATE, output="sos"), white)
        corners = np.arange(0, count + 3200, 3200)
        syllables = np.interp(np.arange(count), corners, rng.exponential(1, len(corners)))
        noise *= syllables
    return (noise / (np.sqrt(np.mean(noise ** 2)) + 1e-9)).astype(np.float32)


def impulse_response(rng, rt60, direct_db):
    """Direct sound at sample 0, some early reflections, and a tail whose high end dies first."""
    count = int(min(2.5, rt60 * 1.1 + 0.05) * RATE)
    t = np.arange(count) / RATE
    tail = np.zeros(count)
    edges = [(60, 500, rng.uniform(0.8, 1.4)), (500, 2000, 1.0), (2000, 7000, rng.uniform(0.35, 0.8))]
    for low, high, ratio in edges:
        band = sosfilt(butter(2, [low, high], "bandpass", fs=RATE, output="sos"), rng.standard_normal(count))
        tail += band * 10 ** (-3 * t / (rt60 * ratio)) * rng.uniform(0.6, 1.4)
    start = int(rng.uniform(0.002, 0.02) * RATE)
    tail[:start] = 0
    for _ in range(int(rng.integers(3, 9))):
        at = int(rng.uniform(0.0015, 0.03) * RATE)
        if at < count:
            tail[at] += rng.choice([-1, 1]) * rng.uniform(0.2, 1) * 4
    tail *= 10 ** (-direct_db / 20) / (np.sqrt(np.sum(tail ** 2)) + 1e-9)
    tail[0] += 1
    return tail.astype(np.float32)


def minimum_phase(gains_db, taps):
    """FIR of a magnitude in dB at size / 2 + 1 frequencies from 0 to half the rate, with nothing before its first sample."""
    half = len(gains_db) - 1
    cepstrum = np.fft.irfft(gains_db * np.log(10) / 20)
    cepstrum[1:half] *= 2
    cepstrum[half + 1:] = 0
    return np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[:taps].astype(np.float32)


def equalise(rng, audio, size_db):
    """Linear-phase-free random colour: smooth curve over log frequency applied as a minimum-phase filter."""
    points = np.geomspace(40, 8000, 9)
    gains = rng.normal(0, size_db / 2, 9).clip(-size_db, size_db)
    freq = np.arange(1025) * RATE / 2048
    curve = np.interp(np.log(np.maximum(freq, 20)), np.log(points), gains)
    return fftconvolve(audio, minimum_phase(curve, 512))[:len(audio)].astype(np.float32)


def compress(rng, audio):
    """Slow envelope, gain above a threshold divided by a ratio."""
    envelope = np.sqrt(np.maximum(lfilter([0.002], [1, -0.998], audio ** 2), 1e-10))
    threshold = np.percentile(envelope, rng.uniform(50, 90))
    ratio = rng.uniform(1.3, 3)
    return audio * np.where(envelope > threshold, (envelope / threshold) ** (1 / ratio - 1), 1)


def through(rng, audio, mild=False):
    """The audio as a microphone hears it. mild: moderate room, no distance, for judging latency."""
    audio = audio / (np.max(np.abs(audio)) + 1e-9)
    wet = rng.random()
    if wet < 0.85:
        rt60 = rng.uniform(0.2, 0.7) if mild else np.exp(rng.uniform(np.log(0.15), np.log(2.0)))
        direct_db = rng.uniform(4, 16) if mild else rng.uniform(-4, 18)
        audio = fftconvolve(audio, impulse_response(rng, rt60, direct_db))[:len(audio)]
    if not mild and rng.random() < 0.5:               # the way to the microphone, 0 to 4 m
        audio = np.concatenate([np.zeros(int(rng.uniform(0, 0.012) * RATE)), audio])[:len(audio)]
    audio = equalise(rng, audio, 3 if mild else rng.uniform(1, 9))
    if not mild:
        if rng.random() < 0.35:
            audio = sosfilt(butter(int(rng.integers(1, 3)), rng.uniform(25, 160), "highpass", fs=RATE, output="sos"), audio)
        if rng.random() < 0.12:                       # a telephone or a laptop
            audio = sosfilt(butter(2, [rng.uniform(80, 300), rng.uniform(3000, 7000)], "bandpass", fs=RATE, output="sos"), audio)
        if rng.random() < 0.2:
            audio = compress(rng, audio)
    audio = audio / (np.max(np.abs(audio)) + 1e-9)
    if not mild and rng.random() < 0.1:
        drive = rng.uniform(1, 3)
        audio = np.tanh(audio * drive) / np.tanh(drive)
    peak = rng.uniform(-14, -3) if mild else rng.uniform(-26, -1)
    audio = audio * 10 ** (peak / 20)
    kind = rng.choice(["white", "pink", "fan", "hum", "talk"], p=[.3, .3, .15, .13, .12])
    # Half of the takes are almost clean; noise stays in proportion to the music's level.
    level = rng.uniform(-85, -68) if mild or rng.random() < 0.5 else rng.uniform(-72, -45) + 0.7 * (peak + 1)
    return (audio + coloured(rng, len(audio), kind) * 10 ** (level / 20)).astype(np.float32)
