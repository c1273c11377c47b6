#include "practice_recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

practice_recording *practice_recording_open(const char *path, char *why, size_t why_size)
{
    practice_recording *r = calloc(1, sizeof *r);
    if (!r)
        snprintf(why, why_size, "out of memory");
    else if (audio_file_open(&r->file, path, why, why_size) == 0)
        return r;
    free(r);
    return NULL;
}

void practice_recording_close(practice_recording *r)
{
    if (!r)
        return;
    audio_file_close(&r->file);
    free(r);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

size_t practice_recording_read(practice_recording *r, float *mono, size_t most, int hold)
{
    double clock = now(), rate = r->file.info.samplerate;
    if (hold || r->ended || r->pace == 0.0 || clock - r->pace > 1.0)
        r->pace = clock; /* it stood still, or nobody read */
    if (hold || r->ended)
        return 0;
    size_t due = (size_t)((clock - r->pace) * rate), count = 0;
    most = due < most ? due : most;
    while (count < most) {
        if (r->block_at == r->block_size) {
            r->block_at = 0;
            r->block_size = audio_file_read(&r->file, r->block);
            r->ended = r->block_size == 0;
            if (r->ended)
                break;
        }
        mono[count++] = r->block[r->block_at++];
    }
    r->pace += (double)count / rate;
    return count;
}

void practice_recording_rewind(practice_recording *r)
{
    if (sf_seek(r->file.handle, 0, SEEK_SET) != 0)
        return;
    r->ended = 0;
    r->pace = 0.0;
    r->block_at = r->block_size = 0;
    r->file.read = 0;
}
