#include "hybrid_targets.h"

#include "commands.h"

#include <stdio.h>
#include <string.h>

#define PATH_SIZE 4096
#define NAME_SIZE 256

/* Splits "FILE.gguf:NAME,NAME2" into the file (empty: the weights inside the program) and the names. */
static void split(const char *text, char *file, const char **names)
{
    const char *end = strstr(text, ".gguf");
    file[0] = '\0';
    *names = text;
    if (end && (end[5] == '\0' || end[5] == ':' || end[5] == ',')) {
        snprintf(file, PATH_SIZE, "%.*s", (int)(end + 5 - text), text);
        *names = end[5] == ':' ? end + 6 : end + 5;
    }
}

static int choose(const cochlea_hybrid_model *model, const char *name, size_t length, unsigned *target,
                  char *why, size_t why_size)
{
    char wanted[NAME_SIZE];
    snprintf(wanted, sizeof wanted, "%.*s", (int)length, name);
    int found = cochlea_hybrid_model_find(model, wanted);
    if (found < 0) {
        snprintf(why, why_size,
                 "no target '%s' in these weights; 'cochlea hybridize --target list' names them", wanted);
        return EXIT_USAGE;
    }
    *target = (unsigned)found;
    return EXIT_DONE;
}

int hybrid_targets_open(cochlea_hybrid_model **model, const char *text, unsigned *first, unsigned *second,
                        int *two, char *why, size_t why_size)
{
    char path[PATH_SIZE], reason[NAME_SIZE] = "";
    const char *names;
    split(text, path, &names);
    const char *file = path[0] ? path : NULL;
    cochlea_status status = cochlea_hybrid_model_open(model, file, reason, sizeof reason);
    *first = *second = 0;
    *two = 0;
    if (status != COCHLEA_OK) {
        snprintf(why, why_size, "%s: %s", file ? file : "built-in weights",
                 reason[0] ? reason : cochlea_status_text(status));
        return EXIT_FAILED;
    }
    if (strcmp(names, "list") == 0)
        return EXIT_DONE;
    size_t length = strcspn(names, ",");
    int result = length > 0 ? choose(*model, names, length, first, why, why_size) : EXIT_DONE;
    *second = *first;
    *two = names[length] == ',';
    if (result == EXIT_DONE && *two)
        result = choose(*model, names + length + 1, strlen(names + length + 1), second, why, why_size);
    return result;
}

int hybrid_targets_method(const char *name)
{
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++)
        if (strcmp(name, cochlea_hybrid_method_name((cochlea_hybrid_method)m)) == 0)
            return m;
    return -1;
}
