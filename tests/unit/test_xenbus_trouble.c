/* SPDX-License-Identifier: MIT */
/* The handshake when something fails, sleeps, or is not as it was. */
#include "support/test.h"

#include "support/handshake.h"

#define NOW	HANDSHAKE_NOW

static void frontend_that_left_while_we_mapped_its_rings(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_does(&b, PEER(CONNECTED, OK), "CONNECT");
	back_does(&b, PEER(INITIALISING, ABSENT), "");
	back_does(&b, EV(CONNECT_OK), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE");
	assert_int_equal(b.m.state, USBIF_XB_B_INITWAIT);
}

static void frontend_that_left_and_came_back_while_we_mapped_its_rings(
	void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_step(&b, PEER(CONNECTED, OK));
	back_step(&b, PEER(INITIALISING, ABSENT));
	back_does(&b, EV(CONNECT_OK), "QUIESCE");
	back_does(&b, PEER(CONNECTED, SAME), "");
	back_does(&b, EV(QUIESCED), "RELEASE CONNECT");
}

static void rings_that_cannot_be_mapped(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_step(&b, PEER(CONNECTED, OK));
	back_does(&b, EV(CONNECT_FAILED), "FATAL:CONNECT Closing ARM+5000");
	/* no second try until the frontend begins anew */
	back_does(&b, PEER(CLOSED, ABSENT), "Closed");
	back_does(&b, AT(TICK, NOW + 60000), "");
	back_does(&b, PEER(INITIALISING, ABSENT), "InitWait");
}

static void rings_that_could_not_be_mapped_for_they_were_taken_back(
	void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_step(&b, PEER(CONNECTED, OK));
	back_step(&b, PEER(CLOSING, ABSENT));
	back_does(&b, EV(CONNECT_FAILED), "");
	assert_int_equal(b.m.state, USBIF_XB_B_INITWAIT);
}

static void frontend_without_keys(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_does(&b, PEER(CONNECTED, ABSENT),
		  "FATAL:PEER_KEYS_ABSENT Closing ARM+5000");
}

static void frontend_with_bad_keys(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_does(&b, PEER(CONNECTED, BAD),
		  "FATAL:PEER_KEYS_BAD Closing ARM+5000");

	/* from the start: but the toolstack sees its InitWait */
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_does(&b, PEER(INITIALISED, BAD), "InitWait ARM+1000");
	back_does(&b, AT(TICK, NOW + 1000),
		  "FATAL:PEER_KEYS_BAD Closing ARM+6000");
}

static void controller_with_bad_keys(void **state)
{
	struct usbif_xb_back b;
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_back_init(&b);
	back_does(&b, PROBE(INITIALISING, BAD), "FATAL:OWN_KEYS Closed");
	back_does(&b, PEER(INITIALISING, ABSENT), "");
	/* attached again, with good ones */
	back_does(&b, OWN(INITIALISING, true), "InitWait ARM+1000");

	usbif_xb_front_init(&f);
	front_step(&f, PROBE(INITIALISING, OK));
	front_does(&f, PEER(INITWAIT, BAD), "FATAL:PEER_KEYS_BAD Closed");
	front_does(&f, PEER(INITWAIT, OK), "");
	front_does(&f, PEER(INITIALISING, ABSENT), "ARM+10000");
	front_does(&f, PEER(INITWAIT, OK), "Initialising CONNECT");
}

static void front_that_cannot_connect_does_not_try_in_a_circle(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_front_init(&f);
	front_step(&f, PROBE(INITIALISING, OK));
	front_step(&f, PEER(INITWAIT, OK));
	front_does(&f, EV(CONNECT_FAILED), "FATAL:CONNECT Closed");
	front_does(&f, PEER(INITWAIT, OK), "");
	/* but with another backend */
	front_does(&f, PEER(UNKNOWN, ABSENT), "ARM+10000");
	front_does(&f, PEER(INITWAIT, OK), "Initialising CONNECT");
	front_does(&f, EV(CONNECT_FAILED), "FATAL:CONNECT Closed");
	front_does(&f, EV(UNLOAD), "GONE");
}

static void fault_of_the_backend(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, EV(FAULT), "FATAL:FAULT Closing QUIESCE CUT");
	front_does(&f, EV(FAULT), "");
	front_does(&f, EV(QUIESCED), "ARM+5000");
	front_does(&f, PEER(CLOSING, OK), "RELEASE Closed ARM+10000");
	assert_int_equal(f.m.state, USBIF_XB_F_FAILED);
}

static void fault_of_the_frontend(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, EV(FAULT), "FATAL:FAULT QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE Closing ARM+5000");
	back_does(&b, PEER(CLOSED, OK), "Closed");
	back_does(&b, PEER(INITIALISING, OK), "InitWait");
}

static void front_begins_anew_if_the_backend_stays_closed(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_step(&f, PEER(CLOSING, OK));
	front_step(&f, EV(QUIESCED));
	front_step(&f, PEER(CLOSED, OK));
	front_does(&f, AT(TICK, NOW + USBIF_XB_RETRY_MS), "Initialising");
}

static void suspend_that_is_cancelled(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, EV(SUSPEND), "QUIESCE");
	front_does(&f, EV(QUIESCED), "SUSPENDED");
	front_does(&f, PEER(CONNECTED, OK), "");
	front_does(&f, EV(RESUMED), "OPEN");
}

static void suspend_and_restore_elsewhere(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_step(&f, EV(SUSPEND));
	front_step(&f, EV(QUIESCED));
	front_does(&f, EV(RESTORED), "RELEASE Initialising");
	front_does(&f, PEER(INITWAIT, OK), "CONNECT");
}

static void restore_without_a_suspend(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, EV(RESTORED), "QUIESCE CUT");
	/* the new backend may be seen before the old URBs are given back */
	front_does(&f, PEER(INITWAIT, OK), "");
	front_does(&f, EV(QUIESCED), "RELEASE Initialising CONNECT");
}

static void nodes_made_anew_under_the_back(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, OWN(INITIALISING, true), "QUIESCE");
	back_does(&b, PEER(INITIALISING, ABSENT), "");
	back_does(&b, EV(QUIESCED), "RELEASE InitWait ARM+1000");
}

static void nodes_made_anew_while_the_driver_leaves_are_left_alone(
	void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, EV(UNLOAD), "QUIESCE");
	back_does(&b, OWN(INITIALISING, true), "");
	back_does(&b, PEER(INITIALISING, ABSENT), "");
	back_does(&b, EV(QUIESCED), "RELEASE ARM+5000 GONE");
}

static void switch_says_what_it_replaces(void **state)
{
	struct usbif_xb_back b;
	struct usbif_xb_acts acts;
	struct usbif_xb_ev ev = PEER(INITIALISING, ABSENT);

	(void)state;
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	assert_int_equal(usbif_xb_back_step(&b, &ev, &acts), USBIF_OK);
	assert_int_equal(acts.v[0].kind, USBIF_XB_ACT_SWITCH);
	assert_int_equal(acts.v[0].state, USBIF_XB_INITWAIT);
	assert_int_equal(acts.v[0].from, USBIF_XB_INITIALISING);
}

static void refused_events_change_nothing(void **state)
{
	struct usbif_xb_front f, before;
	struct usbif_xb_back b;
	struct usbif_xb_ev ev = EV(QUIESCED);
	struct usbif_xb_acts acts = { .n = 77 };

	(void)state;
	front_up(&f);
	before = f;
	assert_int_equal(usbif_xb_front_step(&f, &ev, &acts), USBIF_E_STATE);
	ev.kind = USBIF_XB_EV_PORTS;
	assert_int_equal(usbif_xb_front_step(&f, &ev, &acts), USBIF_E_ARG);
	ev = PEER(UNSEEN, OK);
	assert_int_equal(usbif_xb_front_step(&f, &ev, &acts), USBIF_E_ARG);
	ev = PEER(CONNECTED, N);
	assert_int_equal(usbif_xb_front_step(&f, &ev, &acts), USBIF_E_ARG);
	ev = OWN(UNSEEN, true);
	assert_int_equal(usbif_xb_front_step(&f, &ev, &acts), USBIF_E_ARG);
	assert_same(&f, &before);
	assert_int_equal(acts.n, 77);

	usbif_xb_back_init(&b);
	ev = PROBE(INITIALISING, N);
	assert_int_equal(usbif_xb_back_step(&b, &ev, &acts), USBIF_E_ARG);
	ev.kind = USBIF_XB_EV_OWN;
	assert_int_equal(usbif_xb_back_step(&b, &ev, &acts), USBIF_E_ARG);
	ev.kind = USBIF_XB_EV_SUSPEND;
	assert_int_equal(usbif_xb_back_step(&b, &ev, &acts), USBIF_E_ARG);
}

static void before_probe_and_after_gone_nothing_happens(void **state)
{
	struct usbif_xb_ev ev = EV(SUSPEND);
	struct usbif_xb_front f;
	struct usbif_xb_back b;
	struct usbif_xb_acts acts;

	(void)state;
	for (int i = 0; i < 2; i++) {
		usbif_xb_front_init(&f);
		usbif_xb_back_init(&b);
		if (i == 1) {
			front_step(&f, PROBE(INITIALISING, OK));
			front_does(&f, EV(UNLOAD), "Closed GONE");
			back_step(&b, PROBE(INITIALISING, OK));
			back_does(&b, EV(UNLOAD), "Closed GONE");
		}
		assert_int_equal(usbif_xb_front_step(&f, &ev, &acts),
				 USBIF_E_STATE);
		front_does(&f, OWN(INITIALISING, true), "");
		front_does(&f, EV(RESTORED), "");
		front_does(&f, PEER(INITWAIT, OK), "");
		back_does(&b, OWN(INITIALISING, true), "");
		back_does(&b, PEER(CONNECTED, OK), "");
		back_does(&b, EV(PORTS), "");
	}
}

static void damaged_machines_are_not_valid(void **state)
{
	struct usbif_xb_back b;
	struct usbif_xb_front f;

	(void)state;
#define SPOIL(m, field, value) \
	do { \
		front_up(&f); \
		back_up(&b); \
		f.m.field = (value); \
		b.m.field = (value); \
		assert_false(usbif_xb_front_valid(&f)); \
		assert_false(usbif_xb_back_valid(&b)); \
	} while (0)
	SPOIL(m, state, 200);
	SPOIL(m, own, USBIF_XB_INITWAIT);
	SPOIL(m, own, 9);
	SPOIL(m, node, 9);
	SPOIL(m, peer, 10);
	SPOIL(m, keys, USBIF_XB_KEYS_N);
	SPOIL(m, wishes, 0x40);
	SPOIL(m, zero[0], 1);
	SPOIL(m, zero[1], 1);
	SPOIL(m, due_ms, 3);
	/* what cannot be without a look, and what would have been acted upon */
	SPOIL(m, peer, USBIF_XB_UNSEEN);
	SPOIL(m, peer, USBIF_XB_CLOSED);
	SPOIL(m, wishes, USBIF_XB_WISH_UNLOAD);
#undef SPOIL
	front_up(&f);
	f.m.state = USBIF_XB_F_N;
	assert_false(usbif_xb_front_valid(&f));
	back_up(&b);
	b.m.state = USBIF_XB_B_N;
	assert_false(usbif_xb_back_valid(&b));
	front_up(&f);
	f.m.state = USBIF_XB_F_QUIET;
	assert_false(usbif_xb_front_valid(&f));
	front_up(&f);
	f.m.wishes = USBIF_XB_WISH_UNFIT;
	assert_false(usbif_xb_front_valid(&f));
	back_up(&b);
	b.m.wishes = USBIF_XB_WISH_SUSPEND;
	assert_false(usbif_xb_back_valid(&b));
	usbif_xb_back_init(&b);
	assert_true(usbif_xb_back_valid(&b));
	b.m.wishes = USBIF_XB_WISH_UNLOAD;
	assert_false(usbif_xb_back_valid(&b));
}

static void fault_before_the_backend_is_connected(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_front_init(&f);
	front_step(&f, PROBE(INITIALISING, OK));
	front_does(&f, EV(FAULT), "");
	front_step(&f, PEER(INITWAIT, OK));
	front_step(&f, EV(CONNECT_OK));
	front_does(&f, EV(FAULT), "FATAL:FAULT Closing QUIESCE CUT");
}

static void fault_during_an_unload(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_step(&f, EV(UNLOAD));
	/* an unlink is overdue: the backend does not help after all */
	front_does(&f, EV(FAULT), "FATAL:FAULT Closing CUT");
}

static void restore_finds_the_front_in_any_state(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_front_init(&f);
	front_does(&f, EV(RESTORED), "");
	front_step(&f, PROBE(INITIALISING, OK));
	front_does(&f, EV(RESTORED), "Initialising");

	/* failed */
	front_step(&f, PEER(INITWAIT, BAD));
	front_does(&f, EV(RESTORED), "Initialising");

	/* cut off from the old backend */
	front_up(&f);
	front_step(&f, PEER(UNKNOWN, ABSENT));
	front_does(&f, EV(RESTORED), "");
	front_does(&f, EV(QUIESCED), "ARM+5000 RELEASE Initialising");

	/* waiting for it to let go */
	front_up(&f);
	front_step(&f, EV(FAULT));
	front_step(&f, EV(QUIESCED));
	front_does(&f, EV(RESTORED), "RELEASE Initialising");

	/* closed */
	front_up(&f);
	front_step(&f, PEER(UNKNOWN, ABSENT));
	front_step(&f, EV(QUIESCED));
	front_does(&f, EV(RESTORED), "Initialising");

	/* closed, asleep */
	front_up(&f);
	front_step(&f, PEER(UNKNOWN, ABSENT));
	front_step(&f, EV(QUIESCED));
	front_does(&f, EV(SUSPEND), "SUSPENDED");
	front_does(&f, EV(RESTORED), "Initialising");

	/* on its way to be quiet */
	front_up(&f);
	front_step(&f, EV(SUSPEND));
	front_does(&f, EV(RESTORED), "CUT");
	front_does(&f, EV(QUIESCED), "RELEASE Initialising");

	front_step(&f, EV(UNLOAD));
	front_does(&f, EV(RESTORED), "");
}

static void suspend_without_a_connection(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_front_init(&f);
	front_step(&f, PROBE(INITIALISING, OK));
	front_does(&f, EV(SUSPEND), "SUSPENDED");
	front_does(&f, PEER(INITWAIT, OK), "");
	/* what was seen meanwhile counts */
	front_does(&f, EV(RESUMED), "CONNECT");
}

static void backend_that_left_while_the_front_slept(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_step(&f, EV(SUSPEND));
	front_step(&f, EV(QUIESCED));
	front_does(&f, PEER(CLOSING, OK), "");
	front_does(&f, EV(RESUMED),
		   "Closing ARM+5000 RELEASE Closed ARM+10000");
}

static void nodes_made_anew_under_the_front(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, OWN(CONNECTED, true), "");
	front_does(&f, OWN(INITIALISING, true), "QUIESCE CUT");
	front_does(&f, PEER(INITWAIT, OK), "");
	front_does(&f, EV(QUIESCED), "RELEASE CONNECT");
}

static void nodes_made_anew_under_a_back_that_is_not_connected(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_step(&b, PEER(UNKNOWN, ABSENT));
	back_does(&b, OWN(INITIALISING, true), "InitWait ARM+1000");
	back_step(&b, OWN(CLOSING, false));
	assert_int_equal(b.m.state, USBIF_XB_B_GONE);
	back_does(&b, OWN(INITIALISING, true), "InitWait ARM+1000");
	back_step(&b, OWN(CLOSING, true));
	assert_int_equal(b.m.state, USBIF_XB_B_CLOSED);
	back_does(&b, OWN(INITIALISING, true), "InitWait ARM+1000");

	/* while the rings are being mapped */
	back_step(&b, AT(TICK, NOW + 1000));
	back_step(&b, PEER(CONNECTED, OK));
	back_step(&b, OWN(INITIALISING, true));
	back_step(&b, PEER(INITIALISING, ABSENT));
	back_does(&b, EV(CONNECT_FAILED), "InitWait ARM+1000");
}

static void reloaded_back_with_bad_keys(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	usbif_xb_back_init(&b);
	back_does(&b, PROBE(CLOSED, ABSENT), "FATAL:OWN_KEYS");
	assert_int_equal(b.m.state, USBIF_XB_B_DEAD);
}

static void frontend_that_spoils_its_keys_while_connected(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, PEER(CONNECTED, BAD), "QUIESCE");
	back_does(&b, EV(QUIESCED),
		  "RELEASE FATAL:PEER_KEYS_BAD Closing ARM+5000");
}

static void states_without_a_meaning_are_ignored(void **state)
{
	struct usbif_xb_front f;
	struct usbif_xb_back b;

	(void)state;
	front_up(&f);
	front_does(&f, PEER(RECONFIGURING, OK), "");
	front_does(&f, OWN(RECONFIGURED, true), "");
	back_up(&b);
	back_does(&b, PEER(INITWAIT, OK), "");
	back_does(&b, PEER(RECONFIGURED, OK), "");
	back_does(&b, OWN(RECONFIGURED, true), "");
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_does(&b, PEER(INITWAIT, OK), "InitWait ARM+1000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frontend_that_left_while_we_mapped_its_rings),
		cmocka_unit_test(
			frontend_that_left_and_came_back_while_we_mapped_its_rings),
		cmocka_unit_test(rings_that_cannot_be_mapped),
		cmocka_unit_test(
			rings_that_could_not_be_mapped_for_they_were_taken_back),
		cmocka_unit_test(frontend_without_keys),
		cmocka_unit_test(frontend_with_bad_keys),
		cmocka_unit_test(controller_with_bad_keys),
		cmocka_unit_test(
			front_that_cannot_connect_does_not_try_in_a_circle),
		cmocka_unit_test(fault_of_the_backend),
		cmocka_unit_test(fault_of_the_frontend),
		cmocka_unit_test(front_begins_anew_if_the_backend_stays_closed),
		cmocka_unit_test(suspend_that_is_cancelled),
		cmocka_unit_test(suspend_and_restore_elsewhere),
		cmocka_unit_test(restore_without_a_suspend),
		cmocka_unit_test(nodes_made_anew_under_the_back),
		cmocka_unit_test(
			nodes_made_anew_while_the_driver_leaves_are_left_alone),
		cmocka_unit_test(switch_says_what_it_replaces),
		cmocka_unit_test(refused_events_change_nothing),
		cmocka_unit_test(before_probe_and_after_gone_nothing_happens),
		cmocka_unit_test(damaged_machines_are_not_valid),
		cmocka_unit_test(fault_before_the_backend_is_connected),
		cmocka_unit_test(fault_during_an_unload),
		cmocka_unit_test(restore_finds_the_front_in_any_state),
		cmocka_unit_test(suspend_without_a_connection),
		cmocka_unit_test(backend_that_left_while_the_front_slept),
		cmocka_unit_test(nodes_made_anew_under_the_front),
		cmocka_unit_test(
			nodes_made_anew_under_a_back_that_is_not_connected),
		cmocka_unit_test(reloaded_back_with_bad_keys),
		cmocka_unit_test(
			frontend_that_spoils_its_keys_while_connected),
		cmocka_unit_test(states_without_a_meaning_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
