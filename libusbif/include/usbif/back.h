/* SPDX-License-Identifier: MIT */
/*
 * A back: the end that owns the devices.  Composition of ring.h, msg.h and
 * bq.h for one connection, plus what lies between a guest's requests and a
 * host's USB stack: addresses, the requests that the host stack must execute
 * itself, hot-plug events.  usbif/xenbus.h says when a connection begins and
 * ends.
 *
 * How a shim drives it, under one lock of its own:
 *
 *   event channel (a thread):
 *	take every request:	usbif_back_take(), up to a batch
 *	without the lock:	fetch the segment arrays of indirect requests and
 *				decode them; then allocate, and fetch the octets
 *				of OUT requests
 *	admit them in order:	usbif_back_admit()
 *	drain
 *   completion of a host URB (any context):
 *	lock; usbif_back_done(); drain; unlock; perform the CANCELs; wake the
 *	thread for the answers
 *   drain (locked):
 *	while (usbif_back_next(b, &duty))
 *		SUBMIT:  hand to the host controller now; if it refuses,
 *			 usbif_back_done() with the reason
 *		CANCEL:  note it; perform it after the lock is dropped, before
 *			 the completion handler returns
 *		others:  have a thread execute them; usbif_back_done() follows
 *   answers (the thread):
 *	while (usbif_back_next_answer()) collect
 *	without the lock:	copy the octets of IN requests to the guest
 *	usbif_back_put_answer() for each; usbif_back_push(); notify
 *	while usbif_back_is_waiting(), look again soon: usbif_back_hear()
 *
 * Any USBIF_E_PEER ends the connection: usbif_back_close(), wait until
 * usbif_back_in_hc() is 0 for all ports, and tell xenbus.h;
 * usbif_back_fault() is the reason for the log.
 */
#ifndef USBIF_BACK_H
#define USBIF_BACK_H

#include "usbif/bq.h"
#include "usbif/fq.h"
#include "usbif/msg.h"
#include "usbif/ring.h"

/* What was negotiated; fixed while the connection lasts. */
struct usbif_back_config {
	uint8_t num_ports;	/* 1..USBIF_MAX_PORTS */
	uint8_t ring_pages;	/* of the URB ring, 1..USBIF_WIRE_MAX_RING_PAGES */
	uint16_t hc_depth;	/* see struct usbif_bq_config; 1: strict.  For
				 * ports without usbif_back_set_depth() */
	/* most data segments of a request, up to USBIF_WIRE_MAX_DATA_SEGS */
	uint16_t request_pages;
	bool extended;		/* both ends have feature-endpoint-queues */
};

enum usbif_back_duty_kind {
	USBIF_BACK_SUBMIT,		/* as USBIF_BQ_SUBMIT */
	USBIF_BACK_CANCEL,		/* as USBIF_BQ_CANCEL */
	USBIF_BACK_RESET,		/* reset the device, then usbif_back_reset_done() */
	USBIF_BACK_SET_CONFIGURATION,	/* value: bConfigurationValue */
	USBIF_BACK_SET_INTERFACE,	/* value: alternate setting, index: interface */
	USBIF_BACK_CLEAR_HALT,		/* index: endpoint address */
};

struct usbif_back_duty {
	enum usbif_back_duty_kind kind;
	uint16_t slot;		/* all but RESET end with usbif_back_done(slot) */
	uint8_t port;
	uint16_t value;
	uint16_t index;
};

/* What the control queue of a port waits for, beside the HC. */
enum usbif_back_special {
	USBIF_BACK_PLAIN,	/* nothing */
	USBIF_BACK_DRAINING,	/* other queues to leave the HC */
	USBIF_BACK_EXECUTING,	/* the shim */
};

struct usbif_back_port {
	bool present;		/* a device is there for the guest */
	bool leaving;		/* it is gone; requests of it are unanswered */
	bool unplug_due;	/* the front has yet to be told that it left */
	bool reset_due;		/* RESET comes first, as the guest reset the port */
	bool resting;		/* was reset lately: no RESET before _rested() */
	uint8_t speed;		/* of the device, USBIF_WIRE_SPEED_* */
	uint8_t next_speed;	/* of the one that waits for it to leave, or NONE */
	uint8_t told_speed;	/* what the front was told last */
	uint8_t addr;		/* as the guest assigned it; 0: none */
	uint8_t special;	/* enum usbif_back_special */
	uint16_t special_slot;
	struct usbif_back_duty duty;	/* DRAINING: what comes then */
};

struct usbif_back {
	struct usbif_back_config config;
	enum usbif_fault fault;
	bool closing;
	bool unheard;		/* an old front has yet to hear of a failure */
	uint32_t unheard_seq;	/* answers up to that one */
	uint8_t specials;	/* ports that are not PLAIN */
	uint8_t port_of_addr[USBIF_WIRE_MAX_ADDR + 1];	/* 0: none */
	struct usbif_ring urb_ring;
	struct usbif_ring conn_ring;
	struct usbif_back_port port[USBIF_MAX_PORTS];
	struct usbif_bq bq;
	struct usbif_msg_req req[USBIF_MAX_SLOTS];	/* by bq slot */
};

/*
 * Begin a connection on rings that the front initialised; all ports empty.
 * Returns USBIF_OK, or USBIF_E_ARG (a bound of config is broken).
 */
int usbif_back_init(struct usbif_back *b,
		    const struct usbif_back_config *config);

/* True if every part is valid.  O(everything); for tests and debug builds. */
bool usbif_back_valid(const struct usbif_back *b);

/*
 * A device of that speed (not NONE) is on port and may be used.  If the one
 * before it is still leaving, it comes when that has left; and nothing that
 * names the port reaches it before the front was told that that one has left.
 * Returns USBIF_OK, USBIF_E_ARG, or USBIF_E_STATE (occupied, or closing).
 * Endpoints other than 0 are described by usbif_back_set_endpoint(), and the
 * host controller by usbif_back_set_depth().
 */
int usbif_back_plug(struct usbif_back *b, uint8_t port, uint8_t speed);

/*
 * The device on port may be in a state that its last user left: a RESET comes
 * before its first control request.  After plug; a shim that describes the
 * endpoints only when that is done keeps all other requests away, too.
 */
void usbif_back_reset_first(struct usbif_back *b, uint8_t port);

/*
 * A guest may ask for resets as often as it likes, but each of them keeps the
 * host's hub busy.  So when a RESET is done there is no other one for that
 * port until usbif_back_rested(), which the shim calls USBIF_BACK_REST_MS
 * later; requests that need one wait meanwhile.  usbif_back_rest(), after
 * plug, is for a device that was reset lately in another connection.
 */
#define USBIF_BACK_REST_MS	500u
void usbif_back_rest(struct usbif_back *b, uint8_t port);
void usbif_back_rested(struct usbif_back *b, uint8_t port);

/*
 * The device on port left or is taken away: rule B7.  The shim drains, and
 * keeps the host's device until usbif_back_in_hc() is 0.
 */
void usbif_back_unplug(struct usbif_back *b, uint8_t port);

/* Requests of the port that are in the HC or being executed by the shim. */
uint32_t usbif_back_in_hc(const struct usbif_back *b, uint8_t port);

/*
 * Describe an endpoint of the device on port (as bq.h), after plug and after
 * each SET_CONFIGURATION or SET_INTERFACE; and forget all but endpoint 0.
 */
void usbif_back_set_endpoint(struct usbif_back *b, uint8_t port, uint8_t ep,
			     bool in, uint8_t type, uint16_t max_packet,
			     uint8_t iface);
void usbif_back_clear_endpoints(struct usbif_back *b, uint8_t port);
/*
 * How many requests of each endpoint of the device on port its host controller
 * may have at a time, 1 or more; after plug.  More than 1 is for controllers
 * that stop an endpoint by themselves.
 */
void usbif_back_set_depth(struct usbif_back *b, uint8_t port, uint16_t depth);

/*
 * Take the next request off the ring into a slot.
 * Returns 1 and *slot: look at it with usbif_back_req(), prepare it, and admit
 * it; 0: none now; or USBIF_E_PEER.
 */
int usbif_back_take(struct usbif_back *b, void *urb_ring, uint16_t *slot);
const struct usbif_msg_req *usbif_back_req(const struct usbif_back *b,
					   uint16_t slot);

/*
 * The queue that a taken request is for, or that the target of an unlink is
 * in; USBIF_NONE if its device does not exist.  For people to look at: until
 * the request is admitted, one before it may change what its address means.
 */
uint16_t usbif_back_queue_of(const struct usbif_back *b, uint16_t slot);

/*
 * True if the slot holds nothing to prepare: an unlink, or a request to a
 * device that does not exist.  A request to a stopped queue may be executed
 * after all, if one before it in the same batch restarts the queue.
 */
bool usbif_back_is_futile(const struct usbif_back *b, uint16_t slot);

/*
 * Let the slot's request in, in ring order.
 * refuse: USBIF_WIRE_ST_OK, or why the shim could not prepare it.
 * Returns USBIF_OK or USBIF_E_PEER.
 */
int usbif_back_admit(struct usbif_back *b, uint16_t slot, int32_t refuse);

/* The next duty; false if there is none now. */
bool usbif_back_next(struct usbif_back *b, struct usbif_back_duty *duty);

/* See usbif_bq_done(); also answers the duties other than RESET. */
int usbif_back_done(struct usbif_back *b, uint16_t slot, int32_t status,
		    uint32_t actual);
/* The RESET duty of port is done; slot as in the duty. */
void usbif_back_reset_done(struct usbif_back *b, uint8_t port, bool ok);

/* The next answer; false if there is none now. */
bool usbif_back_next_answer(struct usbif_back *b, struct usbif_bq_answer *a);

/*
 * Put an answer on the ring, unpublished; the slot is free.  start_frame and
 * errors are isochronous transfers' and else 0.
 * Returns USBIF_OK or USBIF_E_PEER.
 */
int usbif_back_put_answer(struct usbif_back *b, void *urb_ring,
			  const struct usbif_bq_answer *a,
			  uint16_t start_frame, uint32_t errors);

/* Publish what was put.  Returns true if the front wants an event. */
bool usbif_back_push(struct usbif_back *b, void *urb_ring);

/*
 * An old front cannot send a restart: an endpoint that failed stands still
 * until the front has run its completion routines, which it is known to have
 * done when it asks for a later event.  Nobody notifies of that, so while
 * usbif_back_is_waiting(), call usbif_back_hear() every few milliseconds, when
 * all that was taken has been admitted; and drain.  late: it took too long,
 * go on without.
 * Returns USBIF_OK or USBIF_E_PEER.
 */
bool usbif_back_is_waiting(const struct usbif_back *b);
int usbif_back_hear(struct usbif_back *b, void *urb_ring, bool late);

/*
 * Tell the front of ports that changed, as far as it has posted requests for
 * that.  *notify is set if it wants an event, and else left alone.
 * Returns USBIF_OK or USBIF_E_PEER.
 */
int usbif_back_tell_ports(struct usbif_back *b, void *conn_ring, bool *notify);

/*
 * Ask for events on both rings and look again.
 * Returns 1 (go on), 0 (may sleep) or USBIF_E_PEER.
 */
int usbif_back_sleep(struct usbif_back *b, void *urb_ring, void *conn_ring);

/* The connection ends: every port is unplugged, nothing is told any more. */
void usbif_back_close(struct usbif_back *b);

/* The shim found the front at fault (USBIF_FAULT_REQ_GRANT). */
void usbif_back_accuse(struct usbif_back *b, enum usbif_fault fault);

/* Which rule the front broke, or USBIF_FAULT_NONE. */
enum usbif_fault usbif_back_fault(const struct usbif_back *b);

/* The name of a duty for log lines, "SET_INTERFACE"; "?" if there is none. */
const char *usbif_back_duty_name(int kind);

#endif
