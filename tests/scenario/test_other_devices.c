/* SPDX-License-Identifier: MIT */
/* Keyboards, audio, and devices with more than one interface. */
#include "support/stories.h"
#include "support/traffic.h"

#define KEYS	20

struct keys {
	uint32_t pressed;
	uint32_t failed;
};

/* As usbhid does: take the report and ask for the next one. */
static void key_arrives(struct world *w, struct urb *urb)
{
	struct keys *keys = urb->context;

	if (urb->status == USBIF_WIRE_ST_OK && urb->actual == 8)
		keys->pressed++;
	else
		keys->failed++;
	if (urb->status != USBIF_WIRE_ST_SHUTDOWN)
		guest_submit(w, urb);
}

static void keys_arrive_one_by_one(struct world *w)
{
	struct device *d = world_add(w, device_keyboard());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	static struct keys keys;
	struct urb *urb;
	int i;

	must(w, dev);
	memset(&keys, 0, sizeof(keys));
	urb = interrupt_in(w, dev, 1, 8);
	urb->complete = key_arrives;
	urb->context = &keys;
	must(w, guest_submit(w, urb) == USBIF_OK);
	for (i = 0; i < KEYS; i++) {
		device_say(d, 1, 8);
		if (i % 3 == 0)
			world_settle(w);
	}
	world_settle(w);
	must(w, keys.pressed == KEYS && keys.failed == 0);
	must(w, urb->pending && urb->completions == KEYS);
}

static void check_packets(struct world *w, const struct urb *urb)
{
	uint32_t i, j;

	must(w, urb->status == USBIF_WIRE_ST_OK);
	for (i = 0; i < urb->u.packets; i++) {
		const struct usbif_msg_iso *p = &urb->iso[i];

		must(w, p->status == 0);
		must(w, p->actual == (urb->u.in ? p->length - p->length / 4 :
						  p->length));
		for (j = 0; urb->u.in && j < p->actual; j++)
			must(w, urb->data[p->offset + j] ==
				device_pattern(urb->u.ep, i + j));
	}
}

static struct urb *iso(struct world *w, struct usb_dev *dev, uint8_t ep,
		       bool in)
{
	struct urb *urb = urb_new(w, dev, ep, in, USBIF_XFER_ISO, 8 * 200);

	urb_set_packets(urb, 8);
	return urb;
}

static void packets_of_both_directions_arrive(struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_audio()));
	struct urb *urb[12];
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = iso(w, dev, 1 + i % 2, i % 2 == 0);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb_wait(w, urb[i]);
		check_packets(w, urb[i]);
	}
}

/* An isochronous queue never stops, and others stop beside it. */
static void a_failing_endpoint_does_not_stop_the_music(struct world *w)
{
	struct device *d = world_add(w, device_audio());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *bad, *first, *second, *third;

	must(w, dev);
	d->in[3].fail = DEVICE_STALL;
	first = iso(w, dev, 1, true);
	second = iso(w, dev, 1, true);
	third = iso(w, dev, 1, true);
	bad = bulk_in(w, dev, 3, 64);
	must(w, guest_submit(w, first) == USBIF_OK);
	must(w, guest_submit(w, bad) == USBIF_OK);
	must(w, guest_submit(w, second) == USBIF_OK);
	must(w, guest_submit(w, third) == USBIF_OK);
	must(w, urb_wait(w, bad) == USBIF_WIRE_ST_STALL);
	urb_wait(w, first);
	check_packets(w, first);
	urb_kill(w, second);
	must(w, second->status == USBIF_WIRE_ST_OK ||
		second->status == USBIF_WIRE_ST_CANCELLED || w->config.old);
	urb_wait(w, third);
	check_packets(w, third);
	must(w, clear_halt(w, dev, 3, true) == 0);
	must(w, urb_run(w, bad) == USBIF_WIRE_ST_OK);
}

static void an_isochronous_urb_has_the_size_of_a_request(struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_audio()));
	struct urb *urb;

	must(w, dev);
	urb = urb_new(w, dev, 1, true, USBIF_XFER_ISO, 70000);
	urb_set_packets(urb, 350);
	must(w, guest_submit(w, urb) == USBIF_E_ARG);
	urb = urb_new(w, dev, 1, true, USBIF_XFER_ISO, 51200);
	urb_set_packets(urb, 256);
	urb_run(w, urb);
	check_packets(w, urb);
}

/* SET_INTERFACE stops the endpoints of its interface, and no others. */
static void choosing_an_interface_leaves_the_other_one_running(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *zero, *one;

	must(w, dev);
	d->in[1].limit = 0;
	d->in[3].limit = 512;
	zero = bulk_in(w, dev, 1, 1024);
	one = bulk_in(w, dev, 3, 1024);
	must(w, guest_submit(w, zero) == USBIF_OK);
	must(w, guest_submit(w, one) == USBIF_OK);
	world_settle(w);
	must(w, set_interface(w, dev, 0, 1) == 0);
	must(w, one->pending);
	d->in[1].limit = UINT64_MAX;
	d->in[3].limit = UINT64_MAX;
	must(w, urb_wait(w, one) == USBIF_WIRE_ST_OK);
	urb_wait(w, zero);
	must(w, zero->status == USBIF_WIRE_ST_OK || w->config.old);
}

static void a_new_configuration_waits_for_the_old_one(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev);
	traffic_start(w, dev);
	world_settle_for(w, w->variant);
	must(w, set_configuration(w, dev, 0) == 0);
	must(w, d->config == 0);
	must(w, urb_run(w, bulk_in(w, dev, 1, 512)) != USBIF_WIRE_ST_OK);
	guest_unlink_all(w);
	while (w->guest.first_pending)
		must(w, world_turn(w));
	must(w, set_configuration(w, dev, 1) == 0);
	must(w, urb_run(w, bulk_in(w, dev, 1, 512)) == USBIF_WIRE_ST_OK);
}

static void a_special_request_is_unlinked_at_any_moment(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb;

	must(w, dev);
	d->in[1].limit = 0;
	must(w, guest_submit(w, bulk_in(w, dev, 1, 1024)) == USBIF_OK);
	urb = control_urb(w, dev, 0x00, 9, 1, 0, 0, NULL);
	must(w, guest_submit(w, urb) == USBIF_OK);
	world_settle_for(w, w->variant);
	urb_kill(w, urb);
	must(w, control(w, dev, 0x80, 0, 0, 0, 2, NULL) == 2);
	d->in[1].limit = UINT64_MAX;
	must(w, urb_run(w, bulk_in(w, dev, 3, 512)) == USBIF_WIRE_ST_OK);
}

static void a_device_leaves_during_a_special_request(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev);
	traffic_start(w, dev);
	guest_submit(w, control_urb(w, dev, 0x01, 11, 1, 0, 0, NULL));
	if (w->variant % 2)
		dev->addr = 0;
	guest_submit(w, control_urb(w, dev, 0x80, 0, 0, 0, 2, NULL));
	world_settle_for(w, w->variant);
	host_unplug(w, 1);
	world_settle(w);
	must(w, !w->guest.first_pending);
	dev = plug_and_enumerate(w, 1, world_add(w, device_source_sink()));
	must(w, dev);
	must(w, urb_run(w, bulk_in(w, dev, 1, 512)) == USBIF_WIRE_ST_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(keys_arrive_one_by_one),
		STORY(keys_arrive_one_by_one, .old = true),
		STORY(packets_of_both_directions_arrive),
		STORY(packets_of_both_directions_arrive, .old = true,
		      .ring_pages = 2),
		STORY(a_failing_endpoint_does_not_stop_the_music),
		STORY(a_failing_endpoint_does_not_stop_the_music, .old = true),
		STORY(an_isochronous_urb_has_the_size_of_a_request),
		STORY(choosing_an_interface_leaves_the_other_one_running),
		STORY(choosing_an_interface_leaves_the_other_one_running,
		      .old = true),
		STORY(a_new_configuration_waits_for_the_old_one,
		      .variants = 20),
		STORY(a_new_configuration_waits_for_the_old_one,
		      .variants = 20, .old = true),
		STORY(a_special_request_is_unlinked_at_any_moment,
		      .variants = 30),
		STORY(a_special_request_is_unlinked_at_any_moment,
		      .variants = 30, .old = true,
		      .hc = { .cancel = HC_CANCEL_INSIDE }),
		STORY(a_device_leaves_during_a_special_request,
		      .variants = 40),
		STORY(a_device_leaves_during_a_special_request,
		      .variants = 40, .old = true,
		      .hc = { .cancel = HC_CANCEL_LATE, .packets = 1 }),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
