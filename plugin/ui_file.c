#include "ui_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int has_suffix(const char *name, const char *suffix)
{
    size_t all = strlen(name), end = strlen(suffix);
    return all > end && strcmp(name + all - end, suffix) == 0;
}

static void find_folder(coch_ui_file *f)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    f->folder[0] = f->shown[0] = '\0';
    if (data && data[0] == '/')
        snprintf(f->folder, sizeof f->folder, "%s/%s", data, f->kind->folder);
    else if (home)
        snprintf(f->folder, sizeof f->folder, "%s/.local/share/%s", home, f->kind->folder);
    if (data && data[0] == '/')
        snprintf(f->shown, sizeof f->shown, "%s", f->folder);
    else
        snprintf(f->shown, sizeof f->shown, "~/.local/share/%s", f->kind->folder);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void look_around(coch_ui_file *f)
{
    struct dirent *entry;
    DIR *folder = opendir(f->folder);
    f->count = 0;
    while (folder && f->count < COCH_UI_FILES && (entry = readdir(folder)))
        if (has_suffix(entry->d_name, f->kind->suffix))
            snprintf(f->names[f->count++], sizeof f->names[0], "%s", entry->d_name);
    if (folder)
        closedir(folder);
    qsort(f->names, (size_t)f->count, sizeof f->names[0], compare);
}

/* ---- The menu: none, the present one where it lies elsewhere, those of the folder ---- */

static void path_of(const coch_ui_file *f, int which, char path[COCH_PATH_MAX])
{
    if (snprintf(path, COCH_PATH_MAX, "%s/%s", f->folder, f->names[which]) >= COCH_PATH_MAX)
        path[0] = '\0';
}

static int present(coch_ui_file *f)
{
    for (int i = 0; i < f->count; i++) {
        path_of(f, i, f->chosen);
        if (strcmp(f->chosen, f->path) == 0)
            return i;
    }
    return -1;
}

static int is_elsewhere(coch_ui_file *f)
{
    return f->path[0] && present(f) < 0;
}

const char *coch_ui_file_path(coch_ui_file *f, int entry)
{
    int elsewhere = is_elsewhere(f), which = entry - 1 - elsewhere;
    if (entry >= 1 && which < 0)
        return f->path;
    f->chosen[0] = '\0';
    if (which >= 0 && which < f->count)
        path_of(f, which, f->chosen);
    return f->chosen;
}

/* The end of a text that is too long says more than its beginning. */
static void add_choice(coch_view_model *model, int menu, const char *text)
{
    size_t length = strlen(text), room = COCH_VIEW_TEXT - 1;
    coch_view_add_choice(model, menu, length > room ? text + (length - room) : text);
}

static void fill(coch_ui_file *f, coch_view_model *model)
{
    char hint[COCH_PATH_MAX + 32];
    int menu = model->control_count - 1, elsewhere = is_elsewhere(f);
    coch_view_control *c = &model->controls[menu];
    model->choice_count = c->first_choice;
    c->choices = 0;
    add_choice(model, menu, "None");
    if (elsewhere)
        add_choice(model, menu, base_name(f->path));
    for (int i = 0; i < f->count; i++)
        add_choice(model, menu, f->names[i]);
    snprintf(hint, sizeof hint, "None yet in %s", f->shown);
    if (f->count == 0 && !elsewhere) /* choosing it is none as well */
        add_choice(model, menu, hint);
    c->value = !f->path[0] ? 0 : elsewhere ? 1 : 1 + present(f);
}

void coch_ui_file_add(coch_view_model *model, int id, const coch_file_kind *kind)
{
    coch_view_add_choice(model, coch_view_add_menu(model, id, kind->name), "None");
}

void coch_ui_file_look(coch_ui_file *f, coch_view_model *model, const coch_ui_host *host)
{
    char path[COCH_PATH_MAX] = "", complaint[COCH_COMPLAINT_MAX] = "";
    int open = model->focus.open == model->control_count - 1, first = f->folder[0] == '\0';
    if (host->file)
        host->file(host->context, path, complaint);
    else
        snprintf(path, sizeof path, "%s", f->path);
    snprintf(model->notice, sizeof model->notice, "%.*s", COCH_VIEW_TEXT - 1, complaint);
    if (first)
        find_folder(f);
    if (first || (open && !f->open))
        look_around(f);
    if (first || open != f->open || strcmp(path, f->path) != 0) {
        snprintf(f->path, sizeof f->path, "%s", path);
        fill(f, model);
    }
    f->open = open;
}
