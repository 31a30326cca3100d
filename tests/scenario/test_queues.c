/* SPDX-License-Identifier: MIT */
/* What drivers rely on when something goes wrong in the middle of a queue. */
#include "support/drivers.h"
#include "support/stories.h"

/* A device that sends messages, read with transfers of several URBs. */
static void each_transfer_brings_one_message(struct world *w)
{
	struct device *d = world_add(w, device_messages());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct sg sg;
	int i;

	must(w, dev);
	for (i = 0; i < 6; i++)
		device_say(d, 1, 100 + 500 * i);
	for (i = 0; i < 6; i++) {
		sg_init(w, &sg, dev, 1, true, 4, 16384);
		sg_run(w, &sg);
		must(w, sg.status == USBIF_WIRE_ST_SHORT);
		must(w, sg.octets == 100 + 500u * i);
		must(w, sg.urb[0]->actual == sg.octets);
	}
}

static void a_message_that_does_not_fit_is_babble(struct world *w)
{
	struct device *d = world_add(w, device_messages());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *small, *next;

	must(w, dev);
	small = bulk_in(w, dev, 1, 100);
	next = bulk_in(w, dev, 1, 512);
	must(w, guest_submit(w, small) == USBIF_OK);
	must(w, guest_submit(w, next) == USBIF_OK);
	device_say(d, 1, 101);
	device_say(d, 1, 102);
	must(w, urb_wait(w, small) == USBIF_WIRE_ST_BABBLE);
	must(w, small->actual == 0);
	must(w, urb_wait(w, next) == USBIF_WIRE_ST_OK);
	must(w, next->actual == 102);
}

static void a_failing_write_leaves_no_hole(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct sg sg;

	must(w, dev);
	d->out[2].fail = DEVICE_ERROR;
	d->out[2].fail_at = 5 * 4096 + 1024;
	sg_init(w, &sg, dev, 2, false, 16, 4096);
	sg_run(w, &sg);
	must(w, sg.status == USBIF_WIRE_ST_IOERROR);
	must(w, sg.octets == 5 * 4096 + 1024);
	must(w, d->out[2].log.n == sg.octets);
	must(w, sg.urb[6]->status == USBIF_WIRE_ST_CANCELLED);
	must(w, urb_run(w, bulk_out(w, dev, 2, 3000)) == USBIF_WIRE_ST_OK);
}

/* Reads sent ahead, one of them is stalled; the others wait until it is over. */
static void a_stall_holds_the_queue_until_its_driver_has_seen_it(
	struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[5];
	uint32_t i;

	must(w, dev);
	d->in[1].fail = DEVICE_STALL;
	d->in[1].fail_at = 2 * 2048;
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_in(w, dev, 1, 2048);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	must(w, urb_wait(w, urb[2]) == USBIF_WIRE_ST_STALL);
	must(w, urb[1]->status == USBIF_WIRE_ST_OK);
	/* They meet the halt as they would on a bus. */
	must(w, urb_wait(w, urb[3]) == USBIF_WIRE_ST_STALL);
	must(w, urb_wait(w, urb[4]) == USBIF_WIRE_ST_STALL);
	must(w, d->in[1].log.n == 2 * 2048);
	must(w, clear_halt(w, dev, 1, true) == 0);
	must(w, urb_run(w, urb[3]) == USBIF_WIRE_ST_OK);
}

/* A completion routine that lets the rest of the world go on meanwhile. */
static void routine_takes_its_time(struct world *w, struct urb *urb)
{
	uint32_t *before = urb->context;
	uint32_t i;

	*before = urb->dev->device->in[1].log.n;
	for (i = 0; i < 100; i++) {
		host_step(w);
		host_interrupt(w);
		host_work(w);
		hc_step(&w->hc);
	}
	world_assert(w, urb->dev->device->in[1].log.n == *before);
}

static void nothing_moves_while_the_routine_of_a_failed_urb_runs(
	struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[6];
	uint32_t at = 0, i;

	must(w, dev);
	d->in[1].fail = w->variant ? DEVICE_ERROR : DEVICE_STALL;
	d->in[1].fail_at = 1024;
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_in(w, dev, 1, 1024);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	urb[1]->complete = routine_takes_its_time;
	urb[1]->context = &at;
	for (i = 0; i < COUNT_OF(urb); i++)
		urb_wait(w, urb[i]);
	must(w, at == 1024);
	must(w, urb[1]->status != USBIF_WIRE_ST_OK);
}

struct other {
	struct urb *unlink, *submit;
};

static void routine_acts_elsewhere(struct world *w, struct urb *urb)
{
	struct other *other = urb->context;

	guest_unlink(w, other->unlink);
	guest_unlink(w, urb);
	guest_submit(w, other->submit);
}

/* Rule F7: on any queue, from inside the call. */
static void a_completion_routine_submits_and_unlinks_elsewhere(
	struct world *w)
{
	struct device *d = world_add(w, device_serial());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb;
	struct other other;

	must(w, dev);
	urb = bulk_out(w, dev, 1, 3000);
	other.unlink = bulk_in(w, dev, 1, 512);
	other.submit = control_urb(w, dev, 0x80, 6, 0x0100, 0, 18, NULL);
	urb->complete = routine_acts_elsewhere;
	urb->context = &other;
	must(w, guest_submit(w, other.unlink) == USBIF_OK);
	must(w, guest_submit(w, urb) == USBIF_OK);
	urb_wait(w, urb);
	urb_wait(w, other.unlink);
	urb_wait(w, other.submit);
	urb->complete = NULL;
	must(w, urb->status == USBIF_WIRE_ST_OK);
	must(w, other.unlink->status == USBIF_WIRE_ST_CANCELLED ||
		w->config.old);
	must(w, other.submit->actual == 18);
}

static void nothing_overtakes_an_empty_transfer(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[12];
	uint32_t i;

	must(w, dev);
	d->out[2].fail = DEVICE_ERROR;
	d->out[2].fail_at = 2048;
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_out(w, dev, 2, i % 3 == 1 ? 0 : 1024);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	world_settle_for(w, w->variant);
	guest_unlink(w, urb[7]);
	for (i = 0; i < COUNT_OF(urb); i++)
		urb_wait(w, urb[i]);
	must(w, urb[0]->actual == 1024 && urb[2]->actual == 1024);
	must(w, urb[1]->status == USBIF_WIRE_ST_OK);
}

static void an_urb_is_unlinked_in_the_middle(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[6];
	uint32_t i;

	must(w, dev);
	d->in[1].limit = 4096 + 1024;
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_in(w, dev, 1, 4096);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	world_settle_for(w, 5 * w->variant);
	/* usbtest 24: one of the last, then the head. */
	urb_kill(w, urb[4]);
	must(w, urb[4]->actual == 0);
	world_settle(w);
	urb_kill(w, urb[1]);
	must(w, urb[1]->actual == 1024);
	must(w, urb[1]->status == USBIF_WIRE_ST_CANCELLED);
	must(w, urb[1]->data[1023] == device_pattern(1, 4096 + 1023));
	d->in[1].limit = UINT64_MAX;
	must(w, urb_wait(w, urb[2]) == USBIF_WIRE_ST_OK);
	must(w, urb_wait(w, urb[3]) == USBIF_WIRE_ST_OK);
	must(w, urb_wait(w, urb[5]) == USBIF_WIRE_ST_OK);
	must(w, urb[2]->data[0] == device_pattern(1, 4096 + 1024));
}

static void every_urb_is_unlinked_from_the_head(struct world *w)
{
	struct device *d = world_add(w, device_messages());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[20];
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_in(w, dev, 1, 512);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	world_settle_for(w, w->variant);
	for (i = 0; i < COUNT_OF(urb); i++)
		must(w, guest_unlink(w, urb[i]) == USBIF_OK);
	for (i = 0; i < COUNT_OF(urb); i++)
		must(w, urb_wait(w, urb[i]) == USBIF_WIRE_ST_CANCELLED ||
			w->config.old);
	device_say(d, 1, 99);
	must(w, urb_run(w, urb[0]) == USBIF_WIRE_ST_OK);
	must(w, urb[0]->actual == 99);
}

static void an_unlink_brings_what_had_moved(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb;

	must(w, dev);
	urb = bulk_in(w, dev, 1, 200000);
	d->in[1].limit = 70 * 1024;
	must(w, guest_submit(w, urb) == USBIF_OK);
	world_settle(w);
	must(w, urb->pending);
	urb_kill(w, urb);
	must(w, urb->actual == 70 * 1024);
	must(w, urb->data[70 * 1024 - 1] == device_pattern(1, 70 * 1024 - 1));
	must(w, urb->data[70 * 1024] == 0);
}

static void an_error_leaves_other_endpoints_alone(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *bad[4], *good[12];
	uint32_t i;

	must(w, dev);
	d->in[1].fail = DEVICE_ERROR;
	d->in[1].fail_at = 512;
	for (i = 0; i < COUNT_OF(bad); i++) {
		bad[i] = bulk_in(w, dev, 1, 1024);
		must(w, guest_submit(w, bad[i]) == USBIF_OK);
	}
	for (i = 0; i < COUNT_OF(good); i++) {
		good[i] = i & 1 ? bulk_in(w, dev, 3, 2048) :
				  bulk_out(w, dev, 2, 2048);
		must(w, guest_submit(w, good[i]) == USBIF_OK);
	}
	for (i = 0; i < COUNT_OF(good); i++)
		must(w, urb_wait(w, good[i]) == USBIF_WIRE_ST_OK);
	must(w, urb_wait(w, bad[0]) == USBIF_WIRE_ST_IOERROR);
	must(w, bad[0]->actual == 512);
	for (i = 1; i < COUNT_OF(bad); i++)
		must(w, urb_wait(w, bad[i]) == USBIF_WIRE_ST_OK);
}

static void a_silent_endpoint_leaves_others_alone(struct world *w)
{
	struct device *d = world_add(w, device_serial());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *idle[40];
	uint8_t status[2];
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(idle); i++) {
		idle[i] = i < 20 ? bulk_in(w, dev, 1, 512) :
				   interrupt_in(w, dev, 3, 16);
		must(w, guest_submit(w, idle[i]) == USBIF_OK);
	}
	world_settle(w);
	must(w, urb_run(w, bulk_out(w, dev, 1, 5000)) == USBIF_WIRE_ST_OK);
	must(w, control(w, dev, 0x80, 0, 0, 0, 2, status) == 2);
	must(w, guest_unlink(w, idle[0]) == USBIF_OK);
	urb_wait(w, idle[0]);
	device_say(d, 1, 77);
	must(w, urb_wait(w, idle[1]) == USBIF_WIRE_ST_OK);
	must(w, idle[1]->actual == 77);
	must(w, control(w, dev, 0x80, 0, 0, 0, 2, status) == 2);
}

static void a_silent_control_transfer_is_unlinked(struct world *w)
{
	struct usb_dev *dev = plug_and_enumerate(w, 1, world_add(w,
						 device_serial()));
	struct urb *silent, *next;

	must(w, dev);
	silent = control_urb(w, dev, 0xc0, DEVICE_REQ_SILENT, 0, 0, 64, NULL);
	next = control_urb(w, dev, 0x80, 0, 0, 0, 2, NULL);
	must(w, guest_submit(w, silent) == USBIF_OK);
	must(w, guest_submit(w, next) == USBIF_OK);
	world_settle_for(w, w->variant);
	must(w, silent->pending && next->pending);
	must(w, guest_unlink(w, silent) == USBIF_OK);
	must(w, urb_wait(w, silent) == USBIF_WIRE_ST_CANCELLED);
	must(w, urb_wait(w, next) == USBIF_WIRE_ST_OK);
}

static void clear_halt_waits_until_the_queue_is_quiet(struct world *w)
{
	struct device *d = world_add(w, device_messages());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[4];
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_in(w, dev, 1, 512);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	world_settle_for(w, w->variant);
	must(w, clear_halt(w, dev, 1, true) == 0);
	must(w, set_interface(w, dev, 0, 1) == 0);
	for (i = 0; i < COUNT_OF(urb); i++) {
		if (w->config.old && !urb[i]->pending)
			continue;
		must(w, urb[i]->pending);
		device_say(d, 1, 10 + i);
		must(w, urb_wait(w, urb[i]) == USBIF_WIRE_ST_OK);
		must(w, w->config.old || urb[i]->actual == 10 + i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(each_transfer_brings_one_message),
		STORY(each_transfer_brings_one_message, .old = true),
		STORY(each_transfer_brings_one_message, .hc_depth = 4,
		      .hc = { .stops = true, .cancel = HC_CANCEL_LATE }),
		STORY(a_message_that_does_not_fit_is_babble),
		STORY(a_message_that_does_not_fit_is_babble, .old = true),
		STORY(a_failing_write_leaves_no_hole),
		STORY(a_failing_write_leaves_no_hole, .old = true),
		STORY(a_failing_write_leaves_no_hole, .hc_depth = 4,
		      .hc = { .stops = true, .packets = 1 }),
		STORY(a_stall_holds_the_queue_until_its_driver_has_seen_it),
		STORY(a_stall_holds_the_queue_until_its_driver_has_seen_it,
		      .old = true),
		STORY(nothing_moves_while_the_routine_of_a_failed_urb_runs,
		      .variants = 2),
		STORY(nothing_moves_while_the_routine_of_a_failed_urb_runs,
		      .old = true),
		STORY(nothing_moves_while_the_routine_of_a_failed_urb_runs,
		      .hc_depth = 3, .hc = { .stops = true }),
		STORY(a_completion_routine_submits_and_unlinks_elsewhere),
		STORY(a_completion_routine_submits_and_unlinks_elsewhere,
		      .old = true),
		STORY(nothing_overtakes_an_empty_transfer, .variants = 10),
		STORY(nothing_overtakes_an_empty_transfer, .variants = 10,
		      .hc_depth = 4, .hc = { .stops = true, .packets = 1,
					     .cancel = HC_CANCEL_LATE }),
		STORY(an_urb_is_unlinked_in_the_middle, .variants = 10),
		STORY(an_urb_is_unlinked_in_the_middle, .hc_depth = 4,
		      .hc = { .stops = true, .packets = 1,
			      .cancel = HC_CANCEL_INSIDE }),
		STORY(every_urb_is_unlinked_from_the_head, .variants = 20),
		STORY(every_urb_is_unlinked_from_the_head, .old = true,
		      .variants = 20),
		STORY(every_urb_is_unlinked_from_the_head, .variants = 20,
		      .hc_depth = 8, .hc = { .stops = true,
					     .cancel = HC_CANCEL_INSIDE }),
		STORY(an_unlink_brings_what_had_moved),
		STORY(an_error_leaves_other_endpoints_alone),
		STORY(an_error_leaves_other_endpoints_alone, .old = true),
		STORY(a_silent_endpoint_leaves_others_alone),
		STORY(a_silent_endpoint_leaves_others_alone, .old = true),
		STORY(a_silent_control_transfer_is_unlinked, .variants = 20),
		STORY(clear_halt_waits_until_the_queue_is_quiet,
		      .variants = 20),
		STORY(clear_halt_waits_until_the_queue_is_quiet, .old = true,
		      .variants = 20),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
