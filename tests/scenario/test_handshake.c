/* SPDX-License-Identifier: MIT */
/* Both ends find each other through xenstore, part, and meet again. */
#include "support/stories.h"
#include "support/traffic.h"

#define BACK	(&w->bus.back)
#define FRONT	(&w->bus.front)

static void load_both(struct world *w)
{
	bus_attach(w);
	if (w->variant % 2) {
		bus_load(w, FRONT);
		bus_load(w, BACK);
	} else {
		bus_load(w, BACK);
		bus_load(w, FRONT);
	}
}

static void expect_connected(struct world *w)
{
	must(w, store_state(w, "be") == USBIF_XB_CONNECTED);
	must(w, store_state(w, "fe") == USBIF_XB_CONNECTED);
	must(w, w->guest.is_open && w->host.is_open);
	must(w, w->guest.front.config.extended ==
		w->host.back.config.extended);
	must(w, w->guest.front.config.ring_pages ==
		w->host.back.config.ring_pages);
}

static struct usb_dev *find_device(struct world *w)
{
	power_port(w, 1);
	world_settle(w);
	must(w, port_status(w, 1) & USBIF_PORT_CONNECTION);
	return enumerate(w, 1, 1);
}

/* A device in port 1, from the toolstack's node to its octets. */
static void expect_working(struct world *w)
{
	struct usb_dev *dev;

	if (w->devices == 0)
		world_add(w, device_source_sink());
	store_write(w, "be", "port/1", "0");
	bus_ports_changed(w);
	dev = find_device(w);
	must(w, dev);
	must(w, urb_run(w, bulk_in(w, dev, 1, 5000)) == USBIF_WIRE_ST_OK);
	must(w, urb_run(w, bulk_out(w, dev, 2, 70000)) == USBIF_WIRE_ST_OK);
}

/* What the toolstack waits for: InitWait must be there for a second. */
static void two_drivers_connect(struct world *w)
{
	load_both(w);
	world_settle(w);
	must(w, store_state(w, "be") == USBIF_XB_INITWAIT);
	bus_pass_ms(w, USBIF_XB_DWELL_MS - 1);
	must(w, store_state(w, "be") == USBIF_XB_INITWAIT);
	bus_pass_ms(w, 1);
	expect_connected(w);
	expect_working(w);
}

static void old_and_new_drivers_agree(struct world *w)
{
	FRONT->offer.queues_rev = w->variant & 1;
	BACK->offer.queues_rev = w->variant >> 1 & 1;
	FRONT->offer.ring_pages = 1 + w->variant % 7;
	BACK->offer.ring_pages = 1 + w->variant % 5;
	FRONT->offer.request_pages = 16 + w->variant % 3 * 16;
	BACK->offer.request_pages = 16 + w->variant % 2 * 32;
	load_both(w);
	bus_pass_ms(w, 2000);
	expect_connected(w);
	must(w, w->guest.front.config.extended == (w->variant % 4 == 3));
	must(w, w->guest.front.config.ring_pages ==
		(FRONT->offer.ring_pages < BACK->offer.ring_pages ?
		 FRONT->offer.ring_pages : BACK->offer.ring_pages));
	must(w, w->guest.front.config.request_pages <=
		w->host.back.config.request_pages);
	must(w, w->guest.front.config.request_pages ==
		(w->variant % 4 == 3 ? FRONT->offer.request_pages : 16));
	expect_working(w);
}

static struct usb_dev *busy(struct world *w)
{
	struct usb_dev *dev;

	load_both(w);
	bus_pass_ms(w, 2000);
	expect_connected(w);
	expect_working(w);
	dev = &w->guest.dev[w->guest.devs - 1];
	traffic_start(w, dev);
	world_settle_for(w, 3 * w->variant);
	return dev;
}

/* The frontend loads its driver anew; the bus makes its node ready for that. */
static void reload_frontend(struct world *w)
{
	bus_unload(w, FRONT);
	bus_pass_ms(w, 11000);
	must(w, !FRONT->loaded);
	store_write(w, "fe", "state", "%u", USBIF_XB_INITIALISING);
	bus_load(w, FRONT);
	bus_pass_ms(w, 5000);
}

static void the_frontend_is_unloaded_and_loaded_again(struct world *w)
{
	busy(w);
	reload_frontend(w);
	expect_connected(w);
	expect_working(w);
}

static void the_backend_is_unloaded_and_loaded_again(struct world *w)
{
	busy(w);
	bus_unload(w, BACK);
	bus_pass_ms(w, 11000);
	must(w, !BACK->loaded && !w->guest.first_pending);
	bus_load(w, BACK);
	bus_pass_ms(w, 20000);
	expect_connected(w);
	expect_working(w);
}

static void the_controller_is_detached(struct world *w)
{
	busy(w);
	bus_detach(w);
	bus_pass_ms(w, 10000);
	must(w, store_state(w, "be") == USBIF_XB_CLOSED);
	must(w, store_state(w, "fe") != USBIF_XB_CONNECTED);
	must(w, !w->guest.first_pending);
	must(w, !w->guest.is_open && !w->host.is_open);
	store_remove(w, "fe");
	store_remove(w, "be");
	world_settle(w);
}

static void the_guest_dies_and_comes_again(struct world *w)
{
	busy(w);
	bus_crash_front(w);
	bus_pass_ms(w, 1000);
	/* Its new kernel finds the nodes as the old one left them. */
	bus_load(w, FRONT);
	bus_pass_ms(w, 30000);
	expect_connected(w);
	expect_working(w);
}

/* The nodes there are new, and nothing of the old host exists any more. */
static void the_guest_wakes_up_on_another_host(struct world *w)
{
	busy(w);
	bus_crash_back(w);
	store_remove(w, "fe");
	store_remove(w, "be");
	bus_attach(w);
	bus_load(w, BACK);
	bus_restore_front(w);
	bus_pass_ms(w, 20000);
	expect_connected(w);
	expect_working(w);
}

static void the_backend_dies_and_comes_again(struct world *w)
{
	busy(w);
	bus_crash_back(w);
	bus_pass_ms(w, 500);
	bus_load(w, BACK);
	bus_pass_ms(w, 30000);
	expect_connected(w);
	expect_working(w);
}

/* The victim looks before the liar's own end sets the index right again. */
static void lie(struct world *w, uint32_t index)
{
	int i;

	shared_set(&w->urb_mem, index, 0x7fff0000);
	if (index == USBIF_WIRE_RSP_PROD)
		guest_serve(w);
	for (i = 0; index == USBIF_WIRE_REQ_PROD && i <= HOST_TELL; i++)
		host_step(w);
	bus_pass_ms(w, 30000);
	must(w, !w->guest.first_pending);
}

static void a_front_that_was_lied_to_waits_for_a_person(struct world *w)
{
	busy(w);
	lie(w, USBIF_WIRE_RSP_PROD);
	must(w, FRONT->last_why == USBIF_XB_WHY_FAULT);
	must(w, store_state(w, "fe") == USBIF_XB_CLOSED);
	must(w, store_state(w, "be") != USBIF_XB_CONNECTED);
	reload_frontend(w);
	expect_connected(w);
	expect_working(w);
}

static void a_back_that_was_lied_to_begins_anew_with_the_front(
	struct world *w)
{
	busy(w);
	lie(w, USBIF_WIRE_REQ_PROD);
	must(w, BACK->last_why == USBIF_XB_WHY_FAULT);
	must(w, FRONT->connected == 2 && BACK->connected == 2);
	expect_connected(w);
	expect_working(w);
}

static void a_key_that_is_wrong_closes_the_connection(struct world *w)
{
	bus_attach(w);
	store_write(w, "be", "num-ports", w->variant % 2 ? "32" : "zero");
	bus_load(w, BACK);
	bus_load(w, FRONT);
	bus_pass_ms(w, 5000);
	must(w, store_state(w, "be") == USBIF_XB_CLOSED);
	must(w, BACK->last_why == USBIF_XB_WHY_OWN_KEYS);
	must(w, FRONT->connected == 0 && BACK->connected == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(two_drivers_connect, .apart = true, .variants = 2),
		STORY(old_and_new_drivers_agree, .apart = true,
		      .variants = 35),
		STORY(the_frontend_is_unloaded_and_loaded_again,
		      .apart = true, .variants = 20),
		STORY(the_backend_is_unloaded_and_loaded_again,
		      .apart = true, .variants = 20),
		STORY(the_controller_is_detached, .apart = true,
		      .variants = 20),
		STORY(the_guest_dies_and_comes_again, .apart = true,
		      .variants = 20),
		STORY(the_guest_wakes_up_on_another_host, .apart = true,
		      .variants = 20),
		STORY(the_backend_dies_and_comes_again, .apart = true,
		      .variants = 20),
		STORY(a_front_that_was_lied_to_waits_for_a_person,
		      .apart = true, .variants = 20),
		STORY(a_back_that_was_lied_to_begins_anew_with_the_front,
		      .apart = true, .variants = 20),
		STORY(a_key_that_is_wrong_closes_the_connection,
		      .apart = true, .variants = 2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
