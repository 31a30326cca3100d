/* SPDX-License-Identifier: MIT */
/*
 * A back: rings and routing.  What is decided about queues is decided in bq.c;
 * the requests that the host stack executes itself are in back_special.c,
 * ports and hot-plug in back_port.c.
 */
#include "back_private.h"
#include "ring_private.h"

int usbif_back_init(struct usbif_back *b,
		    const struct usbif_back_config *config)
{
	struct usbif_bq_config bq;

	memset(b, 0, sizeof(*b));
	if (config->num_ports < 1 || config->num_ports > USBIF_MAX_PORTS ||
	    config->request_pages > USBIF_WIRE_MAX_DATA_SEGS)
		return USBIF_E_ARG;
	memset(&bq, 0, sizeof(bq));
	bq.slots = usbif_ring_slots(config->ring_pages, USBIF_WIRE_URB_OCTETS);
	bq.hc_depth = config->hc_depth;
	bq.extended = config->extended;
	if (usbif_bq_init(&b->bq, &bq) != USBIF_OK)
		return USBIF_E_ARG;
	b->config = *config;
	usbif_ring_back_init(&b->urb_ring, config->ring_pages,
			     USBIF_WIRE_URB_OCTETS);
	usbif_ring_back_init(&b->conn_ring, 1, USBIF_WIRE_CONN_OCTETS);
	return USBIF_OK;
}

static bool addrs_are_valid(const struct usbif_back *b)
{
	uint32_t addr;

	for (addr = 1; addr <= USBIF_WIRE_MAX_ADDR; addr++) {
		uint8_t port = b->port_of_addr[addr];

		if (port > b->config.num_ports ||
		    (port != 0 && b->port[port - 1].addr != addr))
			return false;
	}
	return b->port_of_addr[0] == 0;
}

static bool port_is_valid(const struct usbif_back *b, uint8_t port)
{
	const struct usbif_back_port *p = &b->port[port - 1];

	if (p->addr > USBIF_WIRE_MAX_ADDR ||
	    (p->addr != 0 && b->port_of_addr[p->addr] != port))
		return false;
	if (p->present && p->speed == USBIF_WIRE_SPEED_NONE)
		return false;
	if (!p->present && (p->leaving || p->addr != 0 ||
			    p->special != USBIF_BACK_PLAIN))
		return false;
	return p->leaving || p->next_speed == USBIF_WIRE_SPEED_NONE;
}

/* What the shim is to execute is a request that the HC has, for bq. */
static bool special_is_valid(const struct usbif_back *b, uint8_t port)
{
	const struct usbif_back_port *p = &b->port[port - 1];
	const struct usbif_bq_req *r;

	if (p->special == USBIF_BACK_PLAIN)
		return true;
	if (p->special > USBIF_BACK_EXECUTING ||
	    p->special_slot >= b->bq.config.slots)
		return false;
	r = &b->bq.req[p->special_slot];
	return r->state == USBIF_BQ_IN_HC &&
	       r->queue == usbif_queue_index(port, 0, false) &&
	       p->duty.slot == p->special_slot && p->duty.port == port &&
	       p->duty.kind >= USBIF_BACK_RESET &&
	       p->duty.kind <= USBIF_BACK_CLEAR_HALT;
}

/*
 * A control queue has one request in the HC at most, so that there is one
 * special one; only that holds queues; and who left has left nothing behind.
 */
static bool queues_are_valid(const struct usbif_back *b, uint8_t port)
{
	const struct usbif_back_port *p = &b->port[port - 1];
	uint16_t first = usbif_queue_index(port, 0, false), i;

	if (!p->present)
		return usbif_bq_port_is_idle(&b->bq, port);
	for (i = first; i < first + USBIF_EPS; i++)
		if (b->bq.queue[i].held && p->special == USBIF_BACK_PLAIN)
			return false;
	return b->bq.queue[first].type == USBIF_XFER_CTRL &&
	       b->bq.queue[first].in_hc <= 1;
}

/* What was taken can be admitted, unless it ended the connection. */
static bool reqs_are_valid(const struct usbif_back *b)
{
	uint16_t slot;

	for (slot = 0; slot < b->bq.config.slots; slot++)
		if (b->bq.req[slot].state == USBIF_BQ_STAGED &&
		    (b->req[slot].port < 1 ||
		     b->req[slot].port > b->config.num_ports ||
		     b->req[slot].addr > USBIF_WIRE_MAX_ADDR))
			return usbif_back_fault(b) != USBIF_FAULT_NONE;
	return true;
}

bool usbif_back_valid(const struct usbif_back *b)
{
	uint8_t port, specials = 0;

	if (!usbif_ring_valid(&b->urb_ring) ||
	    !usbif_ring_valid(&b->conn_ring) || !usbif_bq_valid(&b->bq))
		return false;
	for (port = 1; port <= b->config.num_ports; port++) {
		if (!port_is_valid(b, port) || !special_is_valid(b, port) ||
		    !queues_are_valid(b, port))
			return false;
		if (b->port[port - 1].special != USBIF_BACK_PLAIN)
			specials++;
	}
	return specials == b->specials && addrs_are_valid(b) &&
	       reqs_are_valid(b);
}

enum usbif_fault usbif_back_fault(const struct usbif_back *b)
{
	return b->fault != USBIF_FAULT_NONE ? b->fault : b->bq.fault;
}

void usbif_back_accuse(struct usbif_back *b, enum usbif_fault fault)
{
	if (b->fault == USBIF_FAULT_NONE)
		b->fault = fault;
}

static int peer_fault(struct usbif_back *b, enum usbif_fault fault)
{
	usbif_back_accuse(b, fault);
	return USBIF_E_PEER;
}

int usbif_back_take(struct usbif_back *b, void *urb_ring, uint16_t *slot)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_limits limits;
	enum usbif_fault fault;
	int n;

	if (usbif_back_fault(b) != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	n = usbif_ring_take(&b->urb_ring, urb_ring, entry, sizeof(entry));
	if (n == 0)
		return 0;
	if (n < 0)
		return peer_fault(b, USBIF_FAULT_RING_INDEX);
	n = usbif_bq_stage(&b->bq);
	if (n < 0)
		return peer_fault(b, USBIF_FAULT_RING_INDEX);
	*slot = (uint16_t)n;
	limits.num_ports = b->config.num_ports;
	limits.extended = b->config.extended;
	limits.request_pages = b->config.request_pages;
	fault = usbif_msg_decode_req(entry, &limits, &b->req[n]);
	return fault == USBIF_FAULT_NONE ? 1 : peer_fault(b, fault);
}

const struct usbif_msg_req *usbif_back_req(const struct usbif_back *b,
					   uint16_t slot)
{
	return &b->req[slot];
}

/*
 * The port a request is for: by address, or by port while it has none.  A
 * front that was not told that a device left means that one, and not the next
 * on its port, which gets no address before that.
 */
static uint8_t route(const struct usbif_back *b,
		     const struct usbif_msg_req *req)
{
	uint8_t port = req->addr ? b->port_of_addr[req->addr] : req->port;

	if (port == 0 || req->ep > USBIF_MAX_EPNUM ||
	    b->port[port - 1].unplug_due)
		return 0;
	return b->port[port - 1].present ? port : 0;
}

uint16_t usbif_back_queue_of(const struct usbif_back *b, uint16_t slot)
{
	const struct usbif_msg_req *req = &b->req[slot];
	uint8_t port = route(b, req);

	return port == 0 ? USBIF_NONE :
			   usbif_queue_index(port, req->ep, req->in);
}

/* Rule B8: can the endpoint take such a request?  The status if not. */
static int32_t suits_endpoint(const struct usbif_back *b, uint16_t queue,
			      const struct usbif_msg_req *req)
{
	const struct usbif_bq_queue *q = &b->bq.queue[queue];

	if (q->max_packet == 0)
		return USBIF_WIRE_ST_INVAL;
	return q->type == req->type ? USBIF_WIRE_ST_OK : USBIF_WIRE_ST_INVAL;
}

static bool unlink_at(struct usbif_back *b, uint8_t port,
		      const struct usbif_msg_req *req)
{
	return port != 0 &&
	       usbif_bq_unlink(&b->bq,
			       usbif_queue_index(port, req->ep, req->in),
			       req->unlink_id);
}

/*
 * The target may be on its port under an address that is not valid any more,
 * as the guest has reset the port since.
 */
static void admit_unlink(struct usbif_back *b, const struct usbif_msg_req *req,
			 struct usbif_bq_admit *a)
{
	uint8_t port = route(b, req);
	bool found = unlink_at(b, port, req);

	if (!found && port != req->port && req->ep <= USBIF_MAX_EPNUM)
		found = unlink_at(b, req->port, req);
	a->queue = USBIF_NONE;
	a->refuse = found || !b->config.extended ? USBIF_WIRE_ST_OK :
						   USBIF_WIRE_ST_NOT_FOUND;
}

static void admit_transfer(struct usbif_back *b,
			   const struct usbif_msg_req *req, int32_t refuse,
			   struct usbif_bq_admit *a)
{
	uint8_t port = route(b, req);

	a->queue = USBIF_NONE;
	a->refuse = b->closing ? USBIF_WIRE_ST_SHUTDOWN : USBIF_WIRE_ST_NODEV;
	if (port == 0)
		return;
	a->queue = usbif_queue_index(port, req->ep, req->in);
	a->refuse = suits_endpoint(b, a->queue, req);
	if (a->refuse == USBIF_WIRE_ST_OK)
		a->refuse = refuse;
	if (req->addr == 0 && b->port[port - 1].addr != 0)
		usbif_back_guest_reset(b, port);
}

int usbif_back_admit(struct usbif_back *b, uint16_t slot, int32_t refuse)
{
	const struct usbif_msg_req *req = &b->req[slot];
	struct usbif_bq_admit a;

	if (usbif_back_fault(b) != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	memset(&a, 0, sizeof(a));
	a.id = req->id;
	a.flags = req->flags;
	a.in = req->in;
	a.iso = !req->unlink && req->type == USBIF_XFER_ISO;
	a.length = req->length;
	if (req->unlink)
		admit_unlink(b, req, &a);
	else
		admit_transfer(b, req, refuse, &a);
	return usbif_bq_admit(&b->bq, slot, &a);
}

bool usbif_back_is_futile(const struct usbif_back *b, uint16_t slot)
{
	return b->req[slot].unlink || route(b, &b->req[slot]) == 0;
}

bool usbif_back_next_answer(struct usbif_back *b, struct usbif_bq_answer *a)
{
	return usbif_bq_next_answer(&b->bq, a);
}

int usbif_back_put_answer(struct usbif_back *b, void *urb_ring,
			  const struct usbif_bq_answer *a,
			  uint16_t start_frame, uint32_t errors)
{
	uint8_t port = b->bq.req[a->slot].port;
	uint8_t *entry = ring_slot(&b->urb_ring, urb_ring);
	struct usbif_msg_rsp rsp;

	rsp.id = a->id;
	rsp.status = a->status;
	rsp.actual = a->actual;
	rsp.start_frame = start_frame;
	rsp.errors = errors;
	if (entry != NULL) {
		usbif_msg_encode_rsp(&rsp, entry);
		ring_filled(&b->urb_ring);
	}
	if (usbif_bq_answered(&b->bq, a->slot)) {
		b->unheard = true;
		b->unheard_seq = b->urb_ring.rsp_seq;
	}
	if (port != 0 && b->port[port - 1].leaving)
		usbif_back_settle_port(b, port);
	return entry == NULL ? peer_fault(b, USBIF_FAULT_RING_INDEX) : USBIF_OK;
}

bool usbif_back_push(struct usbif_back *b, void *urb_ring)
{
	return usbif_ring_push(&b->urb_ring, urb_ring);
}

bool usbif_back_is_waiting(const struct usbif_back *b)
{
	return b->unheard;
}

int usbif_back_hear(struct usbif_back *b, void *urb_ring, bool late)
{
	int heard;

	if (!b->unheard)
		return USBIF_OK;
	heard = usbif_ring_heard(&b->urb_ring, urb_ring, b->unheard_seq);
	if (heard < 0)
		return peer_fault(b, USBIF_FAULT_RING_INDEX);
	if (heard || late) {
		b->unheard = false;
		usbif_bq_heard(&b->bq);
	}
	return USBIF_OK;
}

int usbif_back_sleep(struct usbif_back *b, void *urb_ring, void *conn_ring)
{
	int urb, conn = 0;

	if (usbif_back_fault(b) != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	urb = usbif_ring_sleep(&b->urb_ring, urb_ring);
	/* Posted connection requests matter only while an event waits for one. */
	if (usbif_back_has_news(b))
		conn = usbif_ring_sleep(&b->conn_ring, conn_ring);
	if (urb < 0 || conn < 0)
		return peer_fault(b, USBIF_FAULT_RING_INDEX);
	return urb > 0 || conn > 0;
}
