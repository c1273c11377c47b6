#include "backend.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_JACK
#include "backend_jack.h"
#endif
#ifdef HAVE_PORTAUDIO
#include "backend_portaudio.h"
#endif

const backend_kind *const backend_kinds[] = {
#ifdef HAVE_JACK
    &backend_jack,
#endif
#ifdef HAVE_PORTAUDIO
    &backend_portaudio,
#endif
    NULL,
};

const backend_kind *backend_find(const char *name)
{
    for (size_t i = 0; backend_kinds[i]; i++)
        if (strcmp(backend_kinds[i]->name, name) == 0)
            return backend_kinds[i];
    return NULL;
}

int backend_open(backend **made, const char *name, const backend_request *request, char *why, size_t why_size)
{
    int any = strcmp(name, "auto") == 0;
    size_t used = 0;
    *made = NULL;
    snprintf(why, why_size, "this build has %s", any ? "neither JACK nor PortAudio" : "no such backend");
    for (size_t i = 0; backend_kinds[i]; i++) {
        if (!any && strcmp(backend_kinds[i]->name, name) != 0)
            continue;
        if (used > 0 && used + 2 < why_size)
            used += (size_t)snprintf(why + used, why_size - used, "; ");
        if (backend_kinds[i]->open(made, request, why + used, why_size - used) == 0)
            return 0;
        used = strlen(why);
    }
    return -1;
}

void backend_close(backend *b)
{
    if (b)
        b->kind->close(b);
}

static int same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static int contains(const char *text, const char *part)
{
    for (; *text; text++) {
        size_t n = 0;
        while (part[n] && text[n] && same_letter(text[n], part[n]))
            n++;
        if (part[n] == '\0')
            return 1;
    }
    return 0;
}

int backend_choose(const char *wanted, const char *const *names, size_t count)
{
    char *end;
    unsigned long number = strtoul(wanted, &end, 10);
    if (isdigit((unsigned char)wanted[0]) && *end == '\0')
        return number < count ? (int)number : -1;
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], wanted) == 0)
            return (int)i;
    for (size_t i = 0; i < count; i++)
        if (contains(names[i], wanted))
            return (int)i;
    return -1;
}
