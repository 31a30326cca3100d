/* SPDX-License-Identifier: MIT */
/* Connections end, at any moment and from either side, and begin again. */
#include "support/stories.h"
#include "support/traffic.h"

static struct usb_dev *busy_device(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev);
	traffic_start(w, dev);
	return dev;
}

static void works_again(struct world *w)
{
	struct usb_dev *dev;

	world_reconnect(w);
	dev = plug_and_enumerate(w, 1, w->device[0]);
	must(w, dev);
	must(w, urb_run(w, bulk_in(w, dev, 1, 5000)) == USBIF_WIRE_ST_OK);
	must(w, urb_run(w, bulk_out(w, dev, 2, 5000)) == USBIF_WIRE_ST_OK);
}

static void the_front_shuts_down_at_any_moment(struct world *w)
{
	busy_device(w);
	world_settle_for(w, w->variant);
	guest_cut(w);
	must(w, port_status(w, 1) == USBIF_PORT_POWER);
	world_settle(w);
	must(w, !w->guest.first_pending);
	works_again(w);
}

static void the_back_closes_at_any_moment(struct world *w)
{
	busy_device(w);
	world_settle_for(w, w->variant);
	host_close(w);
	world_settle(w);
	must(w, host_is_quiet(w));
	must(w, !w->guest.first_pending);
	must(w, host_plug(w, 1, w->device[0]) == USBIF_E_STATE);
	works_again(w);
}

static void the_ends_close_while_a_device_is_enumerated(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());

	power_port(w, 1);
	must(w, host_plug(w, 1, d) == USBIF_OK);
	world_settle_for(w, w->variant);
	if (w->variant % 2)
		host_close(w);
	else
		guest_cut(w);
	world_settle(w);
	must(w, !plug_and_enumerate(w, 1, d));
	works_again(w);
}

/* URBs that are unlinked come back within ten seconds, whoever is silent. */
static void a_silent_backend_is_given_up_after_ten_seconds(struct world *w)
{
	struct usb_dev *dev = busy_device(w);
	struct urb *urb = bulk_in(w, dev, 1, 512);

	world_settle_for(w, w->variant);
	must(w, guest_submit(w, urb) == USBIF_OK);
	w->host_is_frozen = true;
	world_pass_s(w, 60);
	must(w, !w->guest.broken);
	guest_unlink_all(w);
	world_settle(w);
	world_pass_s(w, USBIF_FQ_UNLINK_BOUND_S);
	must(w, !w->guest.broken || w->guest.unlinks_sent == 0);
	world_pass_s(w, 1);
	must(w, w->guest.broken || !w->guest.first_pending);
	must(w, !w->guest.first_pending);
	must(w, !w->guest.broken ||
		usbif_front_fault(&w->guest.front) == USBIF_FAULT_RSP_OVERDUE);
	w->host_is_frozen = false;
	works_again(w);
}

static void a_slow_backend_is_not_given_up(struct world *w)
{
	struct usb_dev *dev = busy_device(w);

	world_settle_for(w, 40);
	w->host_is_frozen = true;
	guest_unlink_all(w);
	world_pass_s(w, USBIF_FQ_UNLINK_BOUND_S);
	w->host_is_frozen = false;
	world_settle(w);
	world_pass_s(w, USBIF_FQ_UNLINK_BOUND_S);
	must(w, !w->guest.broken && !w->guest.first_pending);
	must(w, urb_run(w, bulk_in(w, dev, 1, 512)) == USBIF_WIRE_ST_OK);
}

/* The guest sleeps, and no event finds a posted request any more. */
static void plugs_are_told_once_requests_are_posted_again(struct world *w)
{
	struct device *first = world_add(w, device_keyboard());
	struct device *last = world_add(w, device_source_sink());
	struct usb_dev *dev;
	uint32_t i;

	power_port(w, 1);
	w->guest_is_frozen = true;
	for (i = 0; i < 300; i++) {
		must(w, host_plug(w, 1, first) == USBIF_OK);
		world_settle(w);
		host_unplug(w, 1);
		world_settle(w);
	}
	must(w, host_plug(w, 1, last) == USBIF_OK);
	world_settle(w);
	w->guest_is_frozen = false;
	world_settle(w);
	must(w, w->host.back.port[0].told_speed == USBIF_WIRE_SPEED_HIGH);
	dev = enumerate(w, 1, 1);
	must(w, dev && dev->device == last);
	must(w, urb_run(w, bulk_in(w, dev, 1, 512)) == USBIF_WIRE_ST_OK);
}

static void rings_of_any_size_carry_traffic(struct world *w)
{
	struct usb_dev *dev;
	uint32_t n;

	w->config.ring_pages = (uint8_t)(1 + w->variant);
	world_reconnect(w);
	dev = busy_device(w);
	world_settle_for(w, 300);
	n = dev->device->in[1].log.n;
	must(w, n != 0 && dev->device->out[2].log.n != 0);
	world_settle_for(w, 300);
	must(w, dev->device->in[1].log.n > n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(the_front_shuts_down_at_any_moment, .variants = 100),
		STORY(the_front_shuts_down_at_any_moment, .variants = 30,
		      .old = true),
		STORY(the_front_shuts_down_at_any_moment, .variants = 30,
		      .hc_depth = 3, .hc = { .cancel = HC_CANCEL_INSIDE,
					     .stops = true, .packets = 1 }),
		STORY(the_back_closes_at_any_moment, .variants = 100),
		STORY(the_back_closes_at_any_moment, .variants = 30,
		      .old = true),
		STORY(the_back_closes_at_any_moment, .variants = 30,
		      .hc = { .cancel = HC_CANCEL_NEVER, .packets = 1 }),
		STORY(the_ends_close_while_a_device_is_enumerated,
		      .variants = 20),
		STORY(a_silent_backend_is_given_up_after_ten_seconds,
		      .variants = 20),
		STORY(a_silent_backend_is_given_up_after_ten_seconds,
		      .variants = 10, .old = true),
		STORY(a_slow_backend_is_not_given_up),
		STORY(plugs_are_told_once_requests_are_posted_again,
		      .lasts = true),
		STORY(rings_of_any_size_carry_traffic, .variants = 16,
		      .lasts = true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
