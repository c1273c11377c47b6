/* Part of a plugin only where FFTW is part of it too: what the planner of that private copy has gathered goes
 * when the host unloads the plugin. A shared FFTW would be cleaned up under its other users. */
#include <fftw3.h>

__attribute__((destructor)) static void unload(void)
{
    fftwf_cleanup();
}
