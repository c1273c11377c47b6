/* Keeps what audio libraries print on stderr off the terminal: PortAudio writes some 60 lines when there is
 * no sound card. */
#ifndef COCHLEA_STANDALONE_BACKEND_QUIET_H
#define COCHLEA_STANDALONE_BACKEND_QUIET_H

/* Turns stderr to nowhere; returns what quiet_end needs. Calls may be nested. Not from two threads at once.
 */
int quiet_begin(void);
void quiet_end(int saved);

#endif
