/* A cable with two ends: one JACK client plays a sound to the program under test and takes what comes back.
 *
 *     jack_sound AUDIO SECONDS TO FROM OUT
 *
 * TO is the port that listens, FROM the one that plays. The first SECONDS of AUDIO (over and over where it is
 * shorter) are played once both are there; OUT receives, as raw floats, all that came from FROM since then,
 * until FROM is gone or a second and a half after the end. */
#include <jack/jack.h>
#include <sndfile.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TAIL_SECONDS 1.5
#define LOOKS 3000 /* of 20 ms */

typedef struct cable {
    jack_client_t *client;
    jack_port_t *out, *in;
    float *audio, *taken; /* [count], [total] */
    size_t count, total, at;
    atomic_int play, done;
} cable;

static int process(jack_nframes_t frames, void *context)
{
    cable *c = context;
    float *out = jack_port_get_buffer(c->out, frames);
    const float *in = jack_port_get_buffer(c->in, frames);
    memset(out, 0, frames * sizeof *out);
    if (!atomic_load(&c->play))
        return 0;
    for (jack_nframes_t i = 0; i < frames && c->at < c->total; i++, c->at++) {
        out[i] = c->at < c->count ? c->audio[c->at] : 0.0f;
        c->taken[c->at] = in[i];
    }
    if (c->at == c->total)
        atomic_store(&c->done, 1);
    return 0;
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

static int load(cable *c, const char *path, double seconds)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file || info.frames < 1)
        return -1;
    size_t channels = (size_t)info.channels, held = (size_t)info.frames;
    c->count = (size_t)(seconds * info.samplerate);
    c->total = c->count + (size_t)(TAIL_SECONDS * info.samplerate);
    float *frames = calloc(held, channels * sizeof *frames);
    c->audio = calloc(c->count, sizeof *c->audio);
    c->taken = calloc(c->total, sizeof *c->taken);
    sf_readf_float(file, frames, info.frames);
    for (size_t i = 0; i < c->count; i++)
        c->audio[i] = frames[i % held * channels];
    free(frames);
    sf_close(file);
    return 0;
}

static int open_client(cable *c)
{
    for (int i = 0; i < 50 && !c->client; i++) {
        c->client = jack_client_open("cable", JackNoStartServer, NULL);
        if (!c->client)
            pause_ms(200);
    }
    if (!c->client)
        return -1;
    c->out = jack_port_register(c->client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    c->in = jack_port_register(c->client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    jack_set_process_callback(c->client, process, c);
    return jack_activate(c->client);
}

static int is_connected(const cable *c, jack_port_t *port, const char *to)
{
    return jack_port_connected_to(port, to) || jack_connect(c->client, to, jack_port_name(port)) == 0 ||
           jack_connect(c->client, jack_port_name(port), to) == 0;
}

/* Ports may be there before their client is active: then they refuse. */
static int connect_both(cable *c, const char *to, const char *from)
{
    for (int i = 0; i < LOOKS; i++) {
        pause_ms(20);
        if (jack_port_by_name(c->client, to) && jack_port_by_name(c->client, from) &&
            is_connected(c, c->out, to) && is_connected(c, c->in, from))
            return 0;
    }
    return -1;
}

static void say_nothing(const char *message)
{
    (void)message;
}

int main(int argc, char **argv)
{
    static cable c;
    if (argc != 6) {
        fprintf(stderr, "usage: jack_sound AUDIO SECONDS TO FROM OUT\n");
        return 2;
    }
    jack_set_error_function(say_nothing);
    if (load(&c, argv[1], atof(argv[2])) != 0 || open_client(&c) != 0 ||
        connect_both(&c, argv[3], argv[4]) != 0) {
        fprintf(stderr, "jack_sound: could not begin\n");
        if (c.client)
            jack_client_close(c.client); /* the server would wait for one that is just gone */
        return 1;
    }
    atomic_store(&c.play, 1);
    while (!atomic_load(&c.done) && jack_port_by_name(c.client, argv[4]))
        pause_ms(20);
    jack_client_close(c.client);
    FILE *out = fopen(argv[5], "wb");
    if (!out || fwrite(c.taken, sizeof *c.taken, c.at, out) != c.at)
        return 1;
    return fclose(out) != 0;
}
