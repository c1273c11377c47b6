#include "engine/link.h"

void coch_link_layout(coch_link *link, coch_arena *arena, size_t samples, int evidence)
{
    coch_ring_layout(&link->samples, arena, sizeof(float), samples);
    coch_ring_layout(&link->requests, arena, sizeof(coch_request), COCH_LINK_REQUESTS);
    coch_ring_layout(&link->messages, arena, sizeof(coch_message), COCH_LINK_MESSAGES);
    coch_ring_layout(&link->evidence, arena, sizeof(coch_evidence), evidence ? COCH_LINK_HOPS : 1);
    coch_ring_layout(&link->controls, arena, sizeof(coch_control), COCH_LINK_CONTROLS);
    coch_ring_layout(&link->returns, arena, sizeof(coch_piano *), COCH_LINK_CONTROLS);
    coch_slot_layout(&link->stats, arena, sizeof(cochlea_stats));
    coch_slot_layout(&link->features, arena, COCHLEA_FEATURES * sizeof(float));
    coch_slot_layout(&link->instrument, arena, sizeof(cochlea_instrument));
}

void coch_link_reset(coch_link *link)
{
    coch_ring_reset(&link->samples);
    coch_ring_reset(&link->requests);
    coch_ring_reset(&link->messages);
    coch_ring_reset(&link->evidence);
    coch_ring_reset(&link->controls);
    coch_ring_reset(&link->returns);
}
