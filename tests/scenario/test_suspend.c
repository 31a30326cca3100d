/* SPDX-License-Identifier: MIT */
/* The guest suspends devices that nobody uses, and uses them again. */
#include "support/stories.h"
#include "support/traffic.h"

#define KEYS	12

/* usbhid's interrupt URB, and what it brought. */
struct keyboard {
	struct device *device;
	struct usb_dev *dev;
	struct urb *urb;
	uint32_t pressed;
	bool polls;		/* submits again from the completion routine */
};

static void key_arrives(struct world *w, struct urb *urb)
{
	struct keyboard *k = urb->context;

	k->pressed += urb->actual / 8;
	if (k->polls && urb->status != USBIF_WIRE_ST_SHUTDOWN)
		guest_submit(w, urb);
}

static void poll_keyboard(struct world *w, struct keyboard *k)
{
	k->polls = true;
	must(w, guest_submit(w, k->urb) == USBIF_OK);
}

static void stop_polling(struct world *w, struct keyboard *k)
{
	k->polls = false;
	urb_kill(w, k->urb);
}

/* As usbcore does when a driver wants to be woken; true if it succeeded. */
static bool autosuspend(struct world *w, struct keyboard *k)
{
	stop_polling(w, k);
	must(w, arm_wakeup(w, k->dev, true) == 0);
	if (suspend_port(w, 1))
		return true;
	must(w, arm_wakeup(w, k->dev, false) == 0);
	poll_keyboard(w, k);
	return false;
}

/*
 * Nobody would tell the guest of a key while its driver does not poll: so it
 * must go on, and have each key, whenever it is pressed.
 */
static void a_keyboard_that_is_to_wake_the_guest_loses_no_key(struct world *w)
{
	static struct keyboard k;
	uint32_t i;

	memset(&k, 0, sizeof(k));
	k.device = world_add(w, device_keyboard());
	k.dev = plug_and_enumerate(w, 1, k.device);
	must(w, k.dev);
	k.urb = interrupt_in(w, k.dev, 1, 8);
	k.urb->complete = key_arrives;
	k.urb->context = &k;
	poll_keyboard(w, &k);
	for (i = 0; i < KEYS; i++) {
		device_say(k.device, 1, 8);
		world_settle_for(w, w->variant);
		must(w, !autosuspend(w, &k));
		must(w, !(port_status(w, 1) & USBIF_PORT_SUSPEND));
	}
	world_settle(w);
	must(w, k.pressed == KEYS);
	stop_polling(w, &k);
}

/* Once its driver does not want to be woken any more, it may sleep. */
static void a_keyboard_that_nobody_listens_to_sleeps(struct world *w)
{
	static struct keyboard k;

	memset(&k, 0, sizeof(k));
	k.device = world_add(w, device_keyboard());
	k.dev = plug_and_enumerate(w, 1, k.device);
	must(w, k.dev);
	must(w, arm_wakeup(w, k.dev, true) == 0);
	must(w, !suspend_port(w, 1));
	must(w, arm_wakeup(w, k.dev, false) == 0);
	must(w, suspend_port(w, 1));
	must(w, port_status(w, 1) & USBIF_PORT_SUSPEND);
	/* What is not remote wake-up arms nothing: here TEST_MODE. */
	resume_port(w, 1);
	control(w, k.dev, 0x00, 3, 2, 0, 0, NULL);
	must(w, suspend_port(w, 1));
}

/*
 * A suspended port is the guest's affair: what is under way on it, or comes
 * nevertheless, is served as if it were awake.
 */
static void nothing_is_lost_on_a_suspended_port(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *before, *meanwhile;
	uint8_t status[2];

	must(w, dev);
	before = bulk_in(w, dev, 1, 8192);
	must(w, guest_submit(w, before) == USBIF_OK);
	must(w, suspend_port(w, 1));
	meanwhile = bulk_out(w, dev, 2, 8192);
	must(w, urb_run(w, meanwhile) == USBIF_WIRE_ST_OK);
	must(w, urb_wait(w, before) == USBIF_WIRE_ST_OK);
	must(w, before->actual == 8192);
	resume_port(w, 1);
	must(w, !(port_status(w, 1) & USBIF_PORT_SUSPEND));
	must(w, control(w, dev, 0x80, 0, 0, 0, 2, status) == 2);
	must(w, urb_run(w, bulk_in(w, dev, 1, 4096)) == USBIF_WIRE_ST_OK);
	must(w, d->resets == 0);
}

/* Whoever sleeps is told nothing, but finds the port empty. */
static void a_device_leaves_a_suspended_port(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);

	must(w, dev);
	must(w, suspend_port(w, 1));
	host_unplug(w, 1);
	world_settle(w);
	must(w, !(port_status(w, 1) &
		  (USBIF_PORT_CONNECTION | USBIF_PORT_SUSPEND)));
	must(w, plug_and_enumerate(w, 1, world_add(w, device_keyboard())));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(a_keyboard_that_is_to_wake_the_guest_loses_no_key,
		      .variants = 20),
		STORY(a_keyboard_that_is_to_wake_the_guest_loses_no_key,
		      .variants = 20, .old = true),
		STORY(a_keyboard_that_nobody_listens_to_sleeps),
		STORY(nothing_is_lost_on_a_suspended_port),
		STORY(nothing_is_lost_on_a_suspended_port, .old = true),
		STORY(a_device_leaves_a_suspended_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
