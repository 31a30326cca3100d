/* SPDX-License-Identifier: MIT */
#include "support/drivers.h"
#include "support/stories.h"

/* GET_DESCRIPTOR at address 0, SET_ADDRESS, SET_CONFIGURATION. */
static void a_device_is_enumerated(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev);
	must(w, dev->device == d);
	must(w, d->config == 1);
	must(w, d->resets == 0);
	must(w, port_status(w, 1) & USBIF_PORT_HIGH_SPEED);
}

static void a_low_speed_device_is_enumerated(struct world *w)
{
	struct device *d = world_add(w, device_keyboard());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev && dev->max_packet0 == 8);
	must(w, d->config == 1);
}

static void an_interface_is_chosen(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	uint8_t alt = 9;

	must(w, dev);
	must(w, set_interface(w, dev, 0, 1) == 0);
	must(w, control(w, dev, 0x81, 10, 0, 0, 1, &alt) == 1);
	must(w, alt == 1);
	must(w, set_interface(w, dev, 5, 0) == USBIF_WIRE_ST_STALL);
	must(w, control(w, dev, 0x81, 10, 0, 0, 1, &alt) == 1);
	must(w, alt == 1);
}

static void a_halted_endpoint_is_cleared(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb;

	must(w, dev);
	must(w, control(w, dev, 0x02, 3, 0, 0x81, 0, NULL) == 0);
	urb = bulk_in(w, dev, 1, 512);
	must(w, urb_run(w, urb) == USBIF_WIRE_ST_STALL);
	must(w, urb->actual == 0);
	must(w, clear_halt(w, dev, 1, true) == 0);
	must(w, d->clear_halts == 1);
	must(w, urb_run(w, urb) == USBIF_WIRE_ST_OK);
	must(w, urb->actual == 512);
	must(w, clear_halt(w, dev, 7, true) == USBIF_WIRE_ST_STALL);
}

static void an_unknown_request_is_stalled_and_the_next_one_works(
	struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_source_sink()));
	uint8_t status[2];

	must(w, dev);
	must(w, control(w, dev, 0xc0, 77, 0, 0, 2, status) ==
		USBIF_WIRE_ST_STALL);
	must(w, control(w, dev, 0x80, 0, 0, 0, 2, status) == 2);
}

static void an_address_is_unique_on_the_controller(struct world *w)
{
	struct usb_dev *first, *second;

	first = plug_and_enumerate(w, 1, world_add(w, device_source_sink()));
	must(w, first);
	second = plug_and_enumerate(w, 2, world_add(w, device_keyboard()));
	must(w, second);
	must(w, control(w, second, 0, 5, first->addr, 0, 0, NULL) ==
		USBIF_WIRE_ST_STALL);
	must(w, control(w, second, 0, 5, 300, 0, 0, NULL) ==
		USBIF_WIRE_ST_STALL);
	must(w, control(w, second, 0, 5, 99, 0, 0, NULL) == 0);
	second->addr = 99;
	must(w, control(w, second, 0x80, 0, 0, 0, 2, NULL) == 2);
	must(w, control(w, first, 0x80, 0, 0, 0, 2, NULL) == 2);
}

static void a_port_reset_resets_the_device(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev);
	must(w, d->resets == 0);
	dev = enumerate(w, 1, 17);
	must(w, dev && dev->device == d);
	must(w, d->resets == 1);
	must(w, urb_run(w, bulk_in(w, dev, 1, 4096)) == USBIF_WIRE_ST_OK);
}

/*
 * After the reset of a port the first request is given up, while the reset
 * still waits for a silent endpoint: the next one must not find the device as
 * it was.
 */
static void a_reset_is_made_although_its_request_is_given_up(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *read, *first;
	uint8_t desc[18];

	must(w, dev);
	d->in[1].limit = 0;
	read = bulk_in(w, dev, 1, 512);
	must(w, guest_submit(w, read) == USBIF_OK);
	world_settle_for(w, 20);
	reset_port(w, 1);
	dev->addr = 0;
	first = control_urb(w, dev, 0x80, 6, 0x100, 0, 18, NULL);
	must(w, guest_submit(w, first) == USBIF_OK);
	world_settle_for(w, w->variant);
	urb_kill(w, first);
	must(w, control(w, dev, 0x80, 6, 0x100, 0, 18, desc) == 18);
	must(w, d->resets == 1);
	urb_kill(w, read);
}

static void an_address_that_nobody_has_is_no_device(struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_source_sink()));

	must(w, dev);
	dev->addr = 42;
	must(w, control(w, dev, 0x80, 0, 0, 0, 2, NULL) ==
		USBIF_WIRE_ST_NODEV);
}

static void an_endpoint_that_is_not_there_is_invalid(struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_source_sink()));
	struct urb *urb;

	must(w, dev);
	urb = bulk_in(w, dev, 9, 512);
	urb->u.max_packet = 512;
	must(w, urb_run(w, urb) == USBIF_WIRE_ST_INVAL);
	must(w, urb_run(w, interrupt_in(w, dev, 1, 512)) ==
		USBIF_WIRE_ST_INVAL);
	must(w, set_configuration(w, dev, 0) == 0);
	must(w, urb_run(w, bulk_in(w, dev, 1, 512)) == USBIF_WIRE_ST_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_device_is_enumerated),
		STORY(a_device_is_enumerated, .old = true),
		STORY(a_low_speed_device_is_enumerated),
		STORY(an_interface_is_chosen),
		STORY(an_interface_is_chosen, .old = true),
		STORY(a_halted_endpoint_is_cleared),
		STORY(a_halted_endpoint_is_cleared, .old = true),
		STORY(an_unknown_request_is_stalled_and_the_next_one_works),
		STORY(an_address_is_unique_on_the_controller, .num_ports = 2),
		STORY(a_port_reset_resets_the_device),
		STORY(a_port_reset_resets_the_device, .old = true),
		STORY(a_reset_is_made_although_its_request_is_given_up,
		      .variants = 12, .hc.cancel = HC_CANCEL_LATE),
		STORY(a_reset_is_made_although_its_request_is_given_up,
		      .variants = 12, .hc.cancel = HC_CANCEL_LATE,
		      .old = true),
		STORY(an_address_that_nobody_has_is_no_device),
		STORY(an_endpoint_that_is_not_there_is_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
