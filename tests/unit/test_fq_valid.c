/* SPDX-License-Identifier: MIT */
/* A front's endpoint queues: damage of any kind shows. */
#include "support/test.h"

#include "usbif/fq.h"

#define PACKET	512u

static struct usbif_fq fq;

#define CTRL	usbif_queue_index(1, 0, false)
#define OUT	usbif_queue_index(1, 1, false)
#define IN	usbif_queue_index(1, 1, true)

static void begin(void)
{
	static const struct usbif_fq_config config = {
		.slots = 32, .depth = 8, .max_octets = 1024, .extended = true,
	};

	assert_int_equal(usbif_fq_init(&fq, &config), USBIF_OK);
}

static void submit(uint16_t queue, uint32_t length)
{
	struct usbif_fq_submit s = {
		.queue = queue, .max_packet = PACKET, .length = length,
		.in = queue == IN,
	};

	assert_true(usbif_fq_submit(&fq, &s) >= 0);
}

static void answer(uint16_t id, int32_t status, uint32_t actual)
{
	struct usbif_fq_received got;

	assert_int_equal(usbif_fq_answer(&fq, id, status, actual, &got),
			 USBIF_OK);
}

static void drain(void)
{
	struct usbif_fq_duty d;

	while (usbif_fq_next(&fq, &d)) {
	}
	assert_true(usbif_fq_valid(&fq));
}

/* Ids 0 and 1 are URB 0's; URB 1 has failed and blocks; URB 2 waits. */
static void make_busy(void)
{
	begin();
	submit(OUT, 2048);
	drain();
	submit(IN, 100);
	drain();
	answer(2, USBIF_WIRE_ST_STALL, 0);
	drain();
	submit(IN, 100);
	drain();
}

#define assert_damage(statement)					\
	do {								\
		make_busy();						\
		statement;						\
		assert_false(usbif_fq_valid(&fq));			\
	} while (0)

static void damage_shows(void **state)
{
	(void)state;
	assert_damage(fq.ids.in_flight++);
	assert_damage(fq.ids.in_flight--);
	assert_damage(fq.others++);
	assert_damage(fq.queue[OUT].unanswered--);
	assert_damage(fq.queue[OUT].tail = 1);
	assert_damage(fq.queue[IN].blockers++);
	assert_damage(fq.queue[IN].unsent = USBIF_NONE);
	assert_damage(fq.queue[OUT].unsent = 0);
	assert_damage(fq.queue[OUT].holders++);
	assert_damage(fq.room++);
	assert_damage(fq.urb[0].done = 2049);
	assert_damage(fq.urb[0].done = 1);
	assert_damage(fq.urb[0].length = 2047);
	assert_damage(fq.urb[0].sent = 2047);
	assert_damage(fq.urb[0].sent = 2049);
	assert_damage(fq.urb[0].queue = IN);
	assert_damage(fq.urb[0].state = USBIF_FQ_ENDED);
	assert_damage(fq.urb[0].state = USBIF_FQ_FREE);
	assert_damage(fq.urb[0].state = USBIF_FQ_HELD);
	assert_damage(fq.urb[0].first_req = USBIF_NONE);
	assert_damage(fq.urb[0].first_req = 5);
	assert_damage(fq.urb[1].state = USBIF_FQ_FREE);
	assert_damage(fq.urb[1].flags = 0);
	assert_damage(fq.urb[2].next = 2);
	assert_damage(fq.urb[7].state = USBIF_FQ_DONE);
	assert_damage(fq.used[0] = 1);
	assert_damage(fq.used[0] |= 1u << 31);
	assert_damage(fq.queue[IN].head = fq.queue[IN].tail = USBIF_NONE);
	assert_damage(fq.queue[IN].head = fq.queue[IN].tail =
		      fq.queue[IN].unsent = USBIF_NONE);
	assert_damage(fq.req[0].urb = 1);
	assert_damage(fq.req[1].next = 0);
	assert_damage(fq.gone[0] = 1);
	assert_damage(usbif_ids_alloc(&fq.ids, USBIF_ID_TRANSFER));
}

/* One may go, if it goes everywhere: counts alone do not save it. */
static void damage_that_adds_up_shows(void **state)
{
	(void)state;
	assert_damage((fq.queue[OUT].unanswered--, fq.queue[IN].unanswered++));
	assert_damage((fq.used[0] &= ~1u, fq.urb[0].state = USBIF_FQ_FREE));
	assert_damage((fq.others--, fq.queue[OUT].unanswered--,
		       fq.queue[CTRL].unanswered++));
}


/* What an URB says of itself has to be possible. */
static void damaged_urbs_show(void **state)
{
	(void)state;
	assert_damage(fq.urb[1].queue = USBIF_MAX_QUEUES);
	assert_damage(fq.urb[1].done = 101);
	assert_damage(fq.urb[1].max_packet = 0);
	assert_damage(fq.urb[1].max_packet = 1025);
	assert_damage(fq.urb[1].empty = 2);
	assert_damage(fq.urb[1].empty = 1);
	assert_damage((fq.urb[1].empty = 1, fq.urb[1].flags &= ~USBIF_FQ_IN,
		       fq.urb[1].length = 1));
	assert_damage(fq.urb[1].state = USBIF_FQ_DONE + 1);
	assert_damage(fq.urb[2].sent = 50);
	assert_damage(fq.urb[2].done = 50);
	assert_damage(fq.urb[2].done = fq.urb[2].sent = 100);
	assert_damage((fq.urb[2].done = 60, fq.urb[2].sent = 50));
	assert_damage(fq.urb[2].state = USBIF_FQ_HELD);
	assert_damage(fq.urb[2].flags |= USBIF_FQ_RETURNED);
	assert_damage(fq.urb[2].flags |= USBIF_FQ_ENDING);
	assert_damage(fq.urb[2].flags |= USBIF_FQ_ORPHAN);
	assert_damage(fq.urb[0].flags |= USBIF_FQ_UNLINKED);
	assert_damage((fq.urb[0].flags |= USBIF_FQ_UNLINKED, fq.unlink_head =
		       fq.unlink_tail = 0));
	assert_damage((fq.queue[OUT].blockers = 1));
	assert_damage(fq.urb[7].flags = USBIF_FQ_IN);
	assert_damage(fq.urb[2].next = USBIF_MAX_URBS);
	assert_damage(fq.queue[OUT].ready = true);
	assert_damage(fq.queue[OUT].iso = true);
	assert_damage((fq.queue[IN].iso = true, fq.urb[2].empty = 1,
		       fq.urb[2].flags &= ~USBIF_FQ_IN));
	assert_damage(fq.queue[IN].unsent = 1);
	/* In its queue, but nothing leads there. */
	assert_damage(fq.queue[IN].head = fq.queue[IN].tail =
		      fq.queue[IN].unsent = USBIF_NONE);
}

/* Even of one that the driver has back, and that nothing counts. */
static void a_damaged_urb_that_is_done_shows(void **state)
{
	(void)state;
	begin();
	submit(IN, 100);
	drain();
	answer(0, USBIF_WIRE_ST_OK, 100);
	drain();
	assert_int_equal(fq.urb[0].state, USBIF_FQ_DONE);
	fq.urb[0].max_packet = 0;
	assert_false(usbif_fq_valid(&fq));
	fq.urb[0].max_packet = PACKET;
	assert_true(usbif_fq_valid(&fq));
	fq.urb[0].queue = USBIF_MAX_QUEUES;
	assert_false(usbif_fq_valid(&fq));
}

/* Nor can its requests overlap, or have octets that it has not. */
static void damaged_requests_show(void **state)
{
	(void)state;
	assert_damage(fq.req[1].offset = 1023);
	assert_damage(fq.req[1].offset = 2049);
	assert_damage(fq.req[1].length = 1025);
	assert_damage(fq.req[1].length = 0);
	assert_damage(fq.req[1].urb = 2);
	assert_damage(fq.req[1].unlinked = 1);
	assert_damage(fq.req[0].next = USBIF_NONE);
	assert_damage(fq.req[0].next = 2);
	/* An empty packet is no octet of the buffer. */
	assert_damage((fq.urb[0].empty = 1, fq.urb[0].length = 2048));
	assert_damage((fq.urb[0].empty = 1, fq.req[1].length = 1023,
		       fq.req[1].offset = 1025));
	make_busy();
	fq.urb[0].length = 2049;
	fq.urb[0].empty = 1;
	fq.queue[OUT].unsent = 0;
	fq.queue[OUT].ready = true;
	fq.ready_head[0] = fq.ready_tail[0] = OUT;
	assert_true(usbif_fq_valid(&fq));
	/* No request has more than was sent. */
	fq.urb[0].empty = 0;
	fq.urb[0].length = 4096;
	assert_true(usbif_fq_valid(&fq));
	fq.req[1].length = 1025;
	assert_false(usbif_fq_valid(&fq));
	fq.req[1].length = 1024;
	/* All of an isochronous URB is in one request. */
	fq.queue[OUT].iso = true;
	fq.urb[0].length = 1000;
	fq.urb[0].empty = 0;
	fq.urb[0].sent = 900;
	fq.urb[0].first_req = 0;
	fq.req[0].next = USBIF_NONE;
	fq.req[0].length = 900;
	assert_false(usbif_fq_valid(&fq));
}

/* An URB of no octets has one request, of none. */
static void an_urb_of_no_octets_is_valid(void **state)
{
	(void)state;
	begin();
	submit(CTRL, 0);
	assert_true(usbif_fq_valid(&fq));
	drain();
	fq.urb[0].length = 1;
	assert_false(usbif_fq_valid(&fq));
	fq.urb[0].length = 0;
	assert_true(usbif_fq_valid(&fq));
	assert_int_equal(usbif_ids_alloc(&fq.ids, USBIF_ID_TRANSFER), 1);
	fq.queue[CTRL].unanswered = 2;
	fq.req[1] = fq.req[0];
	fq.req[0].next = 1;
	assert_false(usbif_fq_valid(&fq));
}

static void damaged_lists_show(void **state)
{
	(void)state;
	assert_damage(fq.ended_head = 1);
	assert_damage(fq.ended_tail = 1);
	assert_damage(fq.unlink_head = 0);
	assert_damage(fq.unlink_head = 2);
	assert_damage(fq.unlink_head = USBIF_MAX_URBS);
	assert_damage(fq.unlink_tail = 0);
	assert_damage(fq.ready_head[0] = OUT);
	assert_damage(fq.ready_tail[0] = OUT);
	assert_damage(fq.ready_head[1] = CTRL);
	assert_damage((fq.queue[OUT].ready = true, fq.ready_head[0] =
		       USBIF_MAX_QUEUES));
	assert_damage((fq.queue[OUT].ready = true, fq.ready_head[0] = CTRL));
	assert_damage((fq.queue[OUT].ready = fq.queue[CTRL].ready = true,
		       fq.ready_head[0] = fq.ready_tail[0] =
		       fq.ready_head[1] = fq.ready_tail[1] = CTRL));
	assert_damage((fq.queue[OUT].ready = true, fq.ready_head[0] = IN));
	assert_damage((fq.queue[OUT].ready = true, fq.ready_head[0] =
		       fq.ready_tail[0] = fq.queue[OUT].next_ready = OUT));
	assert_damage(fq.queue[CTRL].ready = true);
}

/* URB 1 has ended and waits to be given back; URB 0 is to be unlinked. */
static void make_end(void)
{
	begin();
	submit(OUT, 2048);
	drain();
	submit(IN, 100);
	drain();
	assert_int_equal(usbif_fq_unlink(&fq, 0), USBIF_OK);
	answer(2, USBIF_WIRE_ST_STALL, 0);
	assert_true(usbif_fq_valid(&fq));
}

#define assert_ending_damage(statement)					\
	do {								\
		make_end();						\
		statement;						\
		assert_false(usbif_fq_valid(&fq));			\
	} while (0)

static void damage_of_ends_shows(void **state)
{
	(void)state;
	assert_ending_damage(fq.ended_head = USBIF_NONE);
	assert_ending_damage(fq.ended_head = USBIF_MAX_URBS);
	assert_ending_damage(fq.ended_head = 0);
	assert_ending_damage(fq.ended_tail = 0);
	assert_ending_damage(fq.urb[1].next = 1);
	assert_ending_damage(fq.urb[1].state = USBIF_FQ_DONE);
	assert_ending_damage(fq.urb[1].flags &= ~USBIF_FQ_BLOCKER);
	assert_ending_damage(fq.queue[OUT].blockers = 0);
	assert_ending_damage((fq.queue[IN].blockers = 0,
			      fq.queue[OUT].blockers = 2));
	assert_ending_damage((fq.urb[0].flags &= ~USBIF_FQ_BLOCKER,
			      fq.queue[OUT].blockers = 0));
	assert_ending_damage(fq.unlink_head = fq.unlink_tail = USBIF_NONE);
	assert_ending_damage(fq.urb[0].next_unlink = 0);
	assert_ending_damage(fq.urb[0].flags &= ~USBIF_FQ_UNLINKED);
	assert_ending_damage(fq.targets++);
	/* What was sent for all of its requests may stay linked a while. */
	make_end();
	fq.req[0].unlinked = fq.req[1].unlinked = 1;
	fq.targets = 2;
	assert_true(usbif_fq_valid(&fq));
	fq.urb[0].flags &= ~USBIF_FQ_UNLINKED;
	assert_false(usbif_fq_valid(&fq));
	fq.unlink_head = fq.unlink_tail = USBIF_NONE;
	assert_true(usbif_fq_valid(&fq));
	/* Two of one queue, one of another: not the other way round. */
	make_end();
	submit(IN, 100);
	assert_int_equal(usbif_fq_unlink(&fq, 2), USBIF_OK);
	assert_int_equal(fq.queue[IN].blockers, 2);
	assert_true(usbif_fq_valid(&fq));
	fq.queue[IN].blockers = 1;
	fq.queue[OUT].blockers = 2;
	assert_false(usbif_fq_valid(&fq));
}

/* What is on the ring has requests there. */
static void an_urb_that_was_sent_has_requests(void **state)
{
	(void)state;
	begin();
	submit(OUT, 100);
	fq.urb[0].state = USBIF_FQ_SENT;
	assert_false(usbif_fq_valid(&fq));
}

/* One packet, as short or as long as may be. */
static void the_smallest_and_the_largest_are_valid(void **state)
{
	struct usbif_fq_submit s = { .queue = OUT, .max_packet = 1,
				     .length = 1, .zero_packet = true };

	(void)state;
	begin();
	assert_true(usbif_fq_submit(&fq, &s) >= 0);
	assert_int_equal(fq.urb[0].empty, 1);
	assert_true(usbif_fq_valid(&fq));
	drain();
	/* The empty packet is no octet of its request. */
	assert_int_equal(fq.req[1].length, 0);
	fq.req[1].length = 1;
	assert_false(usbif_fq_valid(&fq));
	begin();
	s.queue = IN;
	s.max_packet = s.length = 1024;
	s.iso = s.in = true;
	assert_true(usbif_fq_submit(&fq, &s) >= 0);
	assert_true(usbif_fq_valid(&fq));
}

/* Whoever may send is not to be forgotten. */
static void a_forgotten_queue_shows(void **state)
{
	(void)state;
	begin();
	submit(OUT, 100);
	fq.queue[OUT].ready = false;
	fq.ready_head[0] = fq.ready_tail[0] = USBIF_NONE;
	assert_false(usbif_fq_valid(&fq));
	fq.queue[OUT].blockers = 1;
	assert_false(usbif_fq_valid(&fq));
}

static void a_connection_that_ended_has_nothing_in_queues(void **state)
{
	(void)state;
	make_end();
	usbif_fq_gone(&fq, 1);
	assert_int_equal(fq.queue[OUT].holders, 1);
	usbif_fq_shutdown(&fq);
	assert_int_equal(fq.queue[OUT].holders, 0);
	assert_true(usbif_fq_valid(&fq));
	fq.queue[IN].head = 1;
	assert_false(usbif_fq_valid(&fq));
	fq.queue[IN].head = USBIF_NONE;
	fq.queue[IN].tail = 1;
	assert_false(usbif_fq_valid(&fq));
	fq.queue[IN].tail = USBIF_NONE;
	fq.queue[IN].unsent = 1;
	assert_false(usbif_fq_valid(&fq));
	fq.queue[IN].unsent = USBIF_NONE;
	assert_true(usbif_fq_valid(&fq));
}

static void damaged_bounds_show(void **state)
{
	uint16_t i;

	(void)state;
	assert_damage(fq.config.slots = 3);
	assert_damage(fq.config.slots = USBIF_MAX_SLOTS + 1);
	assert_damage(fq.config.slots = 31);
	assert_damage(fq.config.max_octets = 1023);
	assert_damage(fq.ids.unlinks[0] = 1u << 31);
	begin();
	fq.config.slots = fq.ids.slots = 3;
	assert_false(usbif_fq_valid(&fq));
	fq.config.slots = fq.ids.slots = 4;
	assert_true(usbif_fq_valid(&fq));
	/* One slot is kept for unlinks, and one for control requests. */
	begin();
	for (i = 0; i < 31; i++)
		usbif_ids_alloc(&fq.ids, USBIF_ID_UNLINK);
	assert_true(usbif_fq_valid(&fq));
	usbif_ids_alloc(&fq.ids, USBIF_ID_UNLINK);
	assert_true(usbif_fq_valid(&fq));
	begin();
	fq.dead = true;
	fq.queue[CTRL].unanswered = 31;
	for (i = 0; i < 31; i++)
		usbif_ids_alloc(&fq.ids, USBIF_ID_TRANSFER);
	assert_true(usbif_fq_valid(&fq));
	usbif_ids_alloc(&fq.ids, USBIF_ID_TRANSFER);
	fq.queue[CTRL].unanswered++;
	assert_false(usbif_fq_valid(&fq));
	begin();
	fq.dead = true;
	fq.others = fq.queue[OUT].unanswered = 30;
	for (i = 0; i < 30; i++)
		usbif_ids_alloc(&fq.ids, USBIF_ID_TRANSFER);
	assert_true(usbif_fq_valid(&fq));
	usbif_ids_alloc(&fq.ids, USBIF_ID_TRANSFER);
	fq.others = ++fq.queue[OUT].unanswered;
	assert_false(usbif_fq_valid(&fq));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damage_shows),
		cmocka_unit_test(damage_that_adds_up_shows),
		cmocka_unit_test(damaged_urbs_show),
		cmocka_unit_test(a_damaged_urb_that_is_done_shows),
		cmocka_unit_test(damaged_requests_show),
		cmocka_unit_test(an_urb_of_no_octets_is_valid),
		cmocka_unit_test(damaged_lists_show),
		cmocka_unit_test(damage_of_ends_shows),
		cmocka_unit_test(an_urb_that_was_sent_has_requests),
		cmocka_unit_test(the_smallest_and_the_largest_are_valid),
		cmocka_unit_test(a_forgotten_queue_shows),
		cmocka_unit_test(a_connection_that_ended_has_nothing_in_queues),
		cmocka_unit_test(damaged_bounds_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
