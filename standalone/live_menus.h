/* What there is to choose from while a live session runs: inputs, MIDI ports, weights. */
#ifndef COCHLEA_STANDALONE_LIVE_MENUS_H
#define COCHLEA_STANDALONE_LIVE_MENUS_H

#include "live_session.h"

typedef enum live_menu_kind { LIVE_MENU_INPUT = 0, LIVE_MENU_MIDI = 1, LIVE_MENU_WEIGHTS = 2 } live_menu_kind;

#define LIVE_MENUS 3
#define LIVE_MENU_ENTRIES 28

typedef struct live_menu {
    char text[LIVE_MENU_ENTRIES][BACKEND_NAME_SIZE];
    char value[LIVE_MENU_ENTRIES][LIVE_PATH_SIZE]; /* what the session is told; empty for its default */
    int count, current;
} live_menu;

/* Looks around; takes the present choice from the session. [main] */
void live_menu_devices(live_menu *menu, live_menu_kind kind, const live_session *session);
void live_menu_weights(live_menu *menu, const live_session *session);

#endif
