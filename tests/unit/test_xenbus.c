/* SPDX-License-Identifier: MIT */
/* The handshake when all goes as it should, or somebody leaves. */
#include "support/test.h"

#include "support/handshake.h"

#define NOW	HANDSHAKE_NOW

static void front_attaches(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_front_init(&f);
	/* the toolstack wrote Initialising: nothing to write */
	front_does(&f, PROBE(INITIALISING, OK), "");
	front_does(&f, PEER(INITIALISING, ABSENT), "");
	front_does(&f, PEER(INITWAIT, OK), "CONNECT");
	front_does(&f, EV(CONNECT_OK), "Connected");
	front_does(&f, PEER(INITWAIT, OK), "");
	front_does(&f, PEER(CONNECTED, OK), "OPEN");
}

static void back_attaches_and_lets_the_toolstack_look(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	usbif_xb_back_init(&b);
	back_does(&b, PROBE(INITIALISING, OK), "");
	back_does(&b, PEER(INITIALISING, ABSENT), "InitWait ARM+1000");
	/* a frontend that is quicker than the toolstack has to wait */
	back_does(&b, PEER(CONNECTED, OK), "");
	/* a timer that is early is set again, for the same moment */
	back_does(&b, AT(TICK, NOW + USBIF_XB_DWELL_MS - 1), "ARM+1000");
	back_does(&b, AT(TICK, NOW + USBIF_XB_DWELL_MS), "CONNECT");
	back_does(&b, EV(CONNECT_OK), "Connected OPEN READ_PORTS");
	back_does(&b, EV(PORTS), "READ_PORTS");
}

static void back_serves_a_frontend_that_stops_at_initialised(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_does(&b, PEER(INITIALISED, OK), "InitWait ARM+1000");
	back_does(&b, AT(TICK, NOW + 1000), "CONNECT");
	back_does(&b, EV(CONNECT_OK), "Connected OPEN READ_PORTS");
	back_does(&b, PEER(CONNECTED, SAME), "");
}

static void detach_seen_by_the_front(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, PEER(CLOSING, OK), "Closing QUIESCE CUT");
	front_does(&f, EV(QUIESCED), "ARM+5000 RELEASE Closed ARM+10000");
	front_does(&f, PEER(CLOSED, OK), "");
	front_does(&f, EV(UNLOAD), "GONE");
}

static void detach_seen_by_the_back(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	/* the toolstack wrote Closing and online=0 */
	back_does(&b, OWN(CLOSING, false), "QUIESCE");
	back_does(&b, PEER(CONNECTED, SAME), "");
	/* Closing is there already */
	back_does(&b, EV(QUIESCED), "RELEASE ARM+5000");
	back_does(&b, PEER(CLOSING, OK), "");
	back_does(&b, PEER(CLOSED, OK), "Closed");
	/* the frontend begins anew, but the controller is going away */
	back_does(&b, PEER(INITIALISING, OK), "");
	back_does(&b, EV(UNLOAD), "GONE");
}

static void detach_is_noticed_though_our_state_overwrote_closing(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, OWN(CONNECTED, false), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE Closing ARM+5000");
}

static void detach_waits_for_no_driver(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_step(&b, PEER(INITIALISING, ABSENT));
	back_does(&b, OWN(CLOSING, false), "ARM+5000 Closed");

	/* but for one that is about to connect */
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_step(&b, PEER(INITIALISING, ABSENT));
	back_step(&b, PEER(CONNECTED, OK));
	back_does(&b, OWN(CLOSING, false), "ARM+5000");
	back_does(&b, PEER(CLOSED, OK), "Closed");
}

static void detach_waits_so_long_for_a_hung_guest(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_step(&b, OWN(CLOSING, false));
	back_does(&b, EV(QUIESCED), "RELEASE ARM+5000");
	back_does(&b, AT(TICK, NOW + 4999), "ARM+5000");
	back_step(&b, AT(TICK, NOW + 5000));
	assert_int_equal(b.m.state, USBIF_XB_B_GONE);
}

static void destroyed_guest_is_gone_at_once(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, PEER(UNKNOWN, ABSENT), "QUIESCE");
	back_does(&b, OWN(CLOSING, false), "");
	back_does(&b, EV(QUIESCED), "RELEASE ARM+5000 Closed");
}

static void unload_of_the_front(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	/* the backend helps: Closing comes after */
	front_does(&f, EV(UNLOAD), "QUIESCE");
	front_does(&f, EV(QUIESCED), "Closing ARM+5000");
	front_does(&f, PEER(CONNECTED, OK), "");
	front_does(&f, PEER(CLOSING, OK), "RELEASE Closed ARM+10000 GONE");
}

static void unload_of_the_front_from_a_silent_backend(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_step(&f, EV(UNLOAD));
	front_step(&f, EV(QUIESCED));
	front_step(&f, AT(TICK, NOW + USBIF_XB_CLOSE_MS));
	assert_int_equal(f.m.state, USBIF_XB_F_GONE);
}

static void reload_of_the_front(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, PEER(CLOSING, ABSENT), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE Closing ARM+5000");
	back_does(&b, PEER(CLOSED, ABSENT), "Closed");
	back_does(&b, PEER(INITIALISING, ABSENT), "InitWait");
	back_does(&b, PEER(CONNECTED, OK), "CONNECT");
	back_does(&b, EV(CONNECT_OK), "Connected OPEN READ_PORTS");
}

static void unload_and_reload_of_the_back(void **state)
{
	struct usbif_xb_back b;
	struct usbif_xb_front f;

	(void)state;
	back_up(&b);
	back_does(&b, EV(UNLOAD), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE Closing ARM+5000");
	front_up(&f);
	front_does(&f, PEER(CLOSING, OK), "Closing QUIESCE CUT");
	front_does(&f, EV(QUIESCED), "ARM+5000 RELEASE Closed ARM+10000");
	back_does(&b, PEER(CLOSED, ABSENT), "Closed GONE");
	front_does(&f, PEER(CLOSED, ABSENT), "");

	usbif_xb_back_init(&b);
	back_does(&b, PROBE(CLOSED, OK), "");
	back_does(&b, PEER(CLOSED, ABSENT), "InitWait ARM+1000");
	front_does(&f, PEER(INITWAIT, OK), "Initialising CONNECT");
	front_does(&f, EV(CONNECT_OK), "Connected");
}

static void reloaded_back_never_serves_an_old_connection(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	usbif_xb_back_init(&b);
	/* our predecessor crashed while connected */
	back_does(&b, PROBE(CONNECTED, OK), "Closed");
	back_does(&b, PEER(CONNECTED, OK), "");
	back_does(&b, PEER(CLOSED, OK), "InitWait ARM+1000");
}

static void reloaded_front_makes_the_backend_let_go(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_front_init(&f);
	/* our predecessor crashed while connected */
	front_does(&f, PROBE(CONNECTED, OK), "Initialising");
	front_does(&f, PEER(CONNECTED, OK), "Closed");
	front_does(&f, PEER(CONNECTED, OK), "");
	front_does(&f, PEER(CLOSING, OK), "");
	front_does(&f, PEER(CLOSED, OK), "Initialising");
	front_does(&f, PEER(INITWAIT, OK), "CONNECT");
}

static void backend_crash_gives_everything_back(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, PEER(UNKNOWN, ABSENT), "Closing QUIESCE CUT");
	front_does(&f, EV(QUIESCED), "ARM+5000 RELEASE Closed ARM+10000");
	/* and the next one is welcome */
	front_does(&f, PEER(INITIALISING, ABSENT), "");
	front_does(&f, PEER(INITWAIT, OK), "Initialising CONNECT");
}

static void backend_that_dies_during_an_unload_is_not_waited_for(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, EV(UNLOAD), "QUIESCE");
	front_does(&f, PEER(UNKNOWN, ABSENT), "Closing CUT");
	front_does(&f, EV(QUIESCED), "ARM+5000 RELEASE Closed ARM+10000 GONE");
}

static void frontend_that_began_anew_unseen_is_served_its_new_rings(
	void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_up(&b);
	back_does(&b, PEER(CONNECTED, SAME), "");
	back_does(&b, PEER(CONNECTED, OK), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE CONNECT");
	back_does(&b, EV(CONNECT_OK), "OPEN READ_PORTS");
}

static void backend_that_began_anew_unseen_has_lost_us(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	front_up(&f);
	front_does(&f, PEER(INITWAIT, OK), "Closing QUIESCE CUT");
	front_does(&f, EV(QUIESCED),
		   "ARM+5000 RELEASE Closed ARM+10000 Initialising CONNECT");
	front_up(&f);
	front_does(&f, PEER(INITIALISED, OK), "Closing QUIESCE CUT");
	front_up(&f);
	front_does(&f, EV(UNLOAD), "QUIESCE");
	front_does(&f, PEER(INITWAIT, OK), "Closing CUT");
	front_up(&f);
	front_does(&f, EV(UNLOAD), "QUIESCE");
	front_does(&f, PEER(INITIALISED, OK), "Closing CUT");
}

static void front_that_makes_the_backend_let_go_sees_any_of_its_states(
	void **state)
{
	struct usbif_xb_front f;

	(void)state;
	for (int i = 0; i < 5; i++) {
		usbif_xb_front_init(&f);
		front_step(&f, PROBE(INITIALISING, OK));
		front_does(&f, PEER(INITIALISED, OK), "Closed");
		if (i == 0)
			front_does(&f, PEER(UNKNOWN, OK), "Initialising");
		if (i == 1)
			front_does(&f, PEER(INITIALISING, OK), "Initialising");
		if (i == 2)
			front_does(&f, PEER(INITWAIT, OK),
				   "Initialising CONNECT");
		if (i == 3)
			front_does(&f, EV(RESTORED), "Initialising");
		if (i == 4)
			front_does(&f, EV(UNLOAD), "GONE");
	}
}

static void unload_while_connecting_offers_nothing(void **state)
{
	struct usbif_xb_front f;

	(void)state;
	usbif_xb_front_init(&f);
	front_step(&f, PROBE(INITIALISING, OK));
	front_step(&f, PEER(INITWAIT, OK));
	front_does(&f, EV(UNLOAD), "");
	front_does(&f, EV(CONNECT_OK), "Closing QUIESCE CUT");
	front_does(&f, EV(QUIESCED),
		   "ARM+5000 RELEASE Closed ARM+10000 GONE");
	front_does(&f, EV(UNLOAD), "GONE");
}

static void unload_of_the_back_while_connecting(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_step(&b, PEER(CONNECTED, OK));
	back_does(&b, EV(UNLOAD), "");
	back_does(&b, EV(CONNECT_OK), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE Closing ARM+5000");
	back_does(&b, PEER(CLOSED, OK), "Closed GONE");
}

static void closing_that_the_toolstack_wrote_is_obeyed_anywhere(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_does(&b, OWN(CLOSING, true), "Closed");
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, OK));
	back_step(&b, PEER(UNKNOWN, ABSENT));
	back_does(&b, OWN(CLOSING, true), "ARM+5000 Closed");
	back_does(&b, OWN(CLOSING, true), "Closed");
	back_does(&b, PEER(INITIALISING, ABSENT), "InitWait");
	back_does(&b, OWN(CLOSING, true), "ARM+5000 Closed InitWait");
	back_up(&b);
	back_does(&b, OWN(CLOSING, true), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE ARM+5000");
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(CLOSED, OK));
	back_does(&b, OWN(CLOSING, true), "Closed");
	usbif_xb_back_init(&b);
	back_step(&b, PROBE(INITIALISING, BAD));
	back_does(&b, OWN(CLOSING, true), "Closed");
}

/* Nodes that are made anew while a detach waits for our rings. */
static void a_detach_may_be_taken_back(void **state)
{
	struct usbif_xb_back b;

	(void)state;
	back_offers(&b);
	back_does(&b, PEER(CONNECTED, OK), "CONNECT");
	back_does(&b, OWN(INITWAIT, false), "");
	back_does(&b, OWN(INITIALISING, true), "");
	back_does(&b, EV(CONNECT_OK), "QUIESCE");
	back_does(&b, EV(QUIESCED), "RELEASE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(front_attaches),
		cmocka_unit_test(back_attaches_and_lets_the_toolstack_look),
		cmocka_unit_test(
			back_serves_a_frontend_that_stops_at_initialised),
		cmocka_unit_test(detach_seen_by_the_front),
		cmocka_unit_test(detach_seen_by_the_back),
		cmocka_unit_test(
			detach_is_noticed_though_our_state_overwrote_closing),
		cmocka_unit_test(detach_waits_for_no_driver),
		cmocka_unit_test(detach_waits_so_long_for_a_hung_guest),
		cmocka_unit_test(destroyed_guest_is_gone_at_once),
		cmocka_unit_test(unload_of_the_front),
		cmocka_unit_test(unload_of_the_front_from_a_silent_backend),
		cmocka_unit_test(reload_of_the_front),
		cmocka_unit_test(unload_and_reload_of_the_back),
		cmocka_unit_test(reloaded_back_never_serves_an_old_connection),
		cmocka_unit_test(reloaded_front_makes_the_backend_let_go),
		cmocka_unit_test(backend_crash_gives_everything_back),
		cmocka_unit_test(
			backend_that_dies_during_an_unload_is_not_waited_for),
		cmocka_unit_test(
			frontend_that_began_anew_unseen_is_served_its_new_rings),
		cmocka_unit_test(backend_that_began_anew_unseen_has_lost_us),
		cmocka_unit_test(
			front_that_makes_the_backend_let_go_sees_any_of_its_states),
		cmocka_unit_test(unload_while_connecting_offers_nothing),
		cmocka_unit_test(unload_of_the_back_while_connecting),
		cmocka_unit_test(a_detach_may_be_taken_back),
		cmocka_unit_test(
			closing_that_the_toolstack_wrote_is_obeyed_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
