/* SPDX-License-Identifier: MIT */
/* Devices leave and come, at any moment. */
#include "support/stories.h"
#include "support/traffic.h"

static bool works(struct world *w, struct usb_dev *dev)
{
	struct urb *in = bulk_in(w, dev, 1, 3000);
	struct urb *out = bulk_out(w, dev, 2, 3000);

	return urb_run(w, in) == USBIF_WIRE_ST_OK && in->actual == 3000 &&
	       urb_run(w, out) == USBIF_WIRE_ST_OK && out->actual == 3000;
}

static void wait_until_empty(struct world *w, uint8_t port)
{
	while (port_status(w, port) & USBIF_PORT_CONNECTION)
		must(w, world_turn(w));
}

static void a_device_leaves_in_the_middle(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb;

	must(w, dev);
	traffic_start(w, dev);
	world_settle_for(w, 3 * w->variant);
	host_unplug(w, 1);
	wait_until_empty(w, 1);
	world_settle(w);
	for (urb = w->guest.urbs; urb; urb = urb->next)
		must(w, !urb->pending);
	must(w, urb_run(w, bulk_in(w, dev, 1, 512)) ==
		USBIF_WIRE_ST_SHUTDOWN);
	dev = plug_and_enumerate(w, 1, world_add(w, device_source_sink()));
	must(w, dev && works(w, dev));
}

static void devices_of_every_kind_leave_in_the_middle(struct world *w)
{
	struct device *d[4] = {
		device_audio(), device_serial(), device_keyboard(),
		device_stick(false),
	};
	uint8_t i;

	for (i = 0; i < COUNT_OF(d); i++)
		world_add(w, d[i]);
	for (i = 0; i < COUNT_OF(d); i++) {
		struct usb_dev *dev = plug_and_enumerate(w, i + 1, d[i]);

		must(w, dev);
		traffic_start(w, dev);
	}
	world_settle_for(w, 2 * w->variant);
	for (i = 0; i < COUNT_OF(d); i++) {
		host_unplug(w, i + 1);
		world_settle_for(w, w->variant % 7);
	}
	world_settle(w);
	must(w, !w->guest.first_pending);
	for (i = 0; i < COUNT_OF(d); i++)
		must(w, !(port_status(w, i + 1) & USBIF_PORT_CONNECTION));
}

/* The device is pulled: all its packets fail before anyone knows why. */
static void a_device_is_pulled(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev);
	traffic_start(w, dev);
	world_settle_for(w, 3 * w->variant);
	d->broken = true;
	world_settle_for(w, 2 * w->variant);
	host_unplug(w, 1);
	wait_until_empty(w, 1);
	world_settle(w);
}

static void another_device_comes_at_once(struct world *w)
{
	struct device *old = world_add(w, device_source_sink());
	struct device *new = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, old);

	must(w, dev);
	traffic_start(w, dev);
	world_settle_for(w, 2 * w->variant);
	host_unplug(w, 1);
	must(w, host_plug(w, 1, new) == USBIF_OK);
	do {
		dev = NULL;
		world_settle_for(w, 1 + w->variant % 5);
		if (port_status(w, 1) & USBIF_PORT_CONNECTION)
			dev = enumerate(w, 1, 1);
		must(w, w->turn < 20000);
	} while (!dev || dev->device != new);
	must(w, works(w, dev));
	world_settle(w);
	must(w, works(w, dev));
}

/* Many reads wait for a silent device; it is changed before they are back. */
static void late_answers_of_a_device_do_not_harm_the_next(struct world *w)
{
	struct device *old = world_add(w, device_messages());
	struct device *new = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, old);
	uint32_t i;

	must(w, dev);
	for (i = 0; i < 30; i++)
		must(w, guest_submit(w, bulk_in(w, dev, 1, 512)) == USBIF_OK);
	world_settle(w);
	host_unplug(w, 1);
	must(w, host_plug(w, 1, new) == USBIF_OK);
	world_settle(w);
	must(w, port_status(w, 1) & USBIF_PORT_CONNECTION);
	must(w, !w->guest.first_pending);
	dev = enumerate(w, 1, 1);
	must(w, dev && dev->device == new);
	must(w, works(w, dev));
}

static void a_port_is_reset_while_urbs_are_under_way(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d), *again;

	must(w, dev);
	traffic_start(w, dev);
	world_settle_for(w, w->variant);
	/* usbcore disables the endpoints before it resets a device. */
	guest_unlink_all(w);
	while (w->guest.first_pending)
		must(w, world_turn(w));
	again = enumerate(w, 1, 9);
	must(w, again && again->device == d);
	must(w, d->resets == 1);
	must(w, works(w, again));
}

/* As before, but nothing is unlinked first. */
static void a_port_is_reset_from_under_its_urbs(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d), *again;

	must(w, dev);
	traffic_start(w, dev);
	world_settle_for(w, w->variant);
	again = enumerate(w, 1, 9);
	must(w, again && again->device == d);
	must(w, d->resets == 1);
	guest_unlink_all(w);
	while (w->guest.first_pending)
		must(w, world_turn(w));
	must(w, works(w, again));
}

/* Its device has another address by the time it is unlinked. */
static void a_silent_urb_is_unlinked_after_its_port_was_reset(struct world *w)
{
	struct device *d = world_add(w, device_messages());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d), fresh;
	struct urb *silent, *first;

	must(w, dev);
	if (w->variant % 2)
		silent = bulk_in(w, dev, 1, 512);
	else
		silent = control_urb(w, dev, 0xc0, DEVICE_REQ_SILENT, 0, 0, 64,
				     NULL);
	must(w, guest_submit(w, silent) == USBIF_OK);
	world_settle_for(w, w->variant / 2);
	reset_port(w, 1);
	fresh = *dev;
	fresh.addr = 0;
	first = control_urb(w, &fresh, 0x80, 6, 0x0100, 0, 18, NULL);
	must(w, guest_submit(w, first) == USBIF_OK);
	world_settle(w);
	guest_unlink(w, silent);
	urb_wait(w, silent);
	must(w, urb_wait(w, first) == USBIF_WIRE_ST_OK);
	must(w, d->resets == 1);
	must(w, enumerate(w, 1, 3));
}

static void thirty_one_devices_work_side_by_side(struct world *w)
{
	struct usb_dev *dev[31];
	uint8_t i;

	for (i = 0; i < COUNT_OF(dev); i++) {
		dev[i] = plug_and_enumerate(w, i + 1, world_add(w,
					    device_source_sink()));
		must(w, dev[i]);
	}
	for (i = 0; i < COUNT_OF(dev); i++)
		traffic_start(w, dev[i]);
	world_settle_for(w, 12000);
	for (i = 0; i < COUNT_OF(dev); i++)
		must(w, dev[i]->device->in[1].log.n != 0);
	host_unplug(w, 7);
	wait_until_empty(w, 7);
	must(w, control(w, dev[30], 0x80, 0, 0, 0, 2, NULL) == 2);
}

static void thirty_one_silent_devices_leave_a_slot_for_control(
	struct world *w)
{
	struct usb_dev *dev[31];
	struct urb *urb;
	uint8_t i;
	int n;

	for (i = 0; i < COUNT_OF(dev); i++) {
		dev[i] = plug_and_enumerate(w, i + 1, world_add(w,
					    device_serial()));
		must(w, dev[i]);
		for (n = 0; n < 4; n++)
			must(w, guest_submit(w, bulk_in(w, dev[i], 1, 512)) ==
				USBIF_OK);
	}
	world_settle(w);
	for (i = 0; i < COUNT_OF(dev); i++)
		must(w, control(w, dev[i], 0x80, 0, 0, 0, 2, NULL) == 2);
	urb = w->guest.first_pending;
	guest_unlink(w, urb);
	urb_wait(w, urb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_device_leaves_in_the_middle, .variants = 20),
		STORY(a_device_leaves_in_the_middle, .variants = 10,
		      .old = true),
		STORY(a_device_leaves_in_the_middle, .variants = 10,
		      .hc_depth = 4, .hc = { .cancel = HC_CANCEL_INSIDE,
					     .stops = true, .packets = 1 }),
		STORY(devices_of_every_kind_leave_in_the_middle,
		      .num_ports = 4, .variants = 10),
		STORY(devices_of_every_kind_leave_in_the_middle,
		      .num_ports = 4, .variants = 5, .old = true,
		      .hc = { .cancel = HC_CANCEL_INSIDE, .packets = 1 }),
		STORY(a_device_is_pulled, .variants = 20),
		STORY(a_device_is_pulled, .variants = 10, .old = true),
		STORY(another_device_comes_at_once, .variants = 20),
		STORY(another_device_comes_at_once, .variants = 10,
		      .old = true),
		STORY(another_device_comes_at_once, .variants = 10,
		      .hc = { .cancel = HC_CANCEL_LATE, .packets = 1 }),
		STORY(late_answers_of_a_device_do_not_harm_the_next),
		STORY(late_answers_of_a_device_do_not_harm_the_next,
		      .ring_pages = 16, .depth = 256),
		STORY(a_port_is_reset_while_urbs_are_under_way,
		      .variants = 20),
		STORY(a_port_is_reset_while_urbs_are_under_way,
		      .variants = 10, .old = true),
		STORY(a_port_is_reset_from_under_its_urbs, .variants = 20),
		STORY(a_silent_urb_is_unlinked_after_its_port_was_reset,
		      .variants = 20),
		STORY(a_silent_urb_is_unlinked_after_its_port_was_reset,
		      .variants = 20, .old = true),
		STORY(thirty_one_devices_work_side_by_side, .num_ports = 31,
		      .ring_pages = 4, .lasts = true),
		STORY(thirty_one_silent_devices_leave_a_slot_for_control,
		      .num_ports = 31, .lasts = true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
