"""The pedal's listener: from what the piano net remembers of all keys, when the sustain pedal was pressed and released.

Pressing the pedal makes no sound of its own: what tells of it comes later, when notes sound on whose keys are up; a release ends
notes all at once. So each is announced some frames late, where its probability peaks, and its time is counted back from there.
"""
import numpy as np
import torch
import torch.nn.functional as F

STATE, WIDTH, UNITS = 64, 32, 32                    # of the net's second recurrent layer, in between, and remembered
DELAYS = 12, 6                                       # frames from a press, and from a release, to its peak
CLASSES = ("pressed", "released", "down")
SHAPES = {
    "pedal.input.weight": (2 * STATE, WIDTH), "pedal.input.bias": (WIDTH,),
    "pedal.gru.input.weight": (WIDTH, 3 * UNITS), "pedal.gru.input.bias": (3 * UNITS,),
    "pedal.gru.state.weight": (UNITS, 3 * UNITS), "pedal.gru.state.bias": (3 * UNITS,),
    "pedal.out.weight": (UNITS, len(CLASSES)), "pedal.out.bias": (len(CLASSES),),
}


def pooled(state):
    """What the keys remember, [frames, 88, 64] -> mean and largest over the keys [frames, 128]."""
    return torch.cat([state.float().mean(-2), state.float().amax(-2)], -1)


class Listener(torch.nn.Module):
    """Pooled states [batch, frames, 128] -> logits [batch, frames, 3] of CLASSES."""

    def __init__(self):
        super().__init__()
        self.input, self.gru = torch.nn.Linear(2 * STATE, WIDTH), torch.nn.GRU(WIDTH, UNITS, batch_first=True)
        self.out = torch.nn.Linear(UNITS, len(CLASSES))
        self.out.bias.data[:2] = -3

    def forward(self, x):
        return self.out(self.gru(F.relu(self.input(x)))[0])

    def tensors(self):
        """As they stand in the weight file."""
        s = self.state_dict()
        return {"pedal.input.weight": s["input.weight"].T, "pedal.input.bias": s["input.bias"],
                "pedal.gru.input.weight": s["gru.weight_ih_l0"].T, "pedal.gru.input.bias": s["gru.bias_ih_l0"],
                "pedal.gru.state.weight": s["gru.weight_hh_l0"].T, "pedal.gru.state.bias": s["gru.bias_hh_l0"],
                "pedal.out.weight": s["out.weight"].T, "pedal.out.bias": s["out.bias"]}

    def take(self, w):
        """Use the tensors of a weight file."""
        names = {"input.weight": "input.weight", "input.bias": "input.bias", "gru.weight_ih_l0": "gru.input.weight",
                 "gru.bias_ih_l0": "gru.input.bias", "gru.weight_hh_l0": "gru.state.weight", "gru.bias_hh_l0": "gru.state.bias",
                 "out.weight": "out.weight", "out.bias": "out.bias"}
        self.load_state_dict({own: w["pedal." + name].T if own.endswith(("weight", "l0")) and w["pedal." + name].ndim == 2
                              else w["pedal." + name] for own, name in names.items()})
        return self


def hear(w, state):
    """Probabilities [frames, 3] from the net's second states [frames, 88, 64]."""
    with torch.no_grad():
        return torch.sigmoid(Listener().take(w)(pooled(state)[None])[0]).numpy()


def initial(seed):
    torch.manual_seed(seed)
    return {name: t.detach().clone().contiguous() for name, t in Listener().tensors().items()}


class Decider:
    """The reference of music/pedal.c: from the probabilities of one frame to whether the pedal goes up, down, or up and down.

    Peaks of presses and releases come first. Where they fail, a pedal that is likely down (or up) for some frames goes there, at the
    likeliest moment since the last change.
    """

    def __init__(self, parameters):
        self.p, self.down, self.changed = parameters, False, -1.0
        self.delays = [parameters["pedal_%s_delay_ms" % name] / 1000 for name in CLASSES[:2]]
        self.likely = [np.float32(parameters["pedal_" + name]) for name in ("pressed", "released", "on", "off")]
        self.heard, self.since, self.runs, self.steady = [np.zeros(2, np.float32)] * 64, [1 << 30] * 2, [0, 0], 1 << 30

    def peak(self, i):
        """Whether the frame before the newest was a peak of class i."""
        before, last, now = (h[i] for h in self.heard[-3:])
        self.since[i] += 1
        found = last >= self.likely[i] and last >= before and last > now and self.since[i] > self.p["pedal_gap_frames"]
        if found:
            self.since[i] = 0
        return found

    def moment(self, i, end):
        """Where class i was likeliest, of the frames since the last change."""
        window = [h[i] for h in self.heard[-1 - min(self.steady, self.p["pedal_search_frames"]):]]
        return end - (len(window) - 1 - int(np.argmax(window))) * 0.01 - self.delays[i]

    def change(self, down, time):
        self.down, self.changed, self.steady = down, max(0.0, time, self.changed + 0.01), 0
        return self.changed, down

    def step(self, heard, end, sounding):
        """heard [3], end of the frame in s, whether a note sounds -> list of (time, down)."""
        self.heard = self.heard[1:] + [np.array(heard[:2], np.float32)]
        self.steady += 1
        pressed, released = self.peak(0), self.peak(1)
        for i, likely in enumerate((heard[2] >= self.likely[2], heard[2] < self.likely[3])):
            self.runs[i] = self.runs[i] + 1 if likely else 0
        press, release = (end - 0.01 - delay for delay in self.delays)
        events = []
        settled = self.steady > self.p["pedal_hold_frames"]
        if self.down and released:
            events.append(self.change(False, release))
        elif self.down and (pressed or settled and self.runs[1] > self.p["pedal_off_frames"]):
            moment = self.moment(1, end)
            events.append(self.change(False, min(moment, press - 0.02) if pressed else moment))
        if not self.down and sounding and pressed:
            events.append(self.change(True, press))
        elif not self.down and sounding and not events and settled and self.runs[0] > self.p["pedal_on_frames"]:
            events.append(self.change(True, self.moment(0, end)))
        return events


def presses_f1(truth, found, tolerance=0.1):
    """F1, precision and recall of times in s, each found one counted once; lists of takes."""
    both = 0
    for true, heard in zip(truth, found):
        heard = sorted(heard)
        for t in true:
            near = [h for h in heard if abs(h - t) <= tolerance]
            if near:
                heard.remove(min(near, key=lambda h: abs(h - t)))
                both += 1
    count, wanted = sum(map(len, found)), sum(map(len, truth))
    return 2 * both / max(1, count + wanted), both / max(1, count), both / max(1, wanted)
