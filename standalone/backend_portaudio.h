/* PortAudio for sound (ALSA, JACK, and what hides behind ALSA) and RtMidi for MIDI: the portable way. */
#ifndef COCHLEA_STANDALONE_BACKEND_PORTAUDIO_H
#define COCHLEA_STANDALONE_BACKEND_PORTAUDIO_H

#include "backend.h"

extern const backend_kind backend_portaudio;

#endif
