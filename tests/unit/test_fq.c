/* SPDX-License-Identifier: MIT */
/*
 * A front's endpoint queues, as the driver and the ring see them.  What can
 * happen between a front and a back is tests/explore's; here are the words of
 * the header, one by one.
 */
#include "support/test.h"

#include <stdio.h>

#include "usbif/fq.h"

#define PACKET	512u

static struct usbif_fq fq;
static char trace[1024];

#define CTRL	usbif_queue_index(1, 0, false)
#define OUT	usbif_queue_index(1, 1, false)
#define IN	usbif_queue_index(1, 1, true)

static const struct usbif_fq_config usual = {
	.slots = 32, .depth = 8, .max_octets = 4096, .extended = true,
};

static void begin(const struct usbif_fq_config *config)
{
	assert_int_equal(usbif_fq_init(&fq, config), USBIF_OK);
	assert_true(usbif_fq_valid(&fq));
}

static int set_up(void **state)
{
	(void)state;
	begin(&usual);
	return 0;
}

static const char *describe(const struct usbif_fq_duty *d)
{
	static char text[80];

	if (d->kind == USBIF_FQ_GIVEBACK)
		snprintf(text, sizeof(text), "back(%u,%d,%u) ", d->urb,
			 (int)d->status, (unsigned int)d->length);
	else if (d->kind == USBIF_FQ_UNLINK)
		snprintf(text, sizeof(text), "unlink(%u) ", d->target);
	else
		snprintf(text, sizeof(text), "send%s%s(%u,%u+%u) ",
			 d->flags & USBIF_WIRE_FLAG_RESTART ? "!" : "",
			 d->flags & USBIF_WIRE_FLAG_SHORT_NOT_OK ? "|" : "",
			 d->urb, (unsigned int)d->offset,
			 (unsigned int)d->length);
	return text;
}

/*
 * Every duty there is now, in words: "send(urb,offset+length)", with "!" for a
 * restart and "|" for a barrier; "back(urb,status,length)"; "unlink(id)".
 */
static const char *duties(void)
{
	struct usbif_fq_duty d;

	trace[0] = '\0';
	while (usbif_fq_next(&fq, &d)) {
		assert_true(strlen(trace) + 80 < sizeof(trace));
		strcat(trace, describe(&d));
	}
	assert_true(usbif_fq_valid(&fq));
	if (trace[0] != '\0')
		trace[strlen(trace) - 1] = '\0';
	return trace;
}

static int submit_with(uint16_t queue, uint32_t length, bool snok, bool iso)
{
	struct usbif_fq_submit s = {
		.queue = queue, .max_packet = PACKET, .length = length,
		.iso = iso, .in = queue == IN, .short_not_ok = snok,
	};

	return usbif_fq_submit(&fq, &s);
}

static int submit(uint16_t queue, uint32_t length)
{
	return submit_with(queue, length, false, false);
}

static int answer(uint16_t id, int32_t status, uint32_t actual)
{
	struct usbif_fq_received got;

	return usbif_fq_answer(&fq, id, status, actual, &got);
}

static void retire(uint16_t urb)
{
	assert_int_equal(usbif_fq_retired(&fq, urb), USBIF_OK);
}

static void bounds_of_a_configuration_are_kept(void **state)
{
	struct usbif_fq_config c;

	(void)state;
	c = usual;
	c.slots = 3;
	assert_int_equal(usbif_fq_init(&fq, &c), USBIF_E_ARG);
	c.slots = USBIF_MAX_SLOTS + 1;
	assert_int_equal(usbif_fq_init(&fq, &c), USBIF_E_ARG);
	c = usual;
	c.depth = 0;
	assert_int_equal(usbif_fq_init(&fq, &c), USBIF_E_ARG);
	c = usual;
	c.max_octets = 1023;
	assert_int_equal(usbif_fq_init(&fq, &c), USBIF_E_ARG);
}

static void every_endpoint_has_a_queue_of_its_own(void **state)
{
	static bool seen[USBIF_MAX_QUEUES];
	uint8_t port, ep;
	int in;

	(void)state;
	for (port = 1; port <= USBIF_MAX_PORTS; port++)
		for (ep = 0; ep <= USBIF_MAX_EPNUM; ep++)
			for (in = 0; in < (ep == 0 ? 1 : 2); in++) {
				uint16_t q = usbif_queue_index(port, ep, in);

				assert_true(q < USBIF_MAX_QUEUES);
				assert_false(seen[q]);
				seen[q] = true;
				assert_int_equal(usbif_queue_port(q), port);
				assert_int_equal(usbif_queue_is_control(q),
						 ep == 0);
			}
	assert_int_equal(usbif_queue_index(3, 0, true),
			 usbif_queue_index(3, 0, false));
}

static void an_urb_goes_out_and_comes_back(void **state)
{
	struct usbif_fq_received got;

	(void)state;
	assert_int_equal(submit(IN, 700), 0);
	assert_false(usbif_fq_is_idle(&fq));
	assert_string_equal(duties(), "send(0,0+700)");
	assert_int_equal(usbif_fq_answer(&fq, 0, USBIF_WIRE_ST_OK, 100, &got),
			 USBIF_OK);
	assert_int_equal(got.urb, 0);
	assert_true(got.in);
	assert_int_equal(got.offset, 0);
	assert_int_equal(got.length, 100);
	assert_true(usbif_fq_valid(&fq));
	assert_string_equal(duties(), "back(0,0,100)");
	assert_int_equal(usbif_fq_unlink(&fq, 0), USBIF_E_STATE);
	retire(0);
	assert_true(usbif_fq_is_idle(&fq));
}

static void wrong_urbs_are_refused(void **state)
{
	struct usbif_fq_submit s = { .queue = OUT, .max_packet = 0 };

	(void)state;
	assert_int_equal(usbif_fq_submit(&fq, &s), USBIF_E_ARG);
	assert_int_equal(submit(USBIF_MAX_QUEUES, 1), USBIF_E_ARG);
	assert_int_equal(submit(CTRL, 4097), USBIF_E_ARG);
	assert_int_equal(submit_with(IN, 4097, false, true), USBIF_E_ARG);
	submit_with(IN, 100, false, true);
	assert_int_equal(submit(IN, 100), USBIF_E_ARG);
	assert_int_equal(usbif_fq_unlink(&fq, USBIF_MAX_URBS), USBIF_E_STATE);
	assert_int_equal(usbif_fq_unlink(&fq, 7), USBIF_E_STATE);
	assert_int_equal(usbif_fq_retired(&fq, USBIF_MAX_URBS), USBIF_E_STATE);
	assert_int_equal(usbif_fq_retired(&fq, 0), USBIF_E_STATE);
	assert_true(usbif_fq_valid(&fq));
}

static void as_many_urbs_as_there_are_entries(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < USBIF_MAX_URBS / 2; i++)
		assert_int_equal(submit(OUT, 1), i);
	/* Nobody can submit so much that nothing is left for others. */
	assert_int_equal(submit(OUT, 1), USBIF_E_SPACE);
	for (; i < USBIF_MAX_URBS; i++) {
		uint8_t port = (uint8_t)(2 + i % 16);

		assert_int_equal(submit(usbif_queue_index(port, 1, true), 1), i);
	}
	assert_int_equal(submit(CTRL, 1), USBIF_E_SPACE);
	assert_true(usbif_fq_valid(&fq));
}

/* All but the last are whole packets, and all but the last a barrier. */
static void a_long_urb_goes_out_in_pieces(void **state)
{
	struct usbif_fq_config c = usual;

	(void)state;
	c.max_octets = 1100;
	begin(&c);
	submit(OUT, 2500);
	assert_string_equal(duties(),
			    "send|(0,0+1024) send|(0,1024+1024) send(0,2048+452)");
	answer(0, USBIF_WIRE_ST_OK, 1024);
	answer(1, USBIF_WIRE_ST_OK, 1024);
	assert_string_equal(duties(), "");
	answer(2, USBIF_WIRE_ST_OK, 452);
	assert_string_equal(duties(), "back(0,0,2500)");
}

/* A bulk URB's pieces may be longer than those of the others. */
static void a_bulk_urb_goes_out_in_longer_pieces(void **state)
{
	struct usbif_fq_config c = usual;
	struct usbif_fq_submit s = {
		.queue = usbif_queue_index(1, 1, false), .max_packet = 512,
		.length = 2500,
	};

	(void)state;
	c.max_octets = 1100;
	c.bulk_octets = 2100;
	begin(&c);
	s.bulk = true;
	assert_int_equal(usbif_fq_submit(&fq, &s), 0);
	assert_string_equal(duties(), "send|(0,0+2048) send(0,2048+452)");
	s.queue = usbif_queue_index(1, 2, false);
	s.bulk = false;
	assert_int_equal(usbif_fq_submit(&fq, &s), 1);
	assert_string_equal(duties(),
			    "send|(1,0+1024) send|(1,1024+1024) send(1,2048+452)");
	c.bulk_octets = 1099;
	begin(&c);
	s.bulk = true;
	assert_int_equal(usbif_fq_submit(&fq, &s), 0);
	assert_string_equal(duties(),
			    "send|(0,0+1024) send|(0,1024+1024) send(0,2048+452)");
}

static void a_short_piece_ends_the_urb(void **state)
{
	struct usbif_fq_config c = usual;
	bool snok = *state != NULL;

	c.max_octets = 1100;
	begin(&c);
	submit_with(IN, 2000, snok, false);
	submit(IN, 10);
	duties();
	answer(0, USBIF_WIRE_ST_SHORT, 1000);
	assert_string_equal(duties(), "");
	answer(2, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	answer(1, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	assert_string_equal(duties(), snok ? "back(0,-121,1000)" :
					     "back(0,0,1000) send!(1,0+10)");
	retire(0);
	assert_string_equal(duties(), snok ? "send!(1,0+10)" : "");
}

/* The back refused the second piece; the first one's end is the URB's. */
static void of_two_ends_the_first_counts(void **state)
{
	struct usbif_fq_config c = usual;

	(void)state;
	c.max_octets = 1024;
	begin(&c);
	submit(OUT, 2048);
	duties();
	answer(1, USBIF_WIRE_ST_IOERROR, 0);
	answer(0, USBIF_WIRE_ST_STALL, 512);
	assert_string_equal(duties(), "back(0,-32,512)");
}

static void a_failure_holds_the_queue_until_its_routine_returned(void **state)
{
	(void)state;
	submit(OUT, 100);
	submit(OUT, 200);
	submit(IN, 300);
	assert_string_equal(duties(),
			    "send(0,0+100) send(2,0+300) send(1,0+200)");
	answer(0, USBIF_WIRE_ST_STALL, 0);
	answer(2, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	assert_string_equal(duties(), "back(0,-32,0)");
	submit(OUT, 400);
	assert_string_equal(duties(), "");
	retire(0);
	assert_string_equal(duties(), "send!(1,0+200) send(3,0+400)");
}

static void what_came_back_in_part_goes_on_there(void **state)
{
	(void)state;
	submit(OUT, 2000);
	submit(OUT, 300);
	duties();
	answer(0, USBIF_WIRE_ST_NOT_EXECUTED, 1024);
	/* The other one is still out: a restart would be too early. */
	assert_string_equal(duties(), "");
	answer(1, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	assert_string_equal(duties(), "send!(0,1024+976) send(1,0+300)");
	answer(0, USBIF_WIRE_ST_OK, 976);
	assert_string_equal(duties(), "back(0,0,2000)");
}

static void an_unlink_is_asked_of_the_back(void **state)
{
	struct usbif_fq_config c = usual;

	(void)state;
	c.max_octets = 1024;
	begin(&c);
	submit(OUT, 2048);
	duties();
	assert_false(usbif_fq_has_unlinks(&fq));
	assert_int_equal(usbif_fq_unlink(&fq, 0), USBIF_OK);
	assert_true(usbif_fq_has_unlinks(&fq));
	assert_int_equal(usbif_fq_unlink(&fq, 0), USBIF_E_STATE);
	assert_string_equal(duties(), "unlink(0) unlink(1)");
	assert_true(usbif_fq_has_unlinks(&fq));
	answer(2, USBIF_WIRE_ST_OK, 0);
	answer(3, USBIF_WIRE_ST_NOT_FOUND, 0);
	answer(1, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	answer(0, USBIF_WIRE_ST_CANCELLED, 512);
	assert_string_equal(duties(), "back(0,-104,512)");
	assert_false(usbif_fq_has_unlinks(&fq));
}

static void an_unlink_of_what_is_not_out_needs_nobody(void **state)
{
	(void)state;
	submit(OUT, 100);
	submit(OUT, 200);
	duties();
	answer(0, USBIF_WIRE_ST_STALL, 0);
	answer(1, USBIF_WIRE_ST_NOT_EXECUTED, 0);
	duties();
	assert_int_equal(usbif_fq_unlink(&fq, 1), USBIF_OK);
	assert_string_equal(duties(), "back(1,-104,0)");
	submit(OUT, 300);
	retire(0);
	assert_string_equal(duties(), "");
	retire(1);
	assert_string_equal(duties(), "send!(2,0+300)");
}

static void control_requests_go_first(void **state)
{
	(void)state;
	submit(OUT, 100);
	submit(CTRL, 8);
	assert_string_equal(duties(), "send(1,0+8) send(0,0+100)");
	answer(0, USBIF_WIRE_ST_OK, 8);
	assert_string_equal(duties(), "back(1,0,8)");
}

/* The rest of it waits for a slot. */
static void a_piece_may_end_before_the_next_is_sent(void **state)
{
	struct usbif_fq_config c = usual;

	(void)state;
	c.depth = 1;
	c.max_octets = 1024;
	begin(&c);
	submit(OUT, 2048);
	assert_string_equal(duties(), "send|(0,0+1024)");
	answer(0, USBIF_WIRE_ST_OK, 1024);
	assert_string_equal(duties(), "send(0,1024+1024)");
}

static unsigned int sends(void)
{
	struct usbif_fq_duty d;
	unsigned int n = 0;

	while (usbif_fq_next(&fq, &d))
		n++;
	assert_true(usbif_fq_valid(&fq));
	return n;
}

static void one_queue_does_not_fill_the_ring(void **state)
{
	struct usbif_fq_config c = usual;
	unsigned int i;

	(void)state;
	c.depth = 100;
	c.slots = 16;
	begin(&c);
	for (i = 0; i < 20; i++)
		submit(OUT, 1);
	assert_int_equal(sends(), 5);
	for (i = 0; i < 20; i++)
		submit(IN, 1);
	assert_int_equal(sends(), 1);
	submit(usbif_queue_index(2, 1, true), 1);
	submit(usbif_queue_index(2, 2, true), 1);
	assert_int_equal(sends(), 2);
	/* Half is kept for queues that have nothing on the ring. */
	for (i = 0; i < 20; i++)
		submit(usbif_queue_index(2, 1, false), 1);
	assert_int_equal(sends(), 1);
	for (i = 2; i < 9; i++)
		submit(usbif_queue_index(2, (uint8_t)i, false), 1);
	assert_int_equal(sends(), 5);
	submit(CTRL, 1);
	assert_int_equal(sends(), 1);
	/* The last slot is for an unlink; more unlinks wait for its answer. */
	assert_int_equal(usbif_fq_unlink(&fq, 0), USBIF_OK);
	assert_int_equal(usbif_fq_unlink(&fq, 1), USBIF_OK);
	assert_string_equal(duties(), "unlink(0)");
	assert_int_equal(usbif_fq_unlink(&fq, 2), USBIF_OK);
	assert_string_equal(duties(), "");
	assert_true(usbif_fq_has_unlinks(&fq));
	/* One that ends meanwhile needs none. */
	answer(2, USBIF_WIRE_ST_OK, 1);
	assert_string_equal(duties(), "back(2,0,1) unlink(1)");
	answer(0, USBIF_WIRE_ST_CANCELLED, 0);
	answer(1, USBIF_WIRE_ST_CANCELLED, 0);
	assert_true(usbif_fq_has_unlinks(&fq));
}

/*
 * Eight serial adapters, each with one notification and sixteen reads that
 * wait for ever, as their driver has them: a disk still gets on the ring.
 */
/* After 4 of its own, 8 are left. */
static void a_queue_has_less_than_half_of_what_is_left(void **state)
{
	struct usbif_fq_config c = usual;
	unsigned int i;

	(void)state;
	c.depth = 100;
	c.slots = 14;
	begin(&c);
	for (i = 0; i < 20; i++)
		submit(OUT, 1);
	assert_int_equal(sends(), 4);
}

static void silent_queues_leave_room_for_others(void **state)
{
	uint8_t port, i;

	(void)state;
	for (port = 1; port <= 8; port++) {
		uint16_t note = usbif_queue_index(port, 2, true);
		uint16_t read = usbif_queue_index(port, 1, true);

		submit(note, 10);
		for (i = 0; i < 16; i++)
			submit(read, 512);
		sends();
		assert_int_not_equal(fq.queue[note].unanswered, 0);
		assert_int_not_equal(fq.queue[read].unanswered, 0);
	}
	submit(usbif_queue_index(9, 1, false), 31);
	submit(usbif_queue_index(9, 1, true), 4096);
	assert_int_equal(sends(), 2);
}

static void a_queue_is_no_deeper_than_it_may_be(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++)
		submit(OUT, 1);
	assert_int_equal(sends(), usual.depth);
}

static void an_old_back_gets_one_at_a_time(void **state)
{
	struct usbif_fq_config c = usual;

	(void)state;
	c.extended = false;
	begin(&c);
	submit_with(IN, 2000, true, false);
	submit(IN, 100);
	assert_string_equal(duties(), "send(0,0+2000)");
	answer(0, USBIF_WIRE_ST_OK, 10);
	assert_string_equal(duties(), "back(0,-121,10)");
	retire(0);
	assert_string_equal(duties(), "send(1,0+100)");
	usbif_fq_unlink(&fq, 1);
	assert_string_equal(duties(), "unlink(0)");
	/* It has no word for "cancelled". */
	answer(0, USBIF_WIRE_ST_IOERROR, 0);
	assert_string_equal(duties(), "back(1,-104,0)");
	retire(1);
	submit(IN, 100);
	duties();
	answer(0, USBIF_WIRE_ST_IOERROR, 0);
	assert_string_equal(duties(), "back(0,-71,0)");
	retire(0);
	submit(IN, 100);
	duties();
	usbif_fq_unlink(&fq, 0);
	answer(0, USBIF_WIRE_ST_OK, 100);
	assert_string_equal(duties(), "back(0,0,100)");
}

/* Whatever else is wrong it calls shutdown; its device goes on. */
static void an_old_back_s_shutdown_is_an_error_like_others(void **state)
{
	struct usbif_fq_config c = usual;

	(void)state;
	c.extended = false;
	begin(&c);
	submit(IN, 100);
	assert_string_equal(duties(), "send(0,0+100)");
	answer(0, USBIF_WIRE_ST_SHUTDOWN, 0);
	assert_string_equal(duties(), "back(0,-71,0)");
	retire(0);
	submit(IN, 100);
	assert_string_equal(duties(), "send(0,0+100)");
	/* Of a device that it has reported as left, it means what it says. */
	usbif_fq_gone(&fq, usbif_queue_port(IN));
	answer(0, USBIF_WIRE_ST_SHUTDOWN, 0);
	assert_string_equal(duties(), "back(0,-108,0)");
}

static void an_isochronous_queue_never_stops(void **state)
{
	struct usbif_fq_config c = usual;

	(void)state;
	c.extended = *state != NULL;
	begin(&c);
	submit_with(IN, 100, false, true);
	submit_with(IN, 100, false, true);
	assert_string_equal(duties(), "send(0,0+100) send(1,0+100)");
	answer(0, USBIF_WIRE_ST_IOERROR, 0);
	submit_with(IN, 100, false, true);
	assert_string_equal(duties(), "back(0,-71,0) send(2,0+100)");
	answer(1, USBIF_WIRE_ST_OK, 50);
	assert_string_equal(duties(), "back(1,0,50)");
	usbif_fq_unlink(&fq, 2);
	submit_with(IN, 100, false, true);
	assert_string_equal(duties(), "unlink(0) send(3,0+100)");
}

#define STORY(name)	cmocka_unit_test_setup(name, set_up)
#define VARIANT(name)							\
	{ #name " (variant)", name, NULL, NULL, (void *)&usual }

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(bounds_of_a_configuration_are_kept),
		STORY(every_endpoint_has_a_queue_of_its_own),
		STORY(an_urb_goes_out_and_comes_back),
		STORY(wrong_urbs_are_refused),
		STORY(as_many_urbs_as_there_are_entries),
		STORY(a_long_urb_goes_out_in_pieces),
		STORY(a_bulk_urb_goes_out_in_longer_pieces),
		STORY(a_short_piece_ends_the_urb),
		VARIANT(a_short_piece_ends_the_urb),
		STORY(of_two_ends_the_first_counts),
		STORY(a_failure_holds_the_queue_until_its_routine_returned),
		STORY(what_came_back_in_part_goes_on_there),
		STORY(an_unlink_is_asked_of_the_back),
		STORY(an_unlink_of_what_is_not_out_needs_nobody),
		STORY(control_requests_go_first),
		STORY(a_piece_may_end_before_the_next_is_sent),
		STORY(one_queue_does_not_fill_the_ring),
		STORY(a_queue_has_less_than_half_of_what_is_left),
		STORY(silent_queues_leave_room_for_others),
		STORY(a_queue_is_no_deeper_than_it_may_be),
		STORY(an_old_back_gets_one_at_a_time),
		STORY(an_old_back_s_shutdown_is_an_error_like_others),
		STORY(an_isochronous_queue_never_stops),
		VARIANT(an_isochronous_queue_never_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
