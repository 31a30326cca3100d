/* SPDX-License-Identifier: MIT */
/* What people see of queues: their names and numbers, state and lengths. */
#include "support/test.h"

#include "usbif/bq.h"
#include "usbif/fq.h"

#define PACKET	512u
#define OUT	usbif_queue_index(1, 1, false)
#define IN	usbif_queue_index(1, 1, true)

static struct usbif_fq fq;
static struct usbif_bq bq;

static void assert_look(const struct usbif_queue_look *look, int state,
			uint16_t waiting, uint16_t under_way)
{
	assert_string_equal(usbif_queue_state_name((int)look->state),
			    usbif_queue_state_name(state));
	assert_int_equal(look->waiting, waiting);
	assert_int_equal(look->under_way, under_way);
}

static void assert_back(int state, uint16_t waiting, uint16_t in_hc)
{
	struct usbif_queue_look look;

	usbif_bq_look(&bq, OUT, &look);
	assert_look(&look, state, waiting, in_hc);
}

static void assert_front(int state, uint16_t waiting, uint16_t unanswered)
{
	struct usbif_queue_look look;

	usbif_fq_look(&fq, IN, &look);
	assert_look(&look, state, waiting, unanswered);
}

static void a_queue_index_names_its_endpoint(void **state)
{
	uint16_t queue;

	(void)state;
	for (queue = 0; queue < USBIF_MAX_QUEUES; queue++) {
		uint8_t ep = usbif_queue_ep(queue);

		assert_true(ep <= USBIF_MAX_EPNUM);
		assert_int_equal(usbif_queue_index(usbif_queue_port(queue), ep,
						   usbif_queue_is_in(queue)),
				 queue);
	}
	assert_false(usbif_queue_is_in(usbif_queue_index(2, 0, true)));
}

static uint16_t admit(uint16_t flags)
{
	int slot = usbif_bq_stage(&bq);
	const struct usbif_bq_admit a = {
		.queue = OUT, .length = 100, .flags = flags,
	};

	assert_int_equal(usbif_bq_admit(&bq, (uint16_t)slot, &a), USBIF_OK);
	return (uint16_t)slot;
}

static void all_submitted(void)
{
	struct usbif_bq_duty d;

	while (usbif_bq_next(&bq, &d))
		;
}

static int back_set_up(void **state)
{
	static const struct usbif_bq_config config = {
		.slots = 16, .hc_depth = 2, .extended = true,
	};

	(void)state;
	assert_int_equal(usbif_bq_init(&bq, &config), USBIF_OK);
	usbif_bq_set_endpoint(&bq, OUT, USBIF_XFER_BULK, PACKET, 0);
	return 0;
}

static void a_back_stops_and_is_restarted(void **state)
{
	uint16_t first, second;

	(void)state;
	assert_back(USBIF_QUEUE_RUNNING, 0, 0);
	first = admit(0);
	second = admit(0);
	admit(0);
	assert_back(USBIF_QUEUE_RUNNING, 3, 0);
	all_submitted();
	assert_back(USBIF_QUEUE_RUNNING, 1, 2);
	usbif_bq_done(&bq, first, USBIF_WIRE_ST_STALL, 0);
	assert_back(USBIF_QUEUE_QUIESCING, 0, 1);
	usbif_bq_done(&bq, second, USBIF_WIRE_ST_CANCELLED, 0);
	assert_back(USBIF_QUEUE_STOPPED, 0, 0);
	admit(USBIF_WIRE_FLAG_RESTART);
	assert_back(USBIF_QUEUE_RUNNING, 1, 0);
}

static void a_back_holds_for_the_host(void **state)
{
	uint16_t slot = admit(0);

	(void)state;
	all_submitted();
	usbif_bq_hold(&bq, OUT);
	assert_back(USBIF_QUEUE_QUIESCING, 0, 1);
	usbif_bq_done(&bq, slot, USBIF_WIRE_ST_OK, 100);
	assert_back(USBIF_QUEUE_HELD, 0, 0);
	usbif_bq_release(&bq, OUT);
	/* It was not empty: the front is to resend. */
	assert_back(USBIF_QUEUE_STOPPED, 0, 0);
}

/* An old front is not told to resend, so what waits stays where it is. */
static void a_back_holds_an_old_front_s_queue(void **state)
{
	static const struct usbif_bq_config config = {
		.slots = 16, .hc_depth = 1,
	};
	uint16_t slot;

	(void)state;
	assert_int_equal(usbif_bq_init(&bq, &config), USBIF_OK);
	usbif_bq_set_endpoint(&bq, OUT, USBIF_XFER_BULK, PACKET, 0);
	slot = admit(0);
	admit(0);
	all_submitted();
	usbif_bq_hold(&bq, OUT);
	assert_back(USBIF_QUEUE_QUIESCING, 1, 1);
	usbif_bq_done(&bq, slot, USBIF_WIRE_ST_OK, 100);
	assert_back(USBIF_QUEUE_HELD, 1, 0);
	usbif_bq_release(&bq, OUT);
	assert_back(USBIF_QUEUE_RUNNING, 1, 0);
}

static uint16_t submit(void)
{
	const struct usbif_fq_submit s = {
		.queue = IN, .max_packet = PACKET, .length = 100, .in = true,
	};

	return (uint16_t)usbif_fq_submit(&fq, &s);
}

/* The id of the next request that goes out, or of the URB given back. */
static uint16_t next_duty(enum usbif_fq_duty_kind kind)
{
	struct usbif_fq_duty d;

	assert_true(usbif_fq_next(&fq, &d));
	assert_int_equal(d.kind, kind);
	return kind == USBIF_FQ_GIVEBACK ? d.urb : d.id;
}

static void answer(uint16_t id, int32_t status)
{
	struct usbif_fq_received got;

	assert_int_equal(usbif_fq_answer(&fq, id, status, 0, &got), USBIF_OK);
}

static int front_set_up(void **state)
{
	static const struct usbif_fq_config config = {
		.slots = 16, .depth = 2, .max_octets = 4096, .extended = true,
	};

	(void)state;
	assert_int_equal(usbif_fq_init(&fq, &config), USBIF_OK);
	return 0;
}

static void a_front_stops_holds_and_restarts(void **state)
{
	uint16_t first, second, urb;

	(void)state;
	assert_front(USBIF_QUEUE_RUNNING, 0, 0);
	submit();
	submit();
	submit();
	assert_front(USBIF_QUEUE_RUNNING, 3, 0);
	first = next_duty(USBIF_FQ_SEND);
	second = next_duty(USBIF_FQ_SEND);
	assert_front(USBIF_QUEUE_RUNNING, 1, 2);
	answer(first, USBIF_WIRE_ST_STALL);
	assert_front(USBIF_QUEUE_QUIESCING, 1, 1);
	answer(second, USBIF_WIRE_ST_NOT_EXECUTED);
	assert_front(USBIF_QUEUE_HELD, 2, 0);
	urb = next_duty(USBIF_FQ_GIVEBACK);
	assert_int_equal(usbif_fq_retired(&fq, urb), USBIF_OK);
	assert_front(USBIF_QUEUE_STOPPED, 2, 0);
	next_duty(USBIF_FQ_SEND);
	assert_front(USBIF_QUEUE_RUNNING, 1, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_queue_index_names_its_endpoint),
		cmocka_unit_test_setup(a_back_stops_and_is_restarted,
				       back_set_up),
		cmocka_unit_test_setup(a_back_holds_for_the_host, back_set_up),
		cmocka_unit_test(a_back_holds_an_old_front_s_queue),
		cmocka_unit_test_setup(a_front_stops_holds_and_restarts,
				       front_set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
