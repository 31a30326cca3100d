/* SPDX-License-Identifier: MIT */
#include "liar.h"

#include <stdlib.h>

bool fault_seen[USBIF_FAULT_N];

static struct liar *liar_new(struct device *d, bool old)
{
	const struct world_config config = {
		.num_ports = 2, .request_pages = 32, .old = old,
	};
	struct liar *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	l->w = malloc(sizeof(*l->w));
	assert_non_null(l->w);
	world_open(l->w, &config, AT_ONCE);
	l->w->checks_each_step = true;
	l->dev = plug_and_enumerate(l->w, 1, world_add(l->w, d));
	assert_non_null(l->dev);
	world_settle(l->w);
	return l;
}

struct liar *lying_back(struct device *d, bool old)
{
	struct liar *l = liar_new(d, old);

	l->is_back = true;
	l->urb = l->w->host.back.urb_ring;
	l->conn = l->w->host.back.conn_ring;
	l->w->host_is_frozen = true;
	l->w->octets_are_lies = true;
	return l;
}

struct liar *lying_front(struct device *d, bool old)
{
	struct liar *l = liar_new(d, old);

	l->urb = l->w->guest.front.urb_ring;
	l->conn = l->w->guest.front.conn_ring;
	l->w->guest_is_frozen = true;
	l->w->octets_are_lies = true;
	return l;
}

void victim_runs(struct liar *l)
{
	world_notify_guest(l->w);
	world_notify_host(l->w);
	world_settle(l->w);
}

/* Both ends run again, and what is left of the old connection goes. */
static void fresh_connection_works(struct liar *l)
{
	struct world *w = l->w;
	struct usb_dev *dev;

	w->host_is_frozen = false;
	w->guest_is_frozen = false;
	world_reconnect(w);
	dev = plug_and_enumerate(w, 1, w->device[0]);
	assert_non_null(dev);
	assert_int_equal(control(w, dev, 0x80, 0, 0, 0, 2, NULL), 2);
	world_close(w);
	free(w);
	free(l);
}

void victim_found(struct liar *l, enum usbif_fault fault)
{
	struct world *w = l->w;

	victim_runs(l);
	if (l->is_back) {
		assert_int_equal(usbif_front_fault(&w->guest.front), fault);
		assert_true(w->guest.broken && w->guest.complained);
		assert_null(w->guest.first_pending);
		assert_int_equal(port_status(w, 1) & USBIF_PORT_CONNECTION, 0);
	} else {
		assert_int_equal(usbif_back_fault(&w->host.back), fault);
		assert_true(w->host.broken && w->host.complained);
		assert_true(host_is_quiet(w));
	}
	fault_seen[fault] = true;
	fresh_connection_works(l);
}

void victim_found_nothing(struct liar *l)
{
	struct world *w = l->w;

	victim_runs(l);
	assert_int_equal(usbif_front_fault(&w->guest.front), USBIF_FAULT_NONE);
	assert_int_equal(usbif_back_fault(&w->host.back), USBIF_FAULT_NONE);
	assert_false(w->guest.complained || w->host.complained);
	/* The liar's own end cannot balance its books. */
	guest_cut(w);
	fresh_connection_works(l);
}

bool liar_take(struct liar *l, struct usbif_msg_req *req)
{
	const struct usbif_msg_limits limits = {
		.num_ports = l->w->config.num_ports,
		.extended = !l->w->config.old,
		.request_pages = l->w->config.request_pages,
	};
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	if (usbif_ring_take(&l->urb, l->w->urb_mem.back, entry,
			    sizeof(entry)) != 1)
		return false;
	assert_int_equal(usbif_msg_decode_req(entry, &limits, req),
			 USBIF_FAULT_NONE);
	return true;
}

void liar_answer_raw(struct liar *l, const uint8_t *octets)
{
	uint8_t *ring = l->w->urb_mem.back;
	uint32_t slot = l->urb.rsp_seq % l->urb.slots;

	memcpy(ring + USBIF_WIRE_RING_HEADER_OCTETS +
	       slot * USBIF_WIRE_URB_OCTETS, octets, USBIF_WIRE_URB_RSP_OCTETS);
	l->urb.rsp_seq++;
	liar_set_index(l, false, l->urb.rsp_seq);
	world_notify_guest(l->w);
}

void liar_answer(struct liar *l, uint16_t id, int32_t status, uint32_t actual)
{
	const struct usbif_msg_rsp rsp = {
		.id = id, .status = status, .actual = actual,
	};
	uint8_t octets[USBIF_WIRE_URB_RSP_OCTETS];

	usbif_msg_encode_rsp(&rsp, octets);
	liar_answer_raw(l, octets);
}

void liar_tell(struct liar *l, uint16_t id, uint8_t port, uint8_t speed)
{
	uint8_t *ring = l->w->conn_mem.back;
	uint32_t slot = l->conn.rsp_seq % l->conn.slots;
	const struct usbif_msg_conn conn = {
		.id = id, .port = port, .speed = speed,
	};

	usbif_msg_encode_conn(&conn, ring + USBIF_WIRE_RING_HEADER_OCTETS +
				     slot * USBIF_WIRE_CONN_OCTETS);
	l->conn.rsp_seq++;
	liar_set_index(l, true, l->conn.rsp_seq);
	world_notify_guest(l->w);
}

void liar_request(struct liar *l, const uint8_t *entry)
{
	uint8_t *ring = l->w->urb_mem.front;
	uint32_t slot = l->urb.req_seq % l->urb.slots;

	memcpy(ring + USBIF_WIRE_RING_HEADER_OCTETS +
	       slot * USBIF_WIRE_URB_OCTETS, entry, USBIF_WIRE_URB_OCTETS);
	l->urb.req_seq++;
	l->urb.told_seq = l->urb.req_seq;
	liar_set_index(l, false, l->urb.req_seq);
	world_notify_host(l->w);
}

bool liar_take_answer(struct liar *l, struct usbif_msg_rsp *rsp)
{
	uint8_t octets[USBIF_WIRE_URB_RSP_OCTETS];

	if (usbif_ring_take(&l->urb, l->w->urb_mem.front, octets,
			    sizeof(octets)) != 1)
		return false;
	assert_int_equal(usbif_msg_decode_rsp(octets, true, rsp),
			 USBIF_FAULT_NONE);
	return true;
}

void liar_set_index(struct liar *l, bool conn, uint32_t value)
{
	shared_set(conn ? &l->w->conn_mem : &l->w->urb_mem,
		   l->is_back ? USBIF_WIRE_RSP_PROD : USBIF_WIRE_REQ_PROD,
		   value);
}
