#define _GNU_SOURCE
#include "trap.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif
#define DISPATCH_ON 1
#define ALLOW 0
#define BLOCK 1

void __rtsan_realtime_enter(void);
void __rtsan_realtime_exit(void);

/* What the kernel reads at every system call of the thread. */
static _Thread_local volatile char selector;
static _Thread_local volatile int caught;

/* The call is not made; the sanitizer may still print its report with those that follow. */
static void on_system_call(int signal, siginfo_t *info, void *context)
{
    static const char message[] = "A system call in real-time context.\n";
    (void)signal;
    (void)info;
    (void)context;
    selector = ALLOW;
    if (!caught && write(STDERR_FILENO, message, sizeof message - 1) < 0)
        abort();
    caught = 1;
}

int trap_prepare(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_system_call;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    selector = ALLOW;
    return sigaction(SIGSYS, &action, NULL) == 0 &&
           prctl(PR_SET_SYSCALL_USER_DISPATCH, DISPATCH_ON, 0L, 0L, &selector) == 0;
}

void trap_enter(void)
{
    __rtsan_realtime_enter();
    selector = BLOCK;
}

void trap_leave(void)
{
    selector = ALLOW;
    __rtsan_realtime_exit();
    if (caught)
        abort();
}
