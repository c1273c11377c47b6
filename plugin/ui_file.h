/* The menu of a processor's file in its window: the user's own files of one folder. All of it is [main]. */
#ifndef COCH_PLUGIN_UI_FILE_H
#define COCH_PLUGIN_UI_FILE_H

#include "ui.h"
#include "view/model.h"

#define COCH_UI_FILES 28

typedef struct coch_ui_file {
    const coch_file_kind *kind;
    char folder[COCH_PATH_MAX];
    char shown[COCH_PATH_MAX];      /* the same, as the eye wants it */
    char names[COCH_UI_FILES][256]; /* in the folder, in order */
    int count;
    int open;                 /* the menu was open in the last picture */
    char path[COCH_PATH_MAX]; /* the present one, as far as it is known */
    char chosen[COCH_PATH_MAX];
} coch_ui_file;

/* Adds the menu, which must be the last control. */
void coch_ui_file_add(coch_view_model *model, int id, const coch_file_kind *kind);

/* Before each picture: what the menu offers and says, and in the notice what is wrong. */
void coch_ui_file_look(coch_ui_file *file, coch_view_model *model, const coch_ui_host *host);

/* The path of an entry of the menu, "" for none. */
const char *coch_ui_file_path(coch_ui_file *file, int entry);

#endif
