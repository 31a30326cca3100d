/* SPDX-License-Identifier: MIT */
/* What a story may do to the machine around the guest. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "nb.h"

struct device;
struct usbif_msg_req;

/* The machine that a story runs in. */
struct nb_config {
	uint8_t num_ports;	/* 0: 2 */
	uint8_t usb_ver;	/* 0: 2 */
	uint8_t ring_pages;	/* that the backend offers; 0: 1 */
	uint8_t cancel;		/* enum hc_cancel_mode */
	bool old;		/* a backend without endpoint queues */
	bool faults;		/* once more for each step that may fail */
	bool no_backend;	/* its driver is not loaded yet */
	bool axe;		/* once for each moment at which it may fall */
	const char *dies;	/* it must panic, and say this */
	unsigned int lost_grants;	/* that the backend never lets go of */
	unsigned int lost_pages;
};

struct nb_story {
	const char *name;
	void (*run)(void);
	struct nb_config config;
};

extern const struct nb_story nb_stories[];
extern const unsigned int nb_story_count;

/* What is run now. */
uint32_t nb_seed(void);
const char *nb_where(void);
/* Was anything made to fail so far, so that a story may end early? */
bool nb_has_failed(void);

/* What is taken away, and the wait for its moment. */
enum nb_axe {
	NB_AXE_USER,
	NB_AXE_TOOLSTACK,
	NB_AXE_UNLOAD,
	NB_AXE_CRASH,
	NB_AXE_UNPLUG,
	NB_AXE_SUSPEND,
	NB_AXE_SILENCE,
	NB_AXES
};
enum nb_axe nb_axe_kind(void);
void nb_axe_wait(void);

/* Watches may fire without news. */
bool nb_spurious(void);
/* Somebody uses a device: an unforced detach is refused. */
void nb_set_busy(bool is);
bool nb_is_busy(void);
/* Hypercalls that told the backend of something. */
void nb_count_notify(void);
unsigned int nb_notifies(void);

/* Of a story: what must hold, or the test has failed. */
void nb_check(bool holds, const char *what, const char *file, int line);
#define expect(c)	nb_check((c) != 0, #c, __FILE__, __LINE__)

/* The toolstack, the backend's driver and its domain. */
void nb_toolstack_detach(void);
void nb_backend_load(void);
void nb_backend_unload(void);
void nb_backend_crash(void);
bool nb_backend_is_loaded(void);
void nb_backend_freeze(bool is);
/* A key of the backend, null: none; and its own word that it has changed. */
void nb_backend_key(const char *key, const char *text);
unsigned int nb_connections(void);
unsigned int nb_backend_state(void);
/* The nodes of the controller are gone; and those of a new one are there. */
void nb_nodes_gone(void);
void nb_nodes_anew(void);

/* Devices in the backend's domain.  The machine frees them. */
void nb_plug(unsigned int port, struct device *d);
/* Same, before the backend is connected. */
void nb_plug_later(unsigned int port, struct device *d);
void nb_unplug(unsigned int port);
/* Every page that is granted now is in use until told otherwise. */
void nb_hold_grants(bool are);
/* The guest has been suspended and is woken elsewhere. */
void nb_other_host(void);
/* Turns of the backend's domain alone, until it is idle. */
void nb_backend_runs(void);
void nb_backend_steps(unsigned int turns);

/* Transfers that the backend's host controller was given so far. */
unsigned int nb_transfers(void);

/* A lying backend, after nb_backend_freeze(). */
bool nb_lie_take(struct usbif_msg_req *req);
void nb_lie_answer(unsigned int id, int32_t status, uint32_t actual);
void nb_lie_event(unsigned int id, unsigned int port, unsigned int speed);
/* The producer index of answers, or of events. */
void nb_lie_index(bool events, uint32_t change);
void nb_lie_notify(void);

/* The kernel half's beginning and end. */
void fake_kernel_start(void);
void fake_kernel_halt(void *unused);

#endif
