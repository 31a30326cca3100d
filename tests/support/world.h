/* SPDX-License-Identifier: MIT */
/*
 * A world in one process: a guest with a front, a host with a back, a grant
 * table and an event channel between them, a host controller and devices.
 * Both ends see the rings at addresses of their own.
 *
 *	guest.h   the guest's shim and its drivers' URBs
 *	host.h    the host's shim
 *	drivers.h what drivers in the guest do
 *
 * A script calls the guest's and the host's functions as if it blocked; while
 * it waits, the world takes turns in the order of its schedule.  After each
 * step the world checks what must always hold, and at its end the books.
 */
#ifndef SUPPORT_WORLD_H
#define SUPPORT_WORLD_H

#include <setjmp.h>

#include "support/bus.h"
#include "support/grants.h"
#include "support/guest.h"
#include "support/hc.h"
#include "support/host.h"
#include "support/shared.h"

enum schedule {
	AT_ONCE,		/* notified sides run at once, the HC last */
	BATCHED,		/* the HC first, the guest last */
	SPURIOUS,		/* events also where there is no news */
	DELAYED,		/* events take their time */
	STEP_FORWARD,		/* everybody in turn, one entry each */
	STEP_BACKWARD,		/* same, in the other order */
	SLOW_GUEST,		/* the guest last, and one entry at a time */
	SLOW_HOST,		/* same of the host */
	NOISE,			/* anybody, any number */
	SCHEDULES
};

struct world_config {
	uint8_t num_ports;	/* 0: 1 */
	uint8_t ring_pages;	/* 0: 1 */
	uint16_t depth;		/* 0: USBIF_FRONT_DEPTH */
	uint16_t hc_depth;	/* 0: 1 */
	uint16_t request_pages;	/* 0: 16 */
	bool old;		/* without feature-endpoint-queues */
	bool apart;		/* see world_open_apart() */
	uint32_t variants;	/* of the script; 0: 1 */
	bool lasts;		/* long: only under every schedule */
	struct hc_config hc;	/* packets 0: 64 */
};

/* One direction of the event channel. */
struct event_line {
	bool pending;
	uint64_t due;		/* turn */
};

#define WORLD_DEVICES	64

struct world {
	struct world_config config;
	enum schedule schedule;
	const char *story;		/* what is being run, for messages */
	uint64_t turn;
	uint64_t now_ms;
	uint32_t noise;
	uint32_t fallible;		/* actions so far that may fail */
	uint32_t fail_nth;		/* which one does, 0: none */
	const char *failed;		/* what failed by order, or null */
	uint32_t variant;		/* of the script */
	bool host_is_frozen;		/* nothing of it runs any more */
	bool guest_is_frozen;
	bool octets_are_lies;		/* an end lied about what moved */
	bool checks_each_step;
	jmp_buf *script_ends;		/* where a script that fails goes on */
	struct shared urb_mem, conn_mem;
	struct event_line to_guest, to_host;
	struct grants grants;
	struct guest guest;
	struct host host;
	struct hc hc;
	bool has_bus;			/* xenbus begins and ends connections */
	struct bus bus;
	struct device *device[WORLD_DEVICES];	/* by instance */
	uint16_t devices;
};

/* A world in its first moment: both ends connected, all ports empty. */
void world_open(struct world *w, const struct world_config *config,
		enum schedule schedule);

/* Same, but no driver is loaded yet: see bus.h. */
void world_open_apart(struct world *w, const struct world_config *config,
		      enum schedule schedule);

/* Devices enter the world, which frees them. */
struct device *world_add(struct world *w, struct device *d);

/*
 * Let everything end, check the books, and free all.  The guest's drivers let
 * go first, unless the connection is gone already.
 */
void world_close(struct world *w);

/* Rings, ids and queues as after world_open(), on the same devices. */
void world_reconnect(struct world *w);

/* One turn.  False: nothing can happen any more. */
bool world_turn(struct world *w);
/* Turns until nothing can happen. */
void world_settle(struct world *w);
void world_settle_for(struct world *w, uint32_t turns);
/* Seconds pass, and the world settles. */
void world_pass_s(struct world *w, uint32_t seconds);

/* Either end tells the other. */
void world_notify_guest(struct world *w);
void world_notify_host(struct world *w);

/* True if an action that may fail is to fail now. */
bool world_fails(struct world *w, const char *what);

/* How many entries a side takes in one go, now. */
uint32_t world_guest_batch(struct world *w);
uint32_t world_host_batch(struct world *w);

/* What must hold now, and after each step; stops the test if it does not. */
#define world_assert(w, condition) \
	world_check(w, condition, #condition, __FILE__, __LINE__)
void world_check(struct world *w, bool holds, const char *what,
		 const char *file, int line);
void world_check_always(struct world *w);
/* As world_check_always(), but skipped where runs are many. */
void world_check_step(struct world *w);

/*
 * For scripts: what must hold unless something was made to fail; then the
 * script ends here.
 */
#define must(w, condition) \
	world_must(w, condition, #condition, __FILE__, __LINE__)
void world_must(struct world *w, bool holds, const char *what,
		const char *file, int line);

#endif
