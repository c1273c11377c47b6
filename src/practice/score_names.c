#include "practice/score_names.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { META = 0xFF, META_TEXT = 0x01, META_NAME = 0x03 };

/* ---- Text ---- */

/* Length of the UTF-8 character at `at`, 0 where there is none. */
static size_t character(const unsigned char *at)
{
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xC2 && at[0] < 0xE0 ? 2 : at[0] >= 0xF0 ? 4 : 3;
    if (at[0] >= 0xF5 || (at[0] >= 0x80 && at[0] < 0xC2))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    int overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    int beyond = (at[0] == 0xED && at[1] >= 0xA0) || (at[0] == 0xF4 && at[1] >= 0x90);
    return overlong || beyond ? 0 : length;
}

static int is_utf8(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = character(at);
        if (length == 0)
            return 0;
        at += length;
    }
    return 1;
}

void coch_text_utf8(char *to, size_t size, const char *from)
{
    size_t used = 0;
    int utf8 = is_utf8(from);
    for (const unsigned char *at = (const unsigned char *)from; *at;) {
        size_t length = utf8 ? character(at) : 1, needed = utf8 || *at < 0x80 ? length : 2;
        if (used + needed >= size)
            break;
        if (*at >= 0x20 && *at != 0x7F) {
            if (needed == length) {
                memcpy(to + used, at, length);
            } else {
                to[used] = (char)(0xC0 | *at >> 6);
                to[used + 1] = (char)(0x80 | (*at & 0x3F));
            }
            used += needed;
        }
        at += length;
    }
    to[used] = '\0';
}

/* Without blanks at its ends. */
static void trim(char *text)
{
    size_t from = strspn(text, " \t"), length = strlen(text + from);
    memmove(text, text + from, length + 1);
    while (length > 0 && text[length - 1] == ' ')
        text[--length] = '\0';
}

/* ---- What the file says ---- */

static int is_note(const coch_smf_event *e)
{
    return (e->bytes[0] & 0xF0) == 0x90;
}

/* The words that programs put there for want of better ones. */
static int says_nothing(const char *text)
{
    static const char *const words[] = {"control track", "untitled", "tempo",   "conductor", "track",
                                        "creator",       "piano",    "midi",    "sequence",  "gnu lilypond",
                                        "copyright",     "unnamed",  "no name", "seq-",      "new "};
    if (!text[0] || strspn(text, "0123456789 .:-_") == strlen(text))
        return 1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(text, words[i], strlen(words[i])) == 0)
            return 1;
    return 0;
}

static void take_composer(char *composer, size_t size, const char *text, int marked_alone)
{
    static const char *const marks[] = {"composer:", "composed by", "music by", "music:", "by "};
    char line[COCH_SCORE_COMPOSER];
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strncasecmp(text, marks[i], strlen(marks[i])) == 0) {
            coch_text_utf8(line, sizeof line, text + strlen(marks[i]));
            trim(line);
            snprintf(composer, size, "%s", line);
            return;
        }
    if (marked_alone || composer[0] || says_nothing(text) || strchr(text, ':') ||
        isdigit((unsigned char)text[0]))
        return;
    coch_text_utf8(line, sizeof line, text);
    trim(line);
    snprintf(composer, size, "%s", line);
}

/* Of the texts at the start of the first track; if that has notes it is a part, and its name the part's. */
static void read_file(coch_score_names *n, const coch_smf *smf)
{
    int part = 0;
    for (size_t i = 0; i < smf->count && !part; i++)
        part = smf->events[i].track == 0 && is_note(&smf->events[i]);
    for (size_t i = 0; i < smf->count && smf->events[i].tick == 0; i++) {
        const coch_smf_event *e = &smf->events[i];
        if (e->track != 0 || e->bytes[0] != META)
            continue;
        const char *text = smf->text + (e->bytes[1] == META_TEXT || e->bytes[1] == META_NAME ? e->value : 0);
        if (e->bytes[1] == META_TEXT)
            take_composer(n->composer, sizeof n->composer, text, part);
        else if (e->bytes[1] == META_NAME && !part && !n->title[0] && !says_nothing(text))
            coch_text_utf8(n->title, sizeof n->title, text);
    }
    trim(n->title);
}

/* ---- What its name says ---- */

static void read_path(coch_score_names *n, const char *path)
{
    char name[COCH_SCORE_TITLE + COCH_SCORE_COMPOSER];
    const char *slash = strrchr(path, '/');
    coch_text_utf8(name, sizeof name, slash ? slash + 1 : path);
    char *dot = strrchr(name, '.'), *dash = strstr(name, " - ");
    if (dot && dot != name)
        *dot = '\0';
    for (char *at = name; *at; at++)
        *at = *at == '_' ? ' ' : *at;
    if (dash && dash != name && dash[3]) {
        *dash = '\0';
        if (!n->composer[0])
            coch_text_utf8(n->composer, sizeof n->composer, name);
        coch_text_utf8(n->title, sizeof n->title, dash + 3);
    } else {
        coch_text_utf8(n->title, sizeof n->title, name);
    }
    trim(n->title);
}

void coch_score_names_find(coch_score_names *names, const coch_smf *smf, const char *path)
{
    *names = (coch_score_names){{0}, {0}};
    if (smf)
        read_file(names, smf);
    if (!names->title[0])
        read_path(names, path);
    if (!names->title[0])
        snprintf(names->title, sizeof names->title, "(without a name)");
}
