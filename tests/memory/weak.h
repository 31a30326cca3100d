/* SPDX-License-Identifier: MIT */
/*
 * A memory that is as weak as the rings allow for: two processors, each with
 * a view of its own.  Stores become visible to the other one in any order, as
 * after store buffers that drain as they like; a load gives any value that is
 * not older than what its processor has seen, as after loads that ran early; a
 * copy out of the shared page may be made as late as the next write barrier.
 *
 *	WMB	who sees a store behind it, sees those before it, once it
 *		passes a read barrier
 *	RMB	loads behind it are no older than what was published with the
 *		values that were loaded before it
 *	MB	both, and of two processors that pass one, the second sees all
 *		that the first one had seen
 *
 * Every outcome of two short programs is looked at, one run after another.
 */
#ifndef MEMORY_WEAK_H
#define MEMORY_WEAK_H

#include <stdbool.h>
#include <stdint.h>

#define WEAK_WORDS	8	/* of memory */

/* Words of the ring's header and of its two slots: request, rest. */
enum weak_word { REQ_PROD, REQ_EVENT, RSP_PROD, RSP_EVENT, SLOT };

/* Two programs, what to set up before each run, and what must be true then. */
struct weak_scene {
	const char *name;
	void (*begin)(void);
	void (*run[2])(void);		/* front, back */
	const char *(*judge)(void);	/* what is wrong, or null */
};

/*
 * Look at every run; without: a barrier to leave out, "usbif_ring_push W", or
 * null.  Returns what is wrong with the first bad run, or null.
 */
const char *weak_explore(const struct weak_scene *scene, const char *without,
			 uint64_t *runs);

/* What a word is before the programs begin; else 0. */
void weak_preset(uint32_t word, uint32_t value);

/* Called by programs. */
void weak_store(uint32_t word, uint32_t value);
uint32_t weak_load(uint32_t word);
/* Later: *to is valid when the run is over. */
void weak_load_late(uint32_t word, uint32_t *to);
void weak_barrier(const char *function, char kind);	/* M, R or W */

/* An event channel to the processor: it wakes who waits, or will. */
void weak_notify(int processor);
/* Returns true if an event came, false if none will ever come. */
bool weak_wait(void);

/* The barriers that were passed, as "function kind". */
extern const char *weak_sites[16];
extern uint32_t weak_site_count;

#endif
