/* SPDX-License-Identifier: MIT */
#include "support/back_rig.h"

#include <stdio.h>
#include <stdlib.h>

void back_rig_open(struct back_rig *r, bool extended)
{
	const struct usbif_back_config config = {
		.num_ports = 2, .ring_pages = 1, .hc_depth = 1,
		.extended = extended,
	};

	memset(r, 0, sizeof(*r));
	shared_map(&r->urb, 1);
	shared_map(&r->conn, 1);
	usbif_ring_front_init(&r->urb_front, r->urb.front, 1,
			      USBIF_WIRE_URB_OCTETS);
	usbif_ring_front_init(&r->conn_front, r->conn.front, 1,
			      USBIF_WIRE_CONN_OCTETS);
	assert_int_equal(usbif_back_init(&r->b, &config), USBIF_OK);
	assert_int_equal(usbif_back_plug(&r->b, 1, USBIF_WIRE_SPEED_FULL),
			 USBIF_OK);
	rig_control(r, 0, 0, 0x00, 5, 5, 0);
	assert_told(r, "answer 0 0 0");
	usbif_back_set_endpoint(&r->b, 1, 1, true, USBIF_XFER_BULK, 64, 0);
	usbif_back_set_endpoint(&r->b, 1, 2, false, USBIF_XFER_BULK, 64, 1);
	usbif_back_set_endpoint(&r->b, 1, 3, true, USBIF_XFER_ISO, 64, 0);
}

void back_rig_close(struct back_rig *r)
{
	shared_unmap(&r->urb);
	shared_unmap(&r->conn);
}

static int set_up(void **state, bool extended)
{
	*state = malloc(sizeof(struct back_rig));
	if (!*state)
		return -1;
	back_rig_open(*state, extended);
	return 0;
}

int back_rig_set_up(void **state)
{
	return set_up(state, true);
}

int back_rig_set_up_old(void **state)
{
	return set_up(state, false);
}

int back_rig_tear_down(void **state)
{
	back_rig_close(*state);
	free(*state);
	return 0;
}

void rig_put(struct back_rig *r, const struct usbif_msg_req *req)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	usbif_msg_encode_req(req, entry);
	assert_int_equal(usbif_ring_put(&r->urb_front, r->urb.front, entry,
					sizeof(entry)), USBIF_OK);
	usbif_ring_push(&r->urb_front, r->urb.front);
}

int rig_take(struct back_rig *r)
{
	uint16_t slot;
	int err;

	assert_int_equal(usbif_back_take(&r->b, r->urb.back, &slot), 1);
	assert_true(usbif_back_valid(&r->b));
	err = usbif_back_admit(&r->b, slot, USBIF_WIRE_ST_OK);
	assert_true(usbif_back_valid(&r->b));
	return err;
}

int rig_request(struct back_rig *r, const struct usbif_msg_req *req)
{
	rig_put(r, req);
	return rig_take(r);
}

void rig_hear(struct back_rig *r)
{
	usbif_ring_sleep(&r->urb_front, r->urb.front);
	assert_true(usbif_back_is_waiting(&r->b));
	assert_int_equal(usbif_back_hear(&r->b, r->urb.back, false), USBIF_OK);
	assert_true(usbif_back_valid(&r->b));
	assert_false(usbif_back_is_waiting(&r->b));
}

int rig_bulk(struct back_rig *r, uint16_t id, uint16_t flags)
{
	const struct usbif_msg_req req = {
		.id = id, .in = true, .port = 1, .addr = 5, .ep = 1,
		.type = USBIF_XFER_BULK, .nr_segs = 1, .flags = flags,
		.length = 512, .seg = { { .gref = 1, .length = 512 } },
	};

	return rig_request(r, &req);
}

int rig_write(struct back_rig *r, uint16_t id)
{
	const struct usbif_msg_req req = {
		.id = id, .port = 1, .addr = 5, .ep = 2,
		.type = USBIF_XFER_BULK, .nr_segs = 1, .length = 512,
		.seg = { { .gref = 1, .length = 512 } },
	};

	return rig_request(r, &req);
}

int rig_unlink(struct back_rig *r, uint16_t id, uint8_t ep, bool in,
	       uint16_t target)
{
	const struct usbif_msg_req req = {
		.id = id, .in = in, .port = 1, .addr = 5, .ep = ep,
		.type = ep ? USBIF_XFER_BULK : USBIF_XFER_CTRL,
		.unlink = true, .unlink_id = target,
	};

	return rig_request(r, &req);
}

int rig_control(struct back_rig *r, uint16_t id, uint8_t addr, uint8_t type,
		uint8_t request, uint16_t value, uint16_t index)
{
	const struct usbif_msg_req req = {
		.id = id, .port = 1, .addr = addr, .type = USBIF_XFER_CTRL,
		.setup = { type, request, (uint8_t)value,
			   (uint8_t)(value >> 8), (uint8_t)index,
			   (uint8_t)(index >> 8), 0, 0 },
	};

	return rig_request(r, &req);
}

uint16_t rig_slot(const struct back_rig *r, uint16_t id)
{
	uint16_t slot;

	for (slot = 0; slot < r->b.bq.config.slots; slot++)
		if (r->b.bq.req[slot].state != USBIF_BQ_FREE &&
		    r->b.req[slot].id == id)
			return slot;
	fail_msg("no request has id %u", id);
	return USBIF_NONE;
}

void rig_done(struct back_rig *r, uint16_t id, int32_t status, uint32_t actual)
{
	assert_int_equal(usbif_back_done(&r->b, rig_slot(r, id), status,
					 actual), USBIF_OK);
	assert_true(usbif_back_valid(&r->b));
}

static void say(struct back_rig *r, const char *what, uint16_t id)
{
	size_t n = strlen(r->told);

	snprintf(r->told + n, sizeof(r->told) - n, "%s%s %u", n ? ", " : "",
		 what, id);
}

static void say_answer(struct back_rig *r, const struct usbif_bq_answer *a)
{
	size_t n;

	say(r, "answer", a->id);
	n = strlen(r->told);
	snprintf(r->told + n, sizeof(r->told) - n, " %d %u", (int)a->status,
		 a->actual);
}

const char *rig_told(struct back_rig *r)
{
	static const char *const names[] = {
		[USBIF_BACK_SUBMIT] = "submit",
		[USBIF_BACK_CANCEL] = "cancel",
		[USBIF_BACK_RESET] = "reset",
		[USBIF_BACK_SET_CONFIGURATION] = "configure",
		[USBIF_BACK_SET_INTERFACE] = "interface",
		[USBIF_BACK_CLEAR_HALT] = "clear",
	};
	uint8_t octets[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_back_duty duty;
	struct usbif_bq_answer a;

	r->told[0] = '\0';
	while (usbif_back_next(&r->b, &duty)) {
		assert_true(usbif_back_valid(&r->b));
		say(r, names[duty.kind], r->b.req[duty.slot].id);
	}
	while (usbif_back_next_answer(&r->b, &a)) {
		say_answer(r, &a);
		assert_int_equal(usbif_back_put_answer(&r->b, r->urb.back, &a,
						       0, 0), USBIF_OK);
		assert_true(usbif_back_valid(&r->b));
	}
	usbif_back_push(&r->b, r->urb.back);
	while (usbif_ring_take(&r->urb_front, r->urb.front, octets,
			       sizeof(octets)) == 1)
		;
	return r->told;
}
