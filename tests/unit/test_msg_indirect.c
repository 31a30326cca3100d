/* SPDX-License-Identifier: MIT */
/* Indirect requests: data segments in an array of granted pages. */
#include "support/test.h"

#include "support/entry.h"
#include "support/random.h"
#include "usbif/msg.h"

static const struct usbif_msg_limits limits = {
	.num_ports = 31, .extended = true, .request_pages = 32,
};

static enum usbif_fault fault_of(const uint8_t *entry,
				 const struct usbif_msg_limits *l)
{
	struct usbif_msg_req req;

	return usbif_msg_decode_req(entry, l, &req);
}

#define assert_fault(entry, fault) \
	assert_string_equal(usbif_fault_name(fault_of(entry, &limits)), #fault)

/* Data of length octets in count segments, the array in one segment. */
static void describe(uint8_t *entry, uint32_t count, uint32_t length)
{
	indirect_entry(entry);
	set32(entry, USBIF_WIRE_REQ_UNION + USBIF_WIRE_U_DATA_OCTETS, length);
	set_union(entry, USBIF_WIRE_U_DATA_SEGS, count);
	set_seg(entry, 0, 0, count * USBIF_WIRE_SEG_OCTETS);
}

static void an_indirect_read_is_understood(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	indirect_entry(entry);
	set16(entry, USBIF_WIRE_REQ_FLAGS, USBIF_WIRE_FLAG_INDIRECT |
	      USBIF_WIRE_FLAG_RESTART | USBIF_WIRE_FLAG_SHORT_NOT_OK);
	assert_int_equal(usbif_msg_decode_req(entry, &limits, &req), 0);
	assert_int_equal(req.indirect, 20);
	assert_int_equal(req.length, 20 * 4096);
	assert_int_equal(req.flags, USBIF_WIRE_FLAG_RESTART |
				    USBIF_WIRE_FLAG_SHORT_NOT_OK);
	assert_int_equal(req.nr_segs, 1);
	assert_int_equal(req.seg[0].gref, 0x1000);
	assert_int_equal(req.seg[0].offset, 32);
	assert_int_equal(req.seg[0].length, 160);
}

/* Without negotiation the flag is undefined, and stale in an old front. */
static void it_takes_negotiation(void **state)
{
	struct usbif_msg_limits l = limits;
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	indirect_entry(entry);
	for (l.request_pages = 0; l.request_pages <= 16; l.request_pages++)
		assert_int_equal(fault_of(entry, &l), USBIF_FAULT_REQ_FLAGS);
	l.request_pages = 32;
	l.extended = false;
	bulk_entry(entry);
	set16(entry, USBIF_WIRE_REQ_FLAGS, USBIF_WIRE_FLAG_INDIRECT);
	assert_int_equal(usbif_msg_decode_req(entry, &l, &req), 0);
	assert_int_equal(req.indirect, 0);
	assert_int_equal(req.flags, 0);
	assert_int_equal(req.length, 512);
}

static void only_bulk_transfers_have_it(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	control_entry(entry);
	set16(entry, USBIF_WIRE_REQ_FLAGS, USBIF_WIRE_FLAG_INDIRECT);
	assert_fault(entry, REQ_FLAGS);
	iso_entry(entry);
	set16(entry, USBIF_WIRE_REQ_FLAGS, USBIF_WIRE_FLAG_INDIRECT);
	assert_fault(entry, REQ_FLAGS);
	indirect_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_of(3, 5, 2, USBIF_XFER_INT));
	assert_fault(entry, REQ_FLAGS);
	indirect_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_of(3, 5, 2, USBIF_XFER_BULK) |
	      USBIF_WIRE_PIPE_UNLINK);
	assert_fault(entry, REQ_FLAGS);
	set16(entry, USBIF_WIRE_REQ_FLAGS, 0);
	assert_fault(entry, NONE);
}

static void the_count_is_within_what_was_negotiated(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	for (uint32_t count = 0; count <= 0xffff; count++) {
		describe(entry, count, count * 4096);
		assert_int_equal(fault_of(entry, &limits) == USBIF_FAULT_NONE,
				 count >= 1 && count <= 32);
	}
	describe(entry, 0, 0);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 0);
	assert_fault(entry, REQ_INDIRECT);
	describe(entry, 33, 33 * 4096);
	assert_fault(entry, REQ_INDIRECT);
}

static void the_length_is_what_segments_can_name(void **state)
{
	static const uint32_t bad[] = {
		0, 19, 20 * 4096 + 1, 0x7fffffff, 0xffffffff,
	};
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		describe(entry, 20, bad[i]);
		assert_fault(entry, REQ_INDIRECT);
	}
	describe(entry, 20, 20);
	assert_fault(entry, NONE);
	describe(entry, 20, 20 * 4096);
	assert_fault(entry, NONE);
}

static void fields_without_a_meaning_are_zero(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	for (uint32_t bit = 0; bit < 16; bit++) {
		indirect_entry(entry);
		set16(entry, USBIF_WIRE_REQ_LENGTH, 1u << bit);
		assert_fault(entry, REQ_INDIRECT);
		indirect_entry(entry);
		set_union(entry, USBIF_WIRE_U_RESERVED, 1u << bit);
		assert_fault(entry, REQ_INDIRECT);
	}
}

static void the_array_is_exactly_as_long_as_its_segments(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	for (uint32_t octets = 1; octets <= 4096; octets++) {
		indirect_entry(entry);
		set_seg(entry, 0, 0, octets);
		assert_int_equal(fault_of(entry, &limits),
				 octets == 160 ? USBIF_FAULT_NONE :
				 USBIF_FAULT_REQ_INDIRECT);
	}
	indirect_entry(entry);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 0);
	assert_fault(entry, REQ_INDIRECT);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 17);
	assert_fault(entry, REQ_SEGS);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 16);
	for (uint32_t i = 0; i < 16; i++)
		set_seg(entry, i, 4086, 10);
	assert_fault(entry, NONE);
	set_seg(entry, 15, 4087, 10);
	assert_fault(entry, REQ_SEG_BOUNDS);
}

static void an_encoded_request_has_these_octets(void **state)
{
	static const uint8_t expected[36] = {
		0x02, 0x01,		/* id */
		0x02, 0x00,		/* nr_buffer_segs */
		0x83, 0x05, 0x01, 0xc0,	/* bulk in, ep 2, device 5, port 3 */
		0x06, 0x00,		/* transfer_flags */
		0x00, 0x00,		/* buffer_length */
		0x00, 0xe0, 0x01, 0x00, 0x1e, 0x00, 0, 0,
		0x44, 0x33, 0x22, 0x11, 0xc0, 0x0f, 0x40, 0x00,
		0x88, 0x77, 0x66, 0x55, 0x00, 0x00, 0xb0, 0x00,
	};
	const struct usbif_msg_req req = {
		.id = 0x0102, .in = true, .port = 3, .addr = 5, .ep = 2,
		.type = USBIF_XFER_BULK, .nr_segs = 2, .indirect = 30,
		.length = 30 * 4096, .flags = USBIF_WIRE_FLAG_RESTART,
		.seg = { { 0x11223344, 4032, 64 }, { 0x55667788, 0, 176 } },
	};
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req again;

	(void)state;
	memset(entry, 0xff, sizeof(entry));
	usbif_msg_encode_req(&req, entry);
	assert_memory_equal(entry, expected, sizeof(expected));
	for (size_t i = sizeof(expected); i < sizeof(entry); i++)
		assert_int_equal(entry[i], 0);
	memset(&again, 0, sizeof(again));
	assert_int_equal(usbif_msg_decode_req(entry, &limits, &again), 0);
	assert_same(&req, &again);
}

static void any_octets_are_refused_or_understood_whole(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS], again[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req, second;
	uint32_t noise = 1, accepted = 0;

	(void)state;
	memset(&req, 0, sizeof(req));
	memset(&second, 0, sizeof(second));
	for (uint32_t i = 0; i < 100000; i++) {
		indirect_entry(entry);
		for (uint32_t hits = next_random(&noise) % 4; hits > 0; hits--)
			entry[next_random(&noise) % 28] ^=
				(uint8_t)(1u << next_random(&noise) % 8);
		if (usbif_msg_decode_req(entry, &limits, &req) != 0)
			continue;
		accepted++;
		if (req.unlink || req.indirect == 0)
			continue;
		assert_int_equal(req.type, USBIF_XFER_BULK);
		assert_in_range(req.indirect, 1, 32);
		assert_in_range(req.length, req.indirect, req.indirect * 4096);
		usbif_msg_encode_req(&req, again);
		assert_int_equal(usbif_msg_decode_req(again, &limits, &second),
				 0);
		assert_same(&req, &second);
		memset(&req, 0, sizeof(req));
		memset(&second, 0, sizeof(second));
	}
	assert_in_range(accepted, 10000, 90000);
}

#define ARRAY_OCTETS	(USBIF_WIRE_MAX_DATA_SEGS * USBIF_WIRE_SEG_OCTETS)

static void a_segment_array_survives_the_round_trip(void **state)
{
	struct usbif_msg_seg seg[USBIF_WIRE_MAX_DATA_SEGS];
	struct usbif_msg_seg again[USBIF_WIRE_MAX_DATA_SEGS];
	uint8_t copy[ARRAY_OCTETS];
	uint32_t length = 0;

	(void)state;
	for (uint32_t i = 0; i < USBIF_WIRE_MAX_DATA_SEGS; i++) {
		seg[i].gref = 0x01020304u * (i + 1);
		seg[i].offset = (uint16_t)i;
		seg[i].length = (uint16_t)(4096 - i);
		length += seg[i].length;
	}
	usbif_msg_encode_segs(seg, USBIF_WIRE_MAX_DATA_SEGS, copy);
	assert_int_equal(copy[8] | copy[9] << 8 | copy[10] << 16, 0x040608);
	assert_int_equal(copy[12], 1);
	assert_int_equal(copy[14] | copy[15] << 8, 4095);
	assert_int_equal(usbif_msg_decode_segs(copy, USBIF_WIRE_MAX_DATA_SEGS,
					       length, again),
			 USBIF_FAULT_NONE);
	assert_memory_equal(seg, again, sizeof(seg));
}

static void segments_add_up_to_the_length(void **state)
{
	struct usbif_msg_seg seg[20];
	uint8_t copy[ARRAY_OCTETS];

	(void)state;
	for (uint32_t i = 0; i < 20; i++)
		seg[i] = (struct usbif_msg_seg){ 7, 0, 4096 };
	usbif_msg_encode_segs(seg, 20, copy);
	for (uint32_t off = 0; off < 3; off++)
		assert_int_equal(usbif_msg_decode_segs(copy, 20, 20 * 4096 - 1 +
						       off, seg),
				 off == 1 ? USBIF_FAULT_NONE :
				 USBIF_FAULT_REQ_LENGTH);
}

static void every_segment_stays_within_its_page(void **state)
{
	static const uint16_t bad[][2] = {
		{ 0, 0 }, { 0, 4097 }, { 1, 4096 }, { 4096, 1 },
		{ 65535, 1 }, { 1, 65535 }, { 65535, 65535 },
	};
	struct usbif_msg_seg seg[20], out[20];
	uint8_t copy[ARRAY_OCTETS];

	(void)state;
	for (uint32_t at = 0; at < 20; at++) {
		for (size_t i = 0; i < COUNT_OF(bad); i++) {
			for (uint32_t j = 0; j < 20; j++)
				seg[j] = (struct usbif_msg_seg){ 7, 0, 1 };
			seg[at].offset = bad[i][0];
			seg[at].length = bad[i][1];
			usbif_msg_encode_segs(seg, 20, copy);
			assert_int_equal(usbif_msg_decode_segs(copy, 20,
						19u + bad[i][1], out),
					 USBIF_FAULT_REQ_SEG_BOUNDS);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_indirect_read_is_understood),
		cmocka_unit_test(it_takes_negotiation),
		cmocka_unit_test(only_bulk_transfers_have_it),
		cmocka_unit_test(the_count_is_within_what_was_negotiated),
		cmocka_unit_test(the_length_is_what_segments_can_name),
		cmocka_unit_test(fields_without_a_meaning_are_zero),
		cmocka_unit_test(the_array_is_exactly_as_long_as_its_segments),
		cmocka_unit_test(an_encoded_request_has_these_octets),
		cmocka_unit_test(any_octets_are_refused_or_understood_whole),
		cmocka_unit_test(a_segment_array_survives_the_round_trip),
		cmocka_unit_test(segments_add_up_to_the_length),
		cmocka_unit_test(every_segment_stays_within_its_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
