#include "processors.h"

#include <string.h>

typedef struct entry {
    const coch_processor *processor;
    const char *name, *summary;
} entry;

#define ENTRY(id, name, summary) {&coch_##id, name, summary},
static const entry all[] = {COCH_PROCESSORS(ENTRY)};

static const entry *entry_of(const coch_processor *processor)
{
    const entry *e = all;
    while (e->processor != processor)
        e++;
    return e;
}

const char *coch_processor_name(const coch_processor *processor)
{
    return entry_of(processor)->name;
}

const char *coch_processor_summary(const coch_processor *processor)
{
    return entry_of(processor)->summary;
}

const coch_processor *coch_processor_at(size_t index)
{
    return index < sizeof all / sizeof *all ? all[index].processor : NULL;
}

const coch_processor *coch_processor_find(const char *id)
{
    size_t i = 0;
    while (coch_processor_at(i) && strcmp(coch_processor_at(i)->id, id) != 0)
        i++;
    return coch_processor_at(i);
}
