/* SPDX-License-Identifier: MIT */
/* A back's endpoint queues: damage of any kind shows. */
#include "support/test.h"

#include "usbif/bq.h"
#include "usbif/fq.h"

static struct usbif_bq bq;

#define OUT	usbif_queue_index(1, 1, false)
#define IN	usbif_queue_index(1, 1, true)

static void begin(bool extended)
{
	struct usbif_bq_config config = {
		.slots = 8, .hc_depth = 2, .extended = extended,
	};

	assert_int_equal(usbif_bq_init(&bq, &config), USBIF_OK);
	usbif_bq_set_endpoint(&bq, OUT, USBIF_XFER_BULK, 512, 0);
	usbif_bq_set_endpoint(&bq, IN, USBIF_XFER_BULK, 512, 0);
}

static void arrive(uint16_t queue)
{
	int slot = usbif_bq_stage(&bq);
	struct usbif_bq_admit a = {
		.id = (uint16_t)slot, .queue = queue, .length = 100,
		.refuse = queue == USBIF_NONE ? USBIF_WIRE_ST_NODEV :
						USBIF_WIRE_ST_OK,
	};

	assert_int_equal(usbif_bq_admit(&bq, (uint16_t)slot, &a), USBIF_OK);
}

static void drain(void)
{
	struct usbif_bq_duty d;

	while (usbif_bq_next(&bq, &d)) {
	}
	assert_true(usbif_bq_valid(&bq));
}

/* Slots 0 and 1 of OUT are in the HC, 2 waits; 3 of IN is answered. */
static void make_busy(void)
{
	begin(true);
	arrive(OUT);
	arrive(OUT);
	arrive(OUT);
	arrive(IN);
	drain();
	assert_int_equal(usbif_bq_done(&bq, 3, USBIF_WIRE_ST_STALL, 0),
			 USBIF_OK);
	assert_true(usbif_bq_valid(&bq));
}

#define assert_damage(statement)					\
	do {								\
		make_busy();						\
		statement;						\
		assert_false(usbif_bq_valid(&bq));			\
	} while (0)

static void damage_shows(void **state)
{
	(void)state;
	assert_damage(bq.queue[OUT].tail = 1);
	assert_damage(bq.queue[OUT].in_hc = 1);
	assert_damage(bq.queue[OUT].stopped = true);
	assert_damage(bq.queue[OUT].head = 3);
	/* Only an old front's stopped queue waits until that has heard. */
	assert_damage(bq.queue[OUT].unheard = true);
	assert_damage(bq.queue[IN].unheard = true);
	assert_damage(bq.req[0].queue = IN);
	assert_damage(bq.req[0].state = USBIF_BQ_PARKED);
	assert_damage(bq.req[1].state = USBIF_BQ_ANSWERED);
	assert_damage(bq.req[2].next = 2);
	assert_damage(bq.used[0] = 0);
	assert_damage(bq.busy[0]++);
	assert_damage(bq.busy[1]++);
	assert_damage(bq.room++);
	assert_damage(bq.req[0].port++);
	assert_damage(bq.used[0] |= 1u << 4);
	assert_damage(bq.config.slots = 3);
	begin(true);
	bq.config.slots = 3;
	assert_false(usbif_bq_valid(&bq));
	bq.config.slots = 4;
	assert_true(usbif_bq_valid(&bq));
	assert_damage(bq.config.slots = USBIF_MAX_SLOTS + 1);
	assert_damage(bq.queue[OUT].head = 8);
	/* As good as any, but no slot of the ring. */
	assert_damage((bq.req[8] = bq.req[0], bq.req[8].next = USBIF_NONE,
		       bq.queue[OUT].head = bq.queue[OUT].tail = 8,
		       bq.queue[OUT].in_hc = 1, bq.req[0].state = bq.req[1].state =
		       USBIF_BQ_ANSWERING, bq.req[2].state = USBIF_BQ_IN_HC));
	assert_damage((bq.req[8] = bq.req[3], bq.answer_head =
		       bq.answer_tail = 8));
	assert_damage(bq.req[0].cancel = USBIF_BQ_BY_REMOVAL + 1);
	assert_damage(bq.req[3].state = USBIF_BQ_ANSWERING + 1);
}

/* A request says where it is, and so does its place. */
static void damaged_places_show(void **state)
{
	(void)state;
	assert_damage(bq.req[2].port++);
	assert_damage(bq.req[3].port++);
	assert_damage((bq.req[3].port++, bq.busy[0]--, bq.busy[1]++));
	assert_damage(bq.req[3].queue = USBIF_MAX_QUEUES);
	assert_damage((bq.req[3].queue = USBIF_MAX_QUEUES,
		       bq.req[3].port = USBIF_MAX_PORTS + 1));
	assert_damage(bq.req[3].queue = USBIF_NONE);
	assert_damage((bq.req[3].queue = USBIF_NONE, bq.req[3].port = 0));
	assert_damage((bq.req[3].queue = USBIF_NONE, bq.req[3].port = 0,
		       bq.busy[0]--, bq.req[3].flags = USBIF_BQ_RESTARTS));
	assert_damage(bq.req[3].flags |= USBIF_BQ_RESTARTS);
	assert_damage(bq.req[4].port = 1);
	assert_damage(bq.req[4].flags = USBIF_BQ_IN);
	assert_damage(bq.req[4].cancel = USBIF_BQ_BY_STOP);
	/* Counts that make up for each other save nobody. */
	assert_damage((bq.busy[0]--, bq.busy[1]++));
	/* In its queue, but nothing leads there. */
	assert_damage((bq.req[1].next = USBIF_NONE, bq.queue[OUT].tail = 1));
	assert_damage((bq.queue[OUT].head = bq.queue[OUT].tail = USBIF_NONE,
		       bq.queue[OUT].in_hc = 0));
}

static void damaged_lists_show(void **state)
{
	(void)state;
	assert_damage(bq.answer_head = USBIF_NONE);
	assert_damage(bq.answer_head = 8);
	assert_damage(bq.answer_head = 0);
	assert_damage(bq.answer_tail = 0);
	assert_damage(bq.req[3].next = 3);
	assert_damage(bq.req[3].state = USBIF_BQ_ANSWERING);
	assert_damage(bq.queue[OUT].work = true);
	assert_damage(bq.work_head = OUT);
	assert_damage(bq.work_head = USBIF_MAX_QUEUES);
	assert_damage((bq.queue[OUT].work = true, bq.work_head =
		       USBIF_MAX_QUEUES));
	assert_damage(bq.work_tail = OUT);
	assert_damage((bq.queue[OUT].work = true, bq.work_head = IN));
	assert_damage((bq.queue[OUT].work = true, bq.work_head = OUT,
		       bq.work_tail = OUT, bq.queue[OUT].next_work = OUT));
	assert_damage((bq.queue[OUT].work = true, bq.work_head = OUT,
		       bq.work_tail = OUT, bq.queue[OUT].next_work = IN));
}

/* Of a device that left, everything is to be cancelled. */
static void what_outlives_its_device_shows(void **state)
{
	(void)state;
	make_busy();
	usbif_bq_gone(&bq, 1);
	assert_true(usbif_bq_valid(&bq));
	bq.req[0].cancel = USBIF_BQ_BY_UNLINK;
	assert_false(usbif_bq_valid(&bq));
	make_busy();
	bq.gone[0] = 1;
	bq.req[0].cancel = bq.req[1].cancel = USBIF_BQ_BY_REMOVAL;
	bq.req[0].flags = bq.req[1].flags = USBIF_BQ_CANCEL_ISSUED;
	assert_false(usbif_bq_valid(&bq));
	bq.req[2].state = USBIF_BQ_IN_HC;
	bq.req[2].cancel = USBIF_BQ_BY_REMOVAL;
	bq.req[2].flags = USBIF_BQ_CANCEL_ISSUED;
	bq.queue[OUT].in_hc = 3;
	assert_true(usbif_bq_valid(&bq));
}

#define assert_forgotten(statement)					\
	do {								\
		make_busy();						\
		usbif_bq_unlink(&bq, OUT, 1);				\
		assert_true(usbif_bq_valid(&bq));			\
		statement;						\
		bq.queue[OUT].work = false;				\
		bq.work_head = bq.work_tail = USBIF_NONE;		\
		assert_false(usbif_bq_valid(&bq));			\
	} while (0)

/* A queue with something for the host controller is not to be forgotten. */
static void forgotten_work_shows(void **state)
{
	(void)state;
	assert_forgotten((void)0);
	assert_forgotten((bq.req[1].cancel = USBIF_BQ_KEEP,
			  bq.req[0].cancel = USBIF_BQ_BY_STOP,
			  bq.queue[OUT].type = USBIF_XFER_ISO));
	begin(true);
	arrive(OUT);
	bq.queue[OUT].work = false;
	bq.work_head = bq.work_tail = USBIF_NONE;
	assert_false(usbif_bq_valid(&bq));
	bq.queue[OUT].held = true;
	assert_true(usbif_bq_valid(&bq));
	bq.queue[OUT].held = false;
	bq.queue[OUT].stopped = true;
	bq.req[0].flags |= USBIF_BQ_ISO;
	assert_false(usbif_bq_valid(&bq));
}

/* Only the last one of a queue that stops is cancelled now. */
static void work_that_has_to_wait_needs_no_place(void **state)
{
	(void)state;
	make_busy();
	bq.req[0].cancel = USBIF_BQ_BY_STOP;
	assert_true(usbif_bq_valid(&bq));
	bq.req[1].cancel = USBIF_BQ_BY_STOP;
	bq.req[1].flags |= USBIF_BQ_CANCEL_ISSUED;
	assert_true(usbif_bq_valid(&bq));
	bq.config.extended = false;
	bq.queue[IN].stopped = false;
	assert_false(usbif_bq_valid(&bq));
}

/* An old front's queue that stands still is to hear of an answer. */
static void an_old_front_s_queue_that_is_stuck_shows(void **state)
{
	struct usbif_bq_answer a;

	(void)state;
	begin(false);
	arrive(OUT);
	arrive(USBIF_NONE);
	drain();
	usbif_bq_done(&bq, 0, USBIF_WIRE_ST_STALL, 0);
	assert_true(usbif_bq_valid(&bq));
	bq.req[0].flags &= (uint8_t)~USBIF_BQ_RESTARTS;
	assert_false(usbif_bq_valid(&bq));
	bq.req[0].flags |= USBIF_BQ_RESTARTS;
	while (usbif_bq_next_answer(&bq, &a))
		usbif_bq_answered(&bq, a.slot);
	assert_true(usbif_bq_valid(&bq));
	assert_true(bq.queue[OUT].unheard);
	bq.queue[OUT].unheard = false;
	assert_false(usbif_bq_valid(&bq));
	bq.queue[OUT].stopped = false;
	assert_true(usbif_bq_valid(&bq));
	bq.queue[OUT].unheard = true;
	assert_false(usbif_bq_valid(&bq));
	begin(false);
	arrive(OUT);
	drain();
	bq.req[0].flags |= USBIF_BQ_RESTARTS;
	assert_false(usbif_bq_valid(&bq));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damage_shows),
		cmocka_unit_test(damaged_places_show),
		cmocka_unit_test(damaged_lists_show),
		cmocka_unit_test(what_outlives_its_device_shows),
		cmocka_unit_test(forgotten_work_shows),
		cmocka_unit_test(work_that_has_to_wait_needs_no_place),
		cmocka_unit_test(an_old_front_s_queue_that_is_stuck_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
