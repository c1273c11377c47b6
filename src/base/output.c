#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_ROOM = 40, ATTEMPTS = 100 };

/* mkstemp() would make the file private for good; O_EXCL with the usual mode leaves that to the umask. */
static int open_draft(coch_output *output)
{
    size_t size = strlen(output->path) + NAME_ROOM;
    int descriptor = -1;
    output->draft = malloc(size);
    if (!output->draft)
        return -1;
    for (int i = 0; i < ATTEMPTS && descriptor < 0; i++) {
        snprintf(output->draft, size, "%s.%ld-%d.tmp", output->path, (long)getpid(), i);
        descriptor = open(output->draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor < 0 && errno != EEXIST)
            break;
    }
    if (descriptor < 0) {
        free(output->draft);
        output->draft = NULL;
    }
    return descriptor;
}

static int open_target(coch_output *output)
{
    struct stat info;
    if (!*output->path) { /* its draft would lie in the current folder */
        errno = ENOENT;
        return -1;
    }
    if (stat(output->path, &info) == 0) {
        if (S_ISDIR(info.st_mode)) {
            errno = EISDIR;
            return -1;
        }
        if (!S_ISREG(info.st_mode))
            return open(output->path, O_WRONLY | O_CLOEXEC);
    }
    return open_draft(output);
}

cochlea_status coch_output_open(coch_output *output, const char *path)
{
    *output = (coch_output){.path = strdup(path)};
    if (!output->path)
        return COCHLEA_ERROR_MEMORY;
    int descriptor = open_target(output);
    if (descriptor >= 0) {
        output->file = fdopen(descriptor, "wb");
        if (!output->file)
            close(descriptor);
    }
    if (!output->file) {
        int reason = errno;
        coch_output_discard(output);
        errno = reason;
        return reason == ENOMEM ? COCHLEA_ERROR_MEMORY : COCHLEA_ERROR_OPEN;
    }
    return COCHLEA_OK;
}

cochlea_status coch_output_commit(coch_output *output)
{
    if (!output->file)
        return COCHLEA_ERROR_WRITE;
    int failed = ferror(output->file);
    failed |= fclose(output->file) != 0;
    output->file = NULL;
    if (!failed && output->draft) {
        failed = rename(output->draft, output->path) != 0;
        if (!failed) {
            free(output->draft);
            output->draft = NULL;
        }
    }
    int reason = errno;
    coch_output_discard(output);
    errno = reason;
    return failed ? COCHLEA_ERROR_WRITE : COCHLEA_OK;
}

void coch_output_discard(coch_output *output)
{
    if (output->file)
        fclose(output->file);
    if (output->draft) {
        unlink(output->draft);
        free(output->draft);
    }
    free(output->path);
    *output = (coch_output){0};
}
