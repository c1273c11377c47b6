/* Thread tags and attributes, used on every declaration of the library.
 *
 * The legend of the tags that stand in brackets in the comments:
 *
 *   [audio]   called from the host's audio thread: never allocates, locks, logs, makes a system call or loops
 *             without bound. Carries COCH_REALTIME on declaration and definition.
 *   [worker]  called from the thread that runs the nets; the same promises as [audio], but a call may take as
 *             long as one hop. Carries COCH_REALTIME too: in the inline drive it runs on the audio thread.
 *   [main]    may allocate, read files, wait. Never called while the same object is in use by another thread.
 *   [any]     pure or atomic: callable from everywhere at any time.
 */
#ifndef COCH_BASE_ATTRIBUTES_H
#define COCH_BASE_ATTRIBUTES_H

/* clang 20 and later check the promise at compile time; elsewhere the tag is documentation that the
 * real-time test enforces at run time. */
#if defined(__clang__) && defined(__has_attribute)
#if __has_attribute(nonblocking)
#define COCH_REALTIME __attribute__((nonblocking))
#endif
#endif
#ifndef COCH_REALTIME
#define COCH_REALTIME
#endif

/* Marks the symbols of the public interface; all others are hidden in the shared library. */
#if defined(__GNUC__)
#define COCHLEA_API __attribute__((visibility("default")))
#else
#define COCHLEA_API
#endif

/* Every buffer that a kernel touches starts on such a boundary (one cache line, one 512-bit register). */
#define COCH_ALIGNMENT 64

#endif
