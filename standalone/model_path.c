#include "model_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the program itself, without its last two parts: of BUILD/standalone/cochlea, what BUILD lies
 * in. */
static const char *beside_build(char *folder, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", folder, size - 1);
    if (length <= 0)
        return NULL;
    folder[length] = '\0';
    for (int i = 0; i < 3; i++) {
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder)
            return NULL;
        *slash = '\0';
    }
    return folder;
}

static int exists(char *path, size_t size, const char *folder, const char *between, const char *name)
{
    struct stat status;
    return folder && snprintf(path, size, "%s%s%s", folder, between, name) < (int)size &&
           stat(path, &status) == 0;
}

int model_path(char *path, size_t size, const char *name)
{
    char folder[4096];
    const char *chosen = getenv("COCHLEA_MODELS");
    if (chosen)
        return exists(path, size, chosen, "/", name) ? 0 : -1;
    if (exists(path, size, "models", "/", name))
        return 0;
    if (exists(path, size, beside_build(folder, sizeof folder), "/models/", name))
        return 0;
    return exists(path, size, COCHLEA_MODELS_DIR, "/", name) ? 0 : -1;
}
