/* SPDX-License-Identifier: MIT */
/* What our encoder writes, read through Xen's structures, and back. */
#include "support/test.h"

#include <xen/xen.h>
#include <xen/io/ring.h>
#include <xen/io/usbif.h>

#include "usbif/msg.h"
#include "usbif/ring.h"

static const struct usbif_msg_limits limits = { .num_ports = 31,
						.extended = true };

#define SLOTS(pages) \
	{ __CONST_RING_SIZE(usbif_urb, (pages) * USBIF_RING_SIZE), \
	  __CONST_RING_SIZE(usbif_conn, (pages) * USBIF_RING_SIZE) }

static void rings_of_any_size_have_the_same_slots(void **state)
{
	static const struct {
		uint32_t urb, conn;
	} xen[] = {
		SLOTS(1), SLOTS(2), SLOTS(3), SLOTS(4), SLOTS(5), SLOTS(6),
		SLOTS(7), SLOTS(8), SLOTS(9), SLOTS(10), SLOTS(11), SLOTS(12),
		SLOTS(13), SLOTS(14), SLOTS(15), SLOTS(16),
	};

	(void)state;
	for (uint32_t pages = 1; pages <= COUNT_OF(xen); pages++) {
		assert_int_equal(usbif_ring_slots(pages, USBIF_WIRE_URB_OCTETS),
				 xen[pages - 1].urb);
		assert_int_equal(usbif_ring_slots(pages,
						  USBIF_WIRE_CONN_OCTETS),
				 xen[pages - 1].conn);
	}
	assert_int_equal(USB_URB_RING_SIZE, 16);
	assert_int_equal(USB_CONN_RING_SIZE, 512);
}

static void pipes_say_the_same(void **state)
{
	struct usbif_msg_req req = { .in = true, .port = 21, .addr = 99,
				     .ep = 13, .type = USBIF_XFER_INT };
	struct usbif_urb_request xen;

	(void)state;
	usbif_msg_encode_req(&req, (uint8_t *)&xen);
	assert_int_equal(usbif_pipeportnum(xen.pipe), 21);
	assert_int_equal(usbif_pipedevice(xen.pipe), 99);
	assert_int_equal(usbif_pipeendpoint(xen.pipe), 13);
	assert_true(usbif_pipein(xen.pipe));
	assert_true(usbif_pipeint(xen.pipe));
	assert_true(usbif_pipesubmit(xen.pipe));

	req.unlink = true;
	req.unlink_id = 12;
	usbif_msg_encode_req(&req, (uint8_t *)&xen);
	assert_true(usbif_pipeunlink(xen.pipe));
	assert_int_equal(xen.u.unlink.unlink_id, 12);
}

/* A request as a front that is built on Xen's header makes it. */
static void xen_iso_write(struct usbif_urb_request *xen)
{
	memset(xen, 0, sizeof(*xen));
	xen->id = 3;
	xen->nr_buffer_segs = 2;
	xen->pipe = usbif_setportnum_pipe(
		1u << USBIF_PIPE_DEV_SHIFT | 2u << USBIF_PIPE_EP_SHIFT |
		(uint32_t)USBIF_PIPE_TYPE_ISOC << USBIF_PIPE_TYPE_SHIFT, 7);
	xen->transfer_flags = USBIF_SHORT_NOT_OK;
	xen->buffer_length = 4106;
	xen->u.isoc.interval = 4;
	xen->u.isoc.start_frame = 5;
	xen->u.isoc.number_of_packets = 2;
	xen->u.isoc.nr_frame_desc_segs = 1;
	xen->seg[0] = (struct usbif_request_segment){ 100, 0, 4096 };
	xen->seg[1] = (struct usbif_request_segment){ 101, 0, 10 };
	xen->seg[2] = (struct usbif_request_segment){ 102, 40, 32 };
}

static void a_request_made_with_xens_header_is_understood(void **state)
{
	struct usbif_urb_request xen, again;
	struct usbif_msg_req req;

	(void)state;
	xen_iso_write(&xen);
	assert_int_equal(usbif_msg_decode_req((uint8_t *)&xen, &limits, &req),
			 USBIF_FAULT_NONE);
	assert_int_equal(req.port, 7);
	assert_int_equal(req.addr, 1);
	assert_int_equal(req.ep, 2);
	assert_int_equal(req.length, 4106);
	assert_int_equal(req.packets, 2);
	assert_int_equal(req.seg[2].gref, 102);
	assert_int_equal(req.seg[2].offset, 40);

	usbif_msg_encode_req(&req, (uint8_t *)&again);
	assert_same(&xen, &again);
}

/* The array of an indirect request has the header's segments. */
static void a_segment_array_is_made_of_xens_segments(void **state)
{
	const struct usbif_request_segment xen[] = {
		{ 100, 0, 4096 }, { 101, 40, 32 },
	};
	struct usbif_msg_seg seg[2];
	uint8_t again[sizeof(xen)];

	(void)state;
	assert_int_equal(usbif_msg_decode_segs((const uint8_t *)xen, 2, 4128,
					       seg), USBIF_FAULT_NONE);
	assert_int_equal(seg[1].gref, 101);
	assert_int_equal(seg[1].offset, 40);
	assert_int_equal(seg[1].length, 32);
	usbif_msg_encode_segs(seg, 2, again);
	assert_memory_equal(xen, again, sizeof(xen));
}

static void an_answer_means_the_same_on_both_sides(void **state)
{
	struct usbif_urb_response xen = {
		.id = 9, .start_frame = 10, .status = USBIF_STATUS_BABBLE,
		.actual_length = 1234, .error_count = 2,
	}, again;
	struct usbif_msg_rsp rsp;

	(void)state;
	assert_int_equal(usbif_msg_decode_rsp((uint8_t *)&xen, false, &rsp),
			 USBIF_FAULT_NONE);
	assert_int_equal(rsp.id, 9);
	assert_int_equal(rsp.status, USBIF_WIRE_ST_BABBLE);
	assert_int_equal(rsp.actual, 1234);
	usbif_msg_encode_rsp(&rsp, (uint8_t *)&again);
	assert_same(&xen, &again);
}

static void an_event_means_the_same_on_both_sides(void **state)
{
	struct usbif_conn_response xen = { .id = 9, .portnum = 3,
					   .speed = USBIF_SPEED_FULL }, again;
	struct usbif_msg_conn conn;

	(void)state;
	assert_int_equal(usbif_msg_decode_conn((uint8_t *)&xen, 31, &conn),
			 USBIF_FAULT_NONE);
	assert_int_equal(conn.port, 3);
	assert_int_equal(conn.speed, USBIF_WIRE_SPEED_FULL);
	usbif_msg_encode_conn(&conn, (uint8_t *)&again);
	assert_same(&xen, &again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rings_of_any_size_have_the_same_slots),
		cmocka_unit_test(pipes_say_the_same),
		cmocka_unit_test(a_request_made_with_xens_header_is_understood),
		cmocka_unit_test(a_segment_array_is_made_of_xens_segments),
		cmocka_unit_test(an_answer_means_the_same_on_both_sides),
		cmocka_unit_test(an_event_means_the_same_on_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
