/* The trap around an [audio] call, for this thread: RealtimeSanitizer's runtime ends the process at an
 * allocation, a lock, a sleep or a blocking call of the C library, and the kernel's system call dispatch
 * (Linux 5.11) at any system call whatever. */
#ifndef COCH_TESTS_TRAP_H
#define COCH_TESTS_TRAP_H

/* Once per thread, before the first trap. Returns nonzero when system calls are trapped too; 0 on a kernel
 * that cannot. */
int trap_prepare(void);

/* Between the two, this thread may not wait. */
void trap_enter(void);
void trap_leave(void);

#endif
