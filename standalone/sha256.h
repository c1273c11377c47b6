/* SHA-256 (FIPS 180-4), for checking weight files. */
#ifndef COCHLEA_STANDALONE_SHA256_H
#define COCHLEA_STANDALONE_SHA256_H

#include <stddef.h>

/* The digest of `size` bytes as 64 hexadecimal digits and a terminating zero. */
void sha256_hex(const void *bytes, size_t size, char hex[65]);

#endif
