/* A JACK server from outside: reaching it, its ports, the list of them. */
#ifndef COCHLEA_STANDALONE_BACKEND_JACK_SERVER_H
#define COCHLEA_STANDALONE_BACKEND_JACK_SERVER_H

#include "backend.h"

#include <jack/jack.h>

/* A client of the running server; NULL with the reason in `why`. */
jack_client_t *jack_server_connect(const char *name, char *why, size_t why_size);

/* How many there are of a list that jack_get_ports() gave; NULL has none. */
size_t jack_server_count(const char **names);

/* Finds a port of others: the wanted one, else (NULL) the first physical one; "" when there is none. Returns
 * -1 when a wanted one is not there. */
int jack_server_find(jack_client_t *client, const char *type, unsigned long flags, const char *wanted,
                     char name[BACKEND_NAME_SIZE]);

/* As backend_kind.list. */
int jack_server_list(FILE *to, char *why, size_t why_size);

#endif
