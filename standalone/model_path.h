/* Where weight files lie that are not inside the program. */
#ifndef COCHLEA_STANDALONE_MODEL_PATH_H
#define COCHLEA_STANDALONE_MODEL_PATH_H

#include <stddef.h>

/* The path of a weight file, `name` without folder: the first that exists of $COCHLEA_MODELS, models/,
 * models/ of the source beside the program's build folder, and the installed folder. Returns -1 when there is
 * none; path is then where it would be installed. */
int model_path(char *path, size_t size, const char *name);

#endif
