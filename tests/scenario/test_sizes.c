/* SPDX-License-Identifier: MIT */
/* Every size that something might get wrong, with its content. */
#include "support/drivers.h"
#include "support/stories.h"

#define KIB	1024u

static const uint32_t sizes[] = {
	0, 1, 511, 512, 513, 4 * KIB, 60 * KIB, 64 * KIB - 1, 64 * KIB,
	64 * KIB + 1, 120 * KIB, 128 * KIB - 1, 128 * KIB, 128 * KIB + 1,
};

static bool is_pattern(const struct urb *urb, uint64_t from)
{
	uint32_t i;

	for (i = 0; i < urb->actual; i++)
		if (urb->data[i] != device_pattern(urb->u.ep, from + i))
			return false;
	return true;
}

static void reads_of_all_sizes_bring_their_octets(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	uint64_t at = 0;
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(sizes); i++) {
		struct urb *urb = bulk_in(w, dev, 1, sizes[i]);

		must(w, urb_run(w, urb) == USBIF_WIRE_ST_OK);
		must(w, urb->actual == sizes[i]);
		must(w, is_pattern(urb, at));
		at += urb->actual;
	}
}

static void writes_of_all_sizes_bring_their_octets(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(sizes); i++) {
		struct urb *urb = bulk_out(w, dev, 2, sizes[i]);
		uint32_t before = d->out[2].log.n;

		must(w, urb_run(w, urb) == USBIF_WIRE_ST_OK);
		must(w, urb->actual == sizes[i]);
		must(w, d->out[2].log.n == before + sizes[i]);
		must(w, sizes[i] == 0 ||
			memcmp(d->out[2].log.at + before, urb->data,
			       sizes[i]) == 0);
	}
}

/* Where a message fills its packets, an empty one tells the device its end. */
static void an_empty_packet_ends_a_full_message(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	uint32_t i, before = 0;

	must(w, dev);
	for (i = 0; i < COUNT_OF(sizes); i++) {
		struct urb *urb = bulk_out(w, dev, 2, sizes[i]);
		uint32_t requests = w->guest.sent;
		bool full = sizes[i] != 0 && sizes[i] % 512 == 0;

		must(w, urb_run(w, urb) == USBIF_WIRE_ST_OK);
		requests = w->guest.sent - requests;
		urb = bulk_out(w, dev, 2, sizes[i]);
		urb->u.zero_packet = true;
		before = w->guest.sent;
		must(w, urb_run(w, urb) == USBIF_WIRE_ST_OK);
		must(w, urb->actual == sizes[i]);
		must(w, w->guest.sent - before == requests + full);
	}
}

static void a_mebibyte_goes_both_ways(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *in, *out;

	must(w, dev);
	in = bulk_in(w, dev, 1, KIB * KIB);
	out = bulk_out(w, dev, 2, KIB * KIB);
	must(w, guest_submit(w, in) == USBIF_OK);
	must(w, guest_submit(w, out) == USBIF_OK);
	must(w, urb_wait(w, in) == USBIF_WIRE_ST_OK);
	must(w, urb_wait(w, out) == USBIF_WIRE_ST_OK);
	must(w, in->actual == KIB * KIB && is_pattern(in, 0));
	must(w, out->actual == KIB * KIB);
	must(w, memcmp(d->out[2].log.at, out->data, out->actual) == 0);
}

/* As many requests as the negotiated size makes of it, and no more. */
static void a_mebibyte_is_few_requests(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	uint32_t most = w->config.request_pages * 4096u, before;

	must(w, dev);
	before = w->guest.sent;
	must(w, urb_run(w, bulk_in(w, dev, 1, KIB * KIB)) == 0);
	must(w, w->guest.sent - before == (KIB * KIB + most - 1) / most);
	before = w->guest.sent;
	must(w, urb_run(w, bulk_out(w, dev, 2, 120 * KIB)) == 0);
	must(w, w->guest.sent - before == (120 * KIB + most - 1) / most);
	before = w->guest.sent;
	must(w, urb_run(w, bulk_in(w, dev, 1, 120 * KIB)) == 0);
	must(w, w->guest.sent - before == (120 * KIB + most - 1) / most);
}

/* An error within a long request: what moved before it, and no more. */
static void a_long_request_may_end_early(struct world *w)
{
	struct device *d = world_add(w, device_messages());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *first, *second;

	must(w, dev);
	first = bulk_in(w, dev, 1, 120 * KIB);
	second = bulk_in(w, dev, 1, 120 * KIB);
	first->u.short_not_ok = true;
	device_say(d, 1, 70000);
	device_say(d, 1, 1000);
	must(w, guest_submit(w, first) == USBIF_OK);
	must(w, guest_submit(w, second) == USBIF_OK);
	must(w, urb_wait(w, first) == USBIF_WIRE_ST_SHORT);
	must(w, first->actual == 70000 && is_pattern(first, 0));
	must(w, urb_wait(w, second) == USBIF_WIRE_ST_OK);
	must(w, second->actual == 1000 && is_pattern(second, 70000));
}

/* Unlinked in the middle, resumed behind it: every octet once. */
static void a_long_request_may_be_unlinked(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[3];
	uint64_t at = 0;
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_in(w, dev, 1, 256 * KIB);
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	world_settle_for(w, 12 + w->variant * 7);
	guest_unlink(w, urb[w->variant % COUNT_OF(urb)]);
	for (i = 0; i < COUNT_OF(urb); i++) {
		int32_t status = urb_wait(w, urb[i]);

		must(w, status == USBIF_WIRE_ST_OK ||
			(status == USBIF_WIRE_ST_CANCELLED &&
			 i == w->variant % COUNT_OF(urb)));
		must(w, is_pattern(urb[i], at));
		at += urb[i]->actual;
	}
}

static void many_urbs_of_a_queue_keep_their_order(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *urb[40];
	uint64_t at = 0;
	uint32_t i;

	must(w, dev);
	for (i = 0; i < COUNT_OF(urb); i++) {
		urb[i] = bulk_in(w, dev, 1, 512 * (1 + i % 5));
		must(w, guest_submit(w, urb[i]) == USBIF_OK);
	}
	for (i = 0; i < COUNT_OF(urb); i++) {
		must(w, urb_wait(w, urb[i]) == USBIF_WIRE_ST_OK);
		must(w, is_pattern(urb[i], at));
		at += urb[i]->actual;
	}
}

static void more_urbs_than_a_front_holds_are_refused(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct urb *first;
	uint32_t i;

	must(w, dev);
	first = bulk_in(w, dev, 1, 1);
	must(w, guest_submit(w, first) == USBIF_OK);
	for (i = 1; i < USBIF_MAX_URBS / 2; i++)
		must(w, guest_submit(w, bulk_in(w, dev, 1, 1)) == USBIF_OK);
	must(w, guest_submit(w, bulk_in(w, dev, 1, 1)) == USBIF_E_SPACE);
	must(w, urb_wait(w, first) == USBIF_WIRE_ST_OK);
	must(w, guest_submit(w, bulk_in(w, dev, 1, 1)) == USBIF_OK);
	world_settle(w);
	must(w, !w->guest.first_pending);
}

static void control_transfers_carry_data_both_ways(struct world *w)
{
	static const uint16_t lengths[] = { 0, 1, 64, 4095, 4096, 61440 };
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	static uint8_t out[65536], in[65536];
	uint32_t i;

	must(w, dev);
	for (i = 0; i < sizeof(out); i++)
		out[i] = device_pattern(5, i);
	for (i = 0; i < COUNT_OF(lengths); i++) {
		uint16_t n = lengths[i];

		memset(in, 0, sizeof(in));
		out[0] = (uint8_t)i;
		must(w, control(w, dev, 0x40, DEVICE_REQ_WRITE, 0, 0, n, out)
			== n);
		must(w, control(w, dev, 0xc0, DEVICE_REQ_READ, 0, 0, n, in)
			== n);
		must(w, memcmp(in, out, n) == 0);
	}
	must(w, control(w, dev, 0xc0, DEVICE_REQ_SHORT, 0, 0, 100, in) == 50);
	must(w, memcmp(in, out, 50) == 0);
}

/* Short transfers, with and without SHORT_NOT_OK, bring what there was. */
static void a_short_read_brings_what_there_was(struct world *w)
{
	static const uint32_t said[] = { 100, 0, 512, 1000, 70000, 65536 };
	struct device *d = world_add(w, device_messages());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	uint64_t at = 0;
	uint32_t i;

	must(w, dev);
	for (i = 0; i < 2 * COUNT_OF(said); i++) {
		struct urb *urb = bulk_in(w, dev, 1, 120 * KIB);

		urb->u.short_not_ok = i & 1;
		device_say(d, 1, said[i / 2]);
		must(w, urb_run(w, urb) == (i & 1 ? USBIF_WIRE_ST_SHORT :
						    USBIF_WIRE_ST_OK));
		must(w, urb->actual == said[i / 2]);
		must(w, is_pattern(urb, at));
		at += urb->actual;
	}
}

static void a_full_read_with_short_not_ok_is_good(struct world *w)
{
	struct device *d = world_add(w, device_source_sink());
	struct usb_dev *dev = plug_and_enumerate(w, 1, d);
	struct sg sg;

	must(w, dev);
	sg_init(w, &sg, dev, 1, true, 30, 4096);
	sg_run(w, &sg);
	must(w, sg.status == USBIF_WIRE_ST_OK);
	must(w, sg.octets == 30 * 4096);
	sg_init(w, &sg, dev, 2, false, 30, 4096);
	sg_run(w, &sg);
	must(w, sg.status == USBIF_WIRE_ST_OK);
	must(w, d->out[2].log.n == 30 * 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(reads_of_all_sizes_bring_their_octets),
		STORY(reads_of_all_sizes_bring_their_octets, .old = true),
		STORY(reads_of_all_sizes_bring_their_octets, .ring_pages = 4,
		      .hc = { .packets = 1 }),
		STORY(reads_of_all_sizes_bring_their_octets,
		      .request_pages = 32),
		STORY(reads_of_all_sizes_bring_their_octets,
		      .request_pages = 17, .ring_pages = 4),
		STORY(writes_of_all_sizes_bring_their_octets),
		STORY(writes_of_all_sizes_bring_their_octets,
		      .request_pages = 32),
		STORY(writes_of_all_sizes_bring_their_octets, .old = true),
		STORY(an_empty_packet_ends_a_full_message),
		STORY(an_empty_packet_ends_a_full_message, .old = true),
		STORY(an_empty_packet_ends_a_full_message, .request_pages = 32),
		STORY(a_mebibyte_goes_both_ways),
		STORY(a_mebibyte_goes_both_ways, .old = true, .lasts = true),
		STORY(a_mebibyte_goes_both_ways, .ring_pages = 16,
		      .hc_depth = 4, .hc = { .stops = true }, .lasts = true),
		STORY(a_mebibyte_goes_both_ways, .request_pages = 32,
		      .lasts = true),
		STORY(a_mebibyte_goes_both_ways, .request_pages = 256,
		      .ring_pages = 4, .hc_depth = 4, .hc = { .stops = true },
		      .lasts = true),
		STORY(a_mebibyte_is_few_requests, .lasts = true),
		STORY(a_mebibyte_is_few_requests, .request_pages = 17,
		      .lasts = true),
		STORY(a_mebibyte_is_few_requests, .request_pages = 32,
		      .lasts = true),
		STORY(a_mebibyte_is_few_requests, .request_pages = 256,
		      .lasts = true),
		STORY(a_long_request_may_end_early, .request_pages = 32),
		STORY(a_long_request_may_end_early, .request_pages = 32,
		      .hc_depth = 4, .hc = { .stops = true }),
		STORY(a_long_request_may_be_unlinked, .request_pages = 32,
		      .variants = 12, .lasts = true),
		STORY(a_long_request_may_be_unlinked, .request_pages = 64,
		      .variants = 12, .hc_depth = 3, .hc = { .stops = true },
		      .lasts = true),
		STORY(many_urbs_of_a_queue_keep_their_order),
		STORY(many_urbs_of_a_queue_keep_their_order, .old = true),
		STORY(many_urbs_of_a_queue_keep_their_order,
		      .hc_depth = 3, .hc = { .stops = true }),
		STORY(more_urbs_than_a_front_holds_are_refused, .lasts = true),
		STORY(control_transfers_carry_data_both_ways),
		STORY(control_transfers_carry_data_both_ways, .old = true),
		STORY(a_short_read_brings_what_there_was),
		STORY(a_short_read_brings_what_there_was, .old = true),
		STORY(a_short_read_brings_what_there_was, .request_pages = 32),
		STORY(a_full_read_with_short_not_ok_is_good),
		STORY(a_full_read_with_short_not_ok_is_good, .old = true),
		STORY(a_full_read_with_short_not_ok_is_good,
		      .request_pages = 32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
