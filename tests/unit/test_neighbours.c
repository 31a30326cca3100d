/* SPDX-License-Identifier: MIT */
/* What is done to a port or a slot is not done to the one that is behind it. */
#include "support/back_rig.h"

#include "usbif/fq.h"
#include "usbif/hub.h"

#define NEXT_CTRL	usbif_queue_index(2, 0, false)

static void a_device_that_leaves_takes_nobody_along(void **state)
{
	const struct usbif_bq_config config = { .slots = 8, .hc_depth = 2,
						.extended = true };
	const struct usbif_bq_admit a = { .queue = NEXT_CTRL };
	static struct usbif_bq bq;
	struct usbif_bq_duty d;

	(void)state;
	assert_int_equal(usbif_bq_init(&bq, &config), USBIF_OK);
	usbif_bq_set_endpoint(&bq, NEXT_CTRL, USBIF_XFER_CTRL, 64, 0);
	assert_int_equal(usbif_bq_stage(&bq), 0);
	assert_int_equal(usbif_bq_admit(&bq, 0, &a), USBIF_OK);
	usbif_bq_gone(&bq, 1);
	assert_true(usbif_bq_next(&bq, &d));
	assert_int_equal(d.kind, USBIF_BQ_SUBMIT);
	assert_false(usbif_bq_next(&bq, &d));
	usbif_bq_fresh(&bq, 1);
	assert_int_equal(bq.queue[NEXT_CTRL].max_packet, 64);
}

static void a_new_device_starts_its_own_queues_only(void **state)
{
	const struct usbif_fq_config config = {
		.slots = 8, .depth = 2, .max_octets = 1024, .extended = true,
	};
	static struct usbif_fq fq;

	(void)state;
	assert_int_equal(usbif_fq_init(&fq, &config), USBIF_OK);
	fq.queue[NEXT_CTRL].needs_restart = true;
	usbif_fq_fresh(&fq, 1);
	assert_true(fq.queue[NEXT_CTRL].needs_restart);
}

static void a_port_s_endpoints_are_its_own(void **state)
{
	struct back_rig *r = *state;
	struct usbif_bq_queue *q = r->b.bq.queue;
	uint16_t first = usbif_queue_index(1, 0, false);

	q[NEXT_CTRL].in_hc = 1;
	assert_int_equal(usbif_back_in_hc(&r->b, 1), 0);
	q[NEXT_CTRL].in_hc = 0;
	for (uint32_t i = 0; i <= USBIF_EPS; i++) {
		q[first + i].max_packet = 8;
		q[first + i].type = i % 4;
		q[first + i].iface = 5;
	}
	usbif_back_clear_endpoints(&r->b, 1);
	for (uint32_t i = 0; i <= USBIF_EPS; i++) {
		bool is_other = i == 0 || i == USBIF_EPS;

		assert_int_equal(q[first + i].max_packet, is_other ? 8 : 0);
		assert_int_equal(q[first + i].iface, is_other ? 5 : 0);
		assert_int_equal(q[first + i].type, i % 4);
	}
}

static void a_tick_is_for_the_ports_there_are(void **state)
{
	struct usbif_hub hub;

	(void)state;
	usbif_hub_init(&hub, 2, 2);
	hub.port[2].due_ms = 5;
	assert_false(usbif_hub_tick(&hub, 10));
	assert_true(hub.port[2].due_ms == 5);
}

/* A bitmap has more bits than there are slots. */
static void an_id_behind_the_last_is_free(void **state)
{
	struct usbif_ids ids;

	(void)state;
	usbif_ids_init(&ids, 32);
	ids.busy[1] = 1;
	assert_int_equal(usbif_ids_kind(&ids, 32), USBIF_ID_FREE);
}

/* And more than one word. */
static void nothing_is_idle_with_a_high_entry_in_use(void **state)
{
	static struct usbif_bq bq;
	static struct usbif_fq fq;

	(void)state;
	assert_true(usbif_bq_is_idle(&bq));
	assert_true(usbif_fq_is_idle(&fq));
	bq.used[1] = 1;
	fq.used[1] = 1;
	assert_false(usbif_bq_is_idle(&bq));
	assert_false(usbif_fq_is_idle(&fq));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_leaves_takes_nobody_along),
		cmocka_unit_test(a_new_device_starts_its_own_queues_only),
		cmocka_unit_test_setup_teardown(a_port_s_endpoints_are_its_own,
						back_rig_set_up,
						back_rig_tear_down),
		cmocka_unit_test(a_tick_is_for_the_ports_there_are),
		cmocka_unit_test(an_id_behind_the_last_is_free),
		cmocka_unit_test(nothing_is_idle_with_a_high_entry_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
