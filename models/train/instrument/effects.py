"""What stands between instrument and microphone: guitar amplifiers, rooms, colour, noise, level."""
import numpy as np
import scipy.fft
from scipy.signal import butter, lfilter, resample_poly, sosfilt

RATE = 44100


def convolve(audio, response):
    size = scipy.fft.next_fast_len(len(audio) + len(response))
    return scipy.fft.irfft(scipy.fft.rfft(audio.astype(np.float32), size) * scipy.fft.rfft(response.astype(np.float32), size), size)[:len(audio)]


def curve(rng, x, kind):
    """Five ways in which a stage overloads."""
    if kind == 0:
        return np.tanh(x)
    if kind == 1:
        return np.clip(x, -1, 1)
    if kind == 2:                                                        # one side earlier than the other
        return np.where(x > 0, np.tanh(x), np.tanh(x * 0.6) / 0.6 * 0.8)
    if kind == 3:
        return np.arctan(x * 1.5) / 1.5
    return np.sign(x) * (1 - np.exp(-np.abs(x)))


def amplifier(rng, audio):
    """High-pass, drive of 14 to 48 dB twice oversampled, cabinet."""
    audio = audio / (np.abs(audio).max() + 1e-9)
    audio = sosfilt(butter(1, np.exp(rng.uniform(np.log(80), np.log(500))), "highpass", fs=RATE, output="sos"), audio)
    drive = 10 ** (rng.uniform(14, 48) / 20)
    high = resample_poly(audio, 2, 1) * drive
    high = curve(rng, high + rng.uniform(0, 0.3), rng.integers(5))
    if rng.random() < 0.4:
        high = curve(rng, high * 10 ** (rng.uniform(0, 15) / 20), rng.integers(5))
    audio = resample_poly(high, 1, 2)
    low, top = rng.uniform(70, 140), np.exp(rng.uniform(np.log(3000), np.log(7500)))
    audio = sosfilt(butter(2, [low, top], "bandpass", fs=RATE, output="sos"), audio)
    audio = peak_filter(audio, rng.uniform(1500, 4200), rng.uniform(0, 8), rng.uniform(0.7, 2))
    return peak_filter(audio, rng.uniform(350, 900), -rng.uniform(0, 9), rng.uniform(0.6, 1.5))


def peak_filter(audio, centre, gain_db, q):
    a, w = 10 ** (gain_db / 40), 2 * np.pi * centre / RATE
    alpha, c = np.sin(w) / 2 / q, np.cos(w)
    return lfilter([1 + alpha * a, -2 * c, 1 - alpha * a], [1 + alpha / a, -2 * c, 1 - alpha / a], audio)


def mute(rng, audio):
    """A mute in a brass: little below its resonances, which are narrow."""
    audio = sosfilt(butter(int(rng.integers(1, 3)), rng.uniform(500, 1500), "highpass", fs=RATE, output="sos"), audio)
    for centre in np.exp(rng.uniform(np.log(900), np.log(6000), rng.integers(1, 4))):
        audio = peak_filter(audio, centre, rng.uniform(4, 16), rng.uniform(1, 5))
    return peak_filter(audio, rng.uniform(500, 3000), -rng.uniform(0, 12), rng.uniform(1, 3))


def cup(rng, audio):
    """A mute that lets the low partials through."""
    audio = sosfilt(butter(int(rng.integers(1, 4)), rng.uniform(1200, 3500), fs=RATE, output="sos"), audio)
    audio = peak_filter(audio, rng.uniform(700, 1600), rng.uniform(2, 12), rng.uniform(0.7, 3))
    return peak_filter(audio, rng.uniform(250, 700), -rng.uniform(0, 12), rng.uniform(0.5, 1.5))


def stem(rng, audio):
    """A mute that takes the formant out of a brass: a wide hole where it was, above that narrow resonances."""
    hole = np.exp(rng.uniform(np.log(800), np.log(2400)))
    audio = peak_filter(audio, hole, -rng.uniform(5, 20), rng.uniform(0.35, 1.2))
    for centre in hole * np.exp(rng.uniform(np.log(1.6), np.log(4), rng.integers(0, 3))):
        audio = peak_filter(audio, min(centre, 8000), rng.uniform(2, 12), rng.uniform(0.8, 4))
    if rng.random() < 0.4:
        audio = sosfilt(butter(1, np.exp(rng.uniform(np.log(2500), np.log(9000))), fs=RATE, output="sos"), audio)
    return audio


def smooth_curve(rng, size_db):
    """Random smooth gains (dB) over the bins of a 2048 transform."""
    points = np.geomspace(40, 20000, 11)
    return np.interp(np.log(np.maximum(np.fft.rfftfreq(2048, 1 / RATE), 20)), np.log(points), rng.normal(0, size_db, 11).clip(-3 * size_db, 3 * size_db))


def minimum_phase(decibels):
    cepstrum = np.fft.irfft(decibels * np.log(10) / 20)
    cepstrum[1:1024] *= 2
    cepstrum[1025:] = 0
    return np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[:700]


def room(rng, low=0.15, high=2.2):
    rt60 = np.exp(rng.uniform(np.log(low), np.log(high)))
    count = int(min(1.6, rt60 * 0.9 + 0.05) * RATE)
    t = np.arange(count) / RATE
    noise = rng.standard_normal(count).astype(np.float32)
    dark = lfilter([0.15], [1, -0.85], noise) * 2.5
    tail = dark * 10 ** (-3 * t / (rt60 * rng.uniform(0.9, 1.3))) + (noise - dark) * 0.5 * 10 ** (-3 * t / (rt60 * rng.uniform(0.35, 0.8)))
    tail[:int(rng.uniform(0.002, 0.025) * RATE)] = 0
    for _ in range(int(rng.integers(2, 9))):
        at = int(rng.uniform(0.0015, 0.04) * RATE)
        tail[min(at, count - 1)] += rng.choice((-1, 1)) * rng.uniform(0.2, 1) * 8
    tail *= 10 ** (-rng.uniform(-4, 18) / 20) / (np.sqrt(np.sum(tail ** 2)) + 1e-9)
    tail[0] += 1
    return tail


def noise(rng, count, kind=None):
    """One unit of noise power: white, pink, brown, hum, fan or crackle."""
    kind = kind or rng.choice(("white", "pink", "brown", "hum", "fan", "crackle"), p=(0.2, 0.3, 0.2, 0.12, 0.12, 0.06))
    white = rng.standard_normal(count).astype(np.float32)
    t = np.arange(count) / RATE
    if kind == "white":
        out = white
    elif kind == "pink":
        out = lfilter([0.049922, -0.095993, 0.050613, -0.004409], [1, -2.494956, 2.017266, -0.522189], white)
    elif kind == "brown":
        out = lfilter([1], [1, -rng.uniform(0.97, 0.999)], white)
    elif kind == "hum":
        base = rng.choice((50, 60))
        out = 0.1 * white + sum(rng.uniform(0, 1) / k * np.sin(2 * np.pi * base * k * t + rng.uniform(0, 6)) for k in range(1, 12))
    elif kind == "fan":
        low = rng.uniform(80, 800)
        out = sosfilt(butter(1, [low, low * rng.uniform(2, 12)], "bandpass", fs=RATE, output="sos"), white) * (1 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.2, 9) * t))
    else:
        out = np.where(rng.random(count) < 2e-4, white * 30, 0.05 * white)
        out = sosfilt(butter(1, rng.uniform(2000, 9000), fs=RATE, output="sos"), out)
    return (out / (np.sqrt(np.mean(out ** 2)) + 1e-9)).astype(np.float32)


def recorded(rng, audio, strength=1.0):
    """The audio as a microphone heard it: room, colour, band limits, compression, noise, level."""
    audio = audio / (np.abs(audio).max() + 1e-9)
    if rng.random() < 0.7 * strength:
        audio = convolve(audio, room(rng))
    audio = convolve(audio, minimum_phase(smooth_curve(rng, rng.uniform(0.5, 4.5) * strength)))
    if rng.random() < 0.25 * strength:
        audio = sosfilt(butter(int(rng.integers(1, 3)), rng.uniform(30, 160), "highpass", fs=RATE, output="sos"), audio)
    if rng.random() < 0.25 * strength:
        audio = sosfilt(butter(int(rng.integers(1, 5)), rng.uniform(3500, 12000), "lowpass", fs=RATE, output="sos"), audio)
    if rng.random() < 0.25:
        envelope = np.sqrt(np.maximum(lfilter([0.001], [1, -0.999], audio ** 2), 1e-8))
        threshold = np.percentile(envelope, rng.uniform(40, 90)) + 1e-5
        audio = audio * np.where(envelope > threshold, (envelope / threshold) ** (1 / rng.uniform(1.3, 4) - 1), 1)
    audio = audio / (np.abs(audio).max() + 1e-9)
    if rng.random() < 0.7:
        audio = audio + noise(rng, len(audio)) * np.sqrt(np.mean(audio ** 2)) * 10 ** (-rng.uniform(18, 60) / 20)
    return (audio / (np.abs(audio).max() + 1e-9) * 10 ** (-rng.uniform(1, 38) / 20)).astype(np.float32)
