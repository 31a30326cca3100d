/* SPDX-License-Identifier: MIT */
/*
 * The two ends' handshake through xenstore, as two state machines that are
 * const tables (xenbus_front.c, xenbus_back.c; docs/STATES.md shows them), and
 * the keys that the ends exchange.
 *
 * HOW A SHIM DRIVES A MACHINE
 *
 *	mutex_lock(m);
 *	look: read xenstore, step with OWN and with PEER, perform;
 *	if (usbif_xb_back_step(&xb, &ev, &acts) == USBIF_OK)
 *		for (i = 0; i < acts.n; i++)
 *			perform(&acts.v[i]);
 *	mutex_unlock(m);
 *
 * One mutex (may sleep; nothing here runs in interrupt context) covers the
 * reading of xenstore, the steps, and the actions, which are performed in the
 * order given.  Answers to actions (CONNECT_OK, CONNECT_FAILED, QUIESCED) are
 * further events: at once, still under the mutex, or later from anywhere.
 * After a negative result nothing changed and nothing is to be performed.
 *
 * Every event but PROBE and RESTORED is preceded by a look, watch or not: the
 * machine then never decides by what it saw before something else happened.
 * That is what tests/explore proves.  A shim that only looks when a watch
 * fires is safe too, but can miss that the toolstack removed and created the
 * nodes while it was waiting.
 *
 * A look reads the own state node (back: also online, num-ports, usb-ver) for
 * OWN, and the peer's state for PEER (usbif_xb_parse_state(); a missing node
 * is USBIF_XB_UNKNOWN).  If the front sees InitWait, or the back Initialised
 * or Connected, it also reads the peer's keys, in one xenstore transaction
 * with the state, and judges them with usbif_xb_negotiate_front() or _back();
 * the result is the configuration for CONNECT.  A back compares it with the
 * one that it last began to CONNECT by, until it has performed RELEASE or
 * delivered CONNECT_FAILED, and reports SAME if usbif_xb_config_same().  In
 * other states of the peer ev.keys is not looked at.
 *
 * EVENTS	Linux frontend			Linux backend
 * PROBE	xenbus_driver.probe; ev.own	same; also ev.online and ev.keys,
 *						judged by usbif_xb_negotiate_own()
 * PEER		otherend_changed		otherend_changed
 * OWN		no watch of its own needed	a watch on the own state and online:
 *						the toolstack writes there
 * PORTS	-				a watch on the own port directory
 * UNLOAD	xenbus_driver.remove		xenbus_driver.remove
 * FAULT	the core found a usbif_fault of the peer
 * TICK		the timer that ARM set
 * SUSPEND	only for an OS that tells when a suspend was cancelled.  Linux
 *		does not, and has stopped the USB devices before: no event
 * RESUMED	the suspend was cancelled; the old connection still exists
 * RESTORED	another host or a new incarnation; grants and event channel of
 *		the old connection are void.  Linux: xenbus_driver.resume, if
 *		the event channel is gone; otherwise the guest just slept, and
 *		the connection goes on: a look
 * CONNECT_OK, CONNECT_FAILED, QUIESCED: answers, see below
 *
 * Each event carries now_ms, the caller's monotonic clock, below 2^63.
 *
 * Linux takes the watch on the other end away before remove is called: look
 * every 50 ms, say, and deliver TICK, until GONE is ordered.
 * NetBSD frontend: the callback is told every state of the backend but
 * Closed; for that one detach is called: look, then UNLOAD.
 *
 * ACTIONS					answered by
 * SWITCH(state)  Write the own state node, in	-
 *		one transaction that reads it first:
 *		if the node is gone, or from is not
 *		USBIF_XB_UNKNOWN and not what the node
 *		says, write nothing (the toolstack has
 *		spoken; a look will tell).  Linux:
 *		keep xenbus_device.state equal, which
 *		xenbus_switch_state() compares with.
 *		A front that switches to Connected
 *		writes its keys in the same transaction.
 * CONNECT	front: read nothing more, allocate and	CONNECT_OK, or
 *		grant the rings, allocate the event	CONNECT_FAILED with
 *		channel.				everything undone;
 *		back: map the rings and bind the event	exactly one
 *		channel.
 * OPEN		Serve the rings, looking at them once	-
 *		without an event.  front: accept URBs.
 *		back: READ_PORTS follows.
 * READ_PORTS	back: read port/1..num-ports, plug and	-
 *		unplug to match.
 * QUIESCE	Accept nothing new and give everything	QUIESCED, exactly one:
 *		back.  front: unlink what the backend	every URB was given
 *		has, take its answers.  back: take no	back, every data page
 *		more requests, cancel what the host	released
 *		controller has, answer everything.
 *		Also ordered when OPEN never was: then
 *		there is nothing to give back.
 * CUT		front, with or after QUIESCE: the	- (QUIESCE's is due;
 *		backend will not answer any more.  Take	CUT may cross it)
 *		the answers that are on the ring, give
 *		back the rest without it.
 * RELEASE	front: end the grants, free the rings,	-
 *		close the event channel; a page that the
 *		backend still maps is put aside until it
 *		does not.  back: unmap, unbind.
 * ARM(at_ms)	Set the one timer; it replaces an	TICK, once, at at_ms or
 *		earlier ARM.				later; one that is early
 *							(Linux: jiffies stand
 *							still while a guest's
 *							processor does) is answered
 *							with the same ARM, an
 *							unneeded one ignored
 * FATAL(why)	Write the xenbus error node and log one	-
 *		line, rate limited.  Linux:
 *		xenbus_dev_error(); xenbus_dev_fatal()
 *		would switch the state by itself.
 * SUSPENDED	Let the suspend go on.			RESUMED or RESTORED
 * GONE		Nothing is held, all is over: return	-
 *		from remove.  Ordered after UNLOAD only;
 *		a back that is detached (online=0) stays
 *		until its nodes are removed and the OS
 *		therefore unloads it.
 *
 * Between QUIESCE and QUIESCED a shim may take its time; the toolstack waits
 * 10 s for a detach, of which USBIF_XB_CLOSE_MS are kept for the peer.
 *
 * WHAT A PERSON SEES.  Attach: back 1-2-4, front 1-4.  Detach: back 5-6, front
 * 5-6.  A front that failed (FATAL) stays Closed until its driver is loaded or
 * the controller is attached again.  One that closed because the backend did
 * begins anew when that comes back, or after USBIF_XB_RETRY_MS; a back begins
 * anew when the frontend does.
 */
#ifndef USBIF_XENBUS_H
#define USBIF_XENBUS_H

#include "usbif/port.h"
#include "usbif/err.h"
#include "usbif/wire.h"

/* The states of xenbus.h, io/xenbus.h in Xen's public headers. */
enum usbif_xb_state {
	USBIF_XB_UNKNOWN = 0,	/* no state node */
	USBIF_XB_INITIALISING = 1,
	USBIF_XB_INITWAIT = 2,
	USBIF_XB_INITIALISED = 3,
	USBIF_XB_CONNECTED = 4,
	USBIF_XB_CLOSING = 5,
	USBIF_XB_CLOSED = 6,
	USBIF_XB_RECONFIGURING = 7,	/* no meaning in this protocol: ignored */
	USBIF_XB_RECONFIGURED = 8,	/* same */
	USBIF_XB_UNSEEN = 9,	/* in a machine: the peer has not been read yet */
};

/* What an end read of keys: the peer's (PEER), or a back its own (PROBE, OWN). */
enum usbif_xb_keys {
	USBIF_XB_KEYS_ABSENT,	/* a key that must be there is not */
	USBIF_XB_KEYS_BAD,	/* a key has a value that is not allowed */
	USBIF_XB_KEYS_OK,
	USBIF_XB_KEYS_SAME,	/* OK, and those of the rings that are mapped now */
	USBIF_XB_KEYS_N
};

/* See the table above. */
enum usbif_xb_ev_kind {
	USBIF_XB_EV_PROBE,		/* own; back: online, keys */
	USBIF_XB_EV_PEER,		/* peer, keys */
	USBIF_XB_EV_OWN,		/* own; back: online, keys */
	USBIF_XB_EV_PORTS,		/* back */
	USBIF_XB_EV_CONNECT_OK,
	USBIF_XB_EV_CONNECT_FAILED,
	USBIF_XB_EV_QUIESCED,
	USBIF_XB_EV_FAULT,
	USBIF_XB_EV_UNLOAD,
	USBIF_XB_EV_SUSPEND,		/* front */
	USBIF_XB_EV_RESUMED,		/* front */
	USBIF_XB_EV_RESTORED,		/* front */
	USBIF_XB_EV_TICK,
	USBIF_XB_EV_N
};

struct usbif_xb_ev {
	uint64_t now_ms;
	uint8_t kind;		/* enum usbif_xb_ev_kind */
	uint8_t peer;		/* PEER: enum usbif_xb_state, 0..8 */
	uint8_t own;		/* PROBE, OWN: what the own state node says, 0..8 */
	uint8_t keys;		/* enum usbif_xb_keys */
	bool online;		/* PROBE, OWN: usbif_xb_parse_online() */
};

enum usbif_xb_act_kind {
	USBIF_XB_ACT_SWITCH,
	USBIF_XB_ACT_CONNECT,
	USBIF_XB_ACT_OPEN,
	USBIF_XB_ACT_READ_PORTS,
	USBIF_XB_ACT_QUIESCE,
	USBIF_XB_ACT_CUT,
	USBIF_XB_ACT_RELEASE,
	USBIF_XB_ACT_ARM,
	USBIF_XB_ACT_FATAL,
	USBIF_XB_ACT_SUSPENDED,
	USBIF_XB_ACT_GONE,
	USBIF_XB_ACT_N
};

/* Why a FATAL. */
enum usbif_xb_why {
	USBIF_XB_WHY_NONE,
	USBIF_XB_WHY_PEER_KEYS_ABSENT,
	USBIF_XB_WHY_PEER_KEYS_BAD,
	USBIF_XB_WHY_OWN_KEYS,	/* back: the toolstack's num-ports or usb-ver */
	USBIF_XB_WHY_CONNECT,	/* CONNECT_FAILED */
	USBIF_XB_WHY_FAULT,	/* the peer broke a rule of the rings */
	USBIF_XB_WHY_N
};

struct usbif_xb_act {
	uint64_t at_ms;		/* ARM */
	uint8_t kind;		/* enum usbif_xb_act_kind */
	uint8_t state;		/* SWITCH: enum usbif_xb_state */
	uint8_t from;		/* SWITCH: what the node must say before, or
				   USBIF_XB_UNKNOWN: anything */
	uint8_t why;		/* FATAL: enum usbif_xb_why */
};

/* Room for the actions of one step; the explorer checks that it suffices. */
#define USBIF_XB_MAX_ACTS	12

struct usbif_xb_acts {
	uint32_t n;
	struct usbif_xb_act v[USBIF_XB_MAX_ACTS];
};

/*
 * How long a new backend shows InitWait before it connects, ms.  The toolstack
 * waits up to 10 s for the node to read exactly 2 and fails if it only ever
 * sees 4; it looks when xenstored and the scheduler let it, which on a loaded
 * host can take some hundred ms.  1 s is long enough for that and delays a
 * hot-attach, once, by no more than people notice.
 */
#define USBIF_XB_DWELL_MS	1000u

/*
 * How long an end that closes waits for the other one to follow, ms: half of
 * the 10 s that the toolstack gives a detach.
 */
#define USBIF_XB_CLOSE_MS	5000u

/*
 * How long a front that closed because its backend did waits for it to come
 * back, before it begins anew by itself, ms.  A backend that cannot serve it
 * then fails, and logs, no more often than that.
 */
#define USBIF_XB_RETRY_MS	10000u

/* A deadline that is not set. */
#define USBIF_XB_NEVER		UINT64_MAX

enum usbif_xb_front_state {
	USBIF_XB_F_IDLE,	/* no device */
	USBIF_XB_F_INIT,	/* Initialising: waits for a backend in InitWait */
	USBIF_XB_F_RESET,	/* Closed: the backend is busy with a connection of
				   our predecessor; waits until it let go */
	USBIF_XB_F_CONNECTING,	/* CONNECT to be answered */
	USBIF_XB_F_LINKED,	/* CONNECT done; never stays here */
	USBIF_XB_F_OFFERED,	/* Connected: waits for the backend's Connected */
	USBIF_XB_F_UP,		/* both Connected, URBs flow */
	USBIF_XB_F_DRAIN,	/* QUIESCE to be answered, the backend helps */
	USBIF_XB_F_CUTTING,	/* same, the backend does not */
	USBIF_XB_F_LOST,	/* same, after RESTORED */
	USBIF_XB_F_QUIET,	/* quiesced, rings held; never stays here */
	USBIF_XB_F_HELD,	/* suspended, quiesced, rings held */
	USBIF_XB_F_CLOSING,	/* Closing: waits, not for ever, for the backend
				   to let go of the rings */
	USBIF_XB_F_CLOSED,	/* Closed: waits for a backend in InitWait, begins
				   anew after USBIF_XB_RETRY_MS */
	USBIF_XB_F_FAILED,	/* Closed after a FATAL: waits for another backend */
	USBIF_XB_F_ASLEEP,	/* suspended, no rings */
	USBIF_XB_F_GONE,	/* nothing held, nothing will happen */
	USBIF_XB_F_N
};

enum usbif_xb_back_state {
	USBIF_XB_B_IDLE,	/* no device */
	USBIF_XB_B_START,	/* new device: waits for the first look at the peer */
	USBIF_XB_B_SHOWN,	/* InitWait: until the toolstack has seen it */
	USBIF_XB_B_INITWAIT,	/* InitWait: waits for the frontend's rings */
	USBIF_XB_B_CONNECTING,	/* CONNECT to be answered */
	USBIF_XB_B_LINKED,	/* CONNECT done; never stays here */
	USBIF_XB_B_UNLINKED,	/* CONNECT failed; never stays here */
	USBIF_XB_B_UNDO,	/* CONNECT was in vain: QUIESCE to be answered */
	USBIF_XB_B_UNDONE,	/* same, rings unmapped; never stays here */
	USBIF_XB_B_UP,		/* Connected, URBs flow */
	USBIF_XB_B_DRAIN,	/* QUIESCE to be answered */
	USBIF_XB_B_QUIET,	/* rings unmapped; never stays here */
	USBIF_XB_B_CLOSING,	/* Closing, nothing held: waits, not for ever, for
				   the frontend to close */
	USBIF_XB_B_CLOSED,	/* Closed: waits for a frontend that begins anew */
	USBIF_XB_B_EVICT,	/* Closed: the frontend has a connection to our
				   predecessor; waits until it let go */
	USBIF_XB_B_DEAD,	/* Closed: the own keys are bad */
	USBIF_XB_B_GONE,	/* Closed, nothing held: detached, or after UNLOAD */
	USBIF_XB_B_N
};

/* What is wanted of a machine and not done yet, a set. */
#define USBIF_XB_WISH_SUSPEND	0x01u
#define USBIF_XB_WISH_CLOSE	0x02u	/* after a fault; or the toolstack wrote Closing */
#define USBIF_XB_WISH_UNFIT	0x04u	/* back: the own keys are bad */
#define USBIF_XB_WISH_RESTART	0x08u	/* front: restored; back: nodes created anew */
#define USBIF_XB_WISH_OFFLINE	0x10u	/* back: online is 0, or the own nodes are gone */
#define USBIF_XB_WISH_UNLOAD	0x20u
#define USBIF_XB_WISHES		0x3fu

/*
 * Either machine.  Plain data, no padding that is not zero, so that states
 * can be compared with memcmp.  Read what you like, write nothing.
 */
struct usbif_xb {
	uint64_t due_ms;	/* when TICK is wanted, or USBIF_XB_NEVER */
	uint8_t state;		/* enum usbif_xb_front_state or _back_state */
	uint8_t own;		/* the state it is in for the peer, enum usbif_xb_state */
	uint8_t node;		/* what the own state node says, as far as is known */
	uint8_t peer;		/* the last PEER */
	uint8_t keys;		/* of the last PEER */
	uint8_t wishes;		/* USBIF_XB_WISH_* */
	uint8_t zero[2];
};

struct usbif_xb_front {
	struct usbif_xb m;
};

struct usbif_xb_back {
	struct usbif_xb m;
};

/* State IDLE: waits for PROBE. */
void usbif_xb_front_init(struct usbif_xb_front *f);
void usbif_xb_back_init(struct usbif_xb_back *b);

/* True if the machine is in a state that a step can leave behind. */
bool usbif_xb_front_valid(const struct usbif_xb_front *f);
bool usbif_xb_back_valid(const struct usbif_xb_back *b);

/*
 * Advance a machine by one event.
 *
 * Needs:   a valid machine.
 * Changes: the machine; *acts is overwritten with the actions to perform.
 * Returns: USBIF_OK
 *          USBIF_E_STATE  an answer that is not awaited, PROBE twice, SUSPEND
 *                         twice: nothing changed
 *          USBIF_E_ARG    no event of this machine, or a value out of range:
 *                         nothing changed
 * Bounds:  at most USBIF_XB_MAX_ACTS actions.
 */
int usbif_xb_front_step(struct usbif_xb_front *f, const struct usbif_xb_ev *ev,
			struct usbif_xb_acts *acts);
int usbif_xb_back_step(struct usbif_xb_back *b, const struct usbif_xb_ev *ev,
		       struct usbif_xb_acts *acts);

/*
 * KEYS.  The nodes that the ends read of each other, as text from xenstore:
 * NUL-terminated, or null if the node does not exist.
 */
enum usbif_xb_key {
	/* of the backend */
	USBIF_XB_KEY_NUM_PORTS,
	USBIF_XB_KEY_USB_VER,
	USBIF_XB_KEY_MAX_RING_PAGES,
	USBIF_XB_KEY_MAX_REQUEST_PAGES,
	/* of either */
	USBIF_XB_KEY_ENDPOINT_QUEUES,
	/* of the frontend */
	USBIF_XB_KEY_RING_PAGES,
	USBIF_XB_KEY_CONN_RING_REF,
	USBIF_XB_KEY_EVENT_CHANNEL,
	USBIF_XB_KEY_URB_RING_REF,	/* page 0; page n is this + n */
	USBIF_XB_KEY_N = USBIF_XB_KEY_URB_RING_REF + USBIF_WIRE_MAX_RING_PAGES
};

struct usbif_xb_texts {
	const char *text[USBIF_XB_KEY_N];
};

/* What this end can do, at most. */
struct usbif_xb_offer {
	/* 1..USBIF_WIRE_MAX_RING_PAGES; front: 0 is what num-ports wants */
	uint32_t ring_pages;
	uint32_t queues_rev;	/* feature-endpoint-queues, 0: not at all */
	uint32_t request_pages;	/* 16..USBIF_WIRE_MAX_DATA_SEGS */
};

/* What the ends agreed on. */
struct usbif_xb_config {
	uint32_t num_ports;	/* 1..31 */
	uint32_t usb_ver;	/* 1, 2 */
	uint32_t ring_pages;	/* 1..16 */
	uint32_t queues_rev;	/* the lower of both ends' */
	uint32_t request_pages;	/* 16..256; above 16: indirect requests */
	uint32_t event_channel;	/* back: of the frontend */
	uint32_t conn_ring_ref;
	uint32_t urb_ring_ref[USBIF_WIRE_MAX_RING_PAGES];
};

/* What is wrong with a key, for the log line. */
struct usbif_xb_bad {
	uint8_t key;		/* enum usbif_xb_key */
	uint8_t same_as;	/* another key with the same grant reference, or key */
	uint32_t min, max;	/* what is allowed */
};

/*
 * A decimal number of min..max: digits only, no sign, blank or leading zero.
 * Returns USBIF_XB_KEYS_OK and fills *out, _ABSENT (text is null) or _BAD.
 */
int usbif_xb_parse_u32(const char *text, uint32_t min, uint32_t max,
		       uint32_t *out);

/* A state node: 0..8; USBIF_XB_UNKNOWN also for null and for rubbish. */
uint8_t usbif_xb_parse_state(const char *text);

/* An online node: false for "0", true for everything else. */
bool usbif_xb_parse_online(const char *text);

/*
 * The longest busid, with its NUL: a bus of 3 digits, '-', and the 15
 * characters that Linux allows for the path of ports.
 */
#define USBIF_XB_BUSID_OCTETS	20u

/*
 * A port node: the USB device that is to be plugged there, such as "3-1.5":
 * bus 1..999, '-', then 1 to 6 port numbers 1..255 (a root hub and at most 5
 * more, USB 2.0 section 4.1.1) with '.' between, without leading zeros.
 * Returns USBIF_XB_KEYS_OK (a copy is in busid), _ABSENT (null or empty: no
 * device; busid is "") or _BAD (busid is "").
 */
int usbif_xb_parse_port(const char *text, char busid[USBIF_XB_BUSID_OCTETS]);

/*
 * A back's own nodes, written by the toolstack: num-ports, usb-ver.  Fills
 * these two of *config.  Returns _OK, _ABSENT or _BAD (then *bad says why).
 */
int usbif_xb_negotiate_own(const struct usbif_xb_texts *own,
			   struct usbif_xb_config *config,
			   struct usbif_xb_bad *bad);

/*
 * What a front finds at the backend: num-ports, usb-ver, max-urb-ring-pages
 * (absent: 1), max-request-pages (absent: 16), feature-endpoint-queues (absent:
 * 0).  Unknown keys are not looked at.  Where the offer has no ring_pages, they
 * are 2 up to 8 ports and 4 for more.  On _OK the config has the first five
 * fields; the front then
 * writes urb-ring-pages, feature-endpoint-queues as agreed, the ring
 * references and the event channel.
 * Returns _OK, _ABSENT or _BAD; then *config is unchanged and *bad says why.
 */
int usbif_xb_negotiate_front(const struct usbif_xb_texts *peer,
			     const struct usbif_xb_offer *offer,
			     struct usbif_xb_config *config,
			     struct usbif_xb_bad *bad);

/*
 * What a back finds at the frontend: urb-ring-pages (absent: 1; at most what
 * the back offered), that many urb-ring-refs and the conn-ring-ref, all
 * different, event-channel, feature-endpoint-queues (absent: 0).
 * num_ports and usb_ver of *config are left as usbif_xb_negotiate_own() made
 * them, unused refs are 0.  A front that has the endpoint queues may send what
 * the back offered as max-request-pages.
 * Returns as above.
 */
int usbif_xb_negotiate_back(const struct usbif_xb_texts *peer,
			    const struct usbif_xb_offer *offer,
			    struct usbif_xb_config *config,
			    struct usbif_xb_bad *bad);

/* Same ring references and event channel: USBIF_XB_KEYS_SAME. */
bool usbif_xb_config_same(const struct usbif_xb_config *a,
			  const struct usbif_xb_config *b);

/*
 * Names for log lines; never null, "?" for a value that is not defined.  A
 * key's name is that of its node: "urb-ring-ref-3".
 */
const char *usbif_xb_state_name(int state);
/*
 * Why a connection ends, in words for the log line of a QUIESCE: "detached";
 * or "": because of the peer's state, m->peer.
 */
const char *usbif_xb_end_name(const struct usbif_xb *m);
const char *usbif_xb_front_state_name(int state);
const char *usbif_xb_back_state_name(int state);
const char *usbif_xb_ev_name(int kind);
const char *usbif_xb_act_name(int kind);
const char *usbif_xb_why_name(int why);
const char *usbif_xb_keys_name(int keys);
const char *usbif_xb_key_name(int key);

#endif
