/* cochlea models: the weights that the program finds, what they say of themselves, and whether they are
 * unharmed. */
#include "commands.h"
#include "listen/instrument.h"
#include "listen/piano.h"
#include "sha256.h"
#include "timbre/model.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WHY_SIZE 256
#define PATH_SIZE 4096

static const char help[] =
    "Usage: cochlea models                  the weights found\n"
    "       cochlea models show NAME|FILE   what a file says of itself\n"
    "       cochlea models check            compares checksums with SHA256SUMS\n\n"
    "Weights are looked for in $COCHLEA_MODELS, else in models/ and in\n" COCHLEA_MODELS_DIR
    ".\n'built-in', 'built-in-instrument' and 'built-in-hybrid' name the weights\ninside the program.\n";

/* Weights that are linked into the program. */
static const struct {
    const char *name;
    const void *(*bytes)(size_t *size);
} built_in[] = {{"built-in", coch_piano_default_weights},
                {"built-in-instrument", coch_instrument_default_weights},
                {"built-in-hybrid", coch_hybrid_default_weights}};
enum { BUILT_IN = sizeof built_in / sizeof *built_in };

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "cochlea: %s: %s\n", path, why);
    return EXIT_FAILED;
}

/* The folder of weights: the first of the known places that exists. */
static const char *folder(void)
{
    struct stat status;
    const char *chosen = getenv("COCHLEA_MODELS");
    if (chosen)
        return chosen;
    return stat("models/SHA256SUMS", &status) == 0 ? "models" : COCHLEA_MODELS_DIR;
}

static void *read_file(const char *path, size_t *size)
{
    struct stat status;
    void *bytes = NULL;
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode)) {
        *size = (size_t)status.st_size;
        bytes = malloc(*size + 1);
        if (bytes && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    fclose(file);
    return bytes;
}

static size_t weights_in(const coch_gguf *gguf)
{
    size_t sum = 0;
    for (size_t i = 0; i < coch_gguf_tensors(gguf); i++)
        sum += coch_gguf_tensor_at(gguf, i)->count;
    return sum;
}

static void print_row(const char *name, const coch_gguf *gguf, const void *bytes, size_t size)
{
    char hex[65];
    const char *architecture = coch_gguf_string(gguf, "general.architecture");
    sha256_hex(bytes, size, hex);
    printf("%-24s %-16s %8zu weights %8.1f kB  %.16s\n", name, architecture ? architecture : "?",
           weights_in(gguf), (double)size / 1000.0, hex);
}

static int list_file(const char *path)
{
    size_t size = 0;
    coch_gguf *gguf = NULL;
    char why[WHY_SIZE] = "";
    if (coch_gguf_open(&gguf, path, why, sizeof why) != COCHLEA_OK)
        return fail(path, why);
    void *bytes = read_file(path, &size);
    if (bytes)
        print_row(path, gguf, bytes, size);
    free(bytes);
    coch_gguf_free(gguf);
    return bytes ? EXIT_DONE : EXIT_FAILED;
}

static int list_all(void)
{
    size_t size;
    coch_gguf *gguf;
    char path[PATH_SIZE];
    int result = EXIT_DONE;
    const struct dirent *entry;
    for (size_t i = 0; i < BUILT_IN; i++) {
        const void *bytes = built_in[i].bytes(&size);
        if (coch_gguf_open_memory(&gguf, bytes, size, NULL, 0) == COCHLEA_OK)
            print_row(built_in[i].name, gguf, bytes, size);
        coch_gguf_free(gguf);
    }
    DIR *dir = opendir(folder());
    if (!dir && getenv("COCHLEA_MODELS"))
        return fail(folder(), strerror(errno));
    while (dir && (entry = readdir(dir))) {
        size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".gguf") != 0 ||
            snprintf(path, sizeof path, "%s/%s", folder(), entry->d_name) >= (int)sizeof path)
            continue;
        if (list_file(path) != EXIT_DONE)
            result = EXIT_FAILED;
    }
    if (dir)
        closedir(dir);
    return result;
}

/* Weights by name: inside the program, a file, or one of the folder. */
static cochlea_status open_named(coch_gguf **gguf, const char *name, char *why, size_t why_size)
{
    size_t size;
    char path[PATH_SIZE];
    struct stat status;
    for (size_t i = 0; i < BUILT_IN; i++)
        if (strcmp(name, built_in[i].name) == 0) {
            const void *bytes = built_in[i].bytes(&size);
            return coch_gguf_open_memory(gguf, bytes, size, why, why_size);
        }
    snprintf(path, sizeof path, "%s/%s.gguf", folder(), name);
    return coch_gguf_open(gguf, stat(name, &status) == 0 ? name : path, why, why_size);
}

static int show(const char *name)
{
    coch_gguf *gguf = NULL;
    char why[WHY_SIZE] = "", text[200];
    const char *key;
    cochlea_status opened = open_named(&gguf, name, why, sizeof why);
    if (opened != COCHLEA_OK)
        return fail(name, why[0] ? why : cochlea_status_text(opened));
    for (size_t i = 0; (key = coch_gguf_entry(gguf, i, text, sizeof text)); i++)
        printf("%-32s %s\n", key, text);
    for (size_t i = 0; i < coch_gguf_tensors(gguf); i++) {
        const coch_gguf_tensor *t = coch_gguf_tensor_at(gguf, i);
        printf("%-32s %s", t->name, t->type == COCH_GGUF_F16 ? "F16" : "F32");
        for (unsigned d = 0; d < t->dims; d++)
            printf("%s%zu", d ? " x " : " ", t->shape[d]);
        putchar('\n');
    }
    coch_gguf_free(gguf);
    return EXIT_DONE;
}

/* One line of SHA256SUMS: digest, two characters, name. */
static int check_line(const char *line, const char *sums)
{
    char hex[65], path[PATH_SIZE];
    size_t size = 0;
    if (strspn(line, "0123456789abcdef") != 64 || strlen(line) < 67)
        return fail(sums, "has a line that is no checksum");
    snprintf(path, sizeof path, "%s/%s", folder(), line + 66);
    errno = 0;
    void *bytes = read_file(path, &size);
    if (!bytes)
        return fail(path, errno ? strerror(errno) : "is no file that can be read");
    sha256_hex(bytes, size, hex);
    free(bytes);
    if (strncmp(hex, line, 64) != 0)
        return fail(path, "was changed: its checksum is another");
    printf("%s: ok\n", path);
    return EXIT_DONE;
}

static int check(void)
{
    char path[PATH_SIZE], line[512];
    int result = EXIT_DONE, lines = 0;
    snprintf(path, sizeof path, "%s/SHA256SUMS", folder());
    FILE *file = fopen(path, "r");
    if (!file)
        return fail(path, strerror(errno));
    for (; fgets(line, sizeof line, file); lines++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (check_line(line, path) != EXIT_DONE)
            result = EXIT_FAILED;
    }
    fclose(file);
    return lines ? result : fail(path, "holds no checksum");
}

int cmd_models(int argc, char **argv)
{
    if (argc == 1)
        return list_all();
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(help, stdout);
        return EXIT_DONE;
    }
    if (argc == 3 && strcmp(argv[1], "show") == 0)
        return show(argv[2]);
    if (argc == 2 && strcmp(argv[1], "check") == 0)
        return check();
    fprintf(stderr, "cochlea models: unknown or missing words; 'cochlea models --help' tells more\n");
    return EXIT_USAGE;
}
