/* SPDX-License-Identifier: MIT */
/* A front whose requests are broken, field by field. */
#include "hostile.h"
#include "liar.h"

#define OUTS	2	/* endpoint that takes octets */

/* Good requests to start from; their grants do not exist. */
static void good_bulk(struct liar *l, uint8_t *entry)
{
	bulk_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(1, l->dev->addr, 1, USBIF_XFER_BULK) |
	      USBIF_WIRE_PIPE_IN);
}

static void good_control(struct liar *l, uint8_t *entry)
{
	control_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(1, l->dev->addr, 0, USBIF_XFER_CTRL) |
	      USBIF_WIRE_PIPE_IN);
}

static void good_iso(struct liar *l, uint8_t *entry)
{
	iso_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(1, l->dev->addr, 1, USBIF_XFER_ISO) |
	      USBIF_WIRE_PIPE_IN);
}

static void good_indirect(struct liar *l, uint8_t *entry)
{
	indirect_entry(entry);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(1, l->dev->addr, 1, USBIF_XFER_BULK) |
	      USBIF_WIRE_PIPE_IN);
}

typedef void make_entry(struct liar *l, uint8_t *entry);

/* One 16-bit field that is wrong, and what the back must find. */
struct broken {
	make_entry *make;
	uint32_t at;
	uint32_t value;
	enum usbif_fault fault;
};

#define PIPE_LOW	USBIF_WIRE_REQ_PIPE
#define PIPE_HIGH	(USBIF_WIRE_REQ_PIPE + 2)
#define SEG(i, field)	(USBIF_WIRE_REQ_SEG + (i) * USBIF_WIRE_SEG_OCTETS + \
			 (field))
#define UNION(field)	(USBIF_WIRE_REQ_UNION + (field))
#define BULK_IN_1	0xc000	/* type, and the endpoint's high bits */

static const struct broken broken[] = {
	{ good_bulk, PIPE_LOW, 0x8180, USBIF_FAULT_REQ_PORT },
	{ good_bulk, PIPE_LOW, 0x8183, USBIF_FAULT_REQ_PORT },
	{ good_bulk, PIPE_LOW, 0x819f, USBIF_FAULT_REQ_PORT },
	{ good_bulk, PIPE_LOW, 0x81c1, USBIF_FAULT_REQ_PIPE_BITS },
	{ good_bulk, PIPE_HIGH, BULK_IN_1 | 0x0008, USBIF_FAULT_REQ_PIPE_BITS },
	{ good_bulk, PIPE_HIGH, BULK_IN_1 | 0x2000, USBIF_FAULT_REQ_PIPE_BITS },
	{ good_bulk, PIPE_LOW, 0x0181, USBIF_FAULT_REQ_TYPE_EP },
	{ good_bulk, PIPE_HIGH, 0x8000, USBIF_FAULT_REQ_TYPE_EP },
	{ good_control, PIPE_LOW, 0x8181, USBIF_FAULT_REQ_TYPE_EP },
	{ good_bulk, USBIF_WIRE_REQ_NR_SEGS, 17, USBIF_FAULT_REQ_SEGS },
	{ good_bulk, USBIF_WIRE_REQ_NR_SEGS, 255, USBIF_FAULT_REQ_SEGS },
	{ good_bulk, USBIF_WIRE_REQ_NR_SEGS, 65535, USBIF_FAULT_REQ_SEGS },
	{ good_iso, UNION(USBIF_WIRE_U_DESC_SEGS), 16, USBIF_FAULT_REQ_SEGS },
	{ good_iso, UNION(USBIF_WIRE_U_DESC_SEGS), 65535,
	  USBIF_FAULT_REQ_SEGS },
	{ good_bulk, SEG(0, 6), 0, USBIF_FAULT_REQ_SEG_BOUNDS },
	{ good_bulk, SEG(0, 6), 4097, USBIF_FAULT_REQ_SEG_BOUNDS },
	{ good_bulk, SEG(0, 6), 65535, USBIF_FAULT_REQ_SEG_BOUNDS },
	{ good_bulk, SEG(0, 4), 4096, USBIF_FAULT_REQ_SEG_BOUNDS },
	{ good_bulk, SEG(0, 4), 65535, USBIF_FAULT_REQ_SEG_BOUNDS },
	{ good_bulk, SEG(0, 4), 65025, USBIF_FAULT_REQ_SEG_BOUNDS },
	{ good_bulk, USBIF_WIRE_REQ_LENGTH, 511, USBIF_FAULT_REQ_LENGTH },
	{ good_bulk, USBIF_WIRE_REQ_LENGTH, 0, USBIF_FAULT_REQ_LENGTH },
	{ good_bulk, USBIF_WIRE_REQ_LENGTH, 65535, USBIF_FAULT_REQ_LENGTH },
	{ good_bulk, USBIF_WIRE_REQ_NR_SEGS, 0, USBIF_FAULT_REQ_LENGTH },
	{ good_bulk, USBIF_WIRE_REQ_FLAGS, 8, USBIF_FAULT_REQ_FLAGS },
	{ good_control, USBIF_WIRE_REQ_FLAGS, 4, USBIF_FAULT_REQ_FLAGS },
	{ good_iso, USBIF_WIRE_REQ_FLAGS, 4, USBIF_FAULT_REQ_FLAGS },
	{ good_bulk, USBIF_WIRE_REQ_FLAGS, 4, USBIF_FAULT_REQ_INDIRECT },
	{ good_indirect, USBIF_WIRE_REQ_FLAGS, 0, USBIF_FAULT_REQ_LENGTH },
	{ good_indirect, UNION(USBIF_WIRE_U_DATA_SEGS), 0,
	  USBIF_FAULT_REQ_INDIRECT },
	{ good_indirect, UNION(USBIF_WIRE_U_DATA_SEGS), 33,
	  USBIF_FAULT_REQ_INDIRECT },
	{ good_indirect, UNION(USBIF_WIRE_U_DATA_SEGS), 65535,
	  USBIF_FAULT_REQ_INDIRECT },
	{ good_indirect, UNION(USBIF_WIRE_U_DATA_OCTETS + 2), 0xffff,
	  USBIF_FAULT_REQ_INDIRECT },
	{ good_indirect, SEG(0, 6), 161, USBIF_FAULT_REQ_INDIRECT },
	{ good_indirect, USBIF_WIRE_REQ_NR_SEGS, 17, USBIF_FAULT_REQ_SEGS },
	{ good_bulk, USBIF_WIRE_REQ_FLAGS, 0x8000, USBIF_FAULT_REQ_FLAGS },
	{ good_control, UNION(6), 17, USBIF_FAULT_REQ_SETUP_LENGTH },
	{ good_control, UNION(6), 65535, USBIF_FAULT_REQ_SETUP_LENGTH },
	{ good_control, UNION(0), 0x0600, USBIF_FAULT_REQ_SETUP_DIR },
	{ good_iso, UNION(USBIF_WIRE_U_PACKETS), 0,
	  USBIF_FAULT_REQ_ISO_PACKETS },
	{ good_iso, UNION(USBIF_WIRE_U_PACKETS), 65535,
	  USBIF_FAULT_REQ_ISO_PACKETS },
	{ good_iso, UNION(USBIF_WIRE_U_PACKETS), 3, USBIF_FAULT_REQ_ISO_DESCS },
	{ good_iso, UNION(USBIF_WIRE_U_DESC_SEGS), 0,
	  USBIF_FAULT_REQ_ISO_DESCS },
	/* Decodes well, but nobody granted that page. */
	{ good_bulk, PIPE_HIGH, BULK_IN_1, USBIF_FAULT_REQ_GRANT },
	{ good_iso, UNION(USBIF_WIRE_U_INTERVAL), 0, USBIF_FAULT_REQ_GRANT },
	{ good_indirect, PIPE_HIGH, BULK_IN_1, USBIF_FAULT_REQ_GRANT },
};

static void every_broken_field_is_found(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(broken); i++) {
		const struct broken *b = &broken[i];
		struct liar *l = lying_front(b->make == good_iso ?
					     device_audio() :
					     device_source_sink(), false);
		uint8_t entry[USBIF_WIRE_URB_OCTETS];

		b->make(l, entry);
		set16(entry, b->at, b->value);
		liar_request(l, entry);
		victim_found(l, b->fault);
	}
}

/* What stands in reserved bits of an old front is of no interest. */
static void an_old_front_may_leave_stale_octets(void **state)
{
	struct liar *l = lying_front(device_source_sink(), true);
	uint8_t entry[USBIF_WIRE_URB_OCTETS];
	struct usbif_msg_rsp rsp;
	uint32_t ref = grants_add(&l->w->grants, true);

	(void)state;
	good_bulk(l, entry);
	set32(entry, USBIF_WIRE_REQ_SEG, ref);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(1, l->dev->addr, 1, USBIF_XFER_BULK) |
	      USBIF_WIRE_PIPE_IN | USBIF_WIRE_PIPE_RESERVED);
	set16(entry, USBIF_WIRE_REQ_FLAGS, 0xfffe);
	liar_request(l, entry);
	victim_runs(l);
	assert_true(liar_take_answer(l, &rsp));
	assert_int_equal(rsp.status, USBIF_WIRE_ST_OK);
	assert_int_equal(rsp.actual, 512);
	grants_end(&l->w->grants, ref);
	victim_found_nothing(l);
}

static void frame_descriptors_out_of_bounds_are_found(void **state)
{
	static const uint32_t bad[][2] = {
		{ 513, 0 }, { 512, 1 }, { 0, 513 }, { 0xffffffff, 1 },
		{ 1, 0xffffffff }, { 0, 300 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bad); i++) {
		struct liar *l = lying_front(device_audio(), false);
		uint32_t data = grants_add(&l->w->grants, true);
		uint32_t descs = grants_add(&l->w->grants, true);
		uint8_t *page = grants_page(&l->w->grants, descs) + 64;
		uint8_t entry[USBIF_WIRE_URB_OCTETS];

		good_iso(l, entry);
		set32(entry, USBIF_WIRE_REQ_SEG, data);
		set32(entry, USBIF_WIRE_REQ_SEG + 8, descs);
		set32(page, 0, bad[i][0]);
		set32(page, 4, bad[i][1]);
		/* Alone the last one is good; both do not fit. */
		set32(page, 16, 0);
		set32(page, 20, 300);
		liar_request(l, entry);
		victim_runs(l);
		grants_end(&l->w->grants, data);
		grants_end(&l->w->grants, descs);
		victim_found(l, USBIF_FAULT_ISO_BOUNDS);
	}
}

/* A page that may be read only, where octets are to come in. */
static void a_page_that_may_not_be_written_is_found(void **state)
{
	struct liar *l = lying_front(device_source_sink(), false);
	uint32_t ref = grants_add(&l->w->grants, false);
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	good_bulk(l, entry);
	set32(entry, USBIF_WIRE_REQ_SEG, ref);
	liar_request(l, entry);
	victim_runs(l);
	grants_end(&l->w->grants, ref);
	victim_found(l, USBIF_FAULT_REQ_GRANT);
}

static void a_write_from_a_page_that_is_not_there_is_found(void **state)
{
	struct liar *l = lying_front(device_source_sink(), false);
	uint8_t entry[USBIF_WIRE_URB_OCTETS];

	(void)state;
	good_bulk(l, entry);
	set32(entry, USBIF_WIRE_REQ_PIPE,
	      pipe_of(1, l->dev->addr, OUTS, USBIF_XFER_BULK));
	liar_request(l, entry);
	victim_found(l, USBIF_FAULT_REQ_GRANT);
}

/* Any pipe is a fault or an answer, and never a trap. */
static void every_pipe_is_a_fault_or_an_answer(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 120; i++) {
		struct liar *l = lying_front(device_source_sink(), false);
		uint8_t entry[USBIF_WIRE_URB_OCTETS];

		good_bulk(l, entry);
		set16(entry, i % 2 ? PIPE_LOW : PIPE_HIGH, i * 2731);
		liar_request(l, entry);
		victim_runs(l);
		if (l->w->host.complained)
			victim_found(l, usbif_back_fault(&l->w->host.back));
		else
			victim_found_nothing(l);
	}
}

int requests_lie(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_broken_field_is_found),
		cmocka_unit_test(an_old_front_may_leave_stale_octets),
		cmocka_unit_test(frame_descriptors_out_of_bounds_are_found),
		cmocka_unit_test(a_page_that_may_not_be_written_is_found),
		cmocka_unit_test(a_write_from_a_page_that_is_not_there_is_found),
		cmocka_unit_test(every_pipe_is_a_fault_or_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
