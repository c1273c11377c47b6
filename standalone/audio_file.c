#include "audio_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHANNELS_MAX 64

/* Many formats need to seek, which a pipe cannot: its bytes go to a temporary file that has no name. */
static int spool(int *fd, char *why, size_t why_size)
{
    char bytes[65536];
    size_t n;
    FILE *copy = tmpfile();
    if (!copy) {
        snprintf(why, why_size, "no temporary file: %s", strerror(errno));
        return -1;
    }
    while ((n = fread(bytes, 1, sizeof bytes, stdin)) > 0)
        if (fwrite(bytes, 1, n, copy) != n)
            break;
    if (ferror(stdin) || fflush(copy) != 0) {
        snprintf(why, why_size, "could not be read");
        fclose(copy);
        return -1;
    }
    *fd = dup(fileno(copy));
    fclose(copy);
    if (*fd < 0 || lseek(*fd, 0, SEEK_SET) < 0) {
        snprintf(why, why_size, "no temporary file: %s", strerror(errno));
        return -1;
    }
    return 0;
}

/* Refuses what no decoder should be asked about; the reasons of the system are clearer than those of the
 * decoder. */
static int check_path(const char *path, char *why, size_t why_size)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        snprintf(why, why_size, "%s", strerror(errno));
        return -1;
    }
    if (S_ISDIR(status.st_mode)) {
        snprintf(why, why_size, "is a folder");
        return -1;
    }
    if (access(path, R_OK) != 0) {
        snprintf(why, why_size, "%s", strerror(errno));
        return -1;
    }
    if (S_ISREG(status.st_mode) && status.st_size == 0) {
        snprintf(why, why_size, "is empty");
        return -1;
    }
    return 0;
}

static int check_contents(audio_file *file, char *why, size_t why_size)
{
    const SF_INFO *info = &file->info;
    if (info->channels < 1 || info->channels > CHANNELS_MAX)
        snprintf(why, why_size, "has %d channels; 1 to %d are read", info->channels, CHANNELS_MAX);
    else if (info->samplerate < 8000 || info->samplerate > 192000)
        snprintf(why, why_size, "has a sample rate of %d Hz; 8000 to 192000 are read", info->samplerate);
    else if (info->frames == 0)
        snprintf(why, why_size, "holds no audio");
    else
        return 0;
    return -1;
}

int audio_file_open(audio_file *file, const char *path, char *why, size_t why_size)
{
    memset(file, 0, sizeof *file);
    file->fd = -1;
    if (strcmp(path, "-") == 0) {
        if (spool(&file->fd, why, why_size) != 0) {
            audio_file_close(file);
            return -1;
        }
        file->handle = sf_open_fd(file->fd, SFM_READ, &file->info, 0);
    } else {
        if (check_path(path, why, why_size) != 0)
            return -1;
        file->handle = sf_open(path, SFM_READ, &file->info);
    }
    if (!file->handle) {
        snprintf(why, why_size, "is not an audio file that can be read");
        audio_file_close(file);
        return -1;
    }
    if (check_contents(file, why, why_size) != 0) {
        audio_file_close(file);
        return -1;
    }
    file->frames = malloc(AUDIO_FILE_BLOCK * (size_t)file->info.channels * sizeof *file->frames);
    if (!file->frames) {
        snprintf(why, why_size, "out of memory");
        audio_file_close(file);
        return -1;
    }
    return 0;
}

size_t audio_file_read(audio_file *file, float *mono)
{
    int channels = file->info.channels;
    sf_count_t n = sf_readf_float(file->handle, file->frames, AUDIO_FILE_BLOCK);
    for (sf_count_t i = 0; i < n; i++) {
        float sum = 0.0f;
        for (int c = 0; c < channels; c++)
            sum += file->frames[i * channels + c];
        mono[i] = isfinite(sum) ? sum / (float)channels : 0.0f;
    }
    file->read += n > 0 ? n : 0;
    return n > 0 ? (size_t)n : 0;
}

int audio_file_damaged(const audio_file *file)
{
    /* The length of an MP3 file without an index is a guess; that of a cut Ogg file the largest number. */
    int known =
        (file->info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_MPEG && file->info.frames < SF_COUNT_MAX;
    return sf_error(file->handle) != SF_ERR_NO_ERROR || (known && file->read < file->info.frames);
}

void audio_file_close(audio_file *file)
{
    if (file->handle)
        sf_close(file->handle);
    if (file->fd >= 0)
        close(file->fd);
    free(file->frames);
    file->handle = NULL;
    file->frames = NULL;
    file->fd = -1;
}
