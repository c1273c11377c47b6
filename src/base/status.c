#include "base/status.h"

static const char *const texts[COCHLEA_STATUS_COUNT] = {
    [COCHLEA_OK] = "success",
    [COCHLEA_ERROR_ARGUMENT] = "invalid argument",
    [COCHLEA_ERROR_MEMORY] = "out of memory",
    [COCHLEA_ERROR_OPEN] = "cannot open",
    [COCHLEA_ERROR_READ] = "read failed",
    [COCHLEA_ERROR_WRITE] = "write failed",
    [COCHLEA_ERROR_FORMAT] = "malformed data",
    [COCHLEA_ERROR_UNSUPPORTED] = "not supported",
    [COCHLEA_ERROR_MISSING] = "entry not found",
    [COCHLEA_ERROR_FULL] = "queue is full",
    [COCHLEA_ERROR_STATE] = "not allowed in this state",
};

const char *cochlea_status_text(cochlea_status status)
{
    if ((unsigned)status >= COCHLEA_STATUS_COUNT) {
        return "unknown status";
    }
    return texts[status];
}
