/* Audio files as one channel of floats, read in blocks. */
#ifndef COCHLEA_STANDALONE_AUDIO_FILE_H
#define COCHLEA_STANDALONE_AUDIO_FILE_H

#include <sndfile.h>
#include <stddef.h>

#define AUDIO_FILE_BLOCK 4096 /* frames */

typedef struct audio_file {
    SNDFILE *handle;
    SF_INFO info;
    float *frames;   /* [AUDIO_FILE_BLOCK][channels] */
    int fd;          /* of the standard input's copy, or -1 */
    sf_count_t read; /* frames so far */
} audio_file;

/* Opens a file ("-" is the standard input, also a pipe). On failure `why` receives the reason and -1 is
 * returned. */
int audio_file_open(audio_file *file, const char *path, char *why, size_t why_size);

/* Reads up to AUDIO_FILE_BLOCK frames, the mean of the channels, into `mono`; returns how many, 0 at the end.
 * What is no finite number is silence. */
size_t audio_file_read(audio_file *file, float *mono);

/* At the end: nonzero when less could be read than the file says it holds. */
int audio_file_damaged(const audio_file *file);
void audio_file_close(audio_file *file);

#endif
