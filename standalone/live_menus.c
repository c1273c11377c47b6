#include "live_menus.h"

#include "model_path.h"
#include "net/gguf.h"

#include <dirent.h>
#include <string.h>

static int add(live_menu *menu, const char *text, const char *value)
{
    if (menu->count == LIVE_MENU_ENTRIES || strlen(value) >= LIVE_PATH_SIZE)
        return -1;
    snprintf(menu->text[menu->count], BACKEND_NAME_SIZE, "%.*s", BACKEND_NAME_SIZE - 1, text);
    memcpy(menu->value[menu->count], value, strlen(value) + 1);
    return menu->count++;
}

/* ---- Devices ---- */

/* Backends may say where a device belongs before its name: "ALSA: name". */
static int is_named(const char *shown, const char *name)
{
    size_t all = strlen(shown), part = strlen(name);
    if (all < part || strcmp(shown + all - part, name) != 0)
        return 0;
    return all == part || (all >= part + 2 && memcmp(shown + all - part - 2, ": ", 2) == 0);
}

void live_menu_devices(live_menu *menu, live_menu_kind kind, const live_session *s)
{
    char names[LIVE_MENU_ENTRIES][BACKEND_NAME_SIZE];
    int midi = kind == LIVE_MENU_MIDI;
    size_t count = 0;
    const char *asked = midi ? s->options.midi_out : s->options.input, *shown = "";
    menu->count = menu->current = 0;
    add(menu, midi ? "Own port" : "Default input", "");
    if (midi)
        add(menu, "No MIDI", "none");
    if (s->audio) {
        shown = midi ? s->audio->info.output : s->audio->info.input;
        if (s->audio->kind->names)
            count = s->audio->kind->names(s->audio, midi, names, LIVE_MENU_ENTRIES - 2);
    }
    if (midi && asked && strcmp(asked, "none") == 0)
        menu->current = 1;
    for (size_t i = 0; i < count; i++) {
        int entry = add(menu, names[i], names[i]);
        if (entry >= 0 && is_named(shown, names[i]))
            menu->current = entry;
    }
}

/* ---- Weights ---- */

static int hears_pianos(const char *path)
{
    coch_gguf *gguf;
    if (coch_gguf_open(&gguf, path, NULL, 0) != COCHLEA_OK)
        return 0;
    const char *architecture = coch_gguf_string(gguf, "general.architecture");
    int right = architecture && strcmp(architecture, "cochlea.piano") == 0;
    coch_gguf_free(gguf);
    return right;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

#define DEFAULT_WEIGHTS "piano.gguf" /* those inside the program */

/* The other weights in the folder in which the default ones lie. */
static void add_folder(live_menu *menu)
{
    char path[LIVE_PATH_SIZE], other[2 * LIVE_PATH_SIZE];
    const struct dirent *entry;
    if (model_path(path, sizeof path, DEFAULT_WEIGHTS) != 0)
        return;
    path[base_name(path) - path] = '\0';
    DIR *folder = opendir(path);
    while (folder && (entry = readdir(folder))) {
        size_t length = strlen(entry->d_name);
        if (length < 6 || strcmp(entry->d_name + length - 5, ".gguf") != 0 ||
            strcmp(entry->d_name, DEFAULT_WEIGHTS) == 0)
            continue;
        snprintf(other, sizeof other, "%s%s", path, entry->d_name);
        if (hears_pianos(other))
            add(menu, entry->d_name, other);
    }
    if (folder)
        closedir(folder);
}

void live_menu_weights(live_menu *menu, const live_session *s)
{
    const char *now = s->options.weights;
    menu->count = menu->current = 0;
    add(menu, "Built-in", "");
    add_folder(menu);
    for (int i = 1; now && i < menu->count; i++)
        if (strcmp(menu->value[i], now) == 0)
            menu->current = i;
    if (now && menu->current == 0) {
        int entry = add(menu, base_name(now), now);
        menu->current = entry > 0 ? entry : 0;
    }
}
