/* SPDX-License-Identifier: MIT */
/*
 * The joined world: a guest's driver, the front's queues (fq), a ring whose
 * two directions are in order and slow, the back's queues (bq), a host
 * controller (HC), and devices that remember what they saw.
 *
 * fq and bq are the library's own objects, built with small bounds.  All else
 * here is the least that can misbehave in every lawful way: a ghost of each
 * URB knows what the device really did, and the checks in joint_check.c
 * compare that with what the driver is told.
 */
#ifndef JOINT_H
#define JOINT_H

#include "runs.h"
#include "usbif/bq.h"
#include "usbif/fq.h"

/* Octets of a full packet and of a short one that is not empty. */
#define PACKET		1024u
#define SHORT_PACKET	512u

#define MAX_GHOSTS	USBIF_MAX_URBS	/* URBs that are submitted in all */
#define MAX_MSGS	USBIF_MAX_SLOTS
#ifndef MAX_HC
#define MAX_HC		4	/* requests of one queue in the HC */
#endif
#define NOBODY		0xffu

/* One run: how large, and who may do what. */
struct joint_params {
	struct run run;
	/* the driver */
	uint8_t urbs;		/* submitted in all, 1..MAX_GHOSTS */
	uint8_t unlinks;
	uint8_t lengths;	/* bit n: URBs of n packets */
	uint8_t short_not_ok;	/* bit 0: URBs without, bit 1: with it */
	bool zero_packets;	/* an empty packet ends what fills its packets */
	uint8_t queues[4];	/* queue indices, USBIF_EPS per port */
	uint8_t nr_queues;
	bool in_turn;		/* the driver submits to them in turn */
	uint8_t iso_queues;	/* bit n: queue index n is isochronous */
	bool crowded;		/* more silent queues than slots: only control
				 * requests and unlinks must get through */
	/* the front */
	uint8_t slots;
	uint8_t depth;
	uint16_t max_octets;	/* of a request */
	uint16_t bulk_octets;	/* of a bulk one, if more */
	bool extended;		/* both ends know endpoint queues */
	/* the back */
	uint8_t hc_depth;
	bool slow_answers;	/* answers wait for a worker of their own */
	bool slow_admits;	/* so do requests: staged first */
	bool forgets;		/* no length of what an unlink cancelled */
	bool refuses;		/* errors are also refusals by back and HC */
	uint8_t holds;		/* times the back holds a queue */
	/* the host controller */
	bool goes_on;		/* after an error, with no word to anyone */
	uint8_t hides;		/* what it shows of an end of a cancelled request:
				 * 0 the end, 1 "cancelled", 2 either */
	/* devices */
	uint8_t errors;
	uint8_t shorts;
	bool empty_packets;	/* a short packet may be empty */
	uint8_t unplugs;
	bool replug;
	bool same_addr;		/* the guest gives the new device the old address */
	/* ends */
	bool die;		/* the front ends the connection at any time */
	bool close;		/* so does the back */
	bool silent;		/* the back falls silent at any time */
};

extern const struct joint_params *joint_params;

enum ghost_state {
	GHOST_NEW,		/* not submitted yet */
	GHOST_LIVE,		/* submitted */
	GHOST_DONE,		/* given back; its completion routine runs */
	GHOST_RETIRED,
};

/* How the device, or the HC, ended an URB. */
enum ghost_end {
	END_NONE,
	END_GOOD,		/* all of it, or short where that is no error */
	END_SHORT,		/* short, with SHORT_NOT_OK */
	END_FAILED,
	END_CANCELLED,		/* the HC cancelled what an unlink named */
};

struct ghost {
	uint8_t state;		/* enum ghost_state */
	uint8_t end;		/* enum ghost_end */
	uint8_t end_seen;	/* the back knows of it */
	uint8_t entry;		/* fq's name for it */
	uint8_t queue;
	uint8_t device;		/* which of a port's devices it is for */
	uint8_t short_not_ok;
	uint8_t unlinked;
	uint8_t failed;		/* given back with a stop status */
	uint8_t empty;		/* an empty packet is to end it */
	uint16_t length;
	uint16_t moved;		/* octets, as the device saw it */
	uint16_t ends_at;	/* how far it may move, if it has an end */
	uint16_t refused;	/* where a request of it was refused, plus 1 */
};

/* A request on the ring, and what an answer needs of it. */
struct up_msg {
	uint8_t unlink;
	uint8_t id;
	uint8_t target;
	uint8_t ghost;
	uint8_t queue;
	uint8_t device;		/* whom its address names */
	uint8_t flags;
	uint8_t pad;
	uint16_t offset;
	uint16_t length;
};

/* An answer on the ring, and what the back wrote into the request's pages. */
struct down_msg {
	uint8_t id;
	uint8_t ghost;		/* whose octets they are */
	uint16_t offset;	/* in that URB */
	uint16_t actual;
	int16_t status;
};

/* A request that the back took off the ring, by its slot. */
struct taken {
	uint8_t ghost;
	uint8_t pad;
	uint16_t offset;
};

/* One that was taken and not yet admitted. */
struct staged {
	struct up_msg msg;
	uint16_t slot;
};

enum hc_end {
	HC_ACTIVE,
	HC_GOOD,
	HC_ERROR,
	HC_CANCELLED,
	HC_DEAD,		/* its device left */
};

struct hc_entry {
	uint8_t slot;
	uint8_t end;		/* enum hc_end */
	uint8_t order;		/* in which it ended, from 1 */
	uint8_t cancel;		/* the back asked for it */
	uint8_t status_stage;	/* control: the data has moved */
	uint8_t pad;
	uint16_t moved;
};

struct hc_queue {
	struct hc_entry entry[MAX_HC];
	uint8_t n;
	uint8_t halted;
};

enum plug {
	PLUG_IN,
	PLUG_OUT,		/* the device left, nobody knows */
	PLUG_LEAVING,		/* the back knows */
	PLUG_TOLD,		/* the front was told, or will be in time */
};

struct joint {
	struct usbif_fq fq;
	struct usbif_bq bq;
	struct ghost ghost[MAX_GHOSTS];
	struct up_msg up[MAX_MSGS];
	struct down_msg down[MAX_MSGS];
	struct taken taken[USBIF_MAX_SLOTS];
	struct hc_queue hc[USBIF_MAX_QUEUES];
	uint16_t up_n, down_n, staged_n;
	struct staged staged[USBIF_MAX_SLOTS];	/* in ring order */
	uint8_t refuse;		/* the HC will refuse the next request */
	uint8_t submitted;	/* URBs, so far */
	uint8_t unlinks, errors, shorts, holds, unplugs;	/* left to do */
	uint8_t stop_from[USBIF_MAX_QUEUES];	/* URB that stopped the queue */
	uint8_t stop_seen[USBIF_MAX_QUEUES];	/* that the back knows of */
	uint8_t latest[USBIF_MAX_QUEUES];	/* URBs before this have moved */
	/* the port whose device leaves and comes: 1 */
	uint8_t plug;		/* enum plug */
	uint8_t absent;		/* there is none */
	uint8_t device;		/* number of the one that is there */
	uint8_t front_device;	/* as far as the front knows */
	uint8_t events[4];	/* hot-plug events under way */
	uint8_t events_n;
	uint8_t front_dead;
	uint8_t closed;
	uint8_t silent;		/* the back puts no answers any more */
	/* by id, plus 1: seconds since an unlink, or one for it, was sent */
	uint8_t waited[USBIF_MAX_SLOTS];
} __attribute__((aligned(8)));

/* What the first check that failed said, or null. */
extern const char *joint_broken;
/* Where a trace goes, or null. */
extern FILE *joint_trace;

void joint_init(void *state);
unsigned int joint_moves(const void *state, search_move *moves);
const char *joint_perform(void *state, search_move move);
bool joint_is_internal(search_move move);
const char *joint_at_rest(const void *state, bool stuck);
void joint_print(FILE *out, const void *state, search_move move);

extern const struct search_model joint_model;

/* Explore with these. */
void joint_choose(const void *params);

/* Note that something is wrong; the first one counts. */
void joint_fail(const char *what);
/* One line of a trace, below the move that led to it. */
void joint_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* joint_front.c: the driver and the front. */
void front_submit(struct joint *w, uint8_t queue, uint32_t packets, bool snok);
void front_unlink(struct joint *w, uint8_t ghost);
void front_retire(struct joint *w, uint8_t ghost);
void front_take(struct joint *w);
void front_take_event(struct joint *w);
void front_die(struct joint *w);
void front_wait(struct joint *w);

/* joint_back.c: the back. */
void back_begin(struct joint *w);
void back_take(struct joint *w);
void back_admit(struct joint *w, bool refuse);
void back_answer(struct joint *w);
void back_report(struct joint *w, uint8_t queue, bool hide);
void back_unplug(struct joint *w);
void back_replug(struct joint *w);
void back_close(struct joint *w);
/* Does nobody see what the back does?  Its threads hang. */
bool back_is_silent(const struct joint *w);
void back_hold(struct joint *w, uint8_t queue, bool hold);
/* An old front: it has yet to hear of a failure, and it has heard of all. */
bool back_is_waiting(const struct joint *w);
void back_hear(struct joint *w);

/* joint_hc.c: the host controller and the devices. */
void hc_submit(struct joint *w, uint8_t slot);
void hc_cancel(struct joint *w, uint8_t slot);
/* The request that may move now, or -1. */
int hc_runner(const struct joint *w, uint8_t queue);
/* The request whose end is to be reported next, or -1. */
int hc_ended(const struct joint *w, uint8_t queue);
void hc_packet(struct joint *w, uint8_t queue);
void hc_short(struct joint *w, uint8_t queue, bool empty);
void hc_error(struct joint *w, uint8_t queue);
void hc_end(struct joint *w, uint8_t queue, uint8_t entry, enum hc_end end);
/* Forget an entry whose end has been reported. */
void hc_remove(struct joint *w, uint8_t queue, uint8_t entry);
/* A stopping HC goes on once nobody waits for anything. */
void hc_resume(struct joint *w, uint8_t queue);

/* joint_check.c */
bool is_unretired(const struct ghost *g);
bool queue_is_iso(uint8_t queue);
/* May later URBs move after an error, before the back knows of it? */
bool errors_are_late(void);
void check_handover(const struct joint *w, uint8_t ghost);
void check_packet(struct joint *w, uint8_t ghost, uint32_t offset);
void check_sent(const struct joint *w, const struct usbif_fq_duty *duty,
		uint8_t ghost);
void check_unlink(const struct joint *w, const struct up_msg *m);
/* The octets that an answer brought are those that the device sent. */
void check_octets(const struct joint *w, const struct down_msg *m,
		  const struct usbif_fq_received *got);
/* The back gives up what the HC reads and writes for a request. */
void check_release(const struct joint *w, uint16_t slot);
/* Rule B7, as the port is reported empty. */
void check_port_is_quiet(const struct joint *w);
void check_giveback(const struct joint *w, uint8_t ghost, int32_t status,
		    uint32_t length);
void check_state(const struct joint *w);
/* An URB ended: keep track of what G1 promises about later ones. */
void note_end(struct joint *w, uint8_t ghost, enum ghost_end end);
/* A request of an URB was refused: the URB ends at that offset, or before. */
void note_refusal(struct joint *w, uint8_t ghost, uint16_t offset);
void note_stop(struct joint *w, uint8_t ghost, bool seen);
void note_retired(struct joint *w, uint8_t queue);

#endif
