/* SPDX-License-Identifier: MIT */
/* A back that lies about URBs, and the front that it lies to. */
#include "hostile.h"
#include "liar.h"

/* A read of the guest that has reached the liar as one request. */
static struct urb *read_of(struct liar *l, uint32_t octets,
			   struct usbif_msg_req *req)
{
	struct urb *urb = bulk_in(l->w, l->dev, 1, octets);

	assert_int_equal(guest_submit(l->w, urb), USBIF_OK);
	assert_true(liar_take(l, req));
	return urb;
}

static struct liar *new_liar(void)
{
	return lying_back(device_source_sink(), false);
}

static void an_answer_to_nothing_is_found(void **state)
{
	static const uint16_t ids[] = { 0, 5, 15, 16, 255, 256, 0xffff };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ids); i++) {
		struct liar *l = new_liar();
		struct usbif_msg_req req;

		read_of(l, 512, &req);
		liar_answer(l, req.id == ids[i] ? 9 : ids[i],
			    USBIF_WIRE_ST_OK, 0);
		victim_found(l, USBIF_FAULT_RSP_ID);
	}
}

static void an_answer_that_comes_twice_is_found(void **state)
{
	struct liar *l = new_liar();
	struct usbif_msg_req first, second;

	(void)state;
	read_of(l, 512, &first);
	read_of(l, 512, &second);
	liar_answer(l, first.id, USBIF_WIRE_ST_OK, 512);
	liar_answer(l, first.id, USBIF_WIRE_ST_OK, 512);
	victim_found(l, USBIF_FAULT_RSP_ID);
}

static void an_unlink_that_is_answered_twice_is_found(void **state)
{
	struct liar *l = new_liar();
	struct usbif_msg_req req, unlink;
	struct urb *urb = read_of(l, 512, &req);

	(void)state;
	read_of(l, 512, &unlink);
	guest_unlink(l->w, urb);
	assert_true(liar_take(l, &unlink));
	assert_true(unlink.unlink && unlink.unlink_id == req.id);
	liar_answer(l, unlink.id, USBIF_WIRE_ST_OK, 0);
	liar_answer(l, unlink.id, USBIF_WIRE_ST_OK, 0);
	victim_found(l, USBIF_FAULT_RSP_ID);
}

static void more_octets_than_asked_for_are_found(void **state)
{
	static const uint32_t actual[] = { 513, 4097, 65536, 0x7fffffff };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(actual); i++) {
		struct liar *l = new_liar();
		struct usbif_msg_req req;

		read_of(l, 512, &req);
		liar_answer(l, req.id, USBIF_WIRE_ST_OK, actual[i]);
		victim_found(l, USBIF_FAULT_RSP_LENGTH);
	}
}

static void a_negative_length_is_found(void **state)
{
	static const uint32_t actual[] = { 0x80000000, 0xffffffff };
	size_t i, old;

	(void)state;
	for (i = 0; i < COUNT_OF(actual); i++)
		for (old = 0; old < 2; old++) {
			struct liar *l = lying_back(device_source_sink(), old);
			struct usbif_msg_req req;

			read_of(l, 512, &req);
			liar_answer(l, req.id, USBIF_WIRE_ST_OK, actual[i]);
			victim_found(l, USBIF_FAULT_RSP_LENGTH);
		}
}

static void a_status_that_is_none_is_found(void **state)
{
	static const int32_t status[] = {
		1, -1, -3, -12, -120, 0x7fffffff, -0x7fffffff - 1,
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(status); i++) {
		struct liar *l = new_liar();
		struct usbif_msg_req req;

		read_of(l, 512, &req);
		liar_answer(l, req.id, status[i], 0);
		victim_found(l, USBIF_FAULT_RSP_STATUS);
	}
}

/* Today's backends answer with any errno there is. */
static void any_status_of_an_old_back_is_an_error(void **state)
{
	static const int32_t status[] = { 1, -11, -104, -121, -2, -500 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(status); i++) {
		struct liar *l = lying_back(device_source_sink(), true);
		struct usbif_msg_req req;
		struct urb *urb = read_of(l, 512, &req);

		liar_answer(l, req.id, status[i], 100);
		victim_runs(l);
		assert_false(urb->pending);
		assert_int_equal(urb->status, USBIF_WIRE_ST_IOERROR);
		assert_int_equal(urb->actual, 100);
		victim_found_nothing(l);
	}
}

static void isochronous_transfers_are_never_returned(void **state)
{
	struct liar *l = lying_back(device_audio(), false);
	struct urb *urb = urb_new(l->w, l->dev, 1, true, USBIF_XFER_ISO, 800);
	struct usbif_msg_req req;

	(void)state;
	urb_set_packets(urb, 4);
	assert_int_equal(guest_submit(l->w, urb), USBIF_OK);
	assert_true(liar_take(l, &req));
	liar_answer(l, req.id, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	victim_found(l, USBIF_FAULT_RSP_STATUS);
}

static void a_return_that_cannot_be_resumed_is_found(void **state)
{
	static const uint32_t actual[] = { 1, 511, 513, 1024 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(actual); i++) {
		struct liar *l = new_liar();
		struct usbif_msg_req req;

		read_of(l, 1024, &req);
		liar_answer(l, req.id, USBIF_WIRE_ST_NOT_EXECUTED, actual[i]);
		victim_found(l, USBIF_FAULT_RSP_PARTIAL);
	}
}

static void half_a_control_transfer_is_found(void **state)
{
	struct liar *l = new_liar();
	struct urb *urb = control_urb(l->w, l->dev, 0xc0, DEVICE_REQ_READ, 0, 0,
				      256, NULL);
	struct usbif_msg_req req;

	(void)state;
	assert_int_equal(guest_submit(l->w, urb), USBIF_OK);
	assert_true(liar_take(l, &req));
	liar_answer(l, req.id, USBIF_WIRE_ST_NOT_EXECUTED, 64);
	victim_found(l, USBIF_FAULT_RSP_PARTIAL);
}

static void octets_behind_a_hole_are_found(void **state)
{
	struct liar *l = new_liar();
	struct usbif_msg_req first, second;

	(void)state;
	read_of(l, 200000, &first);
	assert_true(liar_take(l, &second));
	liar_answer(l, second.id, USBIF_WIRE_ST_OK, second.length);
	victim_found(l, USBIF_FAULT_RSP_ORDER);
}

static void an_answer_index_that_cannot_be_is_found(void **state)
{
	static const uint32_t ahead[] = { 2, 16, 17, 0x80000000, 0xffffffff };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ahead); i++) {
		struct liar *l = new_liar();
		struct usbif_msg_req req;

		read_of(l, 512, &req);
		liar_set_index(l, false, l->urb.rsp_seq + ahead[i]);
		victim_found(l, USBIF_FAULT_RING_INDEX);
	}
}

static void silence_after_an_unlink_is_found(void **state)
{
	struct liar *l = new_liar();
	struct usbif_msg_req req;
	struct urb *urb = read_of(l, 512, &req);
	uint32_t i;

	(void)state;
	guest_unlink(l->w, urb);
	for (i = 0; i < USBIF_FQ_UNLINK_BOUND_S + 1; i++)
		world_pass_s(l->w, 1);
	victim_found(l, USBIF_FAULT_RSP_OVERDUE);
}

/* The unlink is answered, and its target never. */
static void a_target_that_never_comes_back_is_found(void **state)
{
	struct liar *l = new_liar();
	struct usbif_msg_req req, unlink;
	struct urb *urb = read_of(l, 512, &req);

	(void)state;
	guest_unlink(l->w, urb);
	assert_true(liar_take(l, &unlink));
	liar_answer(l, unlink.id, USBIF_WIRE_ST_OK, 0);
	world_pass_s(l->w, USBIF_FQ_UNLINK_BOUND_S + 1);
	victim_found(l, USBIF_FAULT_RSP_OVERDUE);
}

/* Data of answers is what the pages say, but never more than that. */
static void a_write_that_claims_less_is_a_short_write(void **state)
{
	struct liar *l = new_liar();
	struct urb *urb = bulk_out(l->w, l->dev, 2, 2048);
	struct usbif_msg_req req;

	(void)state;
	assert_int_equal(guest_submit(l->w, urb), USBIF_OK);
	assert_true(liar_take(l, &req));
	liar_answer(l, req.id, USBIF_WIRE_ST_OK, 1);
	victim_runs(l);
	assert_false(urb->pending);
	assert_int_equal(urb->actual, 1);
	victim_found_nothing(l);
}

/* Descriptors that the back rewrote cannot lead out of the buffer. */
static void rewritten_frame_descriptors_lead_nowhere(void **state)
{
	struct liar *l = lying_back(device_audio(), false);
	struct urb *urb = urb_new(l->w, l->dev, 1, true, USBIF_XFER_ISO, 800);
	struct usbif_msg_req req;
	uint8_t evil[4 * USBIF_WIRE_ISO_DESC_OCTETS];

	(void)state;
	urb_set_packets(urb, 4);
	assert_int_equal(guest_submit(l->w, urb), USBIF_OK);
	assert_true(liar_take(l, &req));
	memset(evil, 0xff, sizeof(evil));
	assert_true(grants_copy_to(&l->w->grants, req.seg[req.nr_segs].gref, 0,
				   evil, sizeof(evil)));
	liar_answer(l, req.id, USBIF_WIRE_ST_OK, 800);
	victim_runs(l);
	assert_false(urb->pending);
	assert_int_equal(urb->iso[3].offset, 600);
	assert_int_equal(urb->iso[3].actual, 200);
	assert_int_equal(urb->errors, 4);
	victim_found_nothing(l);
}

int answers_lie(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_to_nothing_is_found),
		cmocka_unit_test(an_answer_that_comes_twice_is_found),
		cmocka_unit_test(an_unlink_that_is_answered_twice_is_found),
		cmocka_unit_test(more_octets_than_asked_for_are_found),
		cmocka_unit_test(a_negative_length_is_found),
		cmocka_unit_test(a_status_that_is_none_is_found),
		cmocka_unit_test(any_status_of_an_old_back_is_an_error),
		cmocka_unit_test(isochronous_transfers_are_never_returned),
		cmocka_unit_test(a_return_that_cannot_be_resumed_is_found),
		cmocka_unit_test(half_a_control_transfer_is_found),
		cmocka_unit_test(octets_behind_a_hole_are_found),
		cmocka_unit_test(an_answer_index_that_cannot_be_is_found),
		cmocka_unit_test(silence_after_an_unlink_is_found),
		cmocka_unit_test(a_target_that_never_comes_back_is_found),
		cmocka_unit_test(a_write_that_claims_less_is_a_short_write),
		cmocka_unit_test(rewritten_frame_descriptors_lead_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
