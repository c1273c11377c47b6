/* Runs a fuzzer's function once over every file of the folders and files named on the command line, so that
 * inputs which were kept are tried on every compiler, without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Runs one file; 0 when it cannot be read. */
static int run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1);
    int read = file && data && fread(data, 1, size, file) == size;
    if (read) {
        LLVMFuzzerTestOneInput(data, size);
    } else {
        fprintf(stderr, "%s: cannot be read\n", path);
    }
    free(data);
    if (file) {
        fclose(file);
    }
    return read;
}

/* Runs a file, or the files of a folder; returns how many, negative on failure. */
static long run_path(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "%s: not found\n", path);
        return -1;
    }
    if (!S_ISDIR(info.st_mode)) {
        return run_file(path, (size_t)info.st_size) ? 1 : -1;
    }
    DIR *folder = opendir(path);
    long count = 0;
    for (struct dirent *entry; folder && count >= 0 && (entry = readdir(folder));) {
        char inner[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        int length = snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        long ran = length < (int)sizeof inner ? run_path(inner) : -1;
        count = ran < 0 ? -1 : count + ran;
    }
    if (folder) {
        closedir(folder);
    }
    return folder ? count : -1;
}

int main(int argc, char **argv)
{
    long total = 0;
    for (int i = 1; i < argc; i++) {
        long count = run_path(argv[i]);
        if (count < 0) {
            return 1;
        }
        total += count;
    }
    printf("%ld inputs\n", total);
    return total > 0 ? 0 : 1;
}
