/* The other end of the cable, for the end-to-end test: one JACK client plays a recording to the program under
 * test, another takes the MIDI that comes back, each message with the sample at which it came.
 *
 *     jack_take AUDIO SECONDS TO FROM OUT [--freewheel] [--echo GAIN] [--no-end]
 *
 * TO is the name of the JACK client that listens, FROM the port that sends MIDI. The first SECONDS of AUDIO
 * (over and over where it is shorter) are played once all is connected, then a second and a half of silence.
 * OUT receives "start FRAME", then a line "FRAME BYTE BYTE BYTE" for every message, as soon as it comes.
 * --echo: what TO plays itself (its port `output`) comes back into its input, as from a loudspeaker beside
 * the microphone; at the end the level of that is printed, relative to the recording's.
 * --no-end: plays on in silence until the server goes away or a signal comes. */
#include <jack/jack.h>
#include <jack/midiport.h>
#include <math.h>
#include <signal.h>
#include <sndfile.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TAIL_SECONDS 1.5
#define WAIT_SECONDS 60.0 /* for the program's ports */
#define ATTEMPTS 50       /* to reach a server that is busy */
#define MESSAGES 65536

typedef struct message {
    jack_nframes_t frame;
    uint8_t bytes[3];
} message;

typedef struct take {
    jack_client_t *player, *recorder;
    jack_port_t *out, *in, *echo;
    double echo_gain, echo_power, own_power; /* the powers are the audio thread's */
    float *audio;                            /* [count] mono */
    size_t count, at, total;
    atomic_int play;
    atomic_uint start; /* frame of the first sample; valid once playing */
    atomic_int playing, done, gone;
    message *messages; /* [MESSAGES] */
    atomic_size_t received;
} take;

static void add_echo(take *t, float *out, jack_nframes_t frames)
{
    const float *echo = jack_port_get_buffer(t->echo, frames);
    for (jack_nframes_t i = 0; i < frames; i++) {
        float sample = (float)t->echo_gain * echo[i];
        out[i] += sample;
        t->echo_power += (double)sample * sample;
    }
}

static int play(jack_nframes_t frames, void *context)
{
    take *t = context;
    float *out = jack_port_get_buffer(t->out, frames);
    memset(out, 0, frames * sizeof *out);
    if (!atomic_load(&t->play))
        return 0;
    if (!atomic_exchange(&t->playing, 1))
        atomic_store(&t->start, jack_last_frame_time(t->player));
    for (jack_nframes_t i = 0; i < frames; i++, t->at++) {
        out[i] = t->at < t->count ? t->audio[t->at] : 0.0f;
        t->own_power += (double)out[i] * out[i];
    }
    if (t->echo)
        add_echo(t, out, frames);
    if (t->at >= t->total)
        atomic_store(&t->done, 1);
    return 0;
}

static int record(jack_nframes_t frames, void *context)
{
    take *t = context;
    jack_midi_event_t event;
    void *in = jack_port_get_buffer(t->in, frames);
    for (uint32_t i = 0; jack_midi_event_get(&event, in, i) == 0; i++) {
        size_t n = atomic_load(&t->received);
        if (n == MESSAGES || event.size > 3)
            continue;
        t->messages[n].frame = jack_last_frame_time(t->recorder) + event.time;
        memcpy(t->messages[n].bytes, event.buffer, event.size);
        atomic_store(&t->received, n + 1);
    }
    return 0;
}

static void gone(void *context)
{
    take *t = context;
    atomic_store(&t->gone, 1);
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static int load(take *t, const char *path, double seconds)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file)
        return -1;
    size_t channels = (size_t)info.channels;
    t->count = (size_t)(seconds * info.samplerate);
    float *frames = calloc(t->count, channels * sizeof *frames);
    t->audio = calloc(t->count, sizeof *t->audio);
    size_t held = (size_t)sf_readf_float(file, frames, (sf_count_t)t->count);
    for (size_t i = 0; i < held; i++) {
        for (size_t c = 0; c < channels; c++)
            t->audio[i] += frames[i * channels + c];
        t->audio[i] /= (float)channels;
    }
    for (size_t i = held; held > 0 && i < t->count; i++)
        t->audio[i] = t->audio[i - held];
    t->total = t->count + (size_t)(TAIL_SECONDS * info.samplerate);
    free(frames);
    sf_close(file);
    return 0;
}

static jack_client_t *open_client(const char *name)
{
    jack_client_t *client = NULL;
    for (int i = 0; i < ATTEMPTS && !client; i++) {
        client = jack_client_open(name, JackNoStartServer, NULL);
        if (!client)
            pause_ms(200);
    }
    return client;
}

static int open_clients(take *t)
{
    t->player = open_client("player");
    t->recorder = open_client("recorder");
    if (!t->player || !t->recorder)
        return -1;
    t->out = jack_port_register(t->player, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    if (t->echo_gain > 0.0)
        t->echo = jack_port_register(t->player, "echo", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    t->in = jack_port_register(t->recorder, "in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0);
    jack_set_process_callback(t->player, play, t);
    jack_set_process_callback(t->recorder, record, t);
    jack_on_shutdown(t->player, gone, t);
    return jack_activate(t->player) || jack_activate(t->recorder);
}

/* Connects the player with every input of the client, and with nothing else. */
static int connect_inputs(take *t, const char *to)
{
    char pattern[256];
    snprintf(pattern, sizeof pattern, "^%s:", to);
    const char **ports = jack_get_ports(t->player, pattern, JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput);
    int connected = 0;
    for (size_t i = 0; ports && ports[i]; i++) {
        const char **others =
            jack_port_get_all_connections(t->player, jack_port_by_name(t->player, ports[i]));
        for (size_t k = 0; others && others[k]; k++)
            jack_disconnect(t->player, others[k], ports[i]);
        jack_free(others);
        connected += jack_connect(t->player, jack_port_name(t->out), ports[i]) == 0;
    }
    jack_free(ports);
    return connected;
}

static int connect_all(take *t, const char *to, const char *from)
{
    for (double waited = 0; waited < WAIT_SECONDS; waited += 0.02) {
        if (jack_port_by_name(t->player, from) && connect_inputs(t, to) > 0) {
            /* Whoever connects its own inputs as it starts is through with it after this. */
            pause_ms(200);
            connect_inputs(t, to);
            char played[256];
            snprintf(played, sizeof played, "%s:output", to);
            if (t->echo && jack_connect(t->player, played, jack_port_name(t->echo)) != 0)
                return -1;
            return jack_connect(t->recorder, from, jack_port_name(t->in));
        }
        pause_ms(20);
    }
    return -1;
}

static int write_played(const take *t, const char *path)
{
    char name[4096];
    snprintf(name, sizeof name, "%s.raw", path);
    FILE *raw = fopen(name, "wb");
    if (!raw)
        return -1;
    fwrite(t->audio, sizeof *t->audio, t->count, raw);
    return fclose(raw);
}

static size_t write_new(const take *t, FILE *out, size_t written)
{
    size_t received = atomic_load(&t->received);
    for (; written < received; written++) {
        const message *m = &t->messages[written];
        fprintf(out, "%u %u %u %u\n", m->frame, m->bytes[0], m->bytes[1], m->bytes[2]);
    }
    fflush(out);
    return written;
}

/* SIGTERM is blocked, and waits here until it is looked for. */
static int asked_to_end(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGTERM);
}

static int run(take *t, const char *path, int endless)
{
    size_t written = 0;
    FILE *out = fopen(path, "w");
    if (!out)
        return -1;
    atomic_store(&t->play, 1);
    while (!atomic_load(&t->playing) && !atomic_load(&t->gone))
        pause_ms(1);
    pause_ms(50); /* both clients are in the same cycle by now */
    fprintf(out, "start %u\n", atomic_load(&t->start));
    while (!atomic_load(&t->gone) && !asked_to_end() && (endless || !atomic_load(&t->done))) {
        pause_ms(20);
        written = write_new(t, out, written);
    }
    pause_ms(50);
    write_new(t, out, written);
    return fclose(out);
}

int main(int argc, char **argv)
{
    static take t;
    if (argc < 6) {
        fprintf(stderr,
                "usage: jack_take AUDIO SECONDS TO FROM OUT [--freewheel] [--echo GAIN] [--no-end]\n");
        return 2;
    }
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL); /* a client that is killed keeps a server waiting for minutes */
    int freewheel = argc > 6 && strcmp(argv[6], "--freewheel") == 0;
    int endless = argc > 6 && strcmp(argv[argc - 1], "--no-end") == 0;
    for (int i = 6; i + 1 < argc; i++)
        if (strcmp(argv[i], "--echo") == 0)
            t.echo_gain = atof(argv[i + 1]);
    t.messages = calloc(MESSAGES, sizeof *t.messages);
    if (!t.messages || load(&t, argv[1], atof(argv[2])) != 0 || write_played(&t, argv[5]) != 0 ||
        open_clients(&t) != 0) {
        fprintf(stderr, "jack_take: no recording or no server\n");
        return 1;
    }
    if (connect_all(&t, argv[3], argv[4]) != 0) {
        fprintf(stderr, "jack_take: the ports of '%s' and '%s' did not come\n", argv[3], argv[4]);
        return 1;
    }
    if (freewheel)
        jack_set_freewheel(t.player, 1);
    int result = run(&t, argv[5], endless);
    if (freewheel)
        jack_set_freewheel(t.player, 0);
    if (!atomic_load(&t.gone)) {
        jack_client_close(t.player);
        jack_client_close(t.recorder);
    }
    if (t.echo)
        printf("echo %.1f dB\n", 10.0 * log10(t.echo_power / t.own_power));
    free(t.audio);
    free(t.messages);
    return result != 0;
}
