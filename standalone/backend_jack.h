/* JACK without anything in between: MIDI is sent on the sample. Works with jackd and with PipeWire's JACK. */
#ifndef COCHLEA_STANDALONE_BACKEND_JACK_H
#define COCHLEA_STANDALONE_BACKEND_JACK_H

#include "backend.h"

extern const backend_kind backend_jack;

#endif
