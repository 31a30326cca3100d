/* SPDX-License-Identifier: MIT */
/* A front: wiring only; what is decided is decided in fq.c and hub.c. */
#include "usbif/front.h"
#include "ring_private.h"

static void post_conn_request(struct usbif_front *f, void *conn_ring,
			      uint16_t id)
{
	uint8_t entry[USBIF_WIRE_CONN_REQ_OCTETS];

	usbif_msg_encode_conn_req(id, entry);
	usbif_ring_put(&f->conn_ring, conn_ring, entry, sizeof(entry));
}

static int init_parts(struct usbif_front *f,
		      const struct usbif_front_config *config)
{
	struct usbif_fq_config fq;

	memset(&fq, 0, sizeof(fq));
	fq.slots = usbif_ring_slots(config->ring_pages, USBIF_WIRE_URB_OCTETS);
	fq.depth = config->depth;
	fq.extended = config->extended;
	/* buffer_length has 16 bits; the extension defines 0 as 65536. */
	fq.max_octets = config->extended ? 65536 : 61440;
	if (config->extended)
		fq.bulk_octets = config->request_pages * USBIF_WIRE_PAGE_OCTETS;
	if (config->num_ports < 1 || config->num_ports > USBIF_MAX_PORTS ||
	    config->usb_ver < 1 || config->usb_ver > 2 ||
	    config->request_pages > USBIF_WIRE_MAX_DATA_SEGS)
		return USBIF_E_ARG;
	return usbif_fq_init(&f->fq, &fq);
}

int usbif_front_init(struct usbif_front *f,
		     const struct usbif_front_config *config, void *urb_ring,
		     void *conn_ring)
{
	int err;
	uint16_t id;

	memset(f, 0, sizeof(*f));
	err = init_parts(f, config);
	if (err != USBIF_OK)
		return err;
	f->config = *config;
	usbif_hub_init(&f->hub, config->num_ports, config->usb_ver);
	usbif_ring_front_init(&f->urb_ring, urb_ring, config->ring_pages,
			      USBIF_WIRE_URB_OCTETS);
	usbif_ring_front_init(&f->conn_ring, conn_ring, 1,
			      USBIF_WIRE_CONN_OCTETS);
	for (id = 0; id < f->conn_ring.slots; id++)
		post_conn_request(f, conn_ring, id);
	usbif_ring_push(&f->conn_ring, conn_ring);
	return USBIF_OK;
}

enum usbif_fault usbif_front_fault(const struct usbif_front *f)
{
	return f->fault != USBIF_FAULT_NONE ? f->fault : f->fq.fault;
}

static int peer_fault(struct usbif_front *f, enum usbif_fault fault)
{
	if (f->fault == USBIF_FAULT_NONE)
		f->fault = fault;
	return USBIF_E_PEER;
}

/* A back would break the connection over a setup packet that lies. */
static bool setup_is_lawful(const struct usbif_front_urb *u)
{
	uint32_t w_length = u->setup[6] | (uint32_t)u->setup[7] << 8;
	bool in = (u->setup[0] & 0x80) != 0;

	return w_length == u->length && (u->length == 0 || in == u->in);
}

static bool is_lawful(const struct usbif_front *f,
		      const struct usbif_front_urb *u)
{
	if (u->port < 1 || u->port > f->config.num_ports ||
	    u->ep > USBIF_MAX_EPNUM || u->addr > USBIF_WIRE_MAX_ADDR)
		return false;
	if ((u->ep == 0) != (u->type == USBIF_XFER_CTRL) ||
	    u->type > USBIF_XFER_BULK)
		return false;
	if (u->type == USBIF_XFER_ISO && u->packets == 0)
		return false;
	return u->type != USBIF_XFER_CTRL || setup_is_lawful(u);
}

/* Is what is kept of the URB that of the entry in its queue? */
static bool urb_agrees(const struct usbif_front *f, uint16_t urb)
{
	const struct usbif_front_urb *u = &f->urb[urb];
	const struct usbif_fq_urb *q = &f->fq.urb[urb];

	if (q->state == USBIF_FQ_FREE)
		return true;
	return is_lawful(f, u) &&
	       q->queue == usbif_queue_index(u->port, u->ep, u->in) &&
	       ((q->flags & USBIF_FQ_IN) != 0) == u->in &&
	       ((q->flags & USBIF_FQ_BULK) != 0) ==
	       (u->type == USBIF_XFER_BULK);
}

bool usbif_front_valid(const struct usbif_front *f)
{
	uint16_t i;

	if (!usbif_ring_valid(&f->urb_ring) ||
	    !usbif_ring_valid(&f->conn_ring) || !usbif_hub_valid(&f->hub) ||
	    !usbif_fq_valid(&f->fq))
		return false;
	if (f->config.num_ports != f->hub.num_ports || !f->urb_ring.front ||
	    !f->conn_ring.front || f->urb_ring.slots != f->fq.config.slots)
		return false;
	for (i = 0; i < USBIF_MAX_URBS; i++)
		if (!urb_agrees(f, i))
			return false;
	return true;
}

/* SET_FEATURE or CLEAR_FEATURE of DEVICE_REMOTE_WAKEUP, USB 2.0 section 9.4 */
#define REQ_CLEAR_FEATURE	1u
#define REQ_SET_FEATURE		3u
#define DEVICE_REMOTE_WAKEUP	1u

/* Does the guest count on the device to wake it?  See hub.h. */
static void heed_wakeup(struct usbif_front *f, const struct usbif_front_urb *u)
{
	uint32_t feature = u->setup[2] | (uint32_t)u->setup[3] << 8;

	if (u->type != USBIF_XFER_CTRL || u->setup[0] != 0 ||
	    feature != DEVICE_REMOTE_WAKEUP)
		return;
	if (u->setup[1] == REQ_SET_FEATURE)
		usbif_hub_arm_wakeup(&f->hub, u->port, true);
	else if (u->setup[1] == REQ_CLEAR_FEATURE)
		usbif_hub_arm_wakeup(&f->hub, u->port, false);
}

int usbif_front_submit(struct usbif_front *f, const struct usbif_front_urb *u)
{
	struct usbif_fq_submit s;
	int urb;

	if (!is_lawful(f, u))
		return USBIF_E_ARG;
	memset(&s, 0, sizeof(s));
	s.queue = usbif_queue_index(u->port, u->ep, u->in);
	s.max_packet = u->max_packet;
	s.length = u->length;
	s.iso = u->type == USBIF_XFER_ISO;
	s.bulk = u->type == USBIF_XFER_BULK;
	s.in = u->in;
	s.short_not_ok = u->short_not_ok;
	s.zero_packet = u->zero_packet && (u->type == USBIF_XFER_BULK ||
					   u->type == USBIF_XFER_INT);
	urb = usbif_fq_submit(&f->fq, &s);
	if (urb < 0)
		return urb;
	f->urb[urb] = *u;
	heed_wakeup(f, u);
	return urb;
}

int usbif_front_unlink(struct usbif_front *f, uint16_t urb)
{
	return usbif_fq_unlink(&f->fq, urb);
}

int usbif_front_retired(struct usbif_front *f, uint16_t urb)
{
	return usbif_fq_retired(&f->fq, urb);
}

bool usbif_front_next(struct usbif_front *f, struct usbif_fq_duty *duty)
{
	return usbif_fq_next(&f->fq, duty);
}

bool usbif_front_has_giveback(const struct usbif_front *f)
{
	return f->fq.ended_head != USBIF_NONE;
}

static void fill_request(const struct usbif_front_urb *u,
			 const struct usbif_fq_duty *duty,
			 struct usbif_msg_req *req)
{
	memset(req, 0, offsetof(struct usbif_msg_req, seg));
	req->id = duty->id;
	req->port = u->port;
	req->addr = u->addr;
	req->ep = u->ep;
	req->type = u->type;
	req->in = u->in;
	if (duty->kind == USBIF_FQ_UNLINK) {
		req->unlink = true;
		req->unlink_id = duty->target;
		return;
	}
	req->flags = duty->flags;
	req->length = duty->length;
	req->interval = u->interval;
	req->start_frame = u->start_frame;
	req->packets = u->packets;
	memcpy(req->setup, u->setup, sizeof(req->setup));
}

/* Segments behind those of the request keep what they had: nobody looks. */
static inline int put(struct usbif_front *f, void *urb_ring,
	       const struct usbif_msg_req *req,
	       const struct usbif_msg_seg *seg)
{
	uint8_t *entry = ring_slot(&f->urb_ring, urb_ring);

	if (entry == NULL)
		return peer_fault(f, USBIF_FAULT_RING_INDEX);
	usbif_msg_encode_head(req, entry);
	usbif_msg_encode_segs(seg, (uint16_t)(req->nr_segs + req->nr_desc_segs),
			      entry + USBIF_WIRE_REQ_SEG);
	ring_filled(&f->urb_ring);
	return USBIF_OK;
}

int usbif_front_put(struct usbif_front *f, void *urb_ring,
		    const struct usbif_fq_duty *duty,
		    const struct usbif_msg_seg *seg, uint8_t nr_segs,
		    uint8_t nr_desc_segs)
{
	struct usbif_msg_req req;

	fill_request(&f->urb[duty->urb], duty, &req);
	req.nr_segs = nr_segs;
	req.nr_desc_segs = nr_desc_segs;
	return put(f, urb_ring, &req, seg);
}

int usbif_front_put_indirect(struct usbif_front *f, void *urb_ring,
			     const struct usbif_fq_duty *duty,
			     const struct usbif_msg_seg *array,
			     uint8_t nr_array_segs, uint16_t nr_segs)
{
	struct usbif_msg_req req;

	fill_request(&f->urb[duty->urb], duty, &req);
	req.nr_segs = nr_array_segs;
	req.indirect = nr_segs;
	return put(f, urb_ring, &req, array);
}

bool usbif_front_push(struct usbif_front *f, void *urb_ring)
{
	return usbif_ring_push(&f->urb_ring, urb_ring);
}

static int unreadable(struct usbif_front *f, struct usbif_front_received *got,
		      enum usbif_fault fault)
{
	got->id = USBIF_NONE;
	return peer_fault(f, fault);
}

int usbif_front_take(struct usbif_front *f, void *urb_ring,
		     struct usbif_front_received *got)
{
	uint8_t entry[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_msg_rsp rsp;
	enum usbif_fault fault;
	int n;

	memset(got, 0, sizeof(*got));
	if (usbif_front_fault(f) != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	n = usbif_ring_take(&f->urb_ring, urb_ring, entry, sizeof(entry));
	if (n == 0)
		return 0;
	if (n < 0)
		return unreadable(f, got, USBIF_FAULT_RING_INDEX);
	fault = usbif_msg_decode_rsp(entry, f->config.extended, &rsp);
	if (fault != USBIF_FAULT_NONE)
		return unreadable(f, got, fault);
	got->id = rsp.id;
	got->status = rsp.status;
	got->start_frame = rsp.start_frame;
	got->errors = rsp.errors;
	n = usbif_fq_answer(&f->fq, rsp.id, rsp.status, rsp.actual,
			    &got->part);
	return n < 0 ? n : 1;
}

/* A device left or came: its queues end before the hub shows the change. */
static void connect(struct usbif_front *f, uint8_t port, uint8_t speed)
{
	usbif_fq_gone(&f->fq, port);
	if (speed != USBIF_WIRE_SPEED_NONE)
		usbif_fq_fresh(&f->fq, port);
	usbif_hub_connect(&f->hub, port, speed);
}

int usbif_front_take_conn(struct usbif_front *f, void *conn_ring,
			  uint8_t *port, bool *notify)
{
	uint8_t entry[USBIF_WIRE_CONN_OCTETS];
	struct usbif_msg_conn conn;
	enum usbif_fault fault;
	int n;

	if (usbif_front_fault(f) != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	n = usbif_ring_take(&f->conn_ring, conn_ring, entry, sizeof(entry));
	if (n == 0)
		return 0;
	if (n < 0)
		return peer_fault(f, USBIF_FAULT_RING_INDEX);
	fault = usbif_msg_decode_conn(entry, f->config.num_ports, &conn);
	if (fault != USBIF_FAULT_NONE)
		return peer_fault(f, fault);
	if (conn.id >= f->conn_ring.slots)
		return peer_fault(f, USBIF_FAULT_CONN_ID);
	connect(f, conn.port, conn.speed);
	post_conn_request(f, conn_ring, conn.id);
	if (usbif_ring_push(&f->conn_ring, conn_ring))
		*notify = true;
	*port = conn.port;
	return 1;
}

int usbif_front_sleep(struct usbif_front *f, void *urb_ring, void *conn_ring)
{
	int urb, conn;

	if (usbif_front_fault(f) != USBIF_FAULT_NONE)
		return USBIF_E_PEER;
	urb = usbif_ring_sleep(&f->urb_ring, urb_ring);
	conn = usbif_ring_sleep(&f->conn_ring, conn_ring);
	if (urb < 0 || conn < 0)
		return peer_fault(f, USBIF_FAULT_RING_INDEX);
	return urb > 0 || conn > 0;
}

int usbif_front_tick(struct usbif_front *f)
{
	return usbif_fq_tick(&f->fq);
}

void usbif_front_shutdown(struct usbif_front *f)
{
	usbif_fq_shutdown(&f->fq);
	usbif_hub_disconnect_all(&f->hub);
}
