/* SPDX-License-Identifier: MIT */
/* What the scenarios do not reach: wrong arguments, and calls after the end. */
#include "support/test.h"

#include "support/shared.h"
#include "usbif/front.h"

struct rig {
	struct usbif_front f;
	struct shared urb, conn;
};

static const struct usbif_front_config good = {
	.num_ports = 2, .usb_ver = 2, .ring_pages = 1, .depth = 8,
	.extended = true,
};

static int set_up(void **state)
{
	static struct rig r;

	shared_map(&r.urb, USBIF_WIRE_MAX_RING_PAGES);
	shared_map(&r.conn, 1);
	*state = &r;
	return usbif_front_init(&r.f, &good, r.urb.front, r.conn.front);
}

static int tear_down(void **state)
{
	struct rig *r = *state;

	shared_unmap(&r->urb);
	shared_unmap(&r->conn);
	return 0;
}

static int init(struct rig *r, const struct usbif_front_config *config)
{
	return usbif_front_init(&r->f, config, r->urb.front, r->conn.front);
}

static void a_configuration_out_of_bounds_is_refused(void **state)
{
	struct usbif_front_config c;

	c = good;
	c.num_ports = 0;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
	c.num_ports = USBIF_MAX_PORTS + 1;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
	c = good;
	c.usb_ver = 0;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
	c.usb_ver = 3;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
	c = good;
	c.ring_pages = 0;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
	c.ring_pages = USBIF_WIRE_MAX_RING_PAGES + 1;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
	c = good;
	c.depth = 0;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
	c = good;
	c.request_pages = USBIF_WIRE_MAX_DATA_SEGS + 1;
	assert_int_equal(init(*state, &c), USBIF_E_ARG);
}

static void a_configuration_at_the_bounds_is_taken(void **state)
{
	struct usbif_front_config c = good;

	c.num_ports = USBIF_MAX_PORTS;
	c.ring_pages = USBIF_WIRE_MAX_RING_PAGES;
	c.request_pages = USBIF_WIRE_MAX_DATA_SEGS;
	assert_int_equal(init(*state, &c), USBIF_OK);
	c = good;
	c.num_ports = 1;
	c.usb_ver = 1;
	c.depth = 1;
	assert_int_equal(init(*state, &c), USBIF_OK);
}

static void a_new_front_is_valid_and_has_nothing_to_do(void **state)
{
	struct rig *r = *state;
	const uint8_t *posted = r->conn.front;
	struct usbif_fq_duty duty;

	assert_true(usbif_front_valid(&r->f));
	assert_false(usbif_front_next(&r->f, &duty));
	assert_false(usbif_front_has_giveback(&r->f));
	assert_int_equal(usbif_front_fault(&r->f), USBIF_FAULT_NONE);
	assert_int_equal(usbif_front_sleep(&r->f, r->urb.front, r->conn.front),
			 0);
	assert_int_equal(shared_get(&r->conn, USBIF_WIRE_REQ_PROD), 512);
	posted += USBIF_WIRE_RING_HEADER_OCTETS;
	for (uint32_t id = 0; id < 512; id++)
		assert_int_equal(usbif_msg_decode_conn_req(posted + 4 * id),
				 id);
}

static const struct usbif_front_urb bulk = {
	.port = 1, .addr = 3, .ep = 1, .type = USBIF_XFER_BULK, .in = true,
	.max_packet = 512, .length = 512,
};

static const struct usbif_front_urb get_status = {
	.port = 1, .addr = 3, .type = USBIF_XFER_CTRL, .in = true,
	.max_packet = 64, .length = 2, .setup = { 0x80, 0, 0, 0, 0, 0, 2, 0 },
};

static const struct usbif_front_urb iso = {
	.port = 1, .addr = 3, .ep = 1, .type = USBIF_XFER_ISO, .in = true,
	.max_packet = 512, .length = 512, .packets = 1,
};

static void expect_refused(void **state, const struct usbif_front_urb *u)
{
	struct rig *r = *state;

	assert_int_equal(usbif_front_submit(&r->f, u), USBIF_E_ARG);
	assert_true(usbif_fq_is_idle(&r->f.fq));
}

static void an_urb_that_no_request_can_carry_is_refused(void **state)
{
	struct usbif_front_urb u;

	u = bulk;
	u.port = 0;
	expect_refused(state, &u);
	u.port = 3;
	expect_refused(state, &u);
	u = bulk;
	u.addr = 128;
	expect_refused(state, &u);
	u = bulk;
	u.ep = 16;
	expect_refused(state, &u);
	u.ep = 0;
	expect_refused(state, &u);
	u = bulk;
	u.type = USBIF_XFER_CTRL;
	expect_refused(state, &u);
	u.type = USBIF_XFER_BULK + 1;
	expect_refused(state, &u);
	u = bulk;
	u.max_packet = 0;
	expect_refused(state, &u);
	u = iso;
	u.packets = 0;
	expect_refused(state, &u);
	u = iso;
	u.length = 65537;
	expect_refused(state, &u);
}

static void an_urb_at_the_bounds_is_taken(void **state)
{
	struct rig *r = *state;
	struct usbif_front_urb u = bulk;

	u.port = 2;
	u.addr = 127;
	u.ep = 15;
	u.length = 1;
	u.max_packet = 1;
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	u = iso;
	u.addr = 0;
	u.length = 65536;
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
}

static void a_setup_packet_must_agree_with_its_urb(void **state)
{
	struct rig *r = *state;
	struct usbif_front_urb u;

	u = get_status;
	u.setup[6] = 3;
	expect_refused(state, &u);
	u = get_status;
	u.setup[7] = 1;
	expect_refused(state, &u);
	u = get_status;
	u.setup[0] = 0x00;
	expect_refused(state, &u);
	u = get_status;
	u.in = false;
	expect_refused(state, &u);
	/* To an interface, and of more than 255 octets. */
	u.length = 512;
	u.setup[0] = 0x21;
	u.setup[6] = 0;
	u.setup[7] = 2;
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	/* Without data there is no direction. */
	u.length = 0;
	u.setup[0] = 0x80;
	u.setup[7] = 0;
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	assert_true(usbif_front_submit(&r->f, &get_status) >= 0);
	assert_true(usbif_front_submit(&r->f, &iso) >= 0);
}

/* How many requests go out for an URB whose octets fill its packets. */
static int requests_for(void **state, uint8_t type, bool zero_packet)
{
	struct rig *r = *state;
	struct usbif_front_urb u = bulk;
	struct usbif_fq_duty duty;
	int n = 0;

	assert_int_equal(init(r, &good), USBIF_OK);
	u.type = type;
	u.in = false;
	u.packets = type == USBIF_XFER_ISO;
	u.zero_packet = zero_packet;
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	for (; usbif_front_next(&r->f, &duty); n++)
		assert_int_equal(duty.kind, USBIF_FQ_SEND);
	return n;
}

static void an_empty_packet_ends_messages_only(void **state)
{
	assert_int_equal(requests_for(state, USBIF_XFER_BULK, true), 2);
	assert_int_equal(requests_for(state, USBIF_XFER_INT, true), 2);
	assert_int_equal(requests_for(state, USBIF_XFER_ISO, true), 1);
	assert_int_equal(requests_for(state, USBIF_XFER_BULK, false), 1);
	assert_int_equal(requests_for(state, USBIF_XFER_INT, false), 1);
}

/* Submits a control request without data; is the device to wake the guest? */
static bool arms(struct rig *r, uint8_t type, uint8_t request, uint16_t value)
{
	const struct usbif_front_urb u = {
		.port = 1, .addr = 3, .type = USBIF_XFER_CTRL,
		.max_packet = 64, .setup = {
			type, request, value & 0xff, (uint8_t)(value >> 8),
		},
	};

	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	return r->f.hub.port[0].wakeup;
}

/* DEVICE_REMOTE_WAKEUP is feature 1 of a device, USB 2.0 section 9.4. */
static void only_remote_wakeup_arms_a_device(void **state)
{
	struct rig *r = *state;
	struct usbif_front_urb u = bulk;

	r->f.hub.port[0].status = USBIF_PORT_POWER | USBIF_PORT_ENABLE |
				  USBIF_PORT_CONNECTION;
	assert_false(arms(r, 0x00, 3, 2));
	assert_false(arms(r, 0x00, 3, 0x0101));
	assert_false(arms(r, 0x02, 3, 1));
	assert_false(arms(r, 0x00, 5, 1));
	u.setup[1] = 3;
	u.setup[2] = 1;
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	assert_false(r->f.hub.port[0].wakeup);
	assert_true(arms(r, 0x00, 3, 1));
	assert_true(arms(r, 0x00, 1, 2));
	assert_true(arms(r, 0x02, 1, 1));
	assert_true(arms(r, 0x00, 5, 1));
	assert_false(arms(r, 0x00, 1, 1));
}

/* What a back finds on the ring, and what it may say of it. */
static void a_request_and_its_answer_say_all_there_is(void **state)
{
	static const struct usbif_msg_limits limits = {
		.num_ports = 2, .extended = true,
	};
	static const struct usbif_msg_rsp rsp = {
		.start_frame = 1234, .actual = 500, .errors = 2,
		.status = USBIF_WIRE_ST_IOERROR,
	};
	const struct usbif_msg_seg seg[] = {
		{ .gref = 1, .length = 512 }, { .gref = 2, .length = 16 },
	};
	struct rig *r = *state;
	struct usbif_front_urb u = iso;
	struct usbif_front_received got;
	struct usbif_fq_duty duty;
	struct usbif_msg_req req;
	uint8_t *slot = (uint8_t *)r->urb.back + USBIF_WIRE_RING_HEADER_OCTETS;

	u.interval = 8;
	u.start_frame = 99;
	usbif_front_submit(&r->f, &u);
	assert_true(usbif_front_next(&r->f, &duty));
	usbif_front_put(&r->f, r->urb.front, &duty, seg, 1, 1);
	assert_true(usbif_front_push(&r->f, r->urb.front));
	assert_int_equal(usbif_msg_decode_req(slot, &limits, &req),
			 USBIF_FAULT_NONE);
	assert_int_equal(req.id, 0);
	assert_int_equal(req.port, 1);
	assert_int_equal(req.addr, 3);
	assert_int_equal(req.interval, 8);
	assert_int_equal(req.start_frame, 99);
	assert_int_equal(req.packets, 1);
	assert_int_equal(req.seg[1].gref, 2);

	usbif_msg_encode_rsp(&rsp, slot);
	shared_set(&r->urb, USBIF_WIRE_RSP_PROD, 1);
	assert_int_equal(usbif_front_take(&r->f, r->urb.front, &got), 1);
	assert_int_equal(got.id, 0);
	assert_int_equal(got.status, rsp.status);
	assert_int_equal(got.start_frame, 1234);
	assert_int_equal(got.errors, 2);
	assert_int_equal(got.part.length, 500);
}

/* A bulk URB of 120 KiB is one request with an array, or two without. */
static void a_request_may_name_its_data_by_an_array(void **state)
{
	static const struct usbif_msg_limits limits = {
		.num_ports = 2, .extended = true, .request_pages = 32,
	};
	const struct usbif_msg_seg array = { .gref = 9, .length = 240 };
	struct rig *r = *state;
	struct usbif_front_config c = good;
	struct usbif_front_urb u = bulk;
	struct usbif_fq_duty duty;
	struct usbif_msg_req req;
	uint8_t *slot = (uint8_t *)r->urb.back + USBIF_WIRE_RING_HEADER_OCTETS;

	u.length = 122880;
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	assert_true(usbif_front_next(&r->f, &duty));
	assert_int_equal(duty.length, 65536);
	c.request_pages = 32;
	assert_int_equal(init(r, &c), USBIF_OK);
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	assert_true(usbif_front_next(&r->f, &duty));
	assert_int_equal(duty.length, 122880);
	assert_int_equal(usbif_front_put_indirect(&r->f, r->urb.front, &duty,
						  &array, 1, 30), USBIF_OK);
	assert_int_equal(usbif_msg_decode_req(slot, &limits, &req),
			 USBIF_FAULT_NONE);
	assert_int_equal(req.indirect, 30);
	assert_int_equal(req.length, 122880);
	assert_int_equal(req.seg[0].gref, 9);
	/* Nothing changes for an old back, whatever the number. */
	c.extended = false;
	assert_int_equal(init(r, &c), USBIF_OK);
	assert_true(usbif_front_submit(&r->f, &u) >= 0);
	assert_true(usbif_front_next(&r->f, &duty));
	assert_int_equal(duty.length, 61440);
}

static void a_request_that_does_not_fit_is_the_peers_fault(void **state)
{
	struct rig *r = *state;
	struct usbif_fq_duty duty;
	struct usbif_msg_seg seg = { .gref = 1, .length = 512 };
	int i;

	usbif_front_submit(&r->f, &bulk);
	assert_true(usbif_front_next(&r->f, &duty));
	for (i = 0; i < 16; i++)
		assert_int_equal(usbif_front_put(&r->f, r->urb.front, &duty,
						 &seg, 1, 0), USBIF_OK);
	assert_int_equal(usbif_front_put(&r->f, r->urb.front, &duty, &seg, 1,
					 0), USBIF_E_PEER);
	assert_int_equal(usbif_front_put(&r->f, r->urb.front, &duty, &seg, 1,
					 0), USBIF_E_PEER);
	assert_int_equal(usbif_front_fault(&r->f), USBIF_FAULT_RING_INDEX);
}

/* The first fault stays, and everything but winding down is refused. */
static void a_front_with_a_fault_only_winds_down(void **state)
{
	struct rig *r = *state;
	struct usbif_front_received got;
	struct usbif_fq_duty duty;
	bool notify = false;
	uint8_t port;
	int urb = usbif_front_submit(&r->f, &bulk);

	assert_true(usbif_front_next(&r->f, &duty));
	shared_set(&r->urb, USBIF_WIRE_RSP_PROD, 999);
	assert_int_equal(usbif_front_take(&r->f, r->urb.front, &got),
			 USBIF_E_PEER);
	assert_int_equal(got.id, USBIF_NONE);
	assert_int_equal(usbif_front_take(&r->f, r->urb.front, &got),
			 USBIF_E_PEER);
	assert_int_equal(usbif_front_take_conn(&r->f, r->conn.front, &port,
					       &notify), USBIF_E_PEER);
	assert_int_equal(usbif_front_sleep(&r->f, r->urb.front, r->conn.front),
			 USBIF_E_PEER);
	usbif_front_shutdown(&r->f);
	usbif_front_shutdown(&r->f);
	assert_true(usbif_front_valid(&r->f));
	assert_true(usbif_front_next(&r->f, &duty));
	assert_int_equal(duty.kind, USBIF_FQ_GIVEBACK);
	assert_int_equal(duty.status, USBIF_WIRE_ST_SHUTDOWN);
	assert_int_equal(duty.urb, urb);
	assert_int_equal(usbif_front_retired(&r->f, duty.urb), USBIF_OK);
	assert_int_equal(usbif_front_retired(&r->f, duty.urb), USBIF_E_STATE);
	assert_int_equal(usbif_front_unlink(&r->f, duty.urb), USBIF_E_STATE);
	assert_false(usbif_front_next(&r->f, &duty));
	assert_int_equal(usbif_front_submit(&r->f, &bulk), USBIF_E_STATE);
	assert_int_equal(usbif_front_fault(&r->f), USBIF_FAULT_RING_INDEX);
}

static void a_ring_of_events_that_lies_is_found(void **state)
{
	struct rig *r = *state;
	bool notify = false;
	uint8_t port;

	shared_set(&r->conn, USBIF_WIRE_RSP_PROD, 513);
	assert_int_equal(usbif_front_take_conn(&r->f, r->conn.front, &port,
					       &notify), USBIF_E_PEER);
	assert_int_equal(usbif_front_fault(&r->f), USBIF_FAULT_RING_INDEX);
	assert_false(notify);
}

/* Today's backs take 15 pages, and what is behind them in another request. */
static void an_old_back_gets_what_it_can_take(void **state)
{
	struct usbif_front_config c = good;
	struct usbif_front_urb long_one = bulk;
	struct rig *r = *state;
	struct usbif_fq_duty duty;

	c.extended = false;
	assert_int_equal(init(r, &c), USBIF_OK);
	long_one.length = 61441;
	assert_true(usbif_front_submit(&r->f, &long_one) >= 0);
	assert_true(usbif_front_next(&r->f, &duty));
	assert_true(duty.length <= 61440);
	assert_int_equal(usbif_front_tick(&r->f), USBIF_OK);
}

/* The back posts such an event; returns what comes of it. */
static int take_event(struct rig *r, const uint8_t *event)
{
	bool notify = false;
	uint8_t port;

	memcpy((uint8_t *)r->conn.back + USBIF_WIRE_RING_HEADER_OCTETS, event,
	       USBIF_WIRE_CONN_OCTETS);
	shared_set(&r->conn, USBIF_WIRE_RSP_PROD, 1);
	return usbif_front_take_conn(&r->f, r->conn.front, &port, &notify);
}

static void an_event_that_lies_is_found(void **state)
{
	static const uint8_t no_port[] = { 0, 0, 99, USBIF_WIRE_SPEED_FULL };
	/* One behind the last request that was posted. */
	static const uint8_t no_id[] = { 0, 2, 1, USBIF_WIRE_SPEED_FULL };
	struct rig *r = *state;

	assert_int_equal(take_event(r, no_port), USBIF_E_PEER);
	assert_int_equal(usbif_front_fault(&r->f), USBIF_FAULT_CONN_PORT);
	assert_int_equal(init(r, &good), USBIF_OK);
	assert_int_equal(take_event(r, no_id), USBIF_E_PEER);
	assert_int_equal(usbif_front_fault(&r->f), USBIF_FAULT_CONN_ID);
}

/* Either ring alone is enough to keep a front awake, or to break it. */
static void sleep_looks_at_both_rings(void **state)
{
	struct rig *r = *state;

	shared_set(&r->conn, USBIF_WIRE_RSP_PROD, 1);
	assert_int_equal(usbif_front_sleep(&r->f, r->urb.front, r->conn.front),
			 1);
	shared_set(&r->conn, USBIF_WIRE_RSP_PROD, 999);
	assert_int_equal(usbif_front_sleep(&r->f, r->urb.front, r->conn.front),
			 USBIF_E_PEER);
	assert_int_equal(usbif_front_fault(&r->f), USBIF_FAULT_RING_INDEX);

	assert_int_equal(init(r, &good), USBIF_OK);
	shared_set(&r->urb, USBIF_WIRE_RSP_PROD, 1);
	assert_int_equal(usbif_front_sleep(&r->f, r->urb.front, r->conn.front),
			 USBIF_E_PEER);
}

/* A back that asks for an event for each request that is posted again. */
static void the_back_is_notified_if_it_waits_for_event_requests(void **state)
{
	static const uint8_t event[] = { 0, 0, 2, USBIF_WIRE_SPEED_FULL };
	struct rig *r = *state;
	bool notify = false;
	uint8_t port = 0;

	shared_set(&r->conn, USBIF_WIRE_REQ_EVENT, 513);
	memcpy((uint8_t *)r->conn.back + USBIF_WIRE_RING_HEADER_OCTETS, event,
	       sizeof(event));
	shared_set(&r->conn, USBIF_WIRE_RSP_PROD, 1);
	assert_int_equal(usbif_front_take_conn(&r->f, r->conn.front, &port,
					       &notify), 1);
	assert_int_equal(port, 2);
	assert_true(notify);
	assert_int_equal(usbif_front_take_conn(&r->f, r->conn.front, &port,
					       &notify), 0);
}

static void every_part_makes_a_front_invalid(void **state)
{
	struct rig *r = *state;
	struct usbif_front f = r->f;

	f.urb_ring.slots = 3;
	assert_false(usbif_front_valid(&f));
	f = r->f;
	f.conn_ring.slots = 3;
	assert_false(usbif_front_valid(&f));
	f = r->f;
	f.hub.usb_ver = 9;
	assert_false(usbif_front_valid(&f));
	f = r->f;
	f.fq.others = 1;
	assert_false(usbif_front_valid(&f));
}

static void parts_that_disagree_make_a_front_invalid(void **state)
{
	struct rig *r = *state;
	struct usbif_front f = r->f;

	f.config.num_ports = 1;
	assert_false(usbif_front_valid(&f));
	f = r->f;
	f.urb_ring.front = false;
	assert_false(usbif_front_valid(&f));
	f = r->f;
	f.conn_ring.front = false;
	f.conn_ring.told_seq = 0;
	assert_false(usbif_front_valid(&f));
	f = r->f;
	f.urb_ring.slots /= 2;
	assert_false(usbif_front_valid(&f));
}

static void an_urb_is_that_of_its_queue_in_a_valid_front(void **state)
{
	struct rig *r = *state;
	struct usbif_front f;

	assert_int_equal(usbif_front_submit(&r->f, &bulk), 0);
	assert_true(usbif_front_valid(&r->f));
#define SPOIL(field, value) \
	do { \
		f = r->f; \
		f.urb[0].field = (value); \
		assert_false(usbif_front_valid(&f)); \
	} while (0)
	SPOIL(addr, 128);
	SPOIL(port, 2);
	SPOIL(ep, 2);
	SPOIL(in, !bulk.in);
	SPOIL(type, USBIF_XFER_INT);
#undef SPOIL
	/* the direction is not the queue's alone: control has one for both */
	assert_int_equal(usbif_front_submit(&r->f, &get_status), 1);
	f = r->f;
	f.urb[1].length = 0;
	f.urb[1].setup[6] = 0;
	f.urb[1].in = false;
	assert_false(usbif_front_valid(&f));
}

#define RIG_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIG_TEST(a_configuration_out_of_bounds_is_refused),
		RIG_TEST(a_configuration_at_the_bounds_is_taken),
		RIG_TEST(a_new_front_is_valid_and_has_nothing_to_do),
		RIG_TEST(an_urb_that_no_request_can_carry_is_refused),
		RIG_TEST(an_urb_at_the_bounds_is_taken),
		RIG_TEST(a_setup_packet_must_agree_with_its_urb),
		RIG_TEST(an_empty_packet_ends_messages_only),
		RIG_TEST(only_remote_wakeup_arms_a_device),
		RIG_TEST(a_request_and_its_answer_say_all_there_is),
		RIG_TEST(a_request_may_name_its_data_by_an_array),
		RIG_TEST(a_request_that_does_not_fit_is_the_peers_fault),
		RIG_TEST(a_front_with_a_fault_only_winds_down),
		RIG_TEST(a_ring_of_events_that_lies_is_found),
		RIG_TEST(an_old_back_gets_what_it_can_take),
		RIG_TEST(an_event_that_lies_is_found),
		RIG_TEST(sleep_looks_at_both_rings),
		RIG_TEST(the_back_is_notified_if_it_waits_for_event_requests),
		RIG_TEST(every_part_makes_a_front_invalid),
		RIG_TEST(parts_that_disagree_make_a_front_invalid),
		RIG_TEST(an_urb_is_that_of_its_queue_in_a_valid_front),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
