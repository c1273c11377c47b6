#include "backend_jack_server.h"

#include "backend_quiet.h"

#include <string.h>
#include <time.h>

#define ATTEMPTS 3

static void say_nothing(const char *message)
{
    (void)message;
}

/* A server that is busy with others refuses now and then: only the third time counts. */
jack_client_t *jack_server_connect(const char *name, char *why, size_t why_size)
{
    const struct timespec pause = {.tv_nsec = 40000000};
    jack_status_t status = 0;
    jack_client_t *client = NULL;
    int saved = quiet_begin();
    jack_set_error_function(say_nothing);
    jack_set_info_function(say_nothing);
    for (int i = 0; i < ATTEMPTS && !client; i++) {
        if (i > 0)
            nanosleep(&pause, NULL);
        client = jack_client_open(name, JackNoStartServer, &status);
    }
    quiet_end(saved);
    if (!client)
        snprintf(why, why_size, "%s",
                 status & (JackServerFailed | JackServerError) ? "no JACK server is running"
                                                               : "the JACK server refused the connection");
    return client;
}

size_t jack_server_count(const char **names)
{
    size_t n = 0;
    while (names && names[n])
        n++;
    return n;
}

/* Finds a port of others: the wanted one, else the first physical one. Returns -1 when a wanted one is not
 * there. */
int jack_server_find(jack_client_t *client, const char *type, unsigned long flags, const char *wanted,
                     char name[BACKEND_NAME_SIZE])
{
    const char **names = jack_get_ports(client, NULL, type, flags | (wanted ? 0 : JackPortIsPhysical));
    int chosen = 0;
    name[0] = '\0';
    if (wanted)
        chosen = backend_choose(wanted, names, jack_server_count(names));
    if (chosen >= 0 && names)
        snprintf(name, BACKEND_NAME_SIZE, "%s", names[chosen]);
    jack_free(names);
    return chosen;
}

/* ---- Listing ---- */

static void list_ports(FILE *to, jack_client_t *client, const char *type, unsigned long flags,
                       jack_latency_callback_mode_t mode)
{
    jack_latency_range_t range;
    const char **names = jack_get_ports(client, NULL, type, flags);
    double rate = jack_get_sample_rate(client);
    for (size_t i = 0; names && names[i]; i++) {
        jack_port_get_latency_range(jack_port_by_name(client, names[i]), mode, &range);
        fprintf(to, "  %3zu  %-48s latency %.1f ms\n", i, names[i], 1000.0 * range.max / rate);
    }
    if (!names)
        fprintf(to, "       none\n");
    jack_free(names);
}

int jack_server_list(FILE *to, char *why, size_t why_size)
{
    jack_client_t *client = jack_server_connect("Cochlea-devices", why, why_size);
    if (!client)
        return -1;
    const char **names = jack_get_ports(client, NULL, JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput);
    int count = (int)jack_server_count(names);
    jack_free(names);
    fprintf(to, "JACK: server at %u Hz, %u frames a block%s\n", jack_get_sample_rate(client),
            jack_get_buffer_size(client), jack_is_realtime(client) ? ", real-time" : "");
    fprintf(to, " audio, for --input:\n");
    list_ports(to, client, JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, JackCaptureLatency);
    fprintf(to, " audio, for --output:\n");
    list_ports(to, client, JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, JackPlaybackLatency);
    fprintf(to, " MIDI, for --midi-out:\n");
    list_ports(to, client, JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, JackPlaybackLatency);
    jack_client_close(client);
    return count;
}
