/* SPDX-License-Identifier: MIT */
/* Rings and routing of a back, where scenarios do not reach. */
#include "support/back_rig.h"

static void a_configuration_out_of_bounds_is_refused(void **state)
{
	static const struct usbif_back_config bad[] = {
		{ .num_ports = 0, .ring_pages = 1, .hc_depth = 1 },
		{ .num_ports = USBIF_MAX_PORTS + 1, .ring_pages = 1,
		  .hc_depth = 1 },
		{ .num_ports = 1, .ring_pages = 0, .hc_depth = 1 },
		{ .num_ports = 1, .ring_pages = 17, .hc_depth = 1 },
		{ .num_ports = 1, .ring_pages = 1, .hc_depth = 0 },
		{ .num_ports = 1, .ring_pages = 1, .hc_depth = 1,
		  .request_pages = USBIF_WIRE_MAX_DATA_SEGS + 1 },
	};
	struct back_rig *r = *state;
	size_t i;

	for (i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(usbif_back_init(&r->b, &bad[i]), USBIF_E_ARG);
}

static void a_configuration_at_the_bounds_is_taken(void **state)
{
	struct usbif_back_config c = { .num_ports = 1, .ring_pages = 1,
				       .hc_depth = 1 };
	struct back_rig *r = *state;

	/* Whatever was there before. */
	memset(&r->b, 0xff, sizeof(r->b));
	assert_int_equal(usbif_back_init(&r->b, &c), USBIF_OK);
	assert_true(usbif_back_valid(&r->b));
	c.num_ports = USBIF_MAX_PORTS;
	c.request_pages = USBIF_WIRE_MAX_DATA_SEGS;
	assert_int_equal(usbif_back_init(&r->b, &c), USBIF_OK);
}

/* By its address, whatever port a front says beside it. */
static void an_unlink_goes_where_its_address_is(void **state)
{
	struct usbif_msg_req req = {
		.id = 1, .port = 2, .addr = 9, .ep = 1, .in = true,
		.type = USBIF_XFER_BULK,
	};
	struct back_rig *r = *state;

	assert_int_equal(usbif_back_plug(&r->b, 2, USBIF_WIRE_SPEED_HIGH),
			 USBIF_OK);
	usbif_back_set_endpoint(&r->b, 2, 1, true, USBIF_XFER_BULK, 512, 0);
	r->b.port[1].addr = 9;
	r->b.port_of_addr[9] = 2;
	rig_request(r, &req);
	assert_told(r, "submit 1");
	req.id = 2;
	req.port = 1;
	req.unlink = true;
	req.unlink_id = 1;
	rig_request(r, &req);
	assert_told(r, "cancel 1, answer 2 0 0");
}

/* The last port's device has an address like others. */
static void an_address_may_be_the_last_port_s(void **state)
{
	struct back_rig *r = *state;

	assert_int_equal(usbif_back_plug(&r->b, 2, USBIF_WIRE_SPEED_HIGH),
			 USBIF_OK);
	r->b.port[1].addr = 9;
	r->b.port_of_addr[9] = 2;
	assert_true(usbif_back_valid(&r->b));
}

/* The first fault stays; everything but winding down is refused. */
static void a_back_with_a_fault_only_winds_down(void **state)
{
	struct back_rig *r = *state;
	uint16_t slot;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	usbif_back_accuse(&r->b, USBIF_FAULT_REQ_GRANT);
	usbif_back_accuse(&r->b, USBIF_FAULT_REQ_PORT);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_REQ_GRANT);
	assert_int_equal(usbif_back_take(&r->b, r->urb.back, &slot),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_admit(&r->b, 0, 0), USBIF_E_PEER);
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back),
			 USBIF_E_PEER);
	usbif_back_close(&r->b);
	assert_told(r, "cancel 1");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -108 0");
	assert_int_equal(usbif_back_in_hc(&r->b, 1), 0);
}

static void a_queue_that_broke_a_rule_counts_as_a_fault(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_unlink(r, 2, 1, true, 1);
	assert_int_equal(rig_bulk(r, 3, USBIF_WIRE_FLAG_RESTART),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RESTART_BUSY);
}

static void a_request_is_futile_if_there_is_no_device(void **state)
{
	struct usbif_msg_req req = {
		.id = 1, .port = 2, .addr = 9, .ep = 1,
		.type = USBIF_XFER_BULK,
	};
	struct back_rig *r = *state;

	assert_int_equal(rig_request(r, &req), USBIF_OK);
	assert_true(usbif_back_is_futile(&r->b, rig_slot(r, 1)));
	assert_int_equal(usbif_back_queue_of(&r->b, rig_slot(r, 1)),
			 USBIF_NONE);
	assert_told(r, "answer 1 -19 0");
	req.addr = 0;
	req.ep = 0;
	req.type = USBIF_XFER_CTRL;
	rig_request(r, &req);
	assert_true(usbif_back_is_futile(&r->b, rig_slot(r, 1)));
	assert_told(r, "answer 1 -19 0");
	rig_bulk(r, 2, 0);
	assert_false(usbif_back_is_futile(&r->b, rig_slot(r, 2)));
	assert_int_equal(usbif_back_queue_of(&r->b, rig_slot(r, 2)),
			 usbif_queue_index(1, 1, true));
	assert_told(r, "submit 2");
	rig_unlink(r, 3, 1, true, 77);
	assert_true(usbif_back_is_futile(&r->b, rig_slot(r, 3)));
	assert_told(r, "answer 3 -2 0");
}

/* The shim copies data back for one and not for the other. */
static void an_answer_knows_its_direction(void **state)
{
	struct back_rig *r = *state;
	struct usbif_bq_answer a;

	rig_bulk(r, 1, 0);
	rig_write(r, 2);
	assert_told(r, "submit 1, submit 2");
	rig_done(r, 1, USBIF_WIRE_ST_OK, 512);
	rig_done(r, 2, USBIF_WIRE_ST_OK, 512);
	assert_true(usbif_back_next_answer(&r->b, &a));
	assert_true(a.in);
	usbif_back_put_answer(&r->b, r->urb.back, &a, 0, 0);
	assert_true(usbif_back_next_answer(&r->b, &a));
	assert_false(a.in);
}

/* What could not be prepared ends with that, and stops its queue. */
static void a_request_that_cannot_be_prepared_is_refused(void **state)
{
	struct back_rig *r = *state;
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	const struct usbif_msg_req req = {
		.id = 1, .in = true, .port = 1, .addr = 5, .ep = 1,
		.type = USBIF_XFER_BULK,
	};
	uint16_t slot;

	usbif_msg_encode_req(&req, entry);
	usbif_ring_put(&r->urb_front, r->urb.front, entry, sizeof(entry));
	usbif_ring_push(&r->urb_front, r->urb.front);
	assert_int_equal(usbif_back_take(&r->b, r->urb.back, &slot), 1);
	assert_int_equal(usbif_back_admit(&r->b, slot, USBIF_WIRE_ST_IOERROR),
			 USBIF_OK);
	assert_told(r, "answer 1 -71 0");
	rig_bulk(r, 2, 0);
	assert_told(r, "answer 2 -11 0");
}

/* A front of today: several requests of a queue, and stale octets. */
static void an_old_front_may_queue_behind_a_failure(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	rig_bulk(r, 2, USBIF_WIRE_FLAG_SHORT_NOT_OK);
	rig_bulk(r, 3, 0);
	assert_told(r, "submit 1");
	rig_done(r, 1, USBIF_WIRE_ST_STALL, 64);
	assert_told(r, "answer 1 -32 64");
	assert_told(r, "");
	rig_hear(r);
	assert_told(r, "submit 2");
	rig_done(r, 2, USBIF_WIRE_ST_OK, 100);
	assert_told(r, "answer 2 0 100");
	rig_hear(r);
	assert_told(r, "submit 3");
	rig_unlink(r, 4, 1, true, 3);
	assert_told(r, "cancel 3, answer 4 0 0");
	rig_unlink(r, 5, 1, true, 99);
	assert_told(r, "answer 5 0 0");
	rig_done(r, 3, USBIF_WIRE_ST_CANCELLED, 128);
	assert_told(r, "answer 3 -71 128");
}

/* Its completion routines have run when it asks for a later event. */
static void an_old_front_has_heard_when_it_wants_another_event(void **state)
{
	static const struct usbif_msg_req unlink_2 = {
		.id = 3, .in = true, .port = 1, .addr = 5, .ep = 1,
		.type = USBIF_XFER_BULK, .unlink = true, .unlink_id = 2,
	};
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	rig_bulk(r, 2, 0);
	assert_told(r, "submit 1");
	assert_false(usbif_back_is_waiting(&r->b));
	assert_int_equal(usbif_back_hear(&r->b, r->urb.back, true), USBIF_OK);
	rig_done(r, 1, USBIF_WIRE_ST_STALL, 0);
	assert_told(r, "answer 1 -32 0");
	assert_true(usbif_back_is_waiting(&r->b));
	/* It has not taken the answer yet, or is still at it. */
	shared_set(&r->urb, USBIF_WIRE_RSP_EVENT, 1);
	assert_int_equal(usbif_back_hear(&r->b, r->urb.back, false), USBIF_OK);
	assert_told(r, "");
	/* It has, and its unlink is on the ring: that comes first. */
	shared_set(&r->urb, USBIF_WIRE_RSP_EVENT, 2);
	rig_put(r, &unlink_2);
	assert_int_equal(usbif_back_hear(&r->b, r->urb.back, false), USBIF_OK);
	assert_true(usbif_back_is_waiting(&r->b));
	rig_take(r);
	assert_told(r, "answer 2 -71 0, answer 3 0 0");
	/* One more answer to hear of; this front is too slow. */
	assert_int_equal(usbif_back_hear(&r->b, r->urb.back, false), USBIF_OK);
	assert_true(usbif_back_is_waiting(&r->b));
	assert_int_equal(usbif_back_hear(&r->b, r->urb.back, true), USBIF_OK);
	assert_false(usbif_back_is_waiting(&r->b));
	rig_bulk(r, 4, 0);
	assert_told(r, "submit 4");
}

static void a_ring_that_lies_is_not_listened_to(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_done(r, 1, USBIF_WIRE_ST_STALL, 0);
	assert_told(r, "answer 1 -32 0");
	shared_set(&r->urb, USBIF_WIRE_REQ_PROD, 999);
	assert_int_equal(usbif_back_hear(&r->b, r->urb.back, true),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RING_INDEX);
}

/* Linux's frontend names endpoint and direction of an unlink as it likes. */
static void an_old_front_may_unlink_at_another_endpoint(void **state)
{
	struct back_rig *r = *state;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_unlink(r, 2, 2, false, 1);
	assert_told(r, "cancel 1, answer 2 0 0");
	rig_done(r, 1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_told(r, "answer 1 -71 0");
}

static void an_answer_that_has_no_room_is_the_peers_fault(void **state)
{
	struct back_rig *r = *state;
	struct usbif_bq_answer a;
	uint16_t slot;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_done(r, 1, USBIF_WIRE_ST_OK, 0);
	assert_true(usbif_back_next_answer(&r->b, &a));
	shared_set(&r->urb, USBIF_WIRE_REQ_PROD, 999);
	assert_int_equal(usbif_back_take(&r->b, r->urb.back, &slot),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_put_answer(&r->b, r->urb.back, &a, 0, 0),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RING_INDEX);
	assert_true(usbif_bq_is_idle(&r->b.bq));
}

/* Slots of answers that wait for the thread are not free yet. */
static void a_front_that_counts_answers_too_early_is_found(void **state)
{
	struct back_rig *r = *state;
	uint16_t i, slot;
	int n = 1;

	for (i = 0; i < 16; i++)
		rig_bulk(r, i, 0);
	shared_set(&r->urb, USBIF_WIRE_REQ_PROD, r->b.urb_ring.req_seq + 1);
	n = usbif_back_take(&r->b, r->urb.back, &slot);
	assert_int_equal(n, USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RING_INDEX);
}

/* The ring has room, as the front saw an answer that is still staged here. */
static void slots_that_run_out_are_the_peers_fault(void **state)
{
	struct back_rig *r = *state;
	uint16_t slot = 0, i;

	for (i = 0; i < 15; i++)
		rig_bulk(r, i, 0);
	r->b.bq.used[0] = 0xffff;
	shared_set(&r->urb, USBIF_WIRE_REQ_PROD, r->b.urb_ring.req_seq + 1);
	assert_int_equal(usbif_back_take(&r->b, r->urb.back, &slot),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RING_INDEX);
}

static void either_ring_keeps_a_back_awake(void **state)
{
	struct back_rig *r = *state;
	uint8_t id[2] = { 0 };

	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back),
			 0);
	usbif_ring_put(&r->conn_front, r->conn.front, id, sizeof(id));
	usbif_ring_push(&r->conn_front, r->conn.front);
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back),
			 1);
	shared_set(&r->conn, USBIF_WIRE_REQ_PROD, 9999);
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RING_INDEX);
}

static void a_request_ring_that_lies_breaks_the_sleep(void **state)
{
	struct back_rig *r = *state;

	shared_set(&r->urb, USBIF_WIRE_REQ_PROD, 9999);
	assert_int_equal(usbif_back_sleep(&r->b, r->urb.back, r->conn.back),
			 USBIF_E_PEER);
	assert_int_equal(usbif_back_fault(&r->b), USBIF_FAULT_RING_INDEX);
}

static void an_answer_says_all_it_is_told(void **state)
{
	struct back_rig *r = *state;
	uint8_t octets[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_bq_answer a;
	struct usbif_msg_rsp rsp;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_done(r, 1, USBIF_WIRE_ST_BABBLE, 512);
	assert_true(usbif_back_next_answer(&r->b, &a));
	assert_int_equal(usbif_back_put_answer(&r->b, r->urb.back, &a, 77, 3),
			 USBIF_OK);
	/* The front asked for an event when it last looked. */
	usbif_ring_sleep(&r->urb_front, r->urb.front);
	assert_true(usbif_back_push(&r->b, r->urb.back));
	assert_int_equal(usbif_ring_take(&r->urb_front, r->urb.front, octets,
					 sizeof(octets)), 1);
	assert_int_equal(usbif_msg_decode_rsp(octets, true, &rsp),
			 USBIF_FAULT_NONE);
	assert_int_equal(rsp.id, 1);
	assert_int_equal(rsp.status, USBIF_WIRE_ST_BABBLE);
	assert_int_equal(rsp.actual, 512);
	assert_int_equal(rsp.start_frame, 77);
	assert_int_equal(rsp.errors, 3);
}

static void every_part_makes_a_back_invalid(void **state)
{
	struct back_rig *r = *state;
	struct usbif_back b = r->b;

	b.port_of_addr[7] = 3;
	assert_false(usbif_back_valid(&b));
	b.port_of_addr[7] = 2;
	assert_false(usbif_back_valid(&b));
	b.port_of_addr[7] = 0;
	b.port_of_addr[0] = 1;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.port_of_addr[1] = 2;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.port_of_addr[USBIF_WIRE_MAX_ADDR] = 2;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.port_of_addr[5] = 0;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.port[1].leaving = true;
	assert_false(usbif_back_valid(&b));
	b.port[1].leaving = false;
	b.port[1].special = USBIF_BACK_DRAINING;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.port[0].present = false;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.port[0].next_speed = USBIF_WIRE_SPEED_HIGH;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.port[0].special = USBIF_BACK_EXECUTING;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.urb_ring.slots = 3;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.conn_ring.slots = 3;
	assert_false(usbif_back_valid(&b));
	b = r->b;
	b.bq.busy[0]++;
	assert_false(usbif_back_valid(&b));
}

#define SPOIL(field, value) \
	do { \
		b = r->b; \
		b.field = (value); \
		assert_false(usbif_back_valid(&b)); \
	} while (0)

static void a_special_request_is_one_that_the_hc_has(void **state)
{
	struct back_rig *r = *state;
	struct usbif_back b;

	rig_bulk(r, 1, 0);
	assert_told(r, "submit 1");
	rig_control(r, 2, 5, 0x00, 9, 1, 0);
	assert_told(r, "cancel 1");
	assert_int_equal(r->b.port[0].special, USBIF_BACK_DRAINING);
	SPOIL(specials, 2);
	SPOIL(port[0].special, USBIF_BACK_EXECUTING + 1);
	SPOIL(port[0].special_slot, r->b.bq.config.slots);
	SPOIL(port[0].special_slot, 0);		/* the bulk request */
	b = r->b;
	b.bq.req[b.bq.config.slots] = b.bq.req[1];
	b.port[0].special_slot = b.port[0].duty.slot = b.bq.config.slots;
	assert_false(usbif_back_valid(&b));
	SPOIL(port[0].special_slot, 2);		/* none */
	SPOIL(port[0].duty.slot, 2);
	SPOIL(port[0].duty.port, 2);
	SPOIL(port[0].duty.kind, USBIF_BACK_CANCEL);
	SPOIL(port[0].duty.kind, USBIF_BACK_CLEAR_HALT + 1);
}

static void queues_agree_with_their_port_in_a_valid_back(void **state)
{
	struct back_rig *r = *state;
	struct usbif_back b;

	rig_control(r, 1, 5, 0x40, 99, 0, 0);
	rig_control(r, 2, 5, 0x40, 99, 0, 0);
	assert_told(r, "submit 1");
	SPOIL(port[0].speed, USBIF_WIRE_SPEED_NONE);
	SPOIL(port[0].addr, USBIF_WIRE_MAX_ADDR + 1);
	SPOIL(bq.queue[1].held, true);
	SPOIL(bq.queue[0].type, USBIF_XFER_BULK);
	/* two control requests in the HC */
	b = r->b;
	b.bq.queue[0].in_hc = 2;
	b.bq.req[1].state = USBIF_BQ_IN_HC;
	assert_true(usbif_bq_valid(&b.bq));
	assert_false(usbif_back_valid(&b));
	/* a device that left them behind */
	b = r->b;
	b.port[0].present = false;
	b.port[0].addr = 0;
	b.port_of_addr[5] = 0;
	assert_false(usbif_back_valid(&b));
}

static void what_was_taken_can_be_admitted_in_a_valid_back(void **state)
{
	const struct usbif_msg_req req = {
		.id = 1, .port = 1, .addr = 5, .type = USBIF_XFER_CTRL,
	};
	struct back_rig *r = *state;
	struct usbif_back b;
	uint16_t slot;

	rig_put(r, &req);
	assert_int_equal(usbif_back_take(&r->b, r->urb.back, &slot), 1);
	assert_true(usbif_back_valid(&r->b));
	SPOIL(req[slot].port, 0);
	SPOIL(req[slot].port, 4);
	SPOIL(req[slot].addr, 128);
	/* nobody admits it then */
	b.fault = USBIF_FAULT_REQ_PORT;
	assert_true(usbif_back_valid(&b));
	rig_put(r, &req);
	assert_int_equal(usbif_back_take(&r->b, r->urb.back, &slot), 1);
	assert_int_equal(slot, 1);
	SPOIL(req[slot].port, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, back_rig_set_up, \
						   back_rig_tear_down)
#define OLD(test) cmocka_unit_test_setup_teardown(test, back_rig_set_up_old, \
						  back_rig_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_configuration_out_of_bounds_is_refused),
		TEST(a_configuration_at_the_bounds_is_taken),
		TEST(an_unlink_goes_where_its_address_is),
		TEST(an_address_may_be_the_last_port_s),
		TEST(a_back_with_a_fault_only_winds_down),
		TEST(a_queue_that_broke_a_rule_counts_as_a_fault),
		TEST(a_request_is_futile_if_there_is_no_device),
		TEST(an_answer_knows_its_direction),
		TEST(a_request_that_cannot_be_prepared_is_refused),
		OLD(an_old_front_may_queue_behind_a_failure),
		OLD(an_old_front_has_heard_when_it_wants_another_event),
		OLD(a_ring_that_lies_is_not_listened_to),
		OLD(an_old_front_may_unlink_at_another_endpoint),
		TEST(an_answer_that_has_no_room_is_the_peers_fault),
		TEST(a_front_that_counts_answers_too_early_is_found),
		TEST(slots_that_run_out_are_the_peers_fault),
		TEST(either_ring_keeps_a_back_awake),
		TEST(a_request_ring_that_lies_breaks_the_sleep),
		TEST(an_answer_says_all_it_is_told),
		TEST(every_part_makes_a_back_invalid),
		TEST(a_special_request_is_one_that_the_hc_has),
		TEST(queues_agree_with_their_port_in_a_valid_back),
		TEST(what_was_taken_can_be_admitted_in_a_valid_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
