/* SPDX-License-Identifier: MIT */
/* A front whose requests are good, but not in that order or number. */
#include "hostile.h"
#include "liar.h"

static struct liar *new_liar(void)
{
	return lying_front(device_serial(), false);
}

static uint32_t pipe_to(const struct liar *l, uint8_t ep, bool in)
{
	return pipe_of(1, l->dev->addr, ep, USBIF_XFER_BULK) |
	       (in ? USBIF_WIRE_PIPE_IN : 0);
}

/* A read that the silent endpoint never answers. */
static void request_read(struct liar *l, uint16_t id, uint16_t flags)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	bulk_entry(entry);
	set16(entry, USBIF_WIRE_REQ_ID, id);
	set16(entry, USBIF_WIRE_REQ_FLAGS, flags);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_to(l, 1, true));
	liar_request(l, entry);
}

static void request_unlink(struct liar *l, uint16_t id, uint16_t target)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	memset(entry, 0, sizeof(entry));
	set16(entry, USBIF_WIRE_REQ_ID, id);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_to(l, 1, true) |
	      USBIF_WIRE_PIPE_UNLINK);
	set_union(entry, USBIF_WIRE_U_UNLINK_ID, target);
	liar_request(l, entry);
}

static void expect_answer(struct liar *l, uint16_t id, int32_t status)
{
	struct usbif_msg_rsp rsp;

	assert_true(liar_take_answer(l, &rsp));
	assert_int_equal(rsp.id, id);
	assert_int_equal(rsp.status, status);
}

static void a_request_index_that_cannot_be_is_found(void **state)
{
	static const uint32_t ahead[] = { 17, 0x80000000, 0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ahead); i++) {
		struct liar *l = new_liar();

		liar_set_index(l, false, l->urb.req_seq + ahead[i]);
		victim_found(l, USBIF_FAULT_RING_INDEX);
	}
}

/* The back looks at that ring only when it has something to tell. */
static void an_event_request_index_that_cannot_be_is_found(void **state)
{
	/* All 512 are posted; one has been used, and posted again. */
	static const uint32_t index[] = { 514, 1000, 0x80000000, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(index); i++) {
		struct liar *l = new_liar();

		liar_set_index(l, true, index[i]);
		host_unplug(l->w, 1);
		victim_found(l, USBIF_FAULT_RING_INDEX);
	}
}

/* More requests than the ring has slots, as the last are unanswered. */
static void a_ring_that_is_overfilled_is_found(void **state)
{
	struct liar *l = new_liar();
	uint16_t i;

	(void)state;
	for (i = 0; i < 16; i++) {
		request_read(l, i, 0);
		victim_runs(l);
	}
	request_read(l, 16, 0);
	victim_found(l, USBIF_FAULT_RING_INDEX);
}

/* Rule B5: a restart while the HC still has requests of the queue. */
static void a_restart_that_is_too_early_is_found(void **state)
{
	struct liar *l = new_liar();

	(void)state;
	l->w->hc.config.cancel = HC_CANCEL_LATE;
	request_read(l, 1, 0);
	victim_runs(l);
	request_unlink(l, 2, 1);
	request_read(l, 3, USBIF_WIRE_FLAG_RESTART);
	victim_found(l, USBIF_FAULT_RESTART_BUSY);
}

static void unlinks_of_anything_are_answered(void **state)
{
	static const uint16_t targets[] = { 9, 2, 0xffff, 1 };
	struct liar *l = new_liar();
	size_t i;

	(void)state;
	request_read(l, 1, 0);
	for (i = 0; i < COUNT_OF(targets) - 1; i++) {
		request_unlink(l, 2 + i, targets[i]);
		victim_runs(l);
		expect_answer(l, 2 + i, USBIF_WIRE_ST_NOT_FOUND);
	}
	request_unlink(l, 7, 1);
	victim_runs(l);
	expect_answer(l, 7, USBIF_WIRE_ST_OK);
	expect_answer(l, 1, USBIF_WIRE_ST_CANCELLED);
	request_unlink(l, 8, 1);
	victim_runs(l);
	expect_answer(l, 8, USBIF_WIRE_ST_NOT_FOUND);
	victim_found_nothing(l);
}

/* Ids are the front's own business: two of the same harm only itself. */
static void an_id_that_is_used_twice_is_answered_twice(void **state)
{
	struct liar *l = new_liar();

	(void)state;
	request_read(l, 1, 0);
	request_read(l, 1, 0);
	victim_runs(l);
	request_unlink(l, 2, 1);
	victim_runs(l);
	expect_answer(l, 1, USBIF_WIRE_ST_NOT_EXECUTED);
	expect_answer(l, 2, USBIF_WIRE_ST_OK);
	expect_answer(l, 1, USBIF_WIRE_ST_CANCELLED);
	victim_found_nothing(l);
}

/* A request is what it was when it was taken. */
static void a_slot_that_is_rewritten_after_it_was_taken_says_nothing_new(
	void **state)
{
	struct liar *l = new_liar();
	uint8_t *ring = l->w->urb_mem.front;
	const struct usbif_msg_req *req;

	(void)state;
	request_read(l, 1, 0);
	while (l->w->host.phase != HOST_ADMIT || l->w->host.batched == 0)
		host_step(l->w);
	memset(ring + USBIF_WIRE_RING_HEADER_OCTETS, 0xff,
	       l->w->urb_mem.octets - USBIF_WIRE_RING_HEADER_OCTETS);
	req = usbif_back_req(&l->w->host.back, l->w->host.batch[0]);
	assert_int_equal(req->id, 1);
	assert_int_equal(req->length, 512);
	victim_runs(l);
	assert_int_equal(usbif_back_in_hc(&l->w->host.back, 1), 1);
	victim_found_nothing(l);
}

/* A flood at a stopped queue and at devices that are not there. */
static void a_flood_is_answered_and_no_more(void **state)
{
	struct liar *l = new_liar();
	struct usbif_msg_rsp rsp;
	uint32_t i, answers = 0;
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	bulk_entry(entry);
	for (i = 0; i < 2000; i++) {
		set16(entry, USBIF_WIRE_REQ_ID, i & 0xffff);
		set32(entry, USBIF_WIRE_REQ_PIPE,
		      pipe_of(1 + i % 2, i % 128, 1 + i % 15,
			      USBIF_XFER_BULK) | (i & 0x80));
		/* What is really there is left out: it takes pages. */
		if (i % 128 == 0 || i % 128 == l->dev->addr)
			continue;
		liar_request(l, entry);
		if (i % 16 == 15) {
			victim_runs(l);
			while (liar_take_answer(l, &rsp)) {
				assert_int_equal(rsp.status,
						 USBIF_WIRE_ST_NODEV);
				answers++;
			}
		}
	}
	assert_int_equal(answers, 2000 - 2 * 16);
	victim_found_nothing(l);
}

/* Events that nobody has asked for are kept, one of each kind. */
static void events_wait_for_requests(void **state)
{
	struct liar *l = new_liar();
	uint32_t i;

	(void)state;
	for (i = 0; i < 700; i++) {
		host_unplug(l->w, 1);
		victim_runs(l);
		assert_int_equal(host_plug(l->w, 1, l->w->device[0]), USBIF_OK);
		victim_runs(l);
	}
	assert_int_equal(l->w->host.back.conn_ring.req_seq, 513);
	assert_true(l->w->host.back.port[0].unplug_due ||
		    l->w->host.back.port[0].told_speed ==
		    USBIF_WIRE_SPEED_NONE);
	victim_found_nothing(l);
}

int order_lies(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_index_that_cannot_be_is_found),
		cmocka_unit_test(an_event_request_index_that_cannot_be_is_found),
		cmocka_unit_test(a_ring_that_is_overfilled_is_found),
		cmocka_unit_test(a_restart_that_is_too_early_is_found),
		cmocka_unit_test(unlinks_of_anything_are_answered),
		cmocka_unit_test(an_id_that_is_used_twice_is_answered_twice),
		cmocka_unit_test(a_slot_that_is_rewritten_after_it_was_taken_says_nothing_new),
		cmocka_unit_test(a_flood_is_answered_and_no_more),
		cmocka_unit_test(events_wait_for_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
