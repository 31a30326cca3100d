/* SPDX-License-Identifier: MIT */
/* Answers, hot-plug events and isochronous descriptors: the rest of msg.c. */
#include "support/test.h"

#include "usbif/msg.h"

static void an_encoded_answer_has_these_octets(void **state)
{
	static const uint8_t expected[USBIF_WIRE_URB_RSP_OCTETS] = {
		0x02, 0x01, 0x04, 0x03,	/* id, start_frame */
		0xe0, 0xff, 0xff, 0xff,	/* status -32 */
		0x08, 0x07, 0x06, 0x05,	/* actual_length */
		0x0a, 0x00, 0x00, 0x00,	/* error_count */
	};
	struct usbif_msg_rsp rsp = {
		.id = 0x0102, .start_frame = 0x0304,
		.status = USBIF_WIRE_ST_STALL, .actual = 0x05060708,
		.errors = 10,
	};
	uint8_t entry[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_msg_rsp back;

	(void)state;
	usbif_msg_encode_rsp(&rsp, entry);
	assert_memory_equal(entry, expected, sizeof(expected));
	assert_int_equal(usbif_msg_decode_rsp(entry, false, &back), 0);
	assert_same(&back, &rsp);
}

static void a_negative_length_is_the_peers_fault(void **state)
{
	static const uint32_t negative[] = { 0x80000000, 0xffffffff,
					     0x80000001, 0xc0000000 };
	uint8_t entry[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_msg_rsp rsp = { .id = 5 };

	(void)state;
	for (size_t i = 0; i < COUNT_OF(negative); i++) {
		rsp.actual = negative[i];
		usbif_msg_encode_rsp(&rsp, entry);
		assert_int_equal(usbif_msg_decode_rsp(entry, true, &rsp),
				 USBIF_FAULT_RSP_LENGTH);
		assert_int_equal(rsp.id, 5);
	}
	rsp.actual = 0x7fffffff;
	usbif_msg_encode_rsp(&rsp, entry);
	assert_int_equal(usbif_msg_decode_rsp(entry, true, &rsp),
			 USBIF_FAULT_NONE);
}

static bool is_old_status(int32_t status)
{
	static const int32_t known[] = { 0, -19, -22, -32, -71, -75, -108 };

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (known[i] == status)
			return true;
	}
	return false;
}

static bool is_new_status(int32_t status)
{
	return status == -2 || status == -11 || status == -104 ||
	       status == -121;
}

static void check_status(int32_t status)
{
	bool old = is_old_status(status), new = is_new_status(status);
	uint8_t entry[USBIF_WIRE_URB_RSP_OCTETS];
	struct usbif_msg_rsp rsp = { .status = status }, got;

	usbif_msg_encode_rsp(&rsp, entry);
	assert_int_equal(usbif_msg_decode_rsp(entry, false, &got), 0);
	assert_int_equal(got.status, old ? status : USBIF_WIRE_ST_IOERROR);
	assert_int_equal(usbif_msg_decode_rsp(entry, true, &got),
			 old || new ? USBIF_FAULT_NONE :
			 USBIF_FAULT_RSP_STATUS);
	assert_int_equal(got.status, status);
	assert_int_equal(usbif_msg_status_known(status, false), old);
	assert_int_equal(usbif_msg_status_known(status, true), old || new);
}

static void an_unknown_status_is_an_io_error_or_a_fault(void **state)
{
	(void)state;
	for (int32_t status = -300; status <= 300; status++)
		check_status(status);
	check_status(INT32_MIN);
	check_status(INT32_MAX);
	check_status(0x10000 - 19);
}

static void an_event_names_a_port_and_a_speed_that_exist(void **state)
{
	uint8_t entry[USBIF_WIRE_CONN_OCTETS] = { 0x34, 0x12 };
	struct usbif_msg_conn conn;

	(void)state;
	for (uint32_t i = 0; i < 31 * 256 * 256; i++) {
		uint8_t ports = (uint8_t)(1 + (i >> 16));
		uint8_t port = (uint8_t)(i >> 8), speed = (uint8_t)i;
		enum usbif_fault fault = USBIF_FAULT_NONE;

		if (port == 0 || port > ports)
			fault = USBIF_FAULT_CONN_PORT;
		else if (speed > USBIF_WIRE_SPEED_HIGH)
			fault = USBIF_FAULT_CONN_SPEED;
		entry[2] = port;
		entry[3] = speed;
		assert_int_equal(usbif_msg_decode_conn(entry, ports, &conn),
				 fault);
		assert_int_equal(conn.id, 0x1234);
	}
}

static void an_encoded_event_has_these_octets(void **state)
{
	static const uint8_t expected[] = { 0x02, 0x01, 9, 3 };
	struct usbif_msg_conn conn = { .id = 0x0102, .port = 9, .speed = 3 };
	uint8_t entry[USBIF_WIRE_CONN_OCTETS];

	(void)state;
	usbif_msg_encode_conn(&conn, entry);
	assert_memory_equal(entry, expected, sizeof(expected));
}

static void a_posted_event_request_is_only_an_id(void **state)
{
	uint8_t entry[USBIF_WIRE_CONN_REQ_OCTETS];

	(void)state;
	for (uint32_t id = 0; id <= 0xffff; id++) {
		usbif_msg_encode_conn_req((uint16_t)id, entry);
		assert_int_equal(entry[0] | entry[1] << 8, id);
		assert_int_equal(usbif_msg_decode_conn_req(entry), id);
	}
}

/* The fault of a few packets in a buffer of 1000 octets. */
static enum usbif_fault iso_fault(const struct usbif_msg_iso *iso,
				  uint16_t count)
{
	uint8_t copy[4 * USBIF_WIRE_ISO_DESC_OCTETS];
	struct usbif_msg_iso got[4];

	usbif_msg_encode_iso(iso, count, copy);
	return usbif_msg_decode_iso(copy, count, 1000, got);
}

static void packets_lie_within_the_buffer(void **state)
{
	static const struct {
		uint32_t offset, length;
		bool fits;
	} tried[] = {
		{ 0, 0, true }, { 0, 1000, true }, { 999, 1, true },
		{ 1000, 0, true }, { 0, 1001, false }, { 1000, 1, false },
		{ 1001, 0, false }, { 0xffffffff, 1, false },
		{ 0xffffffff, 0xffffffff, false }, { 1, 0xffffffff, false },
		{ 0x80000000, 0x80000000, false }, { 500, 501, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(tried); i++) {
		struct usbif_msg_iso iso = { .offset = tried[i].offset,
					     .length = tried[i].length };

		assert_int_equal(iso_fault(&iso, 1), tried[i].fits ?
				 USBIF_FAULT_NONE : USBIF_FAULT_ISO_BOUNDS);
	}
}

static void packets_together_hold_no_more_than_the_buffer(void **state)
{
	struct usbif_msg_iso iso[3] = {
		{ .offset = 0, .length = 400 },
		{ .offset = 400, .length = 400 },
		{ .offset = 0, .length = 200 },
	};

	(void)state;
	assert_int_equal(iso_fault(iso, 3), USBIF_FAULT_NONE);
	iso[2].length = 201;
	assert_int_equal(iso_fault(iso, 3), USBIF_FAULT_ISO_BOUNDS);
	assert_int_equal(iso_fault(iso, 0), USBIF_FAULT_NONE);
}

static void packets_are_decoded_in_their_order(void **state)
{
	struct usbif_msg_iso iso[3] = { { .offset = 1, .length = 10 },
					{ .offset = 2, .length = 20 },
					{ .offset = 3, .length = 30 } };
	uint8_t copy[3 * USBIF_WIRE_ISO_DESC_OCTETS];
	struct usbif_msg_iso got[3];

	(void)state;
	usbif_msg_encode_iso(iso, 3, copy);
	assert_int_equal(usbif_msg_decode_iso(copy, 3, 60, got), 0);
	assert_memory_equal(got, iso, sizeof(got));
}

static void what_a_guest_wrote_as_result_is_not_used(void **state)
{
	uint8_t copy[USBIF_WIRE_ISO_DESC_OCTETS];
	struct usbif_msg_iso iso = { .offset = 4, .length = 8, .actual = 77,
				     .status = -5 };

	(void)state;
	usbif_msg_encode_iso(&iso, 1, copy);
	assert_int_equal(usbif_msg_decode_iso(copy, 1, 1000, &iso), 0);
	assert_int_equal(iso.offset, 4);
	assert_int_equal(iso.length, 8);
	assert_int_equal(iso.actual, 0);
	assert_int_equal(iso.status, 0);
}

static void a_back_changes_only_result_and_status(void **state)
{
	struct usbif_msg_iso own[2] = { { .offset = 0, .length = 100 },
					{ .offset = 100, .length = 50 } };
	struct usbif_msg_iso lies[2] = {
		{ .offset = 9, .length = 9999, .actual = 60, .status = -18 },
		{ .offset = 9, .length = 9999, .actual = 51, .status = 1 },
	};
	uint8_t copy[2 * USBIF_WIRE_ISO_DESC_OCTETS];

	(void)state;
	usbif_msg_encode_iso(lies, 2, copy);
	usbif_msg_merge_iso(copy, 2, own);
	assert_int_equal(own[0].length, 100);
	assert_int_equal(own[0].actual, 60);
	assert_int_equal(own[0].status, -18);
	assert_int_equal(own[1].offset, 100);
	assert_int_equal(own[1].actual, 50);
	assert_int_equal(own[1].status, 1);
}

static void an_encoded_packet_has_these_octets(void **state)
{
	static const uint8_t expected[USBIF_WIRE_ISO_DESC_OCTETS] = {
		0x04, 0x03, 0x02, 0x01, 0x08, 0x07, 0x06, 0x05,
		0x0c, 0x0b, 0x0a, 0x09, 0xff, 0xff, 0xff, 0xff,
	};
	struct usbif_msg_iso iso = { 0x01020304, 0x05060708, 0x090a0b0c, -1 };
	uint8_t copy[USBIF_WIRE_ISO_DESC_OCTETS];

	(void)state;
	usbif_msg_encode_iso(&iso, 1, copy);
	assert_memory_equal(copy, expected, sizeof(expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_encoded_answer_has_these_octets),
		cmocka_unit_test(a_negative_length_is_the_peers_fault),
		cmocka_unit_test(an_unknown_status_is_an_io_error_or_a_fault),
		cmocka_unit_test(an_event_names_a_port_and_a_speed_that_exist),
		cmocka_unit_test(an_encoded_event_has_these_octets),
		cmocka_unit_test(a_posted_event_request_is_only_an_id),
		cmocka_unit_test(packets_lie_within_the_buffer),
		cmocka_unit_test(packets_together_hold_no_more_than_the_buffer),
		cmocka_unit_test(packets_are_decoded_in_their_order),
		cmocka_unit_test(what_a_guest_wrote_as_result_is_not_used),
		cmocka_unit_test(a_back_changes_only_result_and_status),
		cmocka_unit_test(an_encoded_packet_has_these_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
