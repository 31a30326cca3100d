/* SPDX-License-Identifier: MIT */
/*
 * The order of stores, loads and barriers in ring.c, which is compiled into
 * this test with barriers and loads that write down what they see.
 */
#include "support/test.h"

static void note_barrier(char kind);
#define USBIF_MB()	note_barrier('M')
#define USBIF_RMB()	note_barrier('R')
#define USBIF_WMB()	note_barrier('W')
#define USBIF_LOAD_HOOK

#include "../../libusbif/src/ring.c"

static union {
	uint32_t words[1024];
	uint8_t octets[4096];
} page;

static uint8_t last_page[4096];
static char log_text[400];

static void note(const char *text)
{
	strncat(log_text, text, sizeof(log_text) - strlen(log_text) - 1);
}

static bool changed(uint32_t offset, uint32_t octets)
{
	return memcmp(page.octets + offset, last_page + offset, octets) != 0;
}

/* Name what was stored since the last look, which nothing else orders. */
static void note_stores(void)
{
	static const struct {
		uint32_t offset, octets;
		const char *name;
	} parts[] = {
		{ USBIF_WIRE_REQ_PROD, 4, "req_prod " },
		{ USBIF_WIRE_REQ_EVENT, 4, "req_event " },
		{ USBIF_WIRE_RSP_PROD, 4, "rsp_prod " },
		{ USBIF_WIRE_RSP_EVENT, 4, "rsp_event " },
		{ 64, 4096 - 64, "slot " },
	};

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		if (changed(parts[i].offset, parts[i].octets))
			note(parts[i].name);
	}
	memcpy(last_page, page.octets, sizeof(last_page));
}

static void note_barrier(char kind)
{
	const char text[] = { kind, 'M', 'B', ' ', '\0' };

	note_stores();
	note(kind == 'M' ? "MB " : text);
}

uint32_t usbif_load32(const volatile uint32_t *from)
{
	static const char *const names[] = { "?req_prod ", "?req_event ",
					     "?rsp_prod ", "?rsp_event " };

	note_stores();
	note(names[from - page.words]);
	return *from;
}

void usbif_copy_in(void *to, const volatile void *from, size_t octets)
{
	note_stores();
	note("?slot ");
	memcpy(to, (const void *)from, octets);
}

static struct usbif_ring front, back;

static int fresh_ring(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	usbif_ring_front_init(&front, &page, 1, USBIF_WIRE_URB_OCTETS);
	usbif_ring_back_init(&back, 1, USBIF_WIRE_URB_OCTETS);
	memcpy(last_page, page.octets, sizeof(last_page));
	log_text[0] = '\0';
	return 0;
}

static const char *told(void)
{
	static char text[sizeof(log_text)];

	note_stores();
	memcpy(text, log_text, sizeof(text));
	log_text[0] = '\0';
	return text;
}

static void put(struct usbif_ring *r, uint32_t value)
{
	assert_int_equal(usbif_ring_put(r, &page, &value, sizeof(value)), 0);
}

static void a_push_publishes_behind_the_slot_and_asks_behind_that(void **state)
{
	(void)state;
	put(&front, 1);
	usbif_ring_push(&front, &page);
	assert_string_equal(told(), "slot WMB req_prod MB ?req_event ");
}

static void many_slots_are_published_behind_one_barrier(void **state)
{
	(void)state;
	put(&front, 1);
	put(&front, 2);
	usbif_ring_push(&front, &page);
	assert_string_equal(told(), "slot WMB req_prod MB ?req_event ");
}

static void a_take_reads_the_slot_behind_the_index(void **state)
{
	uint32_t value;

	(void)state;
	put(&front, 1);
	usbif_ring_push(&front, &page);
	told();
	assert_int_equal(usbif_ring_take(&back, &page, &value, 4), 1);
	assert_string_equal(told(), "?req_prod RMB ?slot ");
	assert_int_equal(usbif_ring_take(&back, &page, &value, 4), 0);
	assert_string_equal(told(), "?req_prod ");
}

static void the_way_back_has_the_same_order(void **state)
{
	uint32_t value;

	(void)state;
	put(&front, 1);
	usbif_ring_push(&front, &page);
	usbif_ring_take(&back, &page, &value, 4);
	told();
	put(&back, 2);
	usbif_ring_push(&back, &page);
	assert_string_equal(told(), "slot WMB rsp_prod MB ?rsp_event ");
	usbif_ring_take(&front, &page, &value, 4);
	assert_string_equal(told(), "?rsp_prod RMB ?slot ");
}

static void a_sleeper_asks_first_and_looks_behind_that(void **state)
{
	uint32_t value;

	(void)state;
	put(&front, 1);
	usbif_ring_push(&front, &page);
	usbif_ring_take(&back, &page, &value, 4);
	put(&back, 2);
	usbif_ring_push(&back, &page);
	usbif_ring_take(&front, &page, &value, 4);
	told();
	assert_int_equal(usbif_ring_sleep(&back, &page), 0);
	assert_string_equal(told(), "req_event MB ?req_prod ");
	assert_int_equal(usbif_ring_sleep(&front, &page), 0);
	assert_string_equal(told(), "rsp_event MB ?rsp_prod ");
}

static void pushing_nothing_touches_nothing(void **state)
{
	(void)state;
	assert_false(usbif_ring_push(&front, &page));
	assert_string_equal(told(), "");
}

#define order_test(story) cmocka_unit_test_setup(story, fresh_ring)

int main(void)
{
	const struct CMUnitTest tests[] = {
		order_test(a_push_publishes_behind_the_slot_and_asks_behind_that),
		order_test(many_slots_are_published_behind_one_barrier),
		order_test(a_take_reads_the_slot_behind_the_index),
		order_test(the_way_back_has_the_same_order),
		order_test(a_sleeper_asks_first_and_looks_behind_that),
		order_test(pushing_nothing_touches_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
