/* SPDX-License-Identifier: MIT */
/* Requests: what is encoded is decoded again, and noise is never half read. */
#include "support/test.h"

#include "support/entry.h"
#include "support/random.h"
#include "usbif/msg.h"

static const struct usbif_msg_limits old_peer = { .num_ports = 31 };
static const struct usbif_msg_limits new_peer = { .num_ports = 31,
						  .extended = true };

static void an_encoded_request_has_these_octets(void **state)
{
	static const uint8_t expected[36] = {
		0x02, 0x01,		/* id */
		0x02, 0x00,		/* nr_buffer_segs */
		0x83, 0x05, 0x01, 0xc0,	/* bulk in, ep 2, device 5, port 3 */
		0x03, 0x00,		/* transfer_flags */
		0x10, 0x02,		/* buffer_length */
		0, 0, 0, 0, 0, 0, 0, 0,	/* union */
		0x44, 0x33, 0x22, 0x11, 0x00, 0x0e, 0x00, 0x02,
		0x88, 0x77, 0x66, 0x55, 0x00, 0x00, 0x10, 0x00,
	};
	struct usbif_msg_req req = {
		.id = 0x0102, .in = true, .port = 3, .addr = 5, .ep = 2,
		.type = USBIF_XFER_BULK, .nr_segs = 2, .length = 528,
		.flags = USBIF_WIRE_FLAG_SHORT_NOT_OK |
			 USBIF_WIRE_FLAG_RESTART,
		.seg = { { 0x11223344, 3584, 512 }, { 0x55667788, 0, 16 },
			 { 0xffffffff, 0xffff, 0xffff } },
	};
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	memset(entry, 0xff, sizeof(entry));
	usbif_msg_encode_req(&req, entry);
	assert_memory_equal(entry, expected, sizeof(expected));
	for (size_t i = sizeof(expected); i < sizeof(entry); i++)
		assert_int_equal(entry[i], 0);
}

/* Whatever else the message says. */
static void an_unlink_has_no_segments(void **state)
{
	struct usbif_msg_req req = {
		.port = 1, .unlink = true, .unlink_id = 7, .nr_segs = 1,
		.seg = { { 0x11223344, 0, 512 } },
	};
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	memset(entry, 0xff, sizeof(entry));
	usbif_msg_encode_req(&req, entry);
	for (size_t i = USBIF_WIRE_REQ_SEG; i < sizeof(entry); i++)
		assert_int_equal(entry[i], 0);
	assert_int_equal(entry[USBIF_WIRE_REQ_NR_SEGS], 0);
}

static void a_head_leaves_the_segments_alone(void **state)
{
	struct usbif_msg_req req = { .port = 1, .ep = 1,
				     .type = USBIF_XFER_BULK };
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	memset(entry, 0xff, sizeof(entry));
	usbif_msg_encode_head(&req, entry);
	for (size_t i = 0; i < USBIF_WIRE_REQ_SEG; i++)
		assert_true(entry[i] != 0xff);
	for (size_t i = USBIF_WIRE_REQ_SEG; i < sizeof(entry); i++)
		assert_int_equal(entry[i], 0xff);
}

static void a_wrong_count_of_segments_stays_within_the_entry(void **state)
{
	struct {
		uint8_t entry[USBIF_WIRE_URB_OCTETS];
		uint8_t behind[16];
	} memory;
	struct usbif_msg_req req = { .port = 1, .ep = 1,
				     .type = USBIF_XFER_BULK };

	(void)state;
	memset(&memory, 0xaa, sizeof(memory));
	req.nr_segs = 17;
	usbif_msg_encode_req(&req, memory.entry);
	req.nr_segs = 255;
	req.nr_desc_segs = 255;
	usbif_msg_encode_req(&req, memory.entry);
	for (size_t i = 0; i < sizeof(memory.behind); i++)
		assert_int_equal(memory.behind[i], 0xaa);
}

/* Encode, decode, and expect the same message and the same octets. */
static void round_trip(const uint8_t *entry,
		       const struct usbif_msg_limits *limits)
{
	uint8_t again[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req first, second;

	memset(&first, 0xaa, sizeof(first));
	memset(&second, 0xaa, sizeof(second));
	assert_int_equal(usbif_msg_decode_req(entry, limits, &first), 0);
	usbif_msg_encode_req(&first, again);
	assert_int_equal(usbif_msg_decode_req(again, limits, &second), 0);
	assert_same(&first, &second);
}

static void each_kind_of_request_survives_the_round_trip(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	bulk_entry(entry);
	round_trip(entry, &new_peer);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_of(1, 0, 1, USBIF_XFER_INT));
	set_union(entry, USBIF_WIRE_U_INTERVAL, 255);
	round_trip(entry, &new_peer);
	control_entry(entry);
	round_trip(entry, &new_peer);
	iso_entry(entry);
	round_trip(entry, &new_peer);
	bulk_entry(entry);
	entry[USBIF_WIRE_REQ_PIPE] |= USBIF_WIRE_PIPE_UNLINK;
	round_trip(entry, &new_peer);
}

/* The promise to everybody behind the decoder, whatever the octets were. */
static void check_accepted(const struct usbif_msg_req *req)
{
	uint32_t sum = 0;

	assert_in_range(req->port, 1, 31);
	assert_in_range(req->addr, 0, 127);
	assert_in_range(req->ep, 0, 15);
	assert_in_range(req->nr_segs + req->nr_desc_segs, 0, 16);
	assert_in_range(req->packets, 0, 4096);
	for (uint32_t i = 0; i < req->nr_segs; i++) {
		assert_in_range(req->seg[i].length, 1, 4096);
		assert_in_range(req->seg[i].offset + req->seg[i].length, 1,
				4096);
		sum += req->seg[i].length;
	}
	assert_int_equal(req->length, sum);
}

static void any_octets_are_refused_or_understood_whole(void **state)
{
	static void (*const start[])(uint8_t *) = {
		bulk_entry, control_entry, iso_entry,
	};
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;
	uint32_t noise = 1, accepted = 0;

	(void)state;
	for (uint32_t i = 0; i < 200000; i++) {
		start[i % COUNT_OF(start)](entry);
		for (uint32_t hits = next_random(&noise) % 4; hits > 0; hits--)
			entry[next_random(&noise) % 40] =
				(uint8_t)next_random(&noise);
		if (usbif_msg_decode_req(entry, &old_peer, &req) != 0)
			continue;
		accepted++;
		check_accepted(&req);
		round_trip(entry, &old_peer);
	}
	/* The noise is worth something only if much passes and much fails. */
	assert_in_range(accepted, 20000, 180000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_encoded_request_has_these_octets),
		cmocka_unit_test(an_unlink_has_no_segments),
		cmocka_unit_test(a_head_leaves_the_segments_alone),
		cmocka_unit_test(
			a_wrong_count_of_segments_stays_within_the_entry),
		cmocka_unit_test(each_kind_of_request_survives_the_round_trip),
		cmocka_unit_test(any_octets_are_refused_or_understood_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
