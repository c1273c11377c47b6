/* The one set of results that functions of the library return. */
#ifndef COCH_BASE_STATUS_H
#define COCH_BASE_STATUS_H

#include "base/attributes.h"

typedef enum cochlea_status {
    COCHLEA_OK = 0,
    COCHLEA_ERROR_ARGUMENT,    /* a value is out of the documented range */
    COCHLEA_ERROR_MEMORY,      /* an allocation failed */
    COCHLEA_ERROR_OPEN,        /* a file does not exist or may not be read or written */
    COCHLEA_ERROR_READ,        /* a file ended early or a read failed */
    COCHLEA_ERROR_WRITE,       /* a write failed */
    COCHLEA_ERROR_FORMAT,      /* bytes from outside are not what they should be */
    COCHLEA_ERROR_UNSUPPORTED, /* well formed, but not something this version handles */
    COCHLEA_ERROR_MISSING,     /* a named tensor, key or entry is not there */
    COCHLEA_ERROR_FULL,        /* no room left in a bounded queue */
    COCHLEA_ERROR_STATE,       /* not allowed in the object's present state */
    COCHLEA_STATUS_COUNT
} cochlea_status;

/* A short lower-case English phrase for a status ("out of memory"); never NULL, also for unknown values.
 * [any] */
COCHLEA_API const char *cochlea_status_text(cochlea_status status);

#endif
