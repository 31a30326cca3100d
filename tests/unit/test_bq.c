/* SPDX-License-Identifier: MIT */
/*
 * A back's endpoint queues between the ring and the host controller.  What can
 * happen there is tests/explore's; here are the rules, one by one.
 */
#include "support/test.h"

#include <stdio.h>

#include "usbif/bq.h"
#include "usbif/fq.h"

#define PACKET	512u
#define SNOK	USBIF_WIRE_FLAG_SHORT_NOT_OK
#define RESTART	USBIF_WIRE_FLAG_RESTART

static struct usbif_bq bq;
static char trace[1024];

#define CTRL	usbif_queue_index(1, 0, false)
#define OUT	usbif_queue_index(1, 1, false)
#define IN	usbif_queue_index(1, 1, true)
#define INT	usbif_queue_index(1, 2, true)
#define ISO	usbif_queue_index(1, 3, true)
#define LATER	usbif_queue_index(1, 4, true)
#define OTHER	usbif_queue_index(2, 1, true)

static const struct usbif_bq_config strict = {
	.slots = 16, .hc_depth = 1, .extended = true,
};
static const struct usbif_bq_config pipelined = {
	.slots = 16, .hc_depth = 3, .extended = true,
};
static const struct usbif_bq_config old = { .slots = 16, .hc_depth = 3 };

static void begin(const struct usbif_bq_config *config)
{
	assert_int_equal(usbif_bq_init(&bq, config), USBIF_OK);
	usbif_bq_set_endpoint(&bq, CTRL, USBIF_XFER_CTRL, 64, 0);
	usbif_bq_set_endpoint(&bq, OUT, USBIF_XFER_BULK, PACKET, 0);
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_BULK, PACKET, 0);
	usbif_bq_set_endpoint(&bq, INT, USBIF_XFER_INT, PACKET, 0);
	usbif_bq_set_endpoint(&bq, ISO, USBIF_XFER_ISO, PACKET, 0);
	usbif_bq_set_endpoint(&bq, OTHER, USBIF_XFER_BULK, PACKET, 0);
	assert_true(usbif_bq_valid(&bq));
}

static void append(const char *what, unsigned int id)
{
	size_t n = strlen(trace);

	assert_true(n + 40 < sizeof(trace));
	snprintf(trace + n, sizeof(trace) - n, "%s%s(%u)", n ? " " : "", what,
		 id);
}

/* What the HC is told now, by the requests' ids. */
static const char *duties(void)
{
	struct usbif_bq_duty d;

	trace[0] = '\0';
	while (usbif_bq_next(&bq, &d))
		append(d.kind == USBIF_BQ_SUBMIT ? "submit" : "cancel",
		       bq.req[d.slot].id);
	assert_true(usbif_bq_valid(&bq));
	return trace;
}

/* The answers that there are now: "id:status,length". */
static const char *answers(void)
{
	struct usbif_bq_answer a;

	trace[0] = '\0';
	while (usbif_bq_next_answer(&bq, &a)) {
		size_t n = strlen(trace);

		assert_true(n + 40 < sizeof(trace));
		snprintf(trace + n, sizeof(trace) - n, "%s%u:%d,%u",
			 n ? " " : "", a.id, (int)a.status,
			 (unsigned int)a.actual);
		usbif_bq_answered(&bq, a.slot);
	}
	assert_true(usbif_bq_valid(&bq));
	return trace;
}

static int admit_or_refuse(uint16_t queue, uint16_t id, uint32_t length,
			   uint16_t flags, int32_t refuse)
{
	int slot = usbif_bq_stage(&bq);
	struct usbif_bq_admit a = {
		.id = id, .queue = queue, .flags = flags,
		.in = queue != OUT && queue != CTRL, .iso = queue == ISO,
		.length = length,
		.refuse = refuse,
	};

	assert_true(slot >= 0);
	return usbif_bq_admit(&bq, (uint16_t)slot, &a);
}

static int admit(uint16_t queue, uint16_t id, uint32_t length, uint16_t flags)
{
	return admit_or_refuse(queue, id, length, flags, USBIF_WIRE_ST_OK);
}

static uint16_t slot_of(uint16_t id)
{
	uint16_t slot = 0;

	while (bq.req[slot].state == USBIF_BQ_FREE || bq.req[slot].id != id)
		slot++;
	return slot;
}

static void done(uint16_t id, int32_t status, uint32_t actual)
{
	assert_int_equal(usbif_bq_done(&bq, slot_of(id), status, actual),
			 USBIF_OK);
}

static void one_request_at_a_time_where_the_hc_goes_on(void **state)
{
	(void)state;
	begin(&strict);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 100, 0);
	admit(OTHER, 3, 100, 0);
	assert_string_equal(duties(), "submit(1) submit(3)");
	done(1, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(duties(), "submit(2)");
	assert_string_equal(answers(), "1:0,100");
}

static void several_where_it_stops_but_not_behind_a_barrier(void **state)
{
	(void)state;
	begin(&pipelined);
	admit(IN, 1, 100, 0);
	admit(IN, 2, 100, 0);
	admit(IN, 3, 100, SNOK);
	admit(IN, 4, 100, 0);
	assert_string_equal(duties(), "submit(1) submit(2) submit(3)");
	done(1, USBIF_WIRE_ST_OK, 100);
	done(2, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(duties(), "");
	done(3, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(duties(), "submit(4)");
}

static void each_port_goes_by_its_own_host_controller(void **state)
{
	(void)state;
	begin(&strict);
	usbif_bq_set_depth(&bq, 2, 2);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 100, 0);
	admit(OTHER, 3, 100, 0);
	admit(OTHER, 4, 100, 0);
	admit(OTHER, 5, 100, 0);
	assert_string_equal(duties(), "submit(1) submit(3) submit(4)");
	done(3, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(duties(), "submit(5)");
	done(4, USBIF_WIRE_ST_OK, 100);
	done(5, USBIF_WIRE_ST_OK, 100);
	answers();
	/* The next device there may be on another one. */
	usbif_bq_fresh(&bq, 2);
	usbif_bq_set_endpoint(&bq, OTHER, USBIF_XFER_BULK, PACKET, 0);
	admit(OTHER, 6, 100, 0);
	admit(OTHER, 7, 100, 0);
	assert_string_equal(duties(), "submit(6)");
}

static void what_cannot_be_resumed_is_alone_in_the_hc(void **state)
{
	(void)state;
	begin(&pipelined);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 0, 0);
	admit(OUT, 3, 100, 0);
	admit(CTRL, 4, 8, 0);
	admit(CTRL, 5, 8, 0);
	assert_string_equal(duties(), "submit(1) submit(4)");
	done(1, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(duties(), "submit(2)");
	done(2, USBIF_WIRE_ST_OK, 0);
	assert_string_equal(duties(), "submit(3)");
}

static void a_failure_returns_what_is_behind_it(void **state)
{
	(void)state;
	begin(&pipelined);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 100, 0);
	admit(OUT, 3, 100, 0);
	admit(OUT, 4, 100, 0);
	duties();
	done(1, USBIF_WIRE_ST_STALL, 64);
	assert_string_equal(answers(), "1:-32,64 4:-11,0");
	/* From the tail, one by one. */
	assert_string_equal(duties(), "cancel(3)");
	done(3, USBIF_WIRE_ST_CANCELLED, 0);
	assert_string_equal(duties(), "cancel(2)");
	done(2, USBIF_WIRE_ST_CANCELLED, 0);
	assert_string_equal(duties(), "");
	assert_string_equal(answers(), "3:-11,0 2:-11,0");
}

static void a_stopped_queue_waits_for_a_restart(void **state)
{
	(void)state;
	begin(&strict);
	admit(OUT, 1, 100, 0);
	duties();
	done(1, USBIF_WIRE_ST_STALL, 0);
	admit(OUT, 2, 100, 0);
	admit_or_refuse(OUT, 3, 100, 0, USBIF_WIRE_ST_INVAL);
	assert_string_equal(duties(), "");
	assert_string_equal(answers(), "1:-32,0 2:-11,0 3:-11,0");
	admit(OUT, 4, 100, RESTART);
	admit(OUT, 5, 100, 0);
	assert_string_equal(duties(), "submit(4)");
	/* On a running queue the flag says nothing. */
	assert_int_equal(admit(OUT, 6, 100, RESTART), USBIF_OK);
}

static void a_restart_that_comes_too_early_is_a_fault(void **state)
{
	(void)state;
	begin(&pipelined);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 100, 0);
	duties();
	done(1, USBIF_WIRE_ST_STALL, 0);
	assert_int_equal(admit(OUT, 3, 100, RESTART), USBIF_E_PEER);
	assert_int_equal(bq.fault, USBIF_FAULT_RESTART_BUSY);
	assert_int_equal(admit(IN, 4, 100, 0), USBIF_E_PEER);
	assert_string_equal(answers(), "1:-32,0 3:-108,0 4:-108,0");
	assert_string_equal(duties(), "cancel(2)");
	done(2, USBIF_WIRE_ST_CANCELLED, 0);
	answers();
	assert_true(usbif_bq_is_idle(&bq));
}

static void a_refused_request_stops_its_queue(void **state)
{
	(void)state;
	begin(&strict);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 100, 0);
	duties();
	admit_or_refuse(OUT, 3, 100, 0, USBIF_WIRE_ST_INVAL);
	/* What waits is returned; what the HC has goes on. */
	assert_string_equal(answers(), "3:-22,0 2:-11,0");
	assert_string_equal(duties(), "");
	done(1, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(answers(), "1:0,100");
	admit_or_refuse(OUT, 4, 100, RESTART, USBIF_WIRE_ST_INVAL);
	admit(OUT, 5, 100, 0);
	assert_string_equal(answers(), "4:-22,0 5:-11,0");
}

/* The guest's driver was faster than its own SET_INTERFACE. */
static void an_endpoint_that_is_not_there_yet_stops_too(void **state)
{
	(void)state;
	begin(&strict);
	admit_or_refuse(LATER, 1, 100, 0, USBIF_WIRE_ST_INVAL);
	usbif_bq_set_endpoint(&bq, LATER, USBIF_XFER_BULK, PACKET, 0);
	admit(LATER, 2, 100, 0);
	assert_string_equal(answers(), "1:-22,0 2:-11,0");
	admit(LATER, 3, 100, RESTART);
	assert_string_equal(duties(), "submit(3)");
}

static void what_is_isochronous_is_refused_without_a_stop(void **state)
{
	(void)state;
	begin(&strict);
	admit_or_refuse(ISO, 1, 100, 0, USBIF_WIRE_ST_INVAL);
	admit(ISO, 2, 100, 0);
	assert_string_equal(duties(), "submit(2)");
	assert_string_equal(answers(), "1:-22,0");
}

static void an_unlink_stops_and_cancels_from_the_tail(void **state)
{
	(void)state;
	begin(&pipelined);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 1024, 0);
	admit(OUT, 3, 100, 0);
	admit(OUT, 4, 100, 0);
	duties();
	assert_true(usbif_bq_unlink(&bq, OUT, 2));
	assert_string_equal(answers(), "4:-11,0");
	assert_string_equal(duties(), "cancel(3)");
	done(3, USBIF_WIRE_ST_CANCELLED, 0);
	assert_string_equal(duties(), "cancel(2)");
	done(1, USBIF_WIRE_ST_OK, 100);
	done(2, USBIF_WIRE_ST_CANCELLED, 512);
	assert_string_equal(answers(), "3:-11,0 1:0,100 2:-104,512");
	assert_false(usbif_bq_unlink(&bq, OUT, 2));
	assert_int_equal(admit(OUT, 5, 100, RESTART), USBIF_OK);
	assert_string_equal(duties(), "submit(5)");
}

static void an_unlink_of_what_waits_leaves_the_hc_alone(void **state)
{
	uint16_t target = (uint16_t)(*state == NULL ? 3 : 2);

	begin(&strict);
	admit(OUT, 1, 100, 0);
	admit(OUT, 2, 100, 0);
	admit(OUT, 3, 100, 0);
	admit(OUT, 4, 100, 0);
	duties();
	assert_true(usbif_bq_unlink(&bq, OUT, target));
	assert_string_equal(answers(), target == 3 ?
					       "3:-104,0 2:-11,0 4:-11,0" :
					       "2:-104,0 3:-11,0 4:-11,0");
	assert_string_equal(duties(), "");
}

static void an_unlink_touches_nobody_else(void **state)
{
	(void)state;
	begin(&strict);
	admit(OUT, 1, 100, 0);
	admit(IN, 2, 100, 0);
	duties();
	assert_false(usbif_bq_unlink(&bq, IN, 1));
	assert_false(usbif_bq_unlink(&bq, OUT, 7));
	assert_false(usbif_bq_unlink(&bq, USBIF_NONE, 1));
	assert_string_equal(duties(), "");
	assert_string_equal(answers(), "");
}

struct cancelled {
	uint16_t queue;
	bool snok;
	bool by_unlink;
	uint32_t length;
	int32_t shown;
	uint32_t actual;
	const char *answer;
};

/* Rule B3: the length says what a cancelled request did. */
static const struct cancelled cancelled[] = {
	{ 1, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 0, "1:-11,0" },
	{ 1, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 512, "1:-11,512" },
	{ 1, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 1024, "1:0,1024" },
	{ 1, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 9999, "1:0,1024" },
	{ 1, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 100, "1:-71,100" },
	{ 1, false, false, 1024, USBIF_WIRE_ST_STALL, 512, "1:-32,512" },
	{ 1, false, false, 1024, USBIF_WIRE_ST_OK, 1024, "1:0,1024" },
	{ 1, false, false, 0, USBIF_WIRE_ST_CANCELLED, 0, "1:-71,0" },
	{ 1, false, true, 1024, USBIF_WIRE_ST_CANCELLED, 0, "1:-104,0" },
	{ 1, false, true, 1024, USBIF_WIRE_ST_CANCELLED, 512, "1:-104,512" },
	{ 1, false, true, 1024, USBIF_WIRE_ST_CANCELLED, 1024, "1:0,1024" },
	{ 1, false, true, 0, USBIF_WIRE_ST_CANCELLED, 0, "1:-104,0" },
	{ 2, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 100, "1:0,100" },
	{ 2, true, false, 1024, USBIF_WIRE_ST_CANCELLED, 100, "1:-121,100" },
	{ 2, false, true, 1024, USBIF_WIRE_ST_CANCELLED, 700, "1:0,700" },
	{ 2, true, false, 1024, USBIF_WIRE_ST_OK, 100, "1:-121,100" },
	{ 3, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 512, "1:-11,512" },
	{ 0, false, true, 1024, USBIF_WIRE_ST_CANCELLED, 1024,
	  "1:-104,1024" },
	{ 0, false, false, 1024, USBIF_WIRE_ST_CANCELLED, 0, "1:-71,0" },
};

static void the_length_tells_what_a_cancelled_request_did(void **state)
{
	const uint16_t queues[] = { CTRL, OUT, IN, INT };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cancelled); i++) {
		const struct cancelled *c = &cancelled[i];
		uint16_t queue = queues[c->queue];

		begin(&strict);
		admit(queue, 1, c->length, c->snok ? SNOK : 0);
		duties();
		if (c->by_unlink)
			usbif_bq_unlink(&bq, queue, 1);
		else
			usbif_bq_hold(&bq, queue);
		assert_string_equal(duties(), "cancel(1)");
		done(1, c->shown, c->actual);
		assert_string_equal(answers(), c->answer);
	}
}

static void a_cancel_that_nobody_asked_for_is_an_error(void **state)
{
	(void)state;
	begin(&strict);
	admit(OUT, 1, 1024, 0);
	duties();
	done(1, USBIF_WIRE_ST_CANCELLED, 512);
	assert_string_equal(answers(), "1:-71,512");
}

static void isochronous_queues_never_stop(void **state)
{
	begin(*state == NULL ? &strict : &old);
	admit(ISO, 1, 100, SNOK);
	admit(ISO, 2, 100, SNOK);
	admit(ISO, 3, 100, 0);
	assert_string_equal(duties(), "submit(1) submit(2) submit(3)");
	done(1, USBIF_WIRE_ST_IOERROR, 0);
	assert_true(usbif_bq_unlink(&bq, ISO, 2));
	assert_string_equal(duties(), "cancel(2)");
	done(2, USBIF_WIRE_ST_OK, 40);
	admit(ISO, 4, 100, 0);
	assert_string_equal(duties(), "submit(4)");
	assert_string_equal(answers(), "1:-71,0 2:0,40");
}

static void an_old_front_hears_of_a_failure_first(void **state)
{
	(void)state;
	begin(&old);
	admit(IN, 1, 1024, SNOK);
	admit(IN, 2, 1024, 0);
	admit(IN, 3, 1024, 0);
	assert_string_equal(duties(), "submit(1)");
	done(1, USBIF_WIRE_ST_OK, 10);
	admit(IN, 4, 1024, 0);
	/* It goes on by itself, but not before the front has heard of it. */
	assert_string_equal(duties(), "");
	assert_string_equal(answers(), "1:0,10");
	assert_string_equal(duties(), "");
	usbif_bq_heard(&bq);
	assert_string_equal(duties(), "submit(2) submit(3) submit(4)");
	admit(IN, 5, 1024, 0);
	assert_string_equal(duties(), "");
	/* Its unlinks name any queue of the device, and only the target goes. */
	assert_false(usbif_bq_unlink(&bq, OTHER, 3));
	assert_true(usbif_bq_unlink(&bq, CTRL, 3));
	assert_true(usbif_bq_unlink(&bq, IN, 5));
	assert_string_equal(answers(), "5:-71,0");
	assert_string_equal(duties(), "cancel(3)");
	done(2, USBIF_WIRE_ST_STALL, 0);
	done(3, USBIF_WIRE_ST_CANCELLED, 512);
	assert_string_equal(answers(), "2:-32,0 3:-71,512");
}

/*
 * What the completion routine of a short read unlinks has not moved: the
 * unlinks were put on the ring before the front asked for another event.
 */
static void an_old_front_s_driver_unlinks_what_is_behind_a_failure(void **state)
{
	(void)state;
	begin(&old);
	admit(IN, 1, 1024, SNOK);
	admit(IN, 2, 1024, SNOK);
	admit(IN, 3, 1024, SNOK);
	admit(IN, 4, 1024, 0);
	assert_string_equal(duties(), "submit(1)");
	done(1, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(answers(), "1:0,100");
	assert_true(usbif_bq_unlink(&bq, IN, 2));
	/* That is one more to hear of. */
	usbif_bq_heard(&bq);
	assert_string_equal(duties(), "");
	assert_true(usbif_bq_unlink(&bq, IN, 3));
	assert_string_equal(answers(), "2:-71,0 3:-71,0");
	assert_string_equal(duties(), "");
	usbif_bq_heard(&bq);
	assert_string_equal(duties(), "submit(4)");
	/* Another endpoint has nothing to wait for. */
	admit(OTHER, 5, 1024, 0);
	done(4, USBIF_WIRE_ST_STALL, 0);
	assert_string_equal(answers(), "4:-32,0");
	admit(IN, 6, 1024, 0);
	assert_string_equal(duties(), "submit(5)");
	usbif_bq_heard(&bq);
	assert_string_equal(duties(), "submit(6)");
}

static void nothing_follows_what_is_being_cancelled(void **state)
{
	(void)state;
	begin(&old);
	admit(IN, 1, 1024, 0);
	assert_string_equal(duties(), "submit(1)");
	assert_true(usbif_bq_unlink(&bq, IN, 1));
	admit(IN, 2, 1024, 0);
	assert_string_equal(duties(), "cancel(1)");
	done(1, USBIF_WIRE_ST_OK, 1000);
	assert_string_equal(duties(), "submit(2)");
}

#define STORY(name)	cmocka_unit_test(name)
#define VARIANT(name)							\
	{ #name " (variant)", name, NULL, NULL, (void *)&old }

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(one_request_at_a_time_where_the_hc_goes_on),
		STORY(several_where_it_stops_but_not_behind_a_barrier),
		STORY(each_port_goes_by_its_own_host_controller),
		STORY(what_cannot_be_resumed_is_alone_in_the_hc),
		STORY(a_failure_returns_what_is_behind_it),
		STORY(a_stopped_queue_waits_for_a_restart),
		STORY(a_restart_that_comes_too_early_is_a_fault),
		STORY(a_refused_request_stops_its_queue),
		STORY(an_endpoint_that_is_not_there_yet_stops_too),
		STORY(what_is_isochronous_is_refused_without_a_stop),
		STORY(an_unlink_stops_and_cancels_from_the_tail),
		STORY(an_unlink_of_what_waits_leaves_the_hc_alone),
		VARIANT(an_unlink_of_what_waits_leaves_the_hc_alone),
		STORY(an_unlink_touches_nobody_else),
		STORY(the_length_tells_what_a_cancelled_request_did),
		STORY(a_cancel_that_nobody_asked_for_is_an_error),
		STORY(isochronous_queues_never_stop),
		VARIANT(isochronous_queues_never_stop),
		STORY(an_old_front_hears_of_a_failure_first),
		STORY(an_old_front_s_driver_unlinks_what_is_behind_a_failure),
		STORY(nothing_follows_what_is_being_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
