/* SPDX-License-Identifier: MIT */
/*
 * What the other domain wrote into xenstore: every parser, and both ends'
 * negotiation.  Numbers are compared with a reader of another kind.
 */
#include "tape.h"

#include "usbif/xenbus.h"

#define TEXTS	USBIF_XB_KEY_N

/* A text with nothing behind its NUL, made of what such texts are made of. */
static char *text_of(struct tape *t)
{
	static const char *const good[] = {
		"1", "2", "16", "31", "256", "4294967295", "0", "3-1.5", "64",
		"8", "131071",
	};
	static const char some[] = "0123456789.-+ x";
	uint32_t n = tape_pick(t, 24), i;
	char *text;

	if (n >= 22)
		return NULL;
	if (n >= 11) {
		text = strdup(good[n - 11]);
		must(text != NULL);
		return text;
	}
	text = malloc(n + 1);
	must(text != NULL);
	for (i = 0; i < n; i++) {
		uint8_t c = tape_u8(t);

		text[i] = c < 0xc0 ? some[c % (sizeof(some) - 1)] : (char)c;
	}
	text[n] = 0;
	return text;
}

/* By the length and the digits, where the library compares with a bound. */
static bool reads_as(const char *text, uint64_t *value)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || text[n] || n > 18 || (n > 1 && text[0] == '0'))
		return false;
	*value = strtoull(text, NULL, 10);
	return true;
}

static void fuzz_u32(struct tape *t)
{
	uint32_t min = tape_u8(t), max = tape_u32(t), out = 77;
	char *text = text_of(t);
	int rc = usbif_xb_parse_u32(text, min, max, &out);
	uint64_t value = 0;
	bool good = text && reads_as(text, &value) && value >= min &&
		    value <= max;

	must(rc == (good ? USBIF_XB_KEYS_OK : text ? USBIF_XB_KEYS_BAD :
						     USBIF_XB_KEYS_ABSENT));
	must(out == (good ? value : 77));
	must(usbif_xb_parse_state(text) <= USBIF_XB_RECONFIGURED);
	must(usbif_xb_parse_online(text) == !(text && !strcmp(text, "0")));
	free(text);
}

static void fuzz_port(struct tape *t)
{
	char *text = text_of(t), *busid = malloc(USBIF_XB_BUSID_OCTETS);
	int rc;

	must(busid != NULL);
	rc = usbif_xb_parse_port(text, busid);
	must((rc == USBIF_XB_KEYS_ABSENT) == (!text || !text[0]));
	if (rc == USBIF_XB_KEYS_OK) {
		must(strcmp(text, busid) == 0 && strchr(text, '-') != NULL);
		must(strspn(text, "0123456789.-") == strlen(text));
	} else {
		must(busid[0] == 0);
	}
	free(busid);
	free(text);
}

static void check_config(const struct usbif_xb_config *c,
			 const struct usbif_xb_offer *offer)
{
	must(c->ring_pages >= 1 && c->ring_pages <= USBIF_WIRE_MAX_RING_PAGES);
	must(c->queues_rev <= offer->queues_rev);
	must(c->request_pages >= 16 && c->request_pages <=
	     offer->request_pages);
	must(c->queues_rev != 0 || c->request_pages == 16);
}

static void check_refs(const struct usbif_xb_config *c)
{
	uint32_t i, j;

	must(c->conn_ring_ref != 0 && c->event_channel != 0);
	for (i = 0; i < USBIF_WIRE_MAX_RING_PAGES; i++) {
		must((c->urb_ring_ref[i] != 0) == (i < c->ring_pages));
		must(c->urb_ring_ref[i] != c->conn_ring_ref);
		for (j = 0; j < i && i < c->ring_pages; j++)
			must(c->urb_ring_ref[i] != c->urb_ring_ref[j]);
	}
}

/* Trouble changes nothing and names a key that there is. */
static void check_bad(int rc, const struct usbif_xb_bad *bad,
		      const struct usbif_xb_config *c,
		      const struct usbif_xb_config *before)
{
	must(rc == USBIF_XB_KEYS_ABSENT || rc == USBIF_XB_KEYS_BAD);
	must(memcmp(c, before, sizeof(*c)) == 0);
	must(bad->key < USBIF_XB_KEY_N && bad->same_as < USBIF_XB_KEY_N);
	must(usbif_xb_key_name(bad->key)[0] != '?' && bad->min <= bad->max);
}

static void negotiate(const struct usbif_xb_texts *texts,
		      const struct usbif_xb_offer *offer, bool front)
{
	struct usbif_xb_config c, before;
	struct usbif_xb_bad bad;
	int rc;

	memset(&c, 0, sizeof(c));
	c.ring_pages = 1;
	before = c;
	rc = front ? usbif_xb_negotiate_front(texts, offer, &c, &bad) :
		     usbif_xb_negotiate_back(texts, offer, &c, &bad);
	if (rc != USBIF_XB_KEYS_OK) {
		check_bad(rc, &bad, &c, &before);
		return;
	}
	check_config(&c, offer);
	if (front) {
		must(c.num_ports >= 1 && c.num_ports <= USBIF_WIRE_MAX_PORTS);
		must(c.usb_ver == 1 || c.usb_ver == 2);
	} else {
		check_refs(&c);
		must(usbif_xb_config_same(&c, &c));
	}
}

static void fuzz_negotiate(struct tape *t)
{
	struct usbif_xb_offer offer = {
		.ring_pages = 1 + tape_pick(t, USBIF_WIRE_MAX_RING_PAGES),
		.queues_rev = tape_pick(t, 3),
		.request_pages = 16 + tape_pick(t, 241),
	};
	struct usbif_xb_texts texts;
	char *text[TEXTS];
	uint32_t i;

	for (i = 0; i < TEXTS; i++) {
		text[i] = text_of(t);
		texts.text[i] = text[i];
	}
	negotiate(&texts, &offer, true);
	negotiate(&texts, &offer, false);
	for (i = 0; i < TEXTS; i++)
		free(text[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t octets)
{
	static void (*const fuzz[])(struct tape *) = {
		fuzz_u32, fuzz_port, fuzz_negotiate,
	};
	struct tape tape = { data, octets };

	fuzz[tape_pick(&tape, 3)](&tape);
	return 0;
}
