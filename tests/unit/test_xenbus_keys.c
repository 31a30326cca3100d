/* SPDX-License-Identifier: MIT */
/* Text from xenstore, and what two ends agree on. */
#include "support/test.h"

#include "usbif/xenbus.h"

#define OK	USBIF_XB_KEYS_OK
#define ABSENT	USBIF_XB_KEYS_ABSENT
#define BAD	USBIF_XB_KEYS_BAD

static void numbers_are_digits_and_nothing_else(void **state)
{
	static const char *const bad[] = {
		"", " ", "+1", "-1", "1 ", " 1", "1\n", "0x1", "01", "00",
		"1.", "a", "4294967296", "4294967300", "9999999999",
		"99999999999999999999", "18446744073709551617", "\xb2",
	};
	uint32_t out = 77;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_int_equal(usbif_xb_parse_u32(bad[i], 0, UINT32_MAX,
						    &out), BAD);
	assert_int_equal(usbif_xb_parse_u32(NULL, 0, 9, &out), ABSENT);
	assert_int_equal(out, 77);
	assert_int_equal(usbif_xb_parse_u32("0", 0, 9, &out), OK);
	assert_int_equal(out, 0);
	assert_int_equal(usbif_xb_parse_u32("4294967295", 0, UINT32_MAX, &out),
			 OK);
	assert_true(out == UINT32_MAX);
}

static void numbers_have_a_range(void **state)
{
	uint32_t out = 77;

	(void)state;
	assert_int_equal(usbif_xb_parse_u32("0", 1, 31, &out), BAD);
	assert_int_equal(usbif_xb_parse_u32("32", 1, 31, &out), BAD);
	assert_int_equal(usbif_xb_parse_u32("310", 1, 31, &out), BAD);
	assert_int_equal(usbif_xb_parse_u32("5", 0, 3, &out), BAD);
	assert_int_equal(out, 77);
	assert_int_equal(usbif_xb_parse_u32("1", 1, 31, &out), OK);
	assert_int_equal(out, 1);
	assert_int_equal(usbif_xb_parse_u32("31", 1, 31, &out), OK);
	assert_int_equal(out, 31);
}

static void long_text_is_not_read_to_its_end(void **state)
{
	static char digits[4097];
	uint32_t out;

	(void)state;
	memset(digits, '1', sizeof(digits) - 1);
	assert_int_equal(usbif_xb_parse_u32(digits, 0, UINT32_MAX, &out), BAD);
}

static void states_and_online(void **state)
{
	(void)state;
	assert_int_equal(usbif_xb_parse_state("4"), USBIF_XB_CONNECTED);
	assert_int_equal(usbif_xb_parse_state("0"), USBIF_XB_UNKNOWN);
	assert_int_equal(usbif_xb_parse_state("8"), USBIF_XB_RECONFIGURED);
	assert_int_equal(usbif_xb_parse_state("9"), USBIF_XB_UNKNOWN);
	assert_int_equal(usbif_xb_parse_state("four"), USBIF_XB_UNKNOWN);
	assert_int_equal(usbif_xb_parse_state(NULL), USBIF_XB_UNKNOWN);
	assert_true(usbif_xb_parse_online("1"));
	assert_true(usbif_xb_parse_online(NULL));
	assert_true(usbif_xb_parse_online("00"));
	assert_false(usbif_xb_parse_online("0"));
}

static void ports_name_a_device(void **state)
{
	static const char *const good[] = {
		"1-1", "3-1.5", "999-255", "1-1.2.3.4.5.6", "9-31.31.31.31.31",
		"100-1.2.3.4.5.255",
	};
	char busid[USBIF_XB_BUSID_OCTETS];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		assert_int_equal(usbif_xb_parse_port(good[i], busid), OK);
		assert_string_equal(busid, good[i]);
	}
	/* the longest */
	assert_int_equal(usbif_xb_parse_port("999-25.25.25.25.255", busid), OK);
	assert_int_equal(strlen(busid), USBIF_XB_BUSID_OCTETS - 1);
}

static void ports_may_be_empty(void **state)
{
	char busid[USBIF_XB_BUSID_OCTETS] = "x";

	(void)state;
	assert_int_equal(usbif_xb_parse_port("", busid), ABSENT);
	assert_string_equal(busid, "");
	busid[0] = 'x';
	assert_int_equal(usbif_xb_parse_port(NULL, busid), ABSENT);
	assert_string_equal(busid, "");
}

static void ports_with_rubbish_are_refused(void **state)
{
	static const char *const bad[] = {
		"-", "1", "1-", "-1", "usb1", "1-1.", "1-.1", "1-1..2",
		"0-1", "1-0", "1-1.0", "01-1", "1-01", "1000-1", "1-256",
		"1-1:1.0", "1-1 ", " 1-1", "1-1\n", "1-1-1", "1.1",
		"1-1.2.3.4.5.6.7", "1-25.25.25.25.25.25", "../1-1", "1-1/..",
	};
	char busid[USBIF_XB_BUSID_OCTETS];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(usbif_xb_parse_port(bad[i], busid), BAD);
		assert_string_equal(busid, "");
	}
}

static const struct usbif_xb_offer offer = { 16, 1, 256 };

static void front_reads_a_backend_of_today(void **state)
{
	struct usbif_xb_texts peer = { { NULL } };
	struct usbif_xb_config config = { 0 };
	struct usbif_xb_bad bad;

	(void)state;
	peer.text[USBIF_XB_KEY_NUM_PORTS] = "8";
	peer.text[USBIF_XB_KEY_USB_VER] = "2";
	assert_int_equal(usbif_xb_negotiate_front(&peer, &offer, &config,
						  &bad), OK);
	assert_int_equal(config.num_ports, 8);
	assert_int_equal(config.usb_ver, 2);
	assert_int_equal(config.ring_pages, 1);
	assert_int_equal(config.queues_rev, 0);
	assert_int_equal(config.request_pages, 16);
}

static void both_ends_agree_on_the_lower(void **state)
{
	static const struct {
		const char *pages, *rev, *request;
		struct usbif_xb_offer offer;
		uint32_t agreed_pages, agreed_rev, agreed_request;
	} cases[] = {
		{ "16", "1", NULL, { 16, 1, 256 }, 16, 1, 16 },
		{ "4", "1", "32", { 16, 0, 256 }, 4, 0, 16 },
		{ "16", "7", "32", { 2, 1, 256 }, 2, 1, 32 },
		{ "16", "1", "256", { 2, 1, 17 }, 2, 1, 17 },
		{ "1000", "4294967295", "4294967295", { 16, 1, 256 }, 16, 1,
		  256 },
		{ "1", "0", "256", { 16, 1, 256 }, 1, 0, 16 },
		{ "1", "1", "16", { 16, 1, 256 }, 1, 1, 16 },
	};
	struct usbif_xb_texts peer = { { NULL } };
	struct usbif_xb_config config;
	struct usbif_xb_bad bad;

	(void)state;
	peer.text[USBIF_XB_KEY_NUM_PORTS] = "31";
	peer.text[USBIF_XB_KEY_USB_VER] = "1";
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		peer.text[USBIF_XB_KEY_MAX_RING_PAGES] = cases[i].pages;
		peer.text[USBIF_XB_KEY_ENDPOINT_QUEUES] = cases[i].rev;
		peer.text[USBIF_XB_KEY_MAX_REQUEST_PAGES] = cases[i].request;
		assert_int_equal(usbif_xb_negotiate_front(
				 &peer, &cases[i].offer, &config, &bad), OK);
		assert_int_equal(config.ring_pages, cases[i].agreed_pages);
		assert_int_equal(config.queues_rev, cases[i].agreed_rev);
		assert_int_equal(config.request_pages,
				 cases[i].agreed_request);
	}
}

/* Silent queues have half of the slots: two for each port, or one of many. */
static void a_front_may_let_the_ports_decide(void **state)
{
	static const struct {
		const char *ports, *pages;
		uint32_t agreed;
	} cases[] = {
		{ "1", "16", 2 },  { "8", "16", 2 }, { "9", "16", 4 },
		{ "31", "16", 4 }, { "31", "3", 3 }, { "31", NULL, 1 },
	};
	const struct usbif_xb_offer by_ports = { 0, 1, 16 };
	struct usbif_xb_texts peer = { { NULL } };
	struct usbif_xb_config config;
	struct usbif_xb_bad bad;

	(void)state;
	peer.text[USBIF_XB_KEY_USB_VER] = "2";
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		peer.text[USBIF_XB_KEY_NUM_PORTS] = cases[i].ports;
		peer.text[USBIF_XB_KEY_MAX_RING_PAGES] = cases[i].pages;
		assert_int_equal(usbif_xb_negotiate_front(&peer, &by_ports,
							  &config, &bad), OK);
		assert_int_equal(config.ring_pages, cases[i].agreed);
	}
}

static void front_says_which_key_is_bad(void **state)
{
	static const struct {
		uint8_t key;
		const char *text;
		int result;
		uint32_t min, max;
	} cases[] = {
		{ USBIF_XB_KEY_NUM_PORTS, NULL, ABSENT, 1, 31 },
		{ USBIF_XB_KEY_NUM_PORTS, "0", BAD, 1, 31 },
		{ USBIF_XB_KEY_NUM_PORTS, "32", BAD, 1, 31 },
		{ USBIF_XB_KEY_USB_VER, NULL, ABSENT, 1, 2 },
		{ USBIF_XB_KEY_USB_VER, "9", BAD, 1, 2 },
		{ USBIF_XB_KEY_USB_VER, "3", BAD, 1, 2 },
		{ USBIF_XB_KEY_MAX_RING_PAGES, "0", BAD, 1, UINT32_MAX },
		{ USBIF_XB_KEY_MAX_RING_PAGES, "", BAD, 1, UINT32_MAX },
		{ USBIF_XB_KEY_MAX_REQUEST_PAGES, "15", BAD, 16, UINT32_MAX },
		{ USBIF_XB_KEY_MAX_REQUEST_PAGES, "32p", BAD, 16, UINT32_MAX },
		{ USBIF_XB_KEY_ENDPOINT_QUEUES, "yes", BAD, 0, UINT32_MAX },
	};
	struct usbif_xb_config config = { .num_ports = 5 }, before = config;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct usbif_xb_texts peer = { { NULL } };
		struct usbif_xb_bad bad = { 0 };

		peer.text[USBIF_XB_KEY_NUM_PORTS] = "8";
		peer.text[USBIF_XB_KEY_USB_VER] = "2";
		peer.text[cases[i].key] = cases[i].text;
		assert_int_equal(usbif_xb_negotiate_front(&peer, &offer,
				 &config, &bad), cases[i].result);
		assert_int_equal(bad.key, cases[i].key);
		assert_int_equal(bad.same_as, cases[i].key);
		assert_true(bad.min == cases[i].min);
		assert_true(bad.max == cases[i].max);
		assert_same(&config, &before);
	}
}

static void back_reads_its_own_keys(void **state)
{
	struct usbif_xb_texts own = { { NULL } };
	struct usbif_xb_config config = { .ring_pages = 3 };
	struct usbif_xb_bad bad;

	(void)state;
	own.text[USBIF_XB_KEY_NUM_PORTS] = "0";
	own.text[USBIF_XB_KEY_USB_VER] = "2";
	assert_int_equal(usbif_xb_negotiate_own(&own, &config, &bad), BAD);
	assert_int_equal(bad.key, USBIF_XB_KEY_NUM_PORTS);
	assert_int_equal(config.num_ports, 0);
	own.text[USBIF_XB_KEY_NUM_PORTS] = "1";
	assert_int_equal(usbif_xb_negotiate_own(&own, &config, &bad), OK);
	assert_int_equal(config.num_ports, 1);
	assert_int_equal(config.usb_ver, 2);
	assert_int_equal(config.ring_pages, 3);
}

static void frontend_of_today(struct usbif_xb_texts *peer)
{
	memset(peer, 0, sizeof(*peer));
	peer->text[USBIF_XB_KEY_URB_RING_REF] = "1023";
	peer->text[USBIF_XB_KEY_CONN_RING_REF] = "1022";
	peer->text[USBIF_XB_KEY_EVENT_CHANNEL] = "17";
}

static void back_reads_a_frontend_of_today(void **state)
{
	struct usbif_xb_config config = { .num_ports = 8, .usb_ver = 2 };
	struct usbif_xb_texts peer;
	struct usbif_xb_bad bad;

	(void)state;
	memset(config.urb_ring_ref, 0x5a, sizeof(config.urb_ring_ref));
	frontend_of_today(&peer);
	assert_int_equal(usbif_xb_negotiate_back(&peer, &offer, &config, &bad),
			 OK);
	assert_int_equal(config.num_ports, 8);
	assert_int_equal(config.usb_ver, 2);
	assert_int_equal(config.ring_pages, 1);
	assert_int_equal(config.queues_rev, 0);
	assert_int_equal(config.request_pages, 16);
	assert_int_equal(config.urb_ring_ref[0], 1023);
	assert_int_equal(config.urb_ring_ref[1], 0);
	assert_int_equal(config.urb_ring_ref[15], 0);
	assert_int_equal(config.conn_ring_ref, 1022);
	assert_int_equal(config.event_channel, 17);
}

static void back_reads_as_many_refs_as_there_are_pages(void **state)
{
	struct usbif_xb_config config = { 0 };
	struct usbif_xb_texts peer;
	struct usbif_xb_bad bad;

	(void)state;
	frontend_of_today(&peer);
	peer.text[USBIF_XB_KEY_RING_PAGES] = "3";
	peer.text[USBIF_XB_KEY_ENDPOINT_QUEUES] = "1";
	peer.text[USBIF_XB_KEY_URB_RING_REF + 1] = "50";
	assert_int_equal(usbif_xb_negotiate_back(&peer, &offer, &config, &bad),
			 ABSENT);
	assert_int_equal(bad.key, USBIF_XB_KEY_URB_RING_REF + 2);
	peer.text[USBIF_XB_KEY_URB_RING_REF + 2] = "51";
	peer.text[USBIF_XB_KEY_URB_RING_REF + 3] = "rubbish, not looked at";
	assert_int_equal(usbif_xb_negotiate_back(&peer, &offer, &config, &bad),
			 OK);
	assert_int_equal(config.ring_pages, 3);
	assert_int_equal(config.queues_rev, 1);
	assert_int_equal(config.request_pages, 256);
	assert_int_equal(config.urb_ring_ref[2], 51);
	assert_int_equal(config.urb_ring_ref[3], 0);
}

static void back_says_which_key_is_bad(void **state)
{
	static const struct {
		uint8_t key;
		const char *text;
		int result;
		uint32_t min, max;
	} cases[] = {
		{ USBIF_XB_KEY_RING_PAGES, "0", BAD, 1, 4 },
		{ USBIF_XB_KEY_RING_PAGES, "5", BAD, 1, 4 },
		{ USBIF_XB_KEY_CONN_RING_REF, NULL, ABSENT, 1, UINT32_MAX },
		{ USBIF_XB_KEY_CONN_RING_REF, "0", BAD, 1, UINT32_MAX },
		{ USBIF_XB_KEY_URB_RING_REF, NULL, ABSENT, 1, UINT32_MAX },
		{ USBIF_XB_KEY_URB_RING_REF, "-1", BAD, 1, UINT32_MAX },
		{ USBIF_XB_KEY_EVENT_CHANNEL, NULL, ABSENT, 1, 131071 },
		{ USBIF_XB_KEY_EVENT_CHANNEL, "0", BAD, 1, 131071 },
		{ USBIF_XB_KEY_EVENT_CHANNEL, "131072", BAD, 1, 131071 },
		{ USBIF_XB_KEY_ENDPOINT_QUEUES, "1.0", BAD, 0, UINT32_MAX },
	};
	static const struct usbif_xb_offer four = { 4, 1, 16 };
	struct usbif_xb_config config = { .num_ports = 5 }, before = config;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct usbif_xb_texts peer;
		struct usbif_xb_bad bad = { 0 };

		frontend_of_today(&peer);
		peer.text[cases[i].key] = cases[i].text;
		assert_int_equal(usbif_xb_negotiate_back(&peer, &four, &config,
				 &bad), cases[i].result);
		assert_int_equal(bad.key, cases[i].key);
		assert_true(bad.min == cases[i].min);
		assert_true(bad.max == cases[i].max);
		assert_same(&config, &before);
	}
}

static void a_page_serves_one_purpose(void **state)
{
	struct usbif_xb_config config = { 0 };
	struct usbif_xb_texts peer;
	struct usbif_xb_bad bad;

	(void)state;
	frontend_of_today(&peer);
	peer.text[USBIF_XB_KEY_CONN_RING_REF] = "1023";
	assert_int_equal(usbif_xb_negotiate_back(&peer, &offer, &config, &bad),
			 BAD);
	assert_int_equal(bad.key, USBIF_XB_KEY_URB_RING_REF);
	assert_int_equal(bad.same_as, USBIF_XB_KEY_CONN_RING_REF);
	assert_true(bad.min == 1);
	assert_true(bad.max == UINT32_MAX);
	frontend_of_today(&peer);
	peer.text[USBIF_XB_KEY_RING_PAGES] = "2";
	peer.text[USBIF_XB_KEY_URB_RING_REF + 1] = "1023";
	assert_int_equal(usbif_xb_negotiate_back(&peer, &offer, &config, &bad),
			 BAD);
	assert_int_equal(bad.key, USBIF_XB_KEY_URB_RING_REF + 1);
	assert_int_equal(bad.same_as, USBIF_XB_KEY_URB_RING_REF);
	peer.text[USBIF_XB_KEY_RING_PAGES] = "4";
	peer.text[USBIF_XB_KEY_URB_RING_REF + 1] = "7";
	peer.text[USBIF_XB_KEY_URB_RING_REF + 2] = "7";
	peer.text[USBIF_XB_KEY_URB_RING_REF + 3] = "8";
	assert_int_equal(usbif_xb_negotiate_back(&peer, &offer, &config, &bad),
			 BAD);
	assert_int_equal(bad.key, USBIF_XB_KEY_URB_RING_REF + 2);
	assert_int_equal(bad.same_as, USBIF_XB_KEY_URB_RING_REF + 1);
}

static void rings_that_are_mapped_are_recognised(void **state)
{
	struct usbif_xb_config a = { .ring_pages = 2, .conn_ring_ref = 3,
		.event_channel = 4, .urb_ring_ref = { 1, 2 } }, b = a;

	(void)state;
	b.num_ports = 7;
	assert_true(usbif_xb_config_same(&a, &b));
	b.ring_pages = 3;
	assert_false(usbif_xb_config_same(&a, &b));
	b = a;
	b.event_channel = 5;
	assert_false(usbif_xb_config_same(&a, &b));
	b = a;
	b.conn_ring_ref = 5;
	assert_false(usbif_xb_config_same(&a, &b));
	b = a;
	b.urb_ring_ref[1] = 5;
	assert_false(usbif_xb_config_same(&a, &b));
}

/* All names up to n, different; a question mark beyond. */
static void check_names(const char *(*name)(int), int n)
{
	for (int i = 0; i < n; i++) {
		assert_string_not_equal(name(i), "?");
		for (int j = 0; j < i; j++)
			assert_string_not_equal(name(i), name(j));
	}
	assert_string_equal(name(n), "?");
	assert_string_equal(name(-1), "?");
	assert_string_equal(name(INT32_MAX), "?");
}

static void an_end_has_a_reason(void **state)
{
	static const uint8_t wishes[] = {
		USBIF_XB_WISH_UNLOAD, USBIF_XB_WISH_OFFLINE,
		USBIF_XB_WISH_RESTART, USBIF_XB_WISH_UNFIT,
		USBIF_XB_WISH_CLOSE, USBIF_XB_WISH_SUSPEND,
	};
	struct usbif_xb m;

	(void)state;
	memset(&m, 0, sizeof(m));
	assert_string_equal(usbif_xb_end_name(&m), "");
	for (size_t i = 0; i < COUNT_OF(wishes); i++) {
		m.wishes = wishes[i];
		assert_string_not_equal(usbif_xb_end_name(&m), "");
	}
	/* The one that the machine heeds first. */
	m.wishes = USBIF_XB_WISHES;
	assert_string_equal(usbif_xb_end_name(&m), "the driver lets go");
	m.wishes = USBIF_XB_WISH_OFFLINE | USBIF_XB_WISH_CLOSE;
	assert_string_equal(usbif_xb_end_name(&m), "detached");
}

static void everything_has_a_name(void **state)
{
	(void)state;
	check_names(usbif_xb_state_name, USBIF_XB_UNSEEN + 1);
	check_names(usbif_xb_front_state_name, USBIF_XB_F_N);
	check_names(usbif_xb_back_state_name, USBIF_XB_B_N);
	check_names(usbif_xb_ev_name, USBIF_XB_EV_N);
	check_names(usbif_xb_act_name, USBIF_XB_ACT_N);
	check_names(usbif_xb_why_name, USBIF_XB_WHY_N);
	check_names(usbif_xb_keys_name, USBIF_XB_KEYS_N);
	check_names(usbif_xb_key_name, USBIF_XB_KEY_N);
	assert_string_equal(usbif_xb_key_name(USBIF_XB_KEY_URB_RING_REF),
			    "urb-ring-ref");
	assert_string_equal(usbif_xb_key_name(USBIF_XB_KEY_URB_RING_REF + 15),
			    "urb-ring-ref-15");
	assert_string_equal(usbif_xb_key_name(USBIF_XB_KEY_NUM_PORTS),
			    "num-ports");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_digits_and_nothing_else),
		cmocka_unit_test(numbers_have_a_range),
		cmocka_unit_test(long_text_is_not_read_to_its_end),
		cmocka_unit_test(states_and_online),
		cmocka_unit_test(ports_name_a_device),
		cmocka_unit_test(ports_may_be_empty),
		cmocka_unit_test(ports_with_rubbish_are_refused),
		cmocka_unit_test(front_reads_a_backend_of_today),
		cmocka_unit_test(both_ends_agree_on_the_lower),
		cmocka_unit_test(a_front_may_let_the_ports_decide),
		cmocka_unit_test(front_says_which_key_is_bad),
		cmocka_unit_test(back_reads_its_own_keys),
		cmocka_unit_test(back_reads_a_frontend_of_today),
		cmocka_unit_test(back_reads_as_many_refs_as_there_are_pages),
		cmocka_unit_test(back_says_which_key_is_bad),
		cmocka_unit_test(a_page_serves_one_purpose),
		cmocka_unit_test(rings_that_are_mapped_are_recognised),
		cmocka_unit_test(everything_has_a_name),
		cmocka_unit_test(an_end_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
