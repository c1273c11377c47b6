/* What is remembered from one sitting to the next: device, port, tempo, mode, hands, ...; in the store, by
 * the names of the command line's options. */
#ifndef COCHLEA_STANDALONE_PRACTICE_SETTINGS_H
#define COCHLEA_STANDALONE_PRACTICE_SETTINGS_H

#include "practice_options.h"
#include "practice_store.h"

/* Takes over what is remembered and was not given on the command line. What cannot be read, or is nonsense,
 * is left as it is. */
void practice_settings_recall(practice_options *options, practice_store *store);

/* Forgets a remembered device and port, which are not there now: the default ones are used. */
void practice_settings_forget_device(practice_options *options);

/* Remembers these. 0, or -1 with the reason in the store. */
int practice_settings_keep_session(practice_store *store, const coch_session_options *session);
int practice_settings_keep_device(practice_store *store, const practice_options *options);
int practice_settings_keep_folder(practice_store *store, const char *folder);

#endif
