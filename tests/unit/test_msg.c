/* SPDX-License-Identifier: MIT */
/* Requests: what a back accepts, and the rule by which it refuses. */
#include "support/test.h"

#include "support/entry.h"
#include "usbif/msg.h"

static const struct usbif_msg_limits old_peer = { .num_ports = 31 };
static const struct usbif_msg_limits new_peer = { .num_ports = 31,
						  .extended = true };

static enum usbif_fault fault_of(const uint8_t *entry,
				 const struct usbif_msg_limits *limits)
{
	struct usbif_msg_req req;
	enum usbif_fault fault = usbif_msg_decode_req(entry, limits, &req);

	/* The id is known even of a request that is refused. */
	assert_int_equal(req.id,
			 entry[USBIF_WIRE_REQ_ID] |
			 entry[USBIF_WIRE_REQ_ID + 1] << 8);
	return fault;
}

#define assert_fault(entry, limits, fault) \
	assert_string_equal(usbif_fault_name(fault_of(entry, limits)), #fault)

static void a_bulk_read_is_understood(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	bulk_entry(entry);
	assert_int_equal(usbif_msg_decode_req(entry, &new_peer, &req), 0);
	assert_int_equal(req.id, 0x1234);
	assert_false(req.unlink);
	assert_true(req.in);
	assert_int_equal(req.port, 3);
	assert_int_equal(req.addr, 5);
	assert_int_equal(req.ep, 2);
	assert_int_equal(req.type, USBIF_XFER_BULK);
	assert_int_equal(req.length, 512);
	assert_int_equal(req.nr_segs, 1);
	assert_int_equal(req.seg[0].gref, 0x1000);
}

static void a_control_read_is_understood(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	control_entry(entry);
	assert_int_equal(usbif_msg_decode_req(entry, &new_peer, &req), 0);
	assert_int_equal(req.ep, 0);
	assert_int_equal(req.setup[0], 0x80);
	assert_int_equal(req.setup[6], 18);
	assert_int_equal(req.length, 18);
}

static void an_interrupt_read_has_its_interval(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	bulk_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_of(3, 5, 1, USBIF_XFER_INT));
	set_union(entry, USBIF_WIRE_U_INTERVAL, 0xabcd);
	assert_int_equal(usbif_msg_decode_req(entry, &new_peer, &req), 0);
	assert_int_equal(req.type, USBIF_XFER_INT);
	assert_int_equal(req.interval, 0xabcd);
}

static void an_isochronous_write_is_understood(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	iso_entry(entry);
	assert_int_equal(usbif_msg_decode_req(entry, &new_peer, &req), 0);
	assert_int_equal(req.interval, 8);
	assert_int_equal(req.start_frame, 99);
	assert_int_equal(req.packets, 2);
	assert_int_equal(req.nr_segs, 1);
	assert_int_equal(req.nr_desc_segs, 1);
	assert_int_equal(req.length, 512);
	assert_int_equal(req.seg[1].offset, 64);
}

static void an_unlink_is_understood_among_stale_octets(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	memset(entry, 0xff, sizeof(entry));
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe_of(3, 5, 2, USBIF_XFER_BULK) |
	      USBIF_WIRE_PIPE_UNLINK);
	set_union(entry, USBIF_WIRE_U_UNLINK_ID, 0x0102);
	assert_int_equal(usbif_msg_decode_req(entry, &old_peer, &req), 0);
	assert_true(req.unlink);
	assert_int_equal(req.unlink_id, 0x0102);
	assert_int_equal(req.nr_segs, 0);
	assert_int_equal(req.length, 0);
}

static void the_port_must_exist(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	bulk_entry(entry);
	for (uint8_t ports = 1; ports <= 31; ports++) {
		struct usbif_msg_limits limits = { .num_ports = ports };

		for (uint32_t port = 0; port < 32; port++) {
			bool exists = port >= 1 && port <= ports;

			set32(entry, USBIF_WIRE_REQ_PIPE,
			      pipe_of(port, 1, 1, USBIF_XFER_BULK));
			assert_int_equal(fault_of(entry, &limits),
					 exists ? USBIF_FAULT_NONE :
					 USBIF_FAULT_REQ_PORT);
		}
	}
}

static void endpoint_zero_is_control_and_no_other_is(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	for (uint32_t ep = 0; ep < 16; ep++) {
		for (uint32_t type = 0; type < 4; type++) {
			bool fits = (ep == 0) == (type == USBIF_XFER_CTRL);

			iso_entry(entry);
			if (type == USBIF_XFER_CTRL)
				control_entry(entry);
			set32(entry, USBIF_WIRE_REQ_PIPE,
			      pipe_of(1, 1, ep, type) | USBIF_WIRE_PIPE_IN);
			assert_int_equal(fault_of(entry, &new_peer),
					 fits ? USBIF_FAULT_NONE :
					 USBIF_FAULT_REQ_TYPE_EP);
		}
	}
}

static void every_address_and_direction_is_kept(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	bulk_entry(entry);
	for (uint32_t bits = 0; bits < 256; bits++) {
		uint32_t pipe = pipe_of(31, bits / 2, 15, USBIF_XFER_BULK);

		if (bits % 2)
			pipe |= USBIF_WIRE_PIPE_IN;
		set32(entry, USBIF_WIRE_REQ_PIPE, pipe);
		assert_int_equal(usbif_msg_decode_req(entry, &new_peer, &req),
				 USBIF_FAULT_NONE);
		assert_int_equal(req.addr, bits / 2);
		assert_int_equal(req.in, bits % 2);
		assert_int_equal(req.port, 31);
		assert_int_equal(req.ep, 15);
	}
}

static void a_reserved_pipe_bit_offends_extended_peers_only(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	uint32_t pipe = pipe_of(1, 1, 1, USBIF_XFER_BULK);

	(void)state;
	bulk_entry(entry);
	for (uint32_t bit = 0; bit < 32; bit++) {
		if ((USBIF_WIRE_PIPE_RESERVED >> bit & 1) == 0)
			continue;
		set32(entry, USBIF_WIRE_REQ_PIPE, pipe | 1u << bit);
		assert_fault(entry, &new_peer, REQ_PIPE_BITS);
		assert_fault(entry, &old_peer, NONE);
	}
}

static void an_undefined_flag_offends_extended_peers_only(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	bulk_entry(entry);
	for (uint32_t flags = 0; flags <= 0xffff; flags++) {
		set16(entry, USBIF_WIRE_REQ_FLAGS, flags);
		assert_int_equal(usbif_msg_decode_req(entry, &new_peer, &req),
				 flags < 4 ? USBIF_FAULT_NONE :
				 USBIF_FAULT_REQ_FLAGS);
		assert_int_equal(req.flags, flags);
		/* An old peer has no restart flag: the bit is stale there. */
		assert_int_equal(usbif_msg_decode_req(entry, &old_peer, &req),
				 USBIF_FAULT_NONE);
		assert_int_equal(req.flags,
				 flags & USBIF_WIRE_FLAG_SHORT_NOT_OK);
	}
}

static void more_than_sixteen_segments_are_refused(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	bulk_entry(entry);
	for (uint32_t i = 0; i < USBIF_WIRE_MAX_SEGS; i++)
		set_seg(entry, i, i, 1);
	for (uint32_t segs = 0; segs <= 0xffff; segs++) {
		set16(entry, USBIF_WIRE_REQ_NR_SEGS, segs);
		set16(entry, USBIF_WIRE_REQ_LENGTH, segs);
		assert_int_equal(fault_of(entry, &old_peer),
				 segs <= 16 ? USBIF_FAULT_NONE :
				 USBIF_FAULT_REQ_SEGS);
	}
}

/* The sum of the two counts does not fit their 16 bits. */
static void segments_and_descriptor_segments_share_sixteen(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	iso_entry(entry);
	set_union(entry, USBIF_WIRE_U_PACKETS, 1);
	for (uint32_t i = 0; i < USBIF_WIRE_MAX_SEGS; i++)
		set_seg(entry, i, 0, 16);
	for (uint32_t segs = 0; segs <= 0xffff; segs++) {
		const uint32_t descs[] = { 1, 17, 0xffff, (0x10000 - segs) &
					   0xffff, (0x10001 - segs) & 0xffff };

		set16(entry, USBIF_WIRE_REQ_NR_SEGS, segs);
		set16(entry, USBIF_WIRE_REQ_LENGTH, segs * 16);
		for (size_t i = 0; i < COUNT_OF(descs); i++) {
			bool fits = segs <= 15 && descs[i] == 1;

			if (segs + descs[i] <= 16 && descs[i] != 1)
				continue;
			set_union(entry, USBIF_WIRE_U_DESC_SEGS, descs[i]);
			assert_int_equal(fault_of(entry, &old_peer),
					 fits ? USBIF_FAULT_NONE :
					 USBIF_FAULT_REQ_SEGS);
		}
	}
}

static void a_segment_lies_within_its_page(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	bulk_entry(entry);
	for (uint32_t offset = 0; offset <= 0xffff; offset++) {
		const uint32_t lengths[] = { 0, 1, (4096 - offset) & 0xffff,
			(4097 - offset) & 0xffff, (0x10000 - offset) & 0xffff,
			(0x10001 - offset) & 0xffff, 0xffff };

		for (size_t i = 0; i < COUNT_OF(lengths); i++) {
			uint32_t length = lengths[i];
			bool fits = length > 0 && offset + length <= 4096;

			set_seg(entry, 0, offset, length);
			set16(entry, USBIF_WIRE_REQ_LENGTH, length);
			assert_int_equal(fault_of(entry, &old_peer),
					 fits ? USBIF_FAULT_NONE :
					 USBIF_FAULT_REQ_SEG_BOUNDS);
		}
	}
}

static void each_of_the_segments_is_checked(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	for (uint32_t bad = 0; bad < USBIF_WIRE_MAX_SEGS; bad++) {
		bulk_entry(entry);
		for (uint32_t i = 0; i < USBIF_WIRE_MAX_SEGS; i++)
			set_seg(entry, i, 0, 1);
		set16(entry, USBIF_WIRE_REQ_NR_SEGS, 16);
		set16(entry, USBIF_WIRE_REQ_LENGTH, 16);
		assert_fault(entry, &old_peer, NONE);
		set_seg(entry, bad, 4096, 1);
		assert_fault(entry, &old_peer, REQ_SEG_BOUNDS);
	}
	iso_entry(entry);
	set_seg(entry, entry[USBIF_WIRE_REQ_NR_SEGS], 4096, 1);
	assert_fault(entry, &old_peer, REQ_SEG_BOUNDS);
}

static void the_segments_add_up_to_the_length(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	bulk_entry(entry);
	for (uint32_t length = 0; length <= 0xffff; length++) {
		set16(entry, USBIF_WIRE_REQ_LENGTH, length);
		assert_int_equal(fault_of(entry, &new_peer),
				 length == 512 ? USBIF_FAULT_NONE :
				 USBIF_FAULT_REQ_LENGTH);
	}
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 0);
	assert_fault(entry, &new_peer, REQ_LENGTH);
	set16(entry, USBIF_WIRE_REQ_LENGTH, 0);
	assert_fault(entry, &new_peer, NONE);
}

static void length_zero_with_sixteen_full_pages_is_65536(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_req req;

	(void)state;
	bulk_entry(entry);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 16);
	set16(entry, USBIF_WIRE_REQ_LENGTH, 0);
	for (uint32_t i = 0; i < USBIF_WIRE_MAX_SEGS; i++)
		set_seg(entry, i, 0, 4096);
	assert_int_equal(usbif_msg_decode_req(entry, &old_peer, &req),
			 USBIF_FAULT_NONE);
	assert_int_equal(req.length, 65536);

	set_seg(entry, 15, 0, 4095);
	assert_fault(entry, &old_peer, REQ_LENGTH);
}

static void the_setup_packet_agrees_with_the_length(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	control_entry(entry);
	for (uint32_t w_length = 0; w_length <= 0xffff; w_length++) {
		set_union(entry, 6, w_length);
		assert_int_equal(fault_of(entry, &old_peer),
				 w_length == 18 ? USBIF_FAULT_NONE :
				 USBIF_FAULT_REQ_SETUP_LENGTH);
	}
}

static void a_control_transfer_of_65536_octets_is_refused(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	control_entry(entry);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 16);
	set16(entry, USBIF_WIRE_REQ_LENGTH, 0);
	set_union(entry, 6, 0);
	for (uint32_t i = 0; i < USBIF_WIRE_MAX_SEGS; i++)
		set_seg(entry, i, 0, 4096);
	assert_fault(entry, &old_peer, REQ_SETUP_LENGTH);
}

static void the_setup_packet_agrees_with_the_direction(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	uint32_t pipe = pipe_of(3, 5, 0, USBIF_XFER_CTRL);

	(void)state;
	control_entry(entry);
	for (uint32_t type = 0; type < 256; type++) {
		bool in = type >= 0x80;

		entry[USBIF_WIRE_REQ_UNION] = (uint8_t)type;
		set32(entry, USBIF_WIRE_REQ_PIPE, pipe | USBIF_WIRE_PIPE_IN);
		assert_int_equal(fault_of(entry, &old_peer), in ?
				 USBIF_FAULT_NONE : USBIF_FAULT_REQ_SETUP_DIR);
		set32(entry, USBIF_WIRE_REQ_PIPE, pipe);
		assert_int_equal(fault_of(entry, &old_peer), in ?
				 USBIF_FAULT_REQ_SETUP_DIR : USBIF_FAULT_NONE);
	}
}

static void without_data_the_direction_does_not_matter(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	uint32_t pipe = pipe_of(3, 5, 0, USBIF_XFER_CTRL);

	(void)state;
	control_entry(entry);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 0);
	set16(entry, USBIF_WIRE_REQ_LENGTH, 0);
	set_union(entry, 6, 0);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe);
	assert_fault(entry, &new_peer, NONE);
	set32(entry, USBIF_WIRE_REQ_PIPE, pipe | USBIF_WIRE_PIPE_IN);
	assert_fault(entry, &new_peer, NONE);
}

static void the_descriptors_cover_the_packets(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	iso_entry(entry);
	for (uint32_t packets = 0; packets <= 0xffff; packets++) {
		enum usbif_fault fault = USBIF_FAULT_REQ_ISO_DESCS;

		if (packets == 0 || packets > 4096)
			fault = USBIF_FAULT_REQ_ISO_PACKETS;
		else if (packets == 2)
			fault = USBIF_FAULT_NONE;
		set_union(entry, USBIF_WIRE_U_PACKETS, packets);
		assert_int_equal(fault_of(entry, &old_peer), fault);
	}
	set_union(entry, USBIF_WIRE_U_PACKETS, 2);
	set_union(entry, USBIF_WIRE_U_DESC_SEGS, 0);
	assert_fault(entry, &old_peer, REQ_ISO_DESCS);
}

static void as_many_packets_as_segments_can_describe_are_accepted(void **state)
{
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	iso_entry(entry);
	set16(entry, USBIF_WIRE_REQ_NR_SEGS, 0);
	set16(entry, USBIF_WIRE_REQ_LENGTH, 0);
	set_union(entry, USBIF_WIRE_U_DESC_SEGS, 16);
	set_union(entry, USBIF_WIRE_U_PACKETS, 4096);
	for (uint32_t i = 0; i < USBIF_WIRE_MAX_SEGS; i++)
		set_seg(entry, i, 0, 4096);
	assert_fault(entry, &new_peer, NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bulk_read_is_understood),
		cmocka_unit_test(a_control_read_is_understood),
		cmocka_unit_test(an_interrupt_read_has_its_interval),
		cmocka_unit_test(an_isochronous_write_is_understood),
		cmocka_unit_test(an_unlink_is_understood_among_stale_octets),
		cmocka_unit_test(the_port_must_exist),
		cmocka_unit_test(endpoint_zero_is_control_and_no_other_is),
		cmocka_unit_test(every_address_and_direction_is_kept),
		cmocka_unit_test(
			a_reserved_pipe_bit_offends_extended_peers_only),
		cmocka_unit_test(an_undefined_flag_offends_extended_peers_only),
		cmocka_unit_test(more_than_sixteen_segments_are_refused),
		cmocka_unit_test(
			segments_and_descriptor_segments_share_sixteen),
		cmocka_unit_test(a_segment_lies_within_its_page),
		cmocka_unit_test(each_of_the_segments_is_checked),
		cmocka_unit_test(the_segments_add_up_to_the_length),
		cmocka_unit_test(length_zero_with_sixteen_full_pages_is_65536),
		cmocka_unit_test(the_setup_packet_agrees_with_the_length),
		cmocka_unit_test(a_control_transfer_of_65536_octets_is_refused),
		cmocka_unit_test(the_setup_packet_agrees_with_the_direction),
		cmocka_unit_test(without_data_the_direction_does_not_matter),
		cmocka_unit_test(the_descriptors_cover_the_packets),
		cmocka_unit_test(
			as_many_packets_as_segments_can_describe_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
