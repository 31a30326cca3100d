/* SPDX-License-Identifier: MIT */
/* Text from xenstore to values, and what two ends agree on. */
#include "usbif/xenbus.h"

/* Event channels with the FIFO ABI: 2^17; 0 is never one. */
#define MAX_EVENT_CHANNEL	0x1ffffu
#define MAX_PORT_NUMBERS	6u
#define MAX_PORT_PATH		15u

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * The number that text begins with.  Returns the octets it takes, 0 if there
 * is none, it has a leading zero, or it is above max.
 */
static uint32_t read_number(const char *text, uint32_t max, uint32_t *out)
{
	uint32_t value = 0, digit, n;

	if (text[0] == '0' && is_digit(text[1]))
		return 0;
	for (n = 0; is_digit(text[n]); n++) {
		digit = (uint32_t)(text[n] - '0');
		if (value > max / 10 || digit > max - value * 10)
			return 0;
		value = value * 10 + digit;
	}
	*out = value;
	return n;
}

int usbif_xb_parse_u32(const char *text, uint32_t min, uint32_t max,
		       uint32_t *out)
{
	uint32_t value = 0, n;

	if (!text)
		return USBIF_XB_KEYS_ABSENT;
	n = read_number(text, max, &value);
	if (n == 0 || text[n] || value < min)
		return USBIF_XB_KEYS_BAD;
	*out = value;
	return USBIF_XB_KEYS_OK;
}

uint8_t usbif_xb_parse_state(const char *text)
{
	uint32_t state;

	if (usbif_xb_parse_u32(text, 0, USBIF_XB_RECONFIGURED, &state) !=
	    USBIF_XB_KEYS_OK)
		return USBIF_XB_UNKNOWN;
	return (uint8_t)state;
}

bool usbif_xb_parse_online(const char *text)
{
	return !text || text[0] != '0' || text[1];
}

/* "3-1.5": octets without the NUL, or 0. */
static uint32_t busid_octets(const char *text)
{
	uint32_t at, path, n, value, numbers;

	at = read_number(text, 999, &value);
	if (at == 0 || value == 0 || text[at] != '-')
		return 0;
	path = ++at;
	for (numbers = 1;; numbers++) {
		n = read_number(text + at, 255, &value);
		if (n == 0 || value == 0)
			return 0;
		at += n;
		if (text[at] != '.')
			break;
		if (numbers == MAX_PORT_NUMBERS)
			return 0;
		at++;
	}
	return text[at] || at - path > MAX_PORT_PATH ? 0 : at;
}

int usbif_xb_parse_port(const char *text, char busid[USBIF_XB_BUSID_OCTETS])
{
	uint32_t n;

	busid[0] = 0;
	if (!text || !text[0])
		return USBIF_XB_KEYS_ABSENT;
	n = busid_octets(text);
	if (n == 0)
		return USBIF_XB_KEYS_BAD;
	memcpy(busid, text, n);
	busid[n] = 0;
	return USBIF_XB_KEYS_OK;
}

/* Read one key; on trouble say in *bad what is allowed. */
static int read_key(const struct usbif_xb_texts *texts, uint8_t key,
		    uint32_t min, uint32_t max, uint32_t *out,
		    struct usbif_xb_bad *bad)
{
	int rc = usbif_xb_parse_u32(texts->text[key], min, max, out);

	if (rc != USBIF_XB_KEYS_OK) {
		bad->key = key;
		bad->same_as = key;
		bad->min = min;
		bad->max = max;
	}
	return rc;
}

/* Same for a key that has a value when it is absent. */
static int read_optional(const struct usbif_xb_texts *texts, uint8_t key,
			 uint32_t min, uint32_t max, uint32_t absent,
			 uint32_t *out, struct usbif_xb_bad *bad)
{
	if (!texts->text[key]) {
		*out = absent;
		return USBIF_XB_KEYS_OK;
	}
	return read_key(texts, key, min, max, out, bad);
}

static uint32_t lower(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Requests can be longer only where both ends have the endpoint queues. */
static uint32_t request_pages(const struct usbif_xb_config *config,
			      uint32_t pages)
{
	return config->queues_rev != 0 ? pages : USBIF_WIRE_MAX_SEGS;
}

/* Any revision is allowed: the ends use the lower one. */
static int read_queues(const struct usbif_xb_texts *texts,
		       const struct usbif_xb_offer *offer,
		       struct usbif_xb_config *config,
		       struct usbif_xb_bad *bad)
{
	uint32_t rev;
	int rc;

	rc = read_optional(texts, USBIF_XB_KEY_ENDPOINT_QUEUES, 0, UINT32_MAX,
			   0, &rev, bad);
	if (rc == USBIF_XB_KEYS_OK)
		config->queues_rev = lower(rev, offer->queues_rev);
	return rc;
}

int usbif_xb_negotiate_own(const struct usbif_xb_texts *own,
			   struct usbif_xb_config *config,
			   struct usbif_xb_bad *bad)
{
	uint32_t ports, ver;
	int rc;

	rc = read_key(own, USBIF_XB_KEY_NUM_PORTS, 1, USBIF_WIRE_MAX_PORTS,
		      &ports, bad);
	if (rc == USBIF_XB_KEYS_OK)
		rc = read_key(own, USBIF_XB_KEY_USB_VER, 1, 2, &ver, bad);
	if (rc != USBIF_XB_KEYS_OK)
		return rc;
	config->num_ports = ports;
	config->usb_ver = ver;
	return USBIF_XB_KEYS_OK;
}

/*
 * Half of the slots is for queues that may never give theirs back (rule F8):
 * 16 of two pages, two for each of 8 ports; 32 of four, one for each of 31.
 */
static uint32_t pages_for(uint32_t num_ports)
{
	return num_ports <= 8 ? 2 : 4;
}

int usbif_xb_negotiate_front(const struct usbif_xb_texts *peer,
			     const struct usbif_xb_offer *offer,
			     struct usbif_xb_config *config,
			     struct usbif_xb_bad *bad)
{
	struct usbif_xb_config c = *config;
	uint32_t pages = 1, segs = USBIF_WIRE_MAX_SEGS;
	int rc;

	rc = usbif_xb_negotiate_own(peer, &c, bad);
	if (rc == USBIF_XB_KEYS_OK)
		rc = read_optional(peer, USBIF_XB_KEY_MAX_RING_PAGES, 1,
				   UINT32_MAX, 1, &pages, bad);
	if (rc == USBIF_XB_KEYS_OK)
		rc = read_optional(peer, USBIF_XB_KEY_MAX_REQUEST_PAGES,
				   USBIF_WIRE_MAX_SEGS, UINT32_MAX,
				   USBIF_WIRE_MAX_SEGS, &segs, bad);
	if (rc == USBIF_XB_KEYS_OK)
		rc = read_queues(peer, offer, &c, bad);
	if (rc != USBIF_XB_KEYS_OK)
		return rc;
	c.ring_pages = lower(pages, offer->ring_pages ?
					    offer->ring_pages :
					    pages_for(c.num_ports));
	c.request_pages = request_pages(&c, lower(segs, offer->request_pages));
	*config = c;
	return USBIF_XB_KEYS_OK;
}

/* A page that is granted for two purposes would be written by both. */
static int check_distinct(const struct usbif_xb_config *c,
			  struct usbif_xb_bad *bad)
{
	uint32_t i, j;

	for (i = 0; i < c->ring_pages; i++) {
		for (j = 0; j < i; j++)
			if (c->urb_ring_ref[j] == c->urb_ring_ref[i])
				break;
		if (j == i && c->urb_ring_ref[i] != c->conn_ring_ref)
			continue;
		bad->key = (uint8_t)(USBIF_XB_KEY_URB_RING_REF + i);
		bad->same_as = (uint8_t)(j < i ? USBIF_XB_KEY_URB_RING_REF + j :
					 USBIF_XB_KEY_CONN_RING_REF);
		bad->min = 1;
		bad->max = UINT32_MAX;
		return USBIF_XB_KEYS_BAD;
	}
	return USBIF_XB_KEYS_OK;
}

static int read_refs(const struct usbif_xb_texts *peer,
		     struct usbif_xb_config *c, struct usbif_xb_bad *bad)
{
	uint32_t i;
	int rc;

	rc = read_key(peer, USBIF_XB_KEY_CONN_RING_REF, 1, UINT32_MAX,
		      &c->conn_ring_ref, bad);
	for (i = 0; i < c->ring_pages && rc == USBIF_XB_KEYS_OK; i++)
		rc = read_key(peer, (uint8_t)(USBIF_XB_KEY_URB_RING_REF + i), 1,
			      UINT32_MAX, &c->urb_ring_ref[i], bad);
	return rc == USBIF_XB_KEYS_OK ? check_distinct(c, bad) : rc;
}

int usbif_xb_negotiate_back(const struct usbif_xb_texts *peer,
			    const struct usbif_xb_offer *offer,
			    struct usbif_xb_config *config,
			    struct usbif_xb_bad *bad)
{
	struct usbif_xb_config c = *config;
	int rc;

	memset(c.urb_ring_ref, 0, sizeof(c.urb_ring_ref));
	rc = read_optional(peer, USBIF_XB_KEY_RING_PAGES, 1, offer->ring_pages,
			   1, &c.ring_pages, bad);
	if (rc == USBIF_XB_KEYS_OK)
		rc = read_refs(peer, &c, bad);
	if (rc == USBIF_XB_KEYS_OK)
		rc = read_key(peer, USBIF_XB_KEY_EVENT_CHANNEL, 1,
			      MAX_EVENT_CHANNEL, &c.event_channel, bad);
	if (rc == USBIF_XB_KEYS_OK)
		rc = read_queues(peer, offer, &c, bad);
	if (rc != USBIF_XB_KEYS_OK)
		return rc;
	c.request_pages = request_pages(&c, offer->request_pages);
	*config = c;
	return USBIF_XB_KEYS_OK;
}

bool usbif_xb_config_same(const struct usbif_xb_config *a,
			  const struct usbif_xb_config *b)
{
	return a->ring_pages == b->ring_pages &&
	       a->event_channel == b->event_channel &&
	       a->conn_ring_ref == b->conn_ring_ref &&
	       !memcmp(a->urb_ring_ref, b->urb_ring_ref,
		       sizeof(a->urb_ring_ref));
}
